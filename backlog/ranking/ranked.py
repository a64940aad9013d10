"""The ranked list: statements that read columns of one page, and the values they become.

The cost of a page does not grow with the backlog: the index gives the rows in order, the standings their ranks.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    ScalarSelect,
    Select,
    String,
    Subquery,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import scoring
from backlog.evidence.journeys import Phase
from backlog.evidence.signatures import Signature
from backlog.evidence.touchpoints import Touchpoint
from backlog.initiatives.criteria import Criterion, criteria_of
from backlog.initiatives.initiative import Contribution, Initiative, InitiativeTouchpoint
from backlog.initiatives.keys import key_of
from backlog.initiatives.stages import Stage
from backlog.people.departments import Department
from backlog.ranking.counts import Standing, ranks_among
from backlog.ranking.filters import UNFILTERED, Filters, Order, ordered
from backlog.ranking.movement import moves, points_then, week_ago
from backlog.scoring import CRITERIA, Weights
from backlog.simulation.ranges import RankRange
from backlog.simulation.robustness import Tier

COLUMNS = (
    Initiative.id,
    Initiative.title,
    Initiative.stage,
    Initiative.stage_since,
    Initiative.version,
    Initiative.is_ranked,
    Initiative.lead_id,
    Initiative.points,
    *(getattr(Initiative, f"rated_{criterion}") for criterion in CRITERIA),
    *(getattr(Initiative, f"suggested_{criterion}") for criterion in CRITERIA[:3]),
    Initiative.urgency_share,
    cast(Initiative.urgency_profile, String).label("urgency_profile"),  # as text, so that rows can be compared
    Initiative.touched_at,
)


@dataclass(slots=True)  # freezing would double what making fifty rows takes
class Unit:
    """A department as lists show it; ``lead``: it leads the initiative."""

    id: int
    code: str
    name: str
    lead: bool = False

    def leading(self) -> "Unit":
        return Unit(self.id, self.code, self.name, True)


@dataclass(slots=True)
class Landing:
    """Where simulations put it: ranks ``low`` to ``high`` in nine of ten, ``p_top`` (0-1) among the first k."""

    low: int
    high: int
    p_top: float
    tier: Tier


@dataclass(slots=True, eq=False)
class Listed:
    """An initiative in a list, equal to itself alone. ``points`` 0-1000; ``rank`` is None when its stage is not ranked,
    ``move`` the ranks won since the list it is compared with, None when it is new in it, ``range`` None until the first
    simulation. ``urgency_profile`` is the record of its course over time, where it has one."""

    id: int
    title: str
    stage: Stage
    stage_since: dt.datetime
    version: int
    points: int
    rank: int | None
    move: int | None
    criteria: Mapping[str, Criterion]
    departments: Sequence[Unit]
    touchpoint: str | None
    phase: str | None
    touchpoints: Sequence[int]
    is_signature: bool
    touched_at: dt.datetime
    urgency_profile: Mapping[str, Any] | None = None
    range: Landing | None = None

    @property
    def key(self) -> str:
        return key_of(self.id)

    @property
    def step(self) -> str:
        """The stage without blanks, as templates name it."""
        return self.stage.name.lower()

    @property
    def values(self) -> dict[str, float | None]:
        return {criterion: known.value for criterion, known in self.criteria.items()}

    @property
    def missing(self) -> list[str]:
        return scoring.missing(self.values)

    def contributions(self, agreed: Weights) -> dict[str, int]:
        """What each criterion brings, in hundredths; together ``points``."""
        return scoring.contributions(self.values, agreed)


async def told(session: AsyncSession, filters: Filters, order: Order, limit: int, offset: int) -> tuple[Row[Any], ...]:
    """The rows of one page as the database has them."""
    asked = {"limit": limit, "offset": offset, "day": week_ago()}
    return tuple((await (await session.connection()).execute(statement(filters, order), asked)).all())


def listed(
    found: Sequence[Row[Any]], departments: Mapping[int, Unit], counts_before: Mapping[str, int] | None
) -> list[Listed]:
    """What they mean. How far they moved is told by the standings of a week ago; these are None when nothing has changed
    since."""
    places = [row.rank if row.is_ranked else None for row in found]
    moved = moves(places, [row.before for row in found], counts_before)
    return [
        listed_from(row, departments, row.points, place, move)
        for row, place, move in zip(found, places, moved, strict=True)
    ]


async def total(session: AsyncSession, filters: Filters = UNFILTERED) -> int:
    """How many initiatives the filters let through: of the open ones the standings know, others are counted."""
    if filters == UNFILTERED:
        counted = select(func.coalesce(func.sum(Standing.n), 0))
    else:
        counted = select(func.count()).select_from(Initiative).where(*filters.conditions(by_rank=False))
    return await session.scalar(counted) or 0


async def ranks(session: AsyncSession, points: Sequence[int]) -> list[int]:
    """The rank that each of these points (0-1000) has or would have: 1 plus the number of those with more."""
    rows = await session.execute(select(Standing.points, Standing.n).where(Standing.n > 0))
    return ranks_among(dict(rows.all()), points)


async def load_departments(session: AsyncSession) -> dict[int, Unit]:
    rows = await session.execute(select(Department.id, Department.code, Department.name))
    return {row.id: Unit(row.id, row.code, row.name) for row in rows}


@lru_cache(maxsize=256)
def statement(filters: Filters, order: Order) -> Select[Any]:
    """The columns of one page for ``limit``, ``offset`` and ``day``; ``rank`` counts the standings ahead, ``before``
    are the points at the end of that day. Kept once built, for building takes longer than asking."""
    points = Initiative.points.expression
    shown = one_page(picked(filters, order, points))
    ahead = select(func.coalesce(func.sum(Standing.n), 0) + 1).where(Standing.points > shown.c.points)
    before = points_then(bindparam("day", type_=Date), shown.c.id)
    told = around(shown, ahead.scalar_subquery().label("rank"), before.label("before"))
    return told.order_by(*ordered(order, shown.c, shown.c.points))


def one_page(chosen: Select[Any]) -> Subquery:
    """``limit`` rows of it from ``offset`` on."""
    return chosen.limit(bindparam("limit", type_=Integer)).offset(bindparam("offset", type_=Integer)).subquery("shown")


def picked(filters: Filters, order: Order, points: ColumnElement[int], *more: ColumnElement[Any]) -> Select[Any]:
    """The initiatives of the list in order, without what belongs to them; ``more`` is computed for each."""
    by_rank = order is Order.RANK and not filters.stages
    chosen = select(*COLUMNS, *more).where(*filters.conditions(by_rank=by_rank and not more))
    if by_rank:
        return chosen.order_by(points.desc(), Initiative.id)  # all are ranked: just as the index has them
    return chosen.order_by(*ordered(order, Initiative, points))


def around(shown: Subquery, *more: ColumnElement[Any]) -> Select[Any]:
    """What else a row tells, asked only for the rows of the page."""
    main = (
        select(InitiativeTouchpoint.touchpoint_id)
        .where(InitiativeTouchpoint.initiative_id == shown.c.id)
        .order_by(InitiativeTouchpoint.position, InitiativeTouchpoint.touchpoint_id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            *shown.c,
            Touchpoint.name.label("touchpoint"),
            Phase.name.label("phase"),
            _listing(Contribution.department_id, Contribution.initiative_id == shown.c.id).label("contributing"),
            _listing(InitiativeTouchpoint.touchpoint_id, InitiativeTouchpoint.initiative_id == shown.c.id).label("on"),
            _signature(shown).label("is_signature"),
            RankRange.low,
            RankRange.high,
            RankRange.p_top,
            RankRange.tier,
            *more,
        )
        .select_from(shown)
        .join(RankRange, RankRange.initiative_id == shown.c.id, isouter=True)
        .join(Touchpoint, Touchpoint.id == main, isouter=True)
        .join(Phase, Phase.id == Touchpoint.phase_id, isouter=True)
    )


def _listing(column: Any, condition: ColumnElement[bool]) -> ScalarSelect[str]:
    """Ids as "3,7,12"."""
    return select(func.aggregate_strings(cast(column, String), ",")).where(condition).scalar_subquery()


def _signature(shown: Subquery) -> ColumnElement[bool]:
    linked = select(InitiativeTouchpoint.touchpoint_id).join(
        Signature, Signature.touchpoint_id == InitiativeTouchpoint.touchpoint_id
    )
    return linked.where(InitiativeTouchpoint.initiative_id == shown.c.id).exists()


def listed_from(
    row: Row[Any], units: Mapping[int, Unit], points: int, rank: int | None, move: int | None = None
) -> Listed:
    return Listed(
        id=row.id,
        title=row.title,
        stage=row.stage,
        stage_since=row.stage_since,
        version=row.version,
        points=points,
        rank=rank,
        move=move,
        criteria=criteria_of(row),
        departments=_departments(row, units),
        touchpoint=row.touchpoint,
        phase=row.phase,
        touchpoints=_ids(row.on),
        is_signature=row.is_signature,
        touched_at=row.touched_at,
        urgency_profile=json.loads(row.urgency_profile) if row.urgency_profile else None,
        range=None if rank is None or row.low is None else Landing(row.low, row.high, row.p_top, row.tier),
    )


def _departments(row: Row[Any], units: Mapping[int, Unit]) -> list[Unit]:
    """The lead first, then the contributing ones by code."""
    lead = [units[row.lead_id].leading()] if row.lead_id in units else []
    if not row.contributing:
        return lead
    others = [units[each] for each in _ids(row.contributing) if each in units and each != row.lead_id]
    return lead + sorted(others, key=lambda unit: unit.code)


def _ids(listing: str | None) -> list[int]:
    return sorted(int(each) for each in listing.split(",")) if listing else []
