"""/api/v1/initiatives/{id}/urgency-profile: how its urgency goes over time."""

import enum
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, put
from litestar.di import NamedDependency
from litestar.params import Body, FromPath
from msgspec import UNSET, UnsetType

from backlog.database import Database
from backlog.initiatives import initiatives
from backlog.people.roles import Role
from backlog.urgency import urgency_profiles
from web.api.initiative_shapes import InitiativeShown, answer, one
from web.api.versions import based_on, changing


class ProfileKind(enum.StrEnum):
    CONSTANT = "constant"
    DEADLINE = "deadline"
    DECAYING = "decaying"
    SEASONAL = "seasonal"


class UrgencyProfileGiven(msgspec.Struct, forbid_unknown_fields=True):
    """Ratings and data say how urgent it is at its peak; 10 is that peak here. ``deadline``: ``before`` until ``rises``
    days before ``day``, then up to ``at`` (10); ``afterwards`` it ``stays`` or is ``too_late``. ``decaying``: 10 until
    ``day``, then halved every ``half_life`` days. ``seasonal``: ``inside`` from ``start`` to ``end`` (11-15) of every
    year, ``outside`` (0) else, ``lead_in`` days (0) to get there. ``constant`` is the same as deleting it."""

    kind: ProfileKind
    day: str | UnsetType = UNSET
    rises: int | UnsetType = UNSET
    before: float | UnsetType = UNSET
    at: float | UnsetType = UNSET
    afterwards: str | UnsetType = UNSET
    half_life: float | UnsetType = UNSET
    start: str | UnsetType = UNSET
    end: str | UnsetType = UNSET
    inside: float | UnsetType = UNSET
    outside: float | UnsetType = UNSET
    lead_in: int | UnsetType = UNSET
    version: int | None = None

    @property
    def record(self) -> dict[str, Any]:
        given = msgspec.structs.asdict(self)
        return {name: value for name, value in given.items() if value is not UNSET and name != "version"}


@put(
    "/api/v1/initiatives/{key:str}/urgency-profile",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="putUrgencyProfile",
    summary="Say how the urgency of an initiative goes over time",
    tags=["initiatives"],
)
async def agree(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    key: FromPath[str],
    data: Annotated[UrgencyProfileGiven, Body()],
) -> Response[InitiativeShown]:
    async with changing(database, partial(one, key=key)) as session:
        initiative = await initiatives.by_key(session, key, for_change=True)
        initiative.expect(based_on(request, data.version))
        urgency_profiles.put(session, initiative, data.record, by=request.user.actor)
    return await answer(database, key)


@delete(
    "/api/v1/initiatives/{key:str}/urgency-profile",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="deleteUrgencyProfile",
    summary="The same urgency every day from now on",
    description="The version goes into the header `If-Match`.",
    tags=["initiatives"],
    status_code=200,
)
async def clear(
    request: Request[Any, Any, Any], database: NamedDependency[Database], key: FromPath[str]
) -> Response[InitiativeShown]:
    async with changing(database, partial(one, key=key)) as session:
        initiative = await initiatives.by_key(session, key, for_change=True)
        initiative.expect(based_on(request))
        urgency_profiles.clear(session, initiative, by=request.user.actor)
    return await answer(database, key)


ROUTES = [agree, clear]
