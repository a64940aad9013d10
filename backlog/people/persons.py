"""Persons: who signs in, rates, decides."""

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Name, Versioned
from backlog.history import Actor
from backlog.people.roles import Role

THEMES = ("light", "dark", "system")


class Person(Versioned, Base):
    """``email`` is kept in lower case; a disabled person keeps the history but cannot sign in."""

    __tablename__ = "person"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[Name]
    role: Mapped[Role]
    password_hash: Mapped[str | None] = mapped_column(String(255))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="SET NULL"))
    locale: Mapped[str | None] = mapped_column(String(5))
    theme: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[dt.datetime]
    disabled_at: Mapped[dt.datetime | None]

    @property
    def actor(self) -> Actor:
        return Actor(self.name, person_id=self.id)
