"""Interaction layers: website, app, portal. They accompany every phase and are not touchpoints."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Name, Versioned


class Layer(Versioned, Base):
    __tablename__ = "layer"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
