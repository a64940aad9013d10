"""Effort against benefit of the initiatives a list shows: what stands in the matrix, what does not yet and why, what the
effort goes into, and what raters say of one initiative."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import N_, Invalid, Text
from backlog.evidence.signatures import Signature
from backlog.history import Actor
from backlog.initiatives import initiatives, ratings
from backlog.initiatives.initiative import Initiative, InitiativeTouchpoint
from backlog.initiatives.keys import key_of
from backlog.initiatives.ratings import RatedInput, Rating
from backlog.ranking import ranked
from backlog.ranking.counts import Standing
from backlog.ranking.expressions import known
from backlog.ranking.filters import Filters, Order, ordered
from backlog.ranking.portfolio import CROSS, Gauge, Part, Quadrant, Total, targets_of, weighed
from backlog.rounds import rounds
from backlog.rounds.rounds import RatingRound
from backlog.settings import BANDS, Settings

MOST = 200
"""Bubbles at most, the first by rank: more than that nobody tells apart."""
LISTED = 50  # initiatives without effort or benefit that are named
INPUTS = (RatedInput.EFFORT, RatedInput.BENEFIT)
Extent = tuple[float, float]
"""From the lowest low to the highest high of all raters."""

IS_RATED = and_(Initiative.rated_effort.is_not(None), Initiative.rated_benefit.is_not(None))
IS_UNRATED = or_(Initiative.rated_effort.is_(None), Initiative.rated_benefit.is_(None))


@dataclass(frozen=True, slots=True)
class Bubble:
    """An initiative in the matrix: effort and benefit 1-10, medians of the raters; importance and urgency 0-10, None
    while unknown; no rank when its stage has none."""

    id: int
    title: str
    rank: int | None
    effort: float
    benefit: float
    importance: float | None
    urgency: float | None
    is_signature: bool

    @property
    def key(self) -> str:
        return key_of(self.id)


@dataclass(frozen=True, slots=True)
class Unrated:
    """An initiative that cannot stand in the matrix yet; ``missing`` are the inputs nobody has rated."""

    id: int
    title: str
    rank: int | None
    missing: tuple[RatedInput, ...]

    @property
    def key(self) -> str:
        return key_of(self.id)


@dataclass(frozen=True)
class Matrix:
    """``rated`` and ``unrated`` name the first by rank; ``rated_total`` and ``gauge.unrated`` count all."""

    rated: tuple[Bubble, ...]
    rated_total: int
    unrated: Sequence[Unrated]
    gauge: Gauge


async def load(session: AsyncSession, filters: Filters, targets: Settings) -> Matrix:
    """What the filters let through."""
    conditions = filters.conditions(by_rank=False)
    rows = await session.execute(_listed(conditions, IS_RATED, MOST))
    lacking = await session.execute(_listed(conditions, IS_UNRATED, LISTED))
    gauge = await _gauge(session, conditions, targets)
    return Matrix(
        tuple(_bubble(row) for row in rows),
        sum(gauge.parts[Part(each)].initiatives for each in Quadrant),
        [_unrated(row) for row in lacking],
        gauge,
    )


def _listed(conditions: Sequence[ColumnElement[bool]], which: ColumnElement[bool], most: int) -> Select[Any]:
    points = Initiative.points.expression
    shown = (
        select(
            Initiative.id,
            Initiative.title,
            Initiative.is_ranked,
            Initiative.points,
            Initiative.rated_effort,
            Initiative.rated_benefit,
            known(Initiative)["importance"].label("importance"),
            known(Initiative)["urgency"].label("urgency"),
            _on_signature().label("is_signature"),
        )
        .where(*conditions, which)
        .order_by(*ordered(Order.RANK, Initiative, points))
        .limit(most)
        .subquery("shown")
    )
    ahead = select(func.coalesce(func.sum(Standing.n), 0) + 1).where(Standing.points > shown.c.points)
    rank = ahead.scalar_subquery().label("rank")
    return select(*shown.c, rank).order_by(*ordered(Order.RANK, shown.c, shown.c.points))


def _on_signature() -> ColumnElement[bool]:
    linked = select(InitiativeTouchpoint.initiative_id).join(
        Signature, Signature.touchpoint_id == InitiativeTouchpoint.touchpoint_id
    )
    return Initiative.id.in_(linked)


def _bubble(row: Row[Any]) -> Bubble:
    return Bubble(
        id=row.id,
        title=row.title,
        rank=row.rank if row.is_ranked else None,
        effort=row.rated_effort,
        benefit=row.rated_benefit,
        importance=row.importance,
        urgency=row.urgency,
        is_signature=bool(row.is_signature),
    )


def _unrated(row: Row[Any]) -> Unrated:
    missing = tuple(name for name in INPUTS if getattr(row, f"rated_{name}") is None)
    return Unrated(row.id, row.title, row.rank if row.is_ranked else None, missing)


async def _gauge(session: AsyncSession, conditions: Sequence[ColumnElement[bool]], targets: Settings) -> Gauge:
    """Added up in the database, so that it costs the same however many there are."""
    is_large = case((Initiative.rated_effort >= CROSS, 1), else_=0).label("is_large")
    is_good = case((Initiative.rated_benefit >= CROSS, 1), else_=0).label("is_good")
    is_signature = case((_on_signature(), 1), else_=0).label("is_signature")
    has_both = case((IS_RATED, 1), else_=0).label("has_both")
    inner = (
        select(is_large, is_good, is_signature, has_both, Initiative.rated_effort.label("effort"))
        .where(*conditions)
        .subquery("each")
    )
    kinds = (inner.c.is_large, inner.c.is_good, inner.c.is_signature, inner.c.has_both)
    added = select(*kinds, func.count().label("n"), func.sum(inner.c.effort).label("effort")).group_by(*kinds)
    rows = (await session.execute(added)).all()
    totals = [
        Total(_quadrant(row.is_large, row.is_good), bool(row.is_signature), row.n, row.effort)
        for row in rows
        if row.has_both
    ]
    return weighed(totals, sum(row.n for row in rows if not row.has_both), targets_of(bands(targets)))


def _quadrant(is_large: int, is_good: int) -> Quadrant:
    if is_good:
        return Quadrant.LARGE_FOOTPRINTS if is_large else Quadrant.SMALL_STEPS
    return Quadrant.LEAVE_IT if is_large else Quadrant.FILL_INS


def bands(settings: Settings) -> dict[Part, tuple[int, int]]:
    """The targets as whole percents."""
    return {Part(part): (getattr(settings, low), getattr(settings, high)) for part, (low, high) in BANDS.items()}


async def extents(session: AsyncSession, ids: Sequence[int], actor: Actor) -> dict[int, dict[RatedInput, Extent]]:
    """How far the raters of these initiatives reach, by input; without what an open round asks of the actor."""
    asked = await rounds.asked_among(session, actor, ids)
    rows = await session.execute(
        select(Rating.initiative_id, Rating.input, func.min(Rating.low), func.max(Rating.high))
        .where(Rating.initiative_id.in_(ids), Rating.input.in_(INPUTS))
        .group_by(Rating.initiative_id, Rating.input)
    )
    found: dict[int, dict[RatedInput, Extent]] = {}
    for initiative_id, name, low, high in rows:
        if name in asked.get(initiative_id, {}):
            continue
        found.setdefault(initiative_id, {})[name] = (low, high)
    return found


@dataclass(frozen=True)
class Voices:
    """What raters say of one input: the ``median`` of the likely values, one's own estimate, and the likely values of
    the ``others``. ``round``: the open round that asks the reader for it, so that nobody else's value is here."""

    input: RatedInput
    median: float | None
    own: Sequence[float] | None
    others: Sequence[float]
    round: RatingRound | None = None

    @property
    def raters(self) -> int:
        return len(self.others) + (self.own is not None)

    @property
    def mine(self) -> float | None:
        return self.own[1] if self.own else None

    @property
    def start(self) -> float | None:
        """Where one's next estimate begins: one's own, else the median."""
        return self.median if self.mine is None else self.mine

    @property
    def differs(self) -> bool:
        """Whether the bubble stands elsewhere than one says."""
        return self.mine is not None and self.mine != self.median


