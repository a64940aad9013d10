"""What a simulation of the backlog rests on: what people have estimated, and what the data suggests where they have
not."""

import json
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.initiatives.criteria import UNKNOWN_PEAK
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.ratings import Rating
from backlog.simulation.draws import Estimates, Triangle
from backlog.simulation.robustness import Course

UNRATED = 2.0
"""A suggestion that nobody has looked at may be so much off, on 0-10, besides what the survey leaves open."""


async def of_ranked(session: AsyncSession) -> dict[int, Estimates]:
    """The estimates of every ranked initiative, in rank order."""
    rated = await _rated(session)
    rows = await session.execute(
        select(
            Initiative.id,
            Initiative.suggested_importance,
            Initiative.importance_spread,
            Initiative.suggested_urgency,
            Initiative.urgency_spread,
            Initiative.suggested_maturity,
            Initiative.urgency_share,
        )
        .where(Initiative.is_ranked)
        .order_by(Initiative.points.desc(), Initiative.id)
    )
    return {row.id: today(suggested(row) | rated.get(row.id, {}), row.urgency_share) for row in rows}


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
    row: Row[int, float | None, float | None, float | None, float | None, float | None, float | None],
) -> dict[str, Sequence[Triangle]]:
    known = {
        "importance": (row.suggested_importance, row.importance_spread or 0.0),
        "urgency": (row.suggested_urgency, row.urgency_spread or 0.0),
        "maturity": (row.suggested_maturity, 0.0),
    }
    return {name: [around(value, spread + UNRATED)] for name, (value, spread) in known.items() if value is not None}


def around(value: float, spread: float) -> Triangle:
    """From as much below to as much above, within 0-10."""
    return max(0.0, value - spread), value, min(10.0, value + spread)


def today(known: Estimates, share: float | None) -> Estimates:
    """With what urgency has of its peak today (0-1): what people and data say is about the peak. Of a peak that nobody
    knows it is anything up to that share of 10, half of it likely."""
    if share is None:
        return known
    peaks = known.get("urgency") or [(0.0, UNKNOWN_PEAK, 10.0)]
    return {**known, "urgency": [(low * share, likely * share, high * share) for low, likely, high in peaks]}


async def courses(session: AsyncSession) -> dict[int, Course]:
    """How the urgency of ranked initiatives goes over time, of those where it is not the same every day."""
    rows = await session.execute(
        select(Initiative.id, Initiative.urgency_share, Initiative.urgency_profile).where(
            Initiative.is_ranked, Initiative.urgency_share.is_not(None)
        )
    )
    return {row.id: Course(row.urgency_share, json.dumps(row.urgency_profile, sort_keys=True)) for row in rows}


async def only_suggested(session: AsyncSession) -> dict[int, list[str]]:
    """The inputs of every ranked initiative of which only the data speaks."""
    silent = {
        name: and_(
            getattr(Initiative, f"rated_{name}").is_(None), getattr(Initiative, f"suggested_{name}").is_not(None)
        )
        for name in ("importance", "urgency", "maturity")
    }
    columns = [condition.label(name) for name, condition in silent.items()]
    rows = await session.execute(select(Initiative.id, *columns).where(Initiative.is_ranked, or_(*silent.values())))
    return {row.id: [name for name in silent if getattr(row, name)] for row in rows}
