"""/api/v1/initiatives/{id}/ratings: one's own ratings, and everybody's."""

import datetime as dt
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, put
from litestar.di import NamedDependency
from litestar.params import Body, FromPath
from msgspec import UNSET, UnsetType

from backlog.database import Database
from backlog.initiatives import initiatives, ratings, suggestions
from backlog.initiatives.criteria import CHECKS
from backlog.initiatives.ratings import RatedInput
from backlog.people.roles import Role
from backlog.rounds import rounds
from web.api.initiative_shapes import InitiativeShown, answer, one
from web.api.versions import based_on, changing


class Estimate(msgspec.Struct, forbid_unknown_fields=True):
    """low <= likely <= high; 0-10, effort and benefit 1-10."""

    low: float
    likely: float
    high: float


class RatingsGiven(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays; null takes one's own rating back. ``reason`` is needed where raters are far apart, or where
    one's own rating was given in a round."""

    importance: Estimate | UnsetType | None = UNSET
    urgency: Estimate | UnsetType | None = UNSET
    maturity: Estimate | UnsetType | None = UNSET
    effort: Estimate | UnsetType | None = UNSET
    benefit: Estimate | UnsetType | None = UNSET
    reason: str = ""
    version: int | None = None


class RatingShown(msgspec.Struct):
    """``is_customer``: of somebody who stands for customers. ``reason``: why it was given, empty where nobody said."""

    input: str
    rater: str
    low: float
    likely: float
    high: float
    rated_at: dt.datetime
    is_customer: bool
    reason: str


class RatingsShown(msgspec.Struct):
    """``medians`` of the likely values and ``suggested`` from data, by input; null where there is none. ``checks``: what
    maturity needs, and whether it is there. Urgency is at its peak, where it changes over time."""

    items: list[RatingShown]
    total: int
    medians: dict[str, float | None]
    suggested: dict[str, float | None]
    checks: dict[str, bool]


@put(
    "/api/v1/initiatives/{key:str}/ratings",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="rateInitiative",
    summary="Give, change or take back one's own ratings",
    tags=["ratings"],
)
async def rate(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    key: FromPath[str],
    data: Annotated[RatingsGiven, Body()],
) -> Response[InitiativeShown]:
    given = {name.value: getattr(data, name) for name in RatedInput if getattr(data, name) is not UNSET}
    estimates = {name: (each.low, each.likely, each.high) for name, each in given.items() if each is not None}
    emptied = [name for name, each in given.items() if each is None]
    async with changing(database, partial(one, key=key)) as session:
        initiative = await initiatives.by_key(session, key, for_change=True)
        initiative.expect(based_on(request, data.version))
        await rounds.expect_free(session, initiative.id, given, request.user.actor)
        await ratings.rate(session, initiative, estimates, by=request.user.actor, reason=data.reason)
        await ratings.withdraw(session, initiative, emptied, by=request.user.actor, reason=data.reason)
    return await answer(database, key)


@get(
    "/api/v1/initiatives/{key:str}/ratings",
    opt={"role": Role.VIEWER},
    operation_id="listRatings",
    summary="Everybody's ratings, their medians, and what the data suggests",
    tags=["ratings"],
)
async def index(
    request: Request[Any, Any, Any], database: NamedDependency[Database], key: FromPath[str]
) -> RatingsShown:
    """While an open round asks the caller for an input, nobody else's ratings of it are listed; the median, which
    the rank follows, is."""
    async with database.reading() as session:
        initiative = await initiatives.by_key(session, key)
        found = list(await session.scalars(ratings.of(initiative.id)))
        asked = await rounds.asked_of(session, request.user.actor, initiative.id)
        known = await suggestions.of(session, initiative)
    items = [
        RatingShown(
            input=rating.input.value,
            rater=rating.rater,
            low=rating.low,
            likely=rating.likely,
            high=rating.high,
            rated_at=rating.rated_at,
            is_customer=rating.is_customer,
            reason=rating.reason,
        )
        for rating in found
        if rating.input not in asked or rating.is_by(request.user.actor)
    ]
    medians = {name.value: getattr(initiative, f"rated_{name}") for name in RatedInput}
    given = {"importance": known.importance, "urgency": known.urgency, "maturity": known.maturity}
    suggested = {name: each.value if each else None for name, each in given.items()}
    checks = {name: name not in known.maturity.missing for name in CHECKS}
    return RatingsShown(items, len(items), medians, suggested, checks)


ROUTES = [rate, index]
