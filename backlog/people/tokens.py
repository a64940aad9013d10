"""API tokens: actors of their own with a name and a role."""

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Name
from backlog.history import Actor
from backlog.people.roles import Role


class Token(Base):
    """``secret_hash`` is the SHA-256 of the secret, which is shown once and never kept."""

    __tablename__ = "token"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    role: Mapped[Role]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]

    @property
    def actor(self) -> Actor:
        return Actor(self.name, token_id=self.id)