@dataclass(frozen=True)
class Chosen:
    """One initiative of the matrix, with what its raters say."""

    initiative: Initiative
    rank: int | None
    voices: Mapping[RatedInput, Voices]

    @property
    def balance(self) -> float | None:
        """Effort/benefit, 0-10."""
        return self.initiative.rated_effort_benefit


async def chosen(session: AsyncSession, key: str, actor: Actor) -> Chosen:
    """NotFound when there is none."""
    initiative = await initiatives.by_key(session, key)
    asked = await rounds.asked_of(session, actor, initiative.id)
    given = [
        each
        for each in await session.scalars(ratings.of(initiative.id))
        if each.input in INPUTS and (each.input not in asked or each.is_by(actor))
    ]
    rank = (await ranked.ranks(session, [initiative.points]))[0] if initiative.is_ranked else None
    return Chosen(initiative, rank, {name: _voices(name, initiative, given, actor, asked.get(name)) for name in INPUTS})


def _voices(
    name: RatedInput, initiative: Initiative, given: Sequence[Rating], actor: Actor, asked: RatingRound | None
) -> Voices:
    of_input = [each for each in given if each.input is name]
    own = next((each.estimate for each in of_input if each.is_by(actor)), None)
    others = [each.likely for each in of_input if not each.is_by(actor)]
    return Voices(name, getattr(initiative, f"rated_{name}"), own, others, asked)


async def estimate(
    session: AsyncSession,
    key: str,
    likely: Mapping[RatedInput, float],
    reason: str,
    *,
    version: int | None,
    by: Actor,
) -> Initiative:
    """Keep one's own new estimate of effort, benefit or both: the likely value moves, low and high keep their distance.
    VersionMissing, Stale, or Invalid with every wrong field: the inputs and ``reason``."""
    initiative = await initiatives.by_key(session, key, for_change=True)
    initiative.expect(version)
    await rounds.expect_free(session, initiative.id, [name.value for name in likely], by)
    given = await session.scalars(ratings.of(initiative.id))
    own = {each.input.value: each.estimate for each in given if each.is_by(by)}
    estimates = {name.value: _around(own.get(name.value), value) for name, value in likely.items()}
    wrong: dict[str, Text] = {}
    if not reason.strip():
        wrong["reason"] = Text(N_("Say why, so that others can follow."))
    try:
        ratings.checked_estimates(estimates)
    except Invalid as invalid:
        wrong |= {name: _off_scale() for name in invalid.fields}
    if not wrong and not any(own.get(name) != each for name, each in estimates.items()):
        wrong["effort"] = Text(N_("Nothing is different: change effort or benefit first."))
    if wrong:
        raise Invalid(wrong)
    await ratings.rate(session, initiative, estimates, reason=reason, by=by)
    return initiative


def _around(own: Sequence[float] | None, likely: float) -> list[float]:
    off_scale = not 1 <= likely <= ratings.HIGHEST
    return [likely] * 3 if own is None or off_scale else ratings.shifted(own, likely)


def _off_scale() -> Text:
    return Text(N_("Enter a number from %(low)s to %(high)s."), {"low": 1, "high": 10})
