"""How important customers say each touchpoint is, where they were asked."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence import scores
from backlog.evidence.measures import Kind, Measure
from backlog.evidence.statistics import Share


@dataclass(frozen=True)
class Stated:
    """The mean of ``n`` answers on 0-10 with its 95 % interval (None below two), and the share of the two best."""

    value: float
    n: int
    low: float | None
    high: float | None
    top_box: Share | None


async def stated(session: AsyncSession, *, persona_id: int | None = None) -> dict[int, Stated]:
    """By touchpoint, in the months it was last asked; of several such measures the first one counts."""
    measures = select(Measure.id).where(Measure.kind == Kind.IMPORTANCE).order_by(Measure.position, Measure.id)
    found: dict[int, Stated] = {}
    for measure_id in await session.scalars(measures):
        for place, known in (await scores.headlines(session, persona_id=persona_id, measure_id=measure_id)).items():
            one = known.estimate
            found.setdefault(place, Stated(one.value, one.n, one.low, one.high, one.top_box))
    return found
