"""Measures: what was asked, with its scale and direction."""

import enum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id


class Kind(enum.StrEnum):
    """What a measure tells: how good it was, how much it matters, or whether customers stay."""

    QUALITY = "quality"
    IMPORTANCE = "importance"
    LOYALTY = "loyalty"


class Measure(Base):
    """``low``..``high`` is the scale as last asked (for showing answers); ``is_reversed`` where low is good.

    The headline score of a touchpoint is of the quality measure with the lowest ``position`` that was answered.
    """

    __tablename__ = "measure"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[Kind] = mapped_column(default=Kind.QUALITY)
    low: Mapped[float] = mapped_column(default=0.0)
    high: Mapped[float] = mapped_column(default=10.0)
    is_reversed: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
