"""Departments: who leads an initiative, who contributes, who answers for a touchpoint."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Name, Versioned


class Department(Versioned, Base):
    """``code`` is the two to four letters shown in lists, ``name`` the whole."""

    __tablename__ = "department"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[Name] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
