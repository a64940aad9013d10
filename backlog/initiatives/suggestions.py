"""What the data suggests for each initiative: importance, urgency and maturity, until people rate them.

The formulas are in backlog.initiatives.criteria; here is what they are fed with.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from backlog import settings
from backlog.evidence.measures import Kind, Measure
from backlog.evidence.responses import Tally
from backlog.evidence.scores import Score
from backlog.evidence.touchpoints import Touchpoint
from backlog.initiatives.criteria import (
    Checklist,
    Reach,
    Readiness,
    Suggestion,
    suggest_importance,
    suggest_maturity,
    suggest_urgency,
)
from backlog.initiatives.initiative import Initiative, InitiativeInsight, InitiativeTouchpoint

CHUNK = 500  # ids in one statement


@dataclass(frozen=True)
class Suggested:
    """The suggestions for one initiative with their reasons; None where there is no data."""

    importance: Suggestion | None
    urgency: Suggestion | None
    maturity: Readiness

    @property
    def values(self) -> tuple[float | None, float | None, float | None, float]:
        """As the initiative keeps them: importance, urgency and its spread, maturity."""
        spread = self.urgency.spread if self.urgency else None
        return _value(self.importance), _value(self.urgency), spread, self.maturity.value


def _value(suggestion: Suggestion | None) -> float | None:
    return suggestion.value if suggestion else None


@dataclass(frozen=True)
class Data:
    """What is known of each touchpoint (by id)."""

    reach: Mapping[int, Reach]
    urgency: Mapping[int, Suggestion]


async def refresh(session: AsyncSession, initiative_ids: Sequence[int] | None = None) -> None:
    """Recompute the suggestions of these initiatives, or of all; only what differs is written."""
    await session.flush()
    if initiative_ids is None:
        initiative_ids = list(await session.scalars(select(Initiative.id).order_by(Initiative.id)))
    data = await _data(session)
    for start in range(0, len(initiative_ids), CHUNK):
        await _refresh(session, data, initiative_ids[start : start + CHUNK])


async def of(session: AsyncSession, initiative: Initiative) -> Suggested:
    """The suggestions for one initiative as the data stands now."""
    found = await _suggested(session, await _data(session), [initiative.id])
    return found[initiative.id]


async def _refresh(session: AsyncSession, data: Data, ids: Sequence[int]) -> None:
    found = await _suggested(session, data, ids)
    kept = await session.execute(
        select(
            Initiative.id,
            Initiative.suggested_importance,
            Initiative.suggested_urgency,
            Initiative.urgency_spread,
            Initiative.suggested_maturity,
        ).where(Initiative.id.in_(ids))
    )
    differing = [number for number, *values in kept if tuple(values) != found[number].values]
    if not differing:
        return
    for initiative in await session.scalars(select(Initiative).where(Initiative.id.in_(differing))):
        importance, urgency, spread, maturity = found[initiative.id].values
        initiative.suggested_importance = importance
        initiative.suggested_urgency, initiative.urgency_spread = urgency, spread
        initiative.suggested_maturity = maturity
    await session.flush()


async def _suggested(session: AsyncSession, data: Data, ids: Sequence[int]) -> dict[int, Suggested]:
    touchpoints = await _linked(session, ids)
    quoted = set(
        await session.scalars(
            select(InitiativeInsight.initiative_id).where(InitiativeInsight.initiative_id.in_(ids)).distinct()
        )
    )
    rows = await session.execute(
        select(
            Initiative.id,
            _filled(Initiative.problem).label("problem"),
            _filled(Initiative.effect).label("effect"),
            or_(Initiative.independent, _filled(Initiative.dependencies)).label("dependencies"),
            Initiative.lead_id.is_not(None).label("lead"),
            Initiative.rated_effort.is_not(None).label("effort"),
        ).where(Initiative.id.in_(ids))
    )
    found = {}
    for number, *checks in rows:
        problem, effect, dependencies, lead, effort = map(bool, checks)
        evidence = number in touchpoints or number in quoted
        checklist = Checklist(
            evidence=evidence, problem=problem, effect=effect, lead=lead, effort=effort, dependencies=dependencies
        )
        found[number] = _from(data, touchpoints.get(number, []), checklist)
    return found


def _from(data: Data, touchpoint_ids: Iterable[int], checklist: Checklist) -> Suggested:
    linked = list(touchpoint_ids)
    return Suggested(
        importance=suggest_importance(data.reach[each] for each in linked if each in data.reach),
        urgency=max(
            (data.urgency[each] for each in linked if each in data.urgency),
            key=lambda suggestion: suggestion.value,
            default=None,
        ),
        maturity=suggest_maturity(checklist),
    )


def _filled(text: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return func.length(func.trim(text)) > 0


async def _linked(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[int]]:
    links: dict[int, list[int]] = defaultdict(list)
    for number, touchpoint_id in await session.execute(
        select(InitiativeTouchpoint.initiative_id, InitiativeTouchpoint.touchpoint_id)
        .where(InitiativeTouchpoint.initiative_id.in_(ids))
        .order_by(InitiativeTouchpoint.position)
    ):
        links[number].append(touchpoint_id)
    return links


async def _data(session: AsyncSession) -> Data:
    """Of all touchpoints: there are a few hundred at most. ``asked`` is the largest number of answers any touchpoint
    has in its window: how many customers could have answered."""
    threshold = (await settings.load(session)).threshold
    stated = await _stated(session)
    rows = (
        await session.execute(
            select(
                Score.touchpoint_id,
                Score.n,
                Score.shrunken,
                Score.posterior_deviation,
                Score.p_below,
                Score.change,
                Touchpoint.target,
            ).join(Touchpoint, Touchpoint.id == Score.touchpoint_id)
        )
    ).all()
    asked = max((row.n for row in rows), default=0)
    reach = {number: Reach(0, 0, mean) for number, mean in stated.items()}
    reach |= {row.touchpoint_id: Reach(row.n, asked, stated.get(row.touchpoint_id)) for row in rows}
    urgency = {
        row.touchpoint_id: suggest_urgency(
            (threshold if row.target is None else row.target) - row.shrunken,
            row.p_below,
            row.change,
            deviation=row.posterior_deviation,
        )
        for row in rows
    }
    return Data(reach, urgency)


async def _stated(session: AsyncSession) -> dict[int, float]:
    """Touchpoint -> the mean importance (0-10) customers state, where they were asked."""
    asked = select(Measure.id).where(Measure.kind == Kind.IMPORTANCE)
    rows = await session.execute(
        select(Tally.touchpoint_id, func.sum(Tally.total), func.sum(Tally.weight))
        .where(Tally.measure_id.in_(asked), Tally.touchpoint_id.is_not(None))
        .group_by(Tally.touchpoint_id)
    )
    return {number: total / weight for number, total, weight in rows if number is not None and weight > 0}
