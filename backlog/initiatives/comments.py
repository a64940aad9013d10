"""Comments people write on an initiative."""

import datetime as dt

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id


class Comment(Base):
    __tablename__ = "comment"

    id: Mapped[Id]
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), index=True)
    author: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    written_at: Mapped[dt.datetime]
    text: Mapped[str] = mapped_column(Text)
