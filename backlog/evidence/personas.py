"""Personas: typical customers, on responses, insights and journeys."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Name, Versioned


class Persona(Versioned, Base):
    __tablename__ = "persona"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
