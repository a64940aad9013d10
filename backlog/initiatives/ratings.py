"""Ratings: one rater's low, likely and high for one input of one initiative."""

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id


class RatedInput(enum.StrEnum):
    """What people rate, each 0-10; effort and benefit (1-10) make the criterion effort/benefit."""

    IMPORTANCE = "importance"
    URGENCY = "urgency"
    MATURITY = "maturity"
    EFFORT = "effort"
    BENEFIT = "benefit"


class Rating(Base):
    """Of a person or of a token, never of both."""

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("initiative_id", "input", "person_id"),
        UniqueConstraint("initiative_id", "input", "token_id"),
        CheckConstraint("low <= likely and likely <= high", name="order"),
    )

    id: Mapped[Id]
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"))
    input: Mapped[RatedInput]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("token.id", ondelete="SET NULL"))
    rater: Mapped[str] = mapped_column(String(200))
    low: Mapped[float]
    likely: Mapped[float]
    high: Mapped[float]
    reason: Mapped[str] = mapped_column(Text, default="")
    rated_at: Mapped[dt.datetime]
