"""Responses and what is counted of them."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id


class Response(Base):
    """One answer: ``value`` on 0-10, ``weight`` > 0; without a touchpoint it is about the whole.

    Visible once its import is loaded. Kept narrow and with one index: millions are loaded at a time.
    """

    __tablename__ = "response"

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"), index=True)
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"))
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"))
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id", ondelete="SET NULL"))
    answered_on: Mapped[dt.date]
    value: Mapped[float]
    weight: Mapped[float] = mapped_column(default=1.0)
    respondent: Mapped[str | None] = mapped_column(String(64))


class Tally(Base):
    """Sums over the responses of one touchpoint, measure, month, persona and value, kept as they come in.

    ``month`` is its first day. ``value`` (0-10) is None for summaries that came as mean, n and standard
    deviation. ``weight`` is the sum of w, ``weight_squared`` of w^2, ``total`` of w*x, ``total_squared`` of w*x^2.
    """

    __tablename__ = "tally"

    id: Mapped[Id]
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"))
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"))
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id", ondelete="SET NULL"))
    month: Mapped[dt.date]
    value: Mapped[float | None]
    n: Mapped[int]
    weight: Mapped[float]
    weight_squared: Mapped[float]
    total: Mapped[float]
    total_squared: Mapped[float]


Index(
    "uq_tally_place",
    func.coalesce(Tally.touchpoint_id, 0),
    Tally.measure_id,
    Tally.month,
    func.coalesce(Tally.persona_id, 0),
    func.coalesce(Tally.value, -1.0),
    unique=True,
)

SUMS: tuple[Any, ...] = (
    func.sum(Tally.n).label("n"),
    func.sum(Tally.weight).label("weight"),
    func.sum(Tally.weight_squared).label("weight_squared"),
    func.sum(Tally.total).label("total"),
    func.sum(Tally.total_squared).label("total_squared"),
)


def tallied(
    touchpoint_id: int | None,
    measure_id: int,
    persona_id: int | None,
    since: dt.date | None,
    until: dt.date | None,
    *columns: Any,
) -> Select[Any]:
    """The sums of one measure by these columns, of one touchpoint (None: about the whole), persona and whole months
    of a period (days)."""
    place = Tally.touchpoint_id.is_(None) if touchpoint_id is None else Tally.touchpoint_id == touchpoint_id
    wanted = select(*columns, *SUMS).where(place, Tally.measure_id == measure_id).group_by(*columns)
    if persona_id is not None:
        wanted = wanted.where(Tally.persona_id == persona_id)
    if since is not None:
        wanted = wanted.where(Tally.month >= since.replace(day=1))
    if until is not None:
        wanted = wanted.where(Tally.month <= until)
    return wanted
