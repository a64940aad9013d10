"""Sessions of signed-in persons and the tries that failed; only hashes of the secrets are kept."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id


class Session(Base):
    """``token_hash`` is the SHA-256 of what the cookie carries; a new one is issued at each sign-in."""

    __tablename__ = "session"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    user_agent: Mapped[str] = mapped_column(String(200), default="")


class FailedTry(Base):
    """A wrong password, counted per account and per address."""

    __tablename__ = "failed_try"
    __table_args__ = (Index(None, "email", "at"), Index(None, "address", "at"))

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]
