"""How important customers say each touchpoint is, where they were asked.

Of all customers it is kept in a table, as scores are: every rating asks for it. Of one persona it is worked out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import ForeignKey, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base
from backlog.evidence import scores
from backlog.evidence.estimates import Estimate
from backlog.evidence.measures import Kind, Measure


class StatedImportance(Base):
    """What is kept of a touchpoint, see ``Stated``; one that nobody was asked about has no row."""

    __tablename__ = "stated_importance"

    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[float]
    n: Mapped[int]
    low: Mapped[float | None]
    high: Mapped[float | None]
    top_box: Mapped[float | None]


@dataclass(frozen=True)
class Stated:
    """The mean of ``n`` answers on 0-10 with its 95 % interval (None below two answers), and the share (0-1) of the two
    best, None where no answers came one by one."""

    value: float
    n: int
    low: float | None
    high: float | None
    top_box: float | None

    @classmethod
    def of(cls, one: Estimate) -> "Stated":
        return cls(one.value, one.n, one.low, one.high, one.top_box.value if one.top_box else None)


async def recompute(session: AsyncSession) -> None:
    """Bring the table in line with the tally. Call it after ``scores.recompute``, which lets one at a time do so."""
    found = await _worked_out(session, None)
    await session.execute(delete(StatedImportance))
    rows = [{"touchpoint_id": place, **asdict(each)} for place, each in sorted(found.items())]
    if rows:
        await session.execute(insert(StatedImportance), rows)


async def stated(session: AsyncSession, *, persona_id: int | None = None) -> Mapping[int, Stated]:
    """By touchpoint, in the months it was last asked; of several such measures the first one counts."""
    if persona_id is not None:
        return await _worked_out(session, persona_id)
    kept = StatedImportance
    rows = await session.execute(
        select(kept.touchpoint_id, kept.value, kept.n, kept.low, kept.high, kept.top_box).order_by(kept.touchpoint_id)
    )
    return {place: Stated(value, n, low, high, top_box) for place, value, n, low, high, top_box in rows}


async def _worked_out(session: AsyncSession, persona_id: int | None) -> dict[int, Stated]:
    measures = select(Measure.id).where(Measure.kind == Kind.IMPORTANCE).order_by(Measure.position, Measure.id)
    found: dict[int, Stated] = {}
    for measure_id in await session.scalars(measures):
        for place, known in (await scores.headlines(session, persona_id=persona_id, measure_id=measure_id)).items():
            found.setdefault(place, Stated.of(known.estimate))
    return found
