"""When it is worth a write that only what Waymark works out has changed: ranks and shares move a little with every
initiative that is added, and a tracker takes few writes.

What matters is told at once: another tier, or a score that moved by half a point. The rest goes along with the next
write for another reason, and within a week in any case.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, String, func, or_, select, type_coerce, update

from backlog import history
from backlog.initiatives.initiative import Initiative
from backlog.simulation.ranges import RankRange
from backlog.trackers.fields import Direction, Field
from backlog.trackers.link import Link
from backlog.trackers.turns import leisurely
from backlog.trackers.wanted import Wanted
from integrations.engine.desk import Desk

WORKED_OUT = frozenset({Field.EVIDENCE, Field.STANDING, Field.EFFORT, Field.SCORE, Field.PRIORITY})
POINTS = 50  # hundredths of a score
AGAIN = dt.timedelta(days=7)
Told = Mapping[str, Any]
"""What a link last told: the moment, the tier and the points."""


def told(wanted: Wanted) -> Told:
    tier = wanted.landing.tier.value if wanted.landing else None
    return {"at": history.now().isoformat(), "tier": tier, "points": wanted.points}


def is_worth_it(outward: Collection[Field], before: Told | None, wanted: Wanted) -> bool:
    """Whether to write now. Before anything was told, and for whatever people change, always."""
    if before is None or not WORKED_OUT.issuperset(outward):
        return True
    tier = wanted.landing.tier.value if wanted.landing else None
    return matters(before, tier, wanted.points) or history.now() - dt.datetime.fromisoformat(before["at"]) >= AGAIN


def matters(before: Told, tier: str | None, points: int) -> bool:
    return bool(before["tier"] != tier or abs(before["points"] - points) >= POINTS)


def kept(before: Told | None, left: Collection[Field], wanted: Wanted) -> Told:
    """What a link has told by now, with these still to be written: all of it, unless something worked out is left."""
    return before if before is not None and WORKED_OUT.intersection(left) else told(wanted)


async def refresh(desk: Desk) -> None:
    """Make the links due whose standing has changed so that it matters, or was not told for a week."""
    rules = desk.writing.mapping.fields
    if not any(name in rules and rules[name].direction is not Direction.ONCE for name in WORKED_OUT):
        return
    now = history.now()
    async with desk.database.reading() as session:
        ids = list(await session.scalars(_untold(desk.connection.id, now)))
    for start in range(0, len(ids), 500):
        async with desk.database.writing() as session:
            asked = update(Link).where(Link.id.in_(ids[start : start + 500]))
            await session.execute(asked.values(leisurely(now)))


def _untold(connection_id: int, now: dt.datetime) -> Select[int]:
    """Links at rest of which `matters` is true, or that told nothing for `AGAIN`."""
    at, tier, points = (Link.facts[("told", name)] for name in ("at", "tier", "points"))
    return (
        select(Link.id)
        .join(Initiative, Initiative.id == Link.initiative_id)
        .join(RankRange, RankRange.initiative_id == Link.initiative_id, isouter=True)
        .where(Link.connection_id == connection_id, Link.is_main.is_(True), Link.due_at.is_(None))
        .where(Link.question.is_(None), at.as_string().is_not(None))
        .where(or_(
            tier.as_string().is_distinct_from(type_coerce(RankRange.tier, String)),
            func.abs(points.as_integer() - Initiative.points) >= POINTS,
            at.as_string() <= (now - AGAIN).isoformat(),
        ))
    )  # fmt: skip
