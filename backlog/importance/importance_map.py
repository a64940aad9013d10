"""The importance-performance map of the touchpoints there are: what is known of each, and what cannot be said."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import N_
from backlog.evidence import scores
from backlog.evidence.listing import Filters
from backlog.evidence.scores import Score
from backlog.evidence.signatures import Signature
from backlog.evidence.touchpoints import Touchpoint
from backlog.importance import derivations, importance
from backlog.importance.derivations import DerivedImportance, Known
from backlog.importance.importance import Stated
from backlog.importance.importance_performance import (
    Cross,
    Measured,
    Opportunity,
    Quadrant,
    importance_performance,
    opportunity,
)
from backlog.importance.stated_derived import Case, cases

WITHIN = 1.96  # deviations to either side hold 95 % of a normal distribution


class Source(enum.StrEnum):
    """Where importance comes from."""

    STATED = "stated"
    DERIVED = "derived"


LABELS = {Source.STATED: N_("what customers say"), Source.DERIVED: N_("what goes with the outcome")}
Ends = tuple[float, float]


@dataclass(frozen=True)
class Performance:
    """The shrunken score on 0-10 with its 95 % interval, from ``n`` answers; ``top_box`` (0-1) where there is one."""

    value: float
    n: int
    ends: Ends
    top_box: float | None


@dataclass(frozen=True)
class Place:
    """A touchpoint of the map. ``quadrant`` is None on a cross-hair, ``opportunity`` where not both were asked,
    ``driver`` where it is derived."""

    id: int
    name: str
    is_signature: bool
    importance: float
    importance_ends: Ends
    performance: Performance
    quadrant: Quadrant | None
    opportunity: Opportunity | None
    driver: DerivedImportance | None

    @property
    def gap(self) -> float:
        """-10 to 10; above 0 it matters more than it satisfies."""
        return self.importance - self.performance.value


@dataclass(frozen=True)
class Absent:
    """A touchpoint that has no place: what of it is not known."""

    id: int
    name: str
    has_importance: bool
    has_performance: bool


@dataclass(frozen=True)
class Compared:
    """Stated and derived importance of a touchpoint of which both are known."""

    id: int
    name: str
    stated: Stated
    derived: DerivedImportance
    on_ten: float
    case: Case


@dataclass(frozen=True)
class Map:
    """``places`` with the largest gap first; ``outcome`` is what importance is derived from, if it is; ``outcomes`` all
    there are, also those of which nothing can be told. ``is_asked``: customers were asked what matters to them."""

    source: Source
    outcome: Known | None
    outcomes: Sequence[Known]
    is_asked: bool
    cross: Cross | None
    places: Sequence[Place]
    absent: Sequence[Absent]
    compared: Sequence[Compared]


async def load(
    session: AsyncSession,
    *,
    source: Source | None = None,
    outcome_id: int | None = None,
    phase_id: int | None = None,
    persona_id: int | None = None,
) -> Map:
    """Of the touchpoints of a phase and the answers of a persona, if given; derived importance is of all customers.
    Without a source it is what customers say, where they were asked."""
    outcomes = await derivations.known(session)
    outcome = next((each for each in outcomes if each.derivation.measure_id == outcome_id), None) or next(
        iter(outcomes), None
    )
    stated = await importance.stated(session, persona_id=persona_id)
    source = source or (Source.STATED if stated else Source.DERIVED)
    rows = (await session.execute(_touchpoints(phase_id))).all()
    performances = await _performances(session, persona_id)
    worth = _stated_worths(stated) if source is Source.STATED else _derived_worths(outcome)
    places, cross = _places(rows, worth, performances, stated, outcome if source is Source.DERIVED else None)
    placed = {each.id for each in places}
    absent = [Absent(row.id, row.name, row.id in worth, row.id in performances) for row in rows if row.id not in placed]
    compared = _compared({row.id: row.name for row in rows}, stated, outcome)
    return Map(source, outcome, outcomes, bool(stated), cross, places, absent, compared)


def _touchpoints(phase_id: int | None) -> Any:
    return (
        select(Touchpoint.id, Touchpoint.name, Signature.slot)
        .outerjoin(Signature, Signature.touchpoint_id == Touchpoint.id)
        .where(*Filters(phase_id=phase_id).conditions(1.0))
        .order_by(Touchpoint.id)
    )


async def _performances(session: AsyncSession, persona_id: int | None) -> dict[int, Performance]:
    if persona_id is None:
        known = {each.touchpoint_id: each for each in await session.scalars(select(Score))}
        return {place: _performance(each, each.top_box) for place, each in known.items()}
    found = {place: each.estimate for place, each in (await scores.headlines(session, persona_id=persona_id)).items()}
    return {place: _performance(each, each.top_box.value if each.top_box else None) for place, each in found.items()}


def _performance(known: Any, top_box: float | None) -> Performance:
    reach = WITHIN * known.posterior_deviation
    return Performance(known.shrunken, known.n, _within(known.shrunken - reach, known.shrunken + reach), top_box)


def _within(low: float, high: float) -> Ends:
    return max(0.0, low), min(10.0, high)


def _stated_worths(stated: Mapping[int, Stated]) -> dict[int, tuple[float, Ends]]:
    return {
        place: (each.value, (each.value if each.low is None else each.low, each.value if each.high is None else each.high))
        for place, each in stated.items()
    }  # fmt: skip


def _derived_worths(outcome: Known | None) -> dict[int, tuple[float, Ends]]:
    if outcome is None:
        return {}
    on_ten = outcome.on_ten
    return {
        place: (on_ten(each.share), (on_ten(each.low), on_ten(each.high))) for place, each in outcome.drivers.items()
    }


def _places(
    rows: Sequence[Any],
    worth: Mapping[int, tuple[float, Ends]],
    performances: Mapping[int, Performance],
    stated: Mapping[int, Stated],
    outcome: Known | None,
) -> tuple[list[Place], Cross | None]:
    known = {row.id: row for row in rows if row.id in worth and row.id in performances}
    measured = [Measured(number, worth[number][0], performances[number].value) for number in known]
    found = importance_performance(measured)
    quadrants = {each.touchpoint.key: each.quadrant for each in found.places}
    places = [
        Place(
            id=number,
            name=row.name,
            is_signature=row.slot is not None,
            importance=worth[number][0],
            importance_ends=worth[number][1],
            performance=performances[number],
            quadrant=quadrants[number],
            opportunity=_opportunity(stated.get(number), performances[number]),
            driver=outcome.drivers[number] if outcome else None,
        )
        for number, row in known.items()
    ]
    return sorted(places, key=lambda each: (-each.gap, each.id)), found.cross


def _opportunity(stated: Stated | None, performance: Performance) -> Opportunity | None:
    if stated is None or stated.top_box is None or performance.top_box is None:
        return None
    return opportunity(10 * stated.top_box, 10 * performance.top_box)


def _compared(names: Mapping[int, str], stated: Mapping[int, Stated], outcome: Known | None) -> list[Compared]:
    """The touchpoints customers say most about first."""
    drivers = outcome.drivers if outcome else {}
    both = sorted(
        (number for number in names if number in stated and number in drivers), key=lambda n: -stated[n].value
    )
    on_ten = {number: outcome.on_ten(drivers[number].share) for number in both} if outcome else {}
    found = cases({number: (stated[number].value, on_ten[number]) for number in both})
    return [
        Compared(number, names[number], stated[number], drivers[number], on_ten[number], found[number])
        for number in both
    ]
