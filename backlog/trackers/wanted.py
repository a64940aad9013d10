"""What an initiative has to say to a tracker, read for many at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import scoring, settings
from backlog.evidence.insights import Insight
from backlog.evidence.scores import Score
from backlog.evidence.touchpoints import Touchpoint
from backlog.initiatives.criteria import criteria_of
from backlog.initiatives.initiative import Initiative, InitiativeInsight, InitiativeTouchpoint
from backlog.initiatives.keys import key_of
from backlog.initiatives.stages import Stage
from backlog.people.departments import Department
from backlog.ranking import ranked
from backlog.ranking.counts import Standing
from backlog.scoring import Weights
from backlog.simulation.ranges import RankRange
from backlog.simulation.robustness import Tier
from backlog.weights import weights

QUOTES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A touchpoint it is about; ``value`` 0-10 with its 95 % interval, None without answers."""

    name: str
    value: float | None
    n: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Landing:
    """Ranks of nine in ten simulations, and in what share (0-1) it is among the first ``top``."""

    low: int
    high: int
    p_top: float
    top: int
    tier: Tier


@dataclass(frozen=True, slots=True)
class Wanted:
    """``points`` 0-1000; ``rank`` of ``total`` None when its stage has none; ``carried``: the criteria in the order of
    what they contribute; ``effort`` 0-10."""

    id: int
    title: str
    problem: str
    next_step: str
    stage: Stage
    due_on: dt.date | None
    lead_id: int | None
    lead: str
    effort: float | None
    points: int
    rank: int | None
    total: int
    landing: Landing | None
    carried: Sequence[str]
    places: Sequence[Place]
    quotes: Sequence[str]

    @property
    def key(self) -> str:
        return key_of(self.id)


async def load(session: AsyncSession, ids: Sequence[int]) -> dict[int, Wanted]:
    """By id; what is not there any more is left out."""
    rows = (await session.execute(_rows(ids))).all()
    agreed, top = await weights.active(session), (await settings.load(session)).top
    total = await session.scalar(select(func.coalesce(func.sum(Standing.n), 0))) or 0
    standing = await ranked.ranks(session, [row.Initiative.points for row in rows])
    places, quotes = await _places(session, ids), await _quotes(session, ids)
    return {
        row.Initiative.id: _wanted(row, rank, total, top, agreed, places[row.Initiative.id], quotes[row.Initiative.id])
        for row, rank in zip(rows, standing, strict=True)
    }


def _rows(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = (
        select(Initiative, Department.name.label("lead"), RankRange)
        .join(Department, Department.id == Initiative.lead_id, isouter=True)
        .join(RankRange, RankRange.initiative_id == Initiative.id, isouter=True)
        .where(Initiative.id.in_(ids))
    )
    return found.execution_options(populate_existing=True)


def _wanted(
    row: Any, rank: int, total: int, top: int, agreed: Weights, places: Sequence[Place], quotes: Sequence[str]
) -> Wanted:
    one: Initiative = row.Initiative
    landing = row.RankRange
    return Wanted(
        id=one.id,
        title=one.title,
        problem=one.problem,
        next_step=one.next_step,
        stage=one.stage,
        due_on=one.due_on,
        lead_id=one.lead_id,
        lead=row.lead or "",
        effort=one.rated_effort,
        points=one.points,
        rank=rank if one.is_ranked else None,
        total=total,
        landing=Landing(landing.low, landing.high, landing.p_top, top, landing.tier) if landing else None,
        carried=_carried(one, agreed),
        places=places,
        quotes=quotes,
    )


def _carried(one: Initiative, agreed: Weights) -> list[str]:
    parts: Mapping[str, int] = scoring.contributions(
        {name: each.value for name, each in criteria_of(one).items()}, agreed
    )
    return sorted(parts, key=lambda name: -parts[name])


async def _places(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[Place]]:
    found = (
        select(InitiativeTouchpoint.initiative_id, Touchpoint.name, Score.value, Score.n, Score.low, Score.high)
        .join(Touchpoint, Touchpoint.id == InitiativeTouchpoint.touchpoint_id)
        .join(Score, Score.touchpoint_id == Touchpoint.id, isouter=True)
        .where(InitiativeTouchpoint.initiative_id.in_(ids))
        .order_by(InitiativeTouchpoint.position, Touchpoint.id)
    )
    places: dict[int, list[Place]] = defaultdict(list)
    for row in await session.execute(found):
        places[row.initiative_id].append(Place(row.name, row.value, row.n or 0, row.low, row.high))
    return places


async def _quotes(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[str]]:
    """What customers said, the newest first."""
    found = (
        select(InitiativeInsight.initiative_id, Insight.text)
        .join(Insight, Insight.id == InitiativeInsight.insight_id)
        .where(InitiativeInsight.initiative_id.in_(ids), Insight.text != "")
        .order_by(Insight.said_on.desc(), Insight.id)
    )
    quotes: dict[int, list[str]] = defaultdict(list)
    for row in await session.execute(found):
        if len(quotes[row.initiative_id]) < QUOTES:
            quotes[row.initiative_id].append(row.text)
    return quotes
