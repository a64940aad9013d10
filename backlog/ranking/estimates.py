"""What a simulation of the backlog rests on: what people have estimated, and what the data suggests where they have
not."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.initiatives.initiative import Initiative
from backlog.initiatives.ratings import Rating
from backlog.ranking.draws import Estimates, Triangle

UNRATED = 2.0
"""A suggestion that nobody has looked at may be so much off, on 0-10, besides what the survey leaves open."""


async def of_ranked(session: AsyncSession) -> dict[int, Estimates]:
    """The estimates of every ranked initiative, in rank order."""
    rated = await _rated(session)
    rows = await session.execute(
        select(
            Initiative.id,
            Initiative.suggested_importance,
            Initiative.suggested_urgency,
            Initiative.urgency_spread,
            Initiative.suggested_maturity,
        )
        .where(Initiative.is_ranked)
        .order_by(Initiative.points.desc(), Initiative.id)
    )
    return {row.id: suggested(row) | rated.get(row.id, {}) for row in rows}


async def _rated(session: AsyncSession) -> dict[int, dict[str, Sequence[Triangle]]]:
    rows = await session.execute(
        select(Rating.initiative_id, Rating.input, Rating.low, Rating.likely, Rating.high)
        .join(Initiative, Initiative.id == Rating.initiative_id)
        .where(Initiative.is_ranked)
        .order_by(Rating.id)
    )
    found: dict[int, dict[str, list[Triangle]]] = defaultdict(lambda: defaultdict(list))
    for initiative_id, name, low, likely, high in rows:
        found[initiative_id][name.value].append((low, likely, high))
    return {initiative_id: dict(inputs) for initiative_id, inputs in found.items()}


def suggested(
    row: Row[int, float | None, float | None, float | None, float | None],
) -> dict[str, Sequence[Triangle]]:
    known = {
        "importance": (row.suggested_importance, 0.0),
        "urgency": (row.suggested_urgency, row.urgency_spread or 0.0),
        "maturity": (row.suggested_maturity, 0.0),
    }
    return {name: [around(value, spread + UNRATED)] for name, (value, spread) in known.items() if value is not None}


def around(value: float, spread: float) -> Triangle:
    """From as much below to as much above, within 0-10."""
    return max(0.0, value - spread), value, min(10.0, value + spread)
