"""Saved views of the backlog."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id


class SavedView(Base):
    """``query`` is the query string of the backlog page; a view without an owner is everybody's."""

    __tablename__ = "saved_view"

    id: Mapped[Id]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)
