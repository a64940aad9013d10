"""/api/v1/initiatives/{id}/override: a position given by hand."""

import datetime as dt
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath

from backlog.database import Database
from backlog.initiatives import initiatives
from backlog.people.roles import Role
from backlog.ranking import overrides
from backlog.ranking.overrides import PositionTaken
from web.api.initiative_shapes import InitiativeShown, answer, one
from web.api.versions import Overtaken, based_on, changing
from web.faults import problem

Asked = Request[Any, Any, Any]
TAGS = ["initiatives"]


class OverrideGiven(msgspec.Struct, forbid_unknown_fields=True):
    """``position`` counts from 1 to the number of ranked initiatives; ``until`` is its last day, at most a year ahead."""

    position: int
    reason: str
    until: dt.date
    version: int | None = None


@post(
    "/api/v1/initiatives/{key:str}/override",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="putOverride",
    summary="Put an initiative at a position of the list by hand",
    description="In place of the one it has. Rank, score and range stay as they are. Answers 409 with `holder`, the key of "
    "the initiative that stands there, when the position is taken.",
    tags=TAGS,
    status_code=200,
)
async def put(
    request: Asked,
    database: NamedDependency[Database],
    key: FromPath[str],
    data: Annotated[OverrideGiven, Body()],
) -> Response[Any]:
    given: dict[str, Any] = {"position": data.position, "reason": data.reason, "until": data.until}
    try:
        async with changing(database, partial(one, key=key)) as session:
            initiative = await initiatives.by_key(session, key, for_change=True)
            initiative.expect(based_on(request, data.version))
            await overrides.put(session, initiative, **given, by=request.user.actor)
    except Overtaken as overtaken:
        if isinstance(overtaken.__cause__, PositionTaken):
            more = {"current": msgspec.to_builtins(overtaken.current), "holder": overtaken.__cause__.holder}
            return problem(request, 409, overtaken.text, **more)
        raise
    return await answer(database, key)


@delete(
    "/api/v1/initiatives/{key:str}/override",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="deleteOverride",
    summary="Let go of a position given by hand",
    description="The version goes into the header `If-Match`.",
    tags=TAGS,
    status_code=200,
)
async def let_go(request: Asked, database: NamedDependency[Database], key: FromPath[str]) -> Response[InitiativeShown]:
    async with changing(database, partial(one, key=key)) as session:
        initiative = await initiatives.by_key(session, key, for_change=True)
        initiative.expect(based_on(request))
        await overrides.let_go(session, initiative, by=request.user.actor)
    return await answer(database, key)


ROUTES = [put, let_go]
