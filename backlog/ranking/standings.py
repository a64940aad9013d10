"""Standings: how many initiatives have how many points, now and on earlier days.

A rank is one plus the number of initiatives with more points, and points are whole numbers from 0 to 1000; so ranks
of a page need a table of at most 1,001 rows, however many initiatives there are.
"""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base


class Standing(Base):
    """``n`` ranked initiatives have just these ``points`` now."""

    __tablename__ = "standing"

    points: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int]


class PastStanding(Base):
    """The standings at the end of a day: ``counts`` is {points: n}."""

    __tablename__ = "past_standing"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    counts: Mapped[dict[str, Any]]


class PastPoints(Base):
    """The points an initiative had at the end of a day on which they changed; None when it was not ranked."""

    __tablename__ = "past_points"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    points: Mapped[int | None]
