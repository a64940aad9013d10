"""/api/v1/connections: the trackers Waymark keeps in step with."""

from typing import Annotated, Any

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath
from msgspec import UNSET
from sqlalchemy import select

from backlog import wording
from backlog.database import Database
from backlog.errors import checked
from backlog.people.roles import Role
from backlog.trackers import connections, hook_secrets, removing, turns
from backlog.trackers.connections import Connection
from backlog.trackers.fields import checked_mapping
from integrations import checking, resuming
from integrations.hooking import hook
from integrations.opening import Outside
from integrations.unhooking import follow, unhook
from web import webhooks
from web.api.connection_shapes import (
    SECRET_MOST,
    ConnectionChanged,
    ConnectionGiven,
    ConnectionShown,
    Tested,
    given_credentials,
    is_elsewhere,
    one,
    require_locale,
    shape,
    tested,
    values_of,
)
from web.api.paging import PAGING, Listing, Page, part
from web.api.versions import based_on, changing
from web.connections_choices import require_there

Asked = Request[Any, Any, Any]
TAGS = ["connections"]


@get(
    "/api/v1/connections",
    opt={"role": Role.CONTRIBUTOR},
    dependencies=PAGING,
    operation_id="listConnections",
    summary="Connected trackers and how they are",
    tags=TAGS,
)
async def index(database: NamedDependency[Database], page: NamedDependency[Page]) -> Listing[ConnectionShown]:
    async with database.reading() as session:
        rows, total = await part(session, page, select(Connection).order_by(Connection.id))
        return Listing([await shape(session, row) for row in rows.scalars()], total)


@get(
    "/api/v1/connections/{connection_id:int}",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="getConnection",
    summary="One connected tracker",
    tags=TAGS,
)
async def show(database: NamedDependency[Database], connection_id: FromPath[int]) -> ConnectionShown:
    async with database.reading() as session:
        return await one(session, connection_id)


@post(
    "/api/v1/connections",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="addConnection",
    summary="Connect a tracker",
    description="Its fields are mapped as suits most, as soon as it has answered. `POST .../test` says what it may do.",
    tags=TAGS,
)
async def create(
    request: Asked, database: NamedDependency[Database], data: Annotated[ConnectionGiven, Body()]
) -> Response[ConnectionShown]:
    outside: Outside = request.app.state.outside
    kind = outside.kind(data.kind)
    url, project = outside.checked_url(data.base_url or kind.base_url), outside.checked_project(kind, data.project)
    credentials = given_credentials(kind, data.token, data.email, data.credentials)
    require_locale(data.locale)
    checked(webhook_secret=wording.wrong(data.webhook_secret, SECRET_MOST))
    if data.mapping is not None:
        checked_mapping(data.mapping)
    async with database.writing() as session:
        made = await connections.add(
            session,
            outside.seal,
            kind=kind.name,
            name=data.name,
            base_url=url,
            project=project,
            credentials=credentials,
            hook_secret=data.webhook_secret,
            locale=data.locale,
            by=request.user.actor,
        )
        if data.mapping is not None:
            await connections.map_fields(session, made, data.mapping, by=request.user.actor)
        secret = None if data.webhook_secret else outside.seal.open(made.hook_secrets)["now"]
        await session.flush()
        shown = await shape(session, made, secret)
    return Response(shown, status_code=201, headers={"Location": f"/api/v1/connections/{shown.id}"})


@patch(
    "/api/v1/connections/{connection_id:int}",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="changeConnection",
    summary="Change a connection, its token, its webhook's secret or its mapping",
    description="A board, a type of issue or a status that the tracker does not have is refused, unless the tracker cannot "
    "be asked, or another place or token comes along.",
    tags=TAGS,
)
async def update(
    request: Asked,
    database: NamedDependency[Database],
    connection_id: FromPath[int],
    data: Annotated[ConnectionChanged, Body()],
) -> ConnectionShown:
    outside: Outside = request.app.state.outside
    async with database.reading() as session:
        before = await connections.by_id(session, connection_id)
    if data.webhook_secret is not UNSET:
        checked(webhook_secret=wording.wrong(data.webhook_secret, SECRET_MOST))
    if data.mapping is not UNSET:
        checked_mapping(data.mapping)
        if not is_elsewhere(data):
            await require_there(request, before, data.mapping)
    secret, address, by = None, webhooks.address(request, before), request.user.actor
    async with changing(database, lambda session: one(session, connection_id)) as session:
        row = await connections.by_id(session, connection_id, for_change=True)
        row.expect(based_on(request, data.version))
        await connections.change(session, outside.seal, row, values_of(outside, row, data), by=by)
        if data.mapping is not UNSET:
            await connections.map_fields(session, row, data.mapping, by=by)
            await turns.ask_all(session, row.id)
        if data.webhook_secret is not UNSET:
            secret = hook_secrets.renew(session, row, outside.seal, data.webhook_secret, by=by)
    await follow(outside, before, address, by=by)
    if secret and row.hook_id:
        await hook(outside, row, address, by=by)
    async with database.reading() as session:
        row = await connections.by_id(session, connection_id)
        return await shape(session, row, None if data.webhook_secret else secret)


@post(
    "/api/v1/connections/{connection_id:int}/test",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="testConnection",
    summary="Ask the tracker what this connection may do; writes nothing there",
    tags=TAGS,
    status_code=200,
)
async def test(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Tested:
    async with database.reading() as session:
        row = await connections.by_id(session, connection_id)
    return tested(await checking.check(request.app.state.outside, row))


async def _turn(request: Asked, database: Database, connection_id: int, verb: str) -> ConnectionShown:
    async with changing(database, lambda session: one(session, connection_id)) as session:
        row = await connections.by_id(session, connection_id, for_change=True)
        connections.turn(session, row, verb, by=request.user.actor)
    async with database.reading() as session:
        return await one(session, connection_id)


@post(
    "/api/v1/connections/{connection_id:int}/pause",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="pauseConnection",
    summary="Send and read nothing until it is resumed; links and what waits stay",
    tags=TAGS,
    status_code=200,
)
async def pause(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> ConnectionShown:
    return await _turn(request, database, connection_id, "paused")


@post(
    "/api/v1/connections/{connection_id:int}/resume",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="resumeConnection",
    summary="Go on after a pause, or after Waymark stopped by itself",
    description="One that cannot sign in stays as it is: 502 with what the tracker said. One that was disconnected "
    "has its webhook registered again.",
    tags=TAGS,
    status_code=200,
)
async def resume(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> ConnectionShown:
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    address = webhooks.address(request, connection)
    await resuming.resume(request.app.state.outside, connection_id, address, by=request.user.actor)
    async with database.reading() as session:
        return await one(session, connection_id)


@post(
    "/api/v1/connections/{connection_id:int}/disconnect",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="disconnectConnection",
    summary="Forget the token and take the webhook away; links stay",
    tags=TAGS,
    status_code=200,
)
async def disconnect(
    request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]
) -> ConnectionShown:
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    await unhook(request.app.state.outside, connection)
    return await _turn(request, database, connection_id, "disconnected")


@delete(
    "/api/v1/connections/{connection_id:int}",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="removeConnection",
    summary="Remove a connection that has no links",
    tags=TAGS,
)
async def remove(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> None:
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    async with changing(database, lambda session: one(session, connection_id)) as session:
        row = await connections.by_id(session, connection_id, for_change=True)
        await removing.remove(session, row, by=request.user.actor)
    await unhook(request.app.state.outside, connection)


ROUTES = [index, show, create, update, test, pause, resume, disconnect, remove]
