"""/api/v1/importance: importance against performance, and what importance is derived from."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import LARGEST_ID, Database
from backlog.importance import derivations, importance_map
from backlog.importance import importance as stated_importance
from backlog.importance.derivations import Known
from backlog.importance.importance import Stated
from backlog.importance.importance_map import Map, Place, Source
from backlog.importance.importance_performance import Quadrant
from backlog.importance.stated_derived import Case
from backlog.people.roles import Role


class StatedShown(msgspec.Struct):
    """Mean of ``n`` answers on 0-10 with its 95 % interval (null below two answers)."""

    value: float
    low: float | None
    high: float | None
    n: int


class DerivedShown(msgspec.Struct):
    """``share`` (0-1) of what touchpoints explain of ``outcome`` together, ``low``..``high`` its 95 % interval, from
    ``n`` answers; ``correlation`` -1 to 1; ``value`` is the share on 0-10, 5 for an average touchpoint."""

    outcome: str
    value: float
    share: float
    low: float
    high: float
    n: int
    correlation: float


class ImportanceShown(msgspec.Struct):
    """What customers say, and what goes with the outcome; null where it is not known."""

    stated: StatedShown | None
    derived: DerivedShown | None


class PlaceShown(msgspec.Struct):
    """A touchpoint of the map, 0-10. ``gap`` is importance less performance (the shrunken score, its 95 % interval from
    ``performance_low``); ``quadrant`` is null on a cross-hair; ``opportunity`` (0-20) null unless both were asked."""

    id: int
    name: str
    is_signature: bool
    n: int
    importance: float
    importance_low: float
    importance_high: float
    performance: float
    performance_low: float
    performance_high: float
    gap: float
    opportunity: float | None
    quadrant: Quadrant | None
    case: Case | None


class LeftOutShown(msgspec.Struct):
    id: int
    n: int


class OutcomeShown(msgspec.Struct):
    """What importance is derived from: ``n`` customers who answered from ``since`` to ``until``; ``r_squared`` (0-1)
    null with the ``reason`` why nothing can be told. Of ``left_out`` each would have ``needed`` so many answers.
    ``shrunken`` (0-0.1) is by how much correlations were, to fit together; ``resamples`` and ``seed`` of intervals."""

    id: int
    name: str
    since: dt.date
    until: dt.date
    n: int
    r_squared: float | None
    shrunken: float | None
    resamples: int
    seed: int
    computed_at: dt.datetime
    reason: str | None
    needed: int
    left_out: list[LeftOutShown]


class MapShown(msgspec.Struct):
    """``items`` with the largest gap first; the cross-hairs stand at the means of these, null without any. ``outcomes``:
    the preferred one first, with what it is about; ``outcome`` the id of the one importance is derived from."""

    items: list[PlaceShown]
    total: int
    source: Source
    outcome: int | None
    mean_importance: float | None
    mean_performance: float | None
    outcomes: list[OutcomeShown]


@dataclass(frozen=True)
class Importances:
    """Of all touchpoints, to show many."""

    stated: Mapping[int, Stated]
    outcome: Known | None

    def of(self, touchpoint_id: int) -> ImportanceShown:
        said = self.stated.get(touchpoint_id)
        stated = StatedShown(said.value, said.low, said.high, said.n) if said else None
        return ImportanceShown(stated, self._derived(touchpoint_id))

    def _derived(self, touchpoint_id: int) -> DerivedShown | None:
        if self.outcome is None or touchpoint_id not in self.outcome.drivers:
            return None
        one = self.outcome.drivers[touchpoint_id]
        value = self.outcome.on_ten(one.share)
        return DerivedShown(self.outcome.outcome.name, value, one.share, one.low, one.high, one.n, one.correlation)


async def importances(session: AsyncSession) -> Importances:
    outcomes = await derivations.known(session)
    return Importances(await stated_importance.stated(session), outcomes[0] if outcomes else None)


Number = Annotated[int | None, QueryParameter(ge=1, le=LARGEST_ID)]


@get(
    "/api/v1/importance",
    opt={"role": Role.VIEWER},
    operation_id="getImportance",
    summary="Importance against performance of touchpoints",
    tags=["touchpoints"],
)
async def index(
    database: NamedDependency[Database],
    source: Annotated[
        Source | None, QueryParameter(description="Where importance comes from; left out: stated where it was asked.")
    ] = None,
    outcome: Annotated[
        int | None,
        QueryParameter(ge=1, le=LARGEST_ID, description="The id of the outcome it is derived from; the first else."),
    ] = None,
    phase: Number = None,
    persona: Number = None,
) -> MapShown:
    async with database.reading() as session:
        return shape(
            await importance_map.load(session, source=source, outcome_id=outcome, phase_id=phase, persona_id=persona)
        )


def shape(found: Map) -> MapShown:
    cases = {each.id: each.case for each in found.compared}
    return MapShown(
        items=[_place(each, cases.get(each.id)) for each in found.places],
        total=len(found.places),
        source=found.source,
        outcome=found.outcome.derivation.measure_id if found.outcome and found.source is Source.DERIVED else None,
        mean_importance=found.cross.importance if found.cross else None,
        mean_performance=found.cross.performance if found.cross else None,
        outcomes=[_outcome(each) for each in found.outcomes],
    )


def _place(place: Place, case: Case | None) -> PlaceShown:
    return PlaceShown(
        id=place.id,
        name=place.name,
        is_signature=place.is_signature,
        n=place.performance.n,
        importance=place.importance,
        importance_low=place.importance_ends[0],
        importance_high=place.importance_ends[1],
        performance=place.performance.value,
        performance_low=place.performance.ends[0],
        performance_high=place.performance.ends[1],
        gap=place.gap,
        opportunity=place.opportunity.score if place.opportunity else None,
        quadrant=place.quadrant,
        case=case,
    )


def _outcome(known: Known) -> OutcomeShown:
    one = known.derivation
    return OutcomeShown(
        id=one.measure_id,
        name=known.outcome.name,
        since=one.since,
        until=one.until,
        n=one.n,
        r_squared=one.r_squared,
        shrunken=one.shrunken,
        resamples=one.resamples,
        seed=one.seed,
        computed_at=one.computed_at,
        reason=str(known.reason) if known.reason else None,
        needed=one.needed,
        left_out=[LeftOutShown(number, n) for number, n in one.left_out],
    )


ROUTES = [index]
