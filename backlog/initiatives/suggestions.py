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
from backlog.evidence.scores import Score
from backlog.evidence.touchpoints import Touchpoint
from backlog.importance import derivations, importance
from backlog.initiatives.criteria import (
    Checklist,
    Reach,
    Readiness,
    Suggestion,
    Worth,
    suggest_importance,
    suggest_maturity,
    suggest_urgency,
)
from backlog.initiatives.initiative import Initiative, InitiativeInsight, InitiativeTouchpoint
from backlog.settings import Settings

CHUNK = 500  # ids in one statement


@dataclass(frozen=True)
class Suggested:
    """The suggestions for one initiative with their reasons; None where there is no data."""

    importance: Suggestion | None
    urgency: Suggestion | None
    maturity: Readiness

    @property
    def values(self) -> tuple[float | None, float | None, float | None, float | None, float]:
        """As the initiative keeps them: importance and urgency with the spread of each, maturity."""
        return *_kept(self.importance), *_kept(self.urgency), self.maturity.value


def _kept(suggestion: Suggestion | None) -> tuple[float | None, float | None]:
    return (suggestion.value, suggestion.spread) if suggestion else (None, None)


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
            Initiative.importance_spread,
            Initiative.suggested_urgency,
            Initiative.urgency_spread,
            Initiative.suggested_maturity,
        ).where(Initiative.id.in_(ids))
    )
    differing = [number for number, *values in kept if tuple(values) != found[number].values]
    if not differing:
        return
    for initiative in await session.scalars(select(Initiative).where(Initiative.id.in_(differing))):
        initiative.suggested_importance, initiative.importance_spread, *others = found[initiative.id].values
        initiative.suggested_urgency, initiative.urgency_spread, initiative.suggested_maturity = others
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
    decided = await settings.load(session)
    threshold = decided.threshold
    stated, derived = await _worths(session, decided)
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
    met = {row.touchpoint_id: row.n for row in rows}
    reach = {
        number: Reach(met.get(number, 0), asked, stated.get(number), derived.get(number))
        for number in met.keys() | stated.keys() | derived.keys()
    }
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


async def _worths(session: AsyncSession, decided: Settings) -> tuple[dict[int, Worth], dict[int, Worth]]:
    """Touchpoint -> stated and derived importance; the second is empty where it is not wanted."""
    said = await importance.stated(session)
    stated = {number: Worth(each.value, each.n, each.low, each.high) for number, each in said.items()}
    return stated, _derived(await derivations.known(session)) if decided.derived_importance else {}


def _derived(outcomes: Sequence[derivations.Known]) -> dict[int, Worth]:
    """Of the first outcome that can be told. A touchpoint with which the outcome goes the other way, or not at all, is
    not the more important for it."""
    return {
        number: Worth(
            first.on_ten(each.share), each.n, first.on_ten(each.low), first.on_ten(each.high), first.outcome.name
        )
        for first in outcomes[:1]
        for number, each in first.drivers.items()
        if each.correlation > 0
    }
