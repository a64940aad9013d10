"""What an administrator does with a connection: test it, pause it, give it another token or address, let go of it."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Stale, Text
from backlog.people.roles import Role
from backlog.trackers import connections, removing
from backlog.trackers.connections import Connection, ConnectionState
from integrations import checking, resuming, signing
from integrations.errors import TrackerError
from integrations.unhooking import follow, unhook
from web import meanwhile, webhooks
from web.answers import see_other
from web.connections_asking import Trouble, brief, outside_of
from web.forms import typed, version_of
from web.pages.connections_credentials import given, way_of
from web.pages.connections_shown import show_connection

Asked = Request[Any, Any, Any]
SAID = {
    "paused": N_("“%(name)s” is paused: nothing is sent or read until it is resumed."),
    "resumed": N_("“%(name)s” goes on."),
    "disconnected": N_("“%(name)s” is disconnected. Its links are kept for the day it is connected again."),
}
SILENT = N_("“%(name)s” goes on, but the tracker does not answer just now. Waymark tries again by itself.")
NOT_RESUMED = N_("It does not go on: it cannot sign in.")
KEPT = N_("“%(name)s” is kept.")
REMOVED = N_("“%(name)s” is removed.")
TOKEN_KEPT = N_("The new token is kept: it signs in as “%(account)s”.")
TOKEN_WAITS = N_("The new token is kept: it signs in as “%(account)s”. Resume the connection to go on.")
TOKEN_REFUSED = N_("The new token is kept, but it cannot sign in.")
TOKEN_UNTRIED = N_("The new token is kept, but it could not be tried.")
FORGOTTEN = N_("The address is kept. Its token was forgotten, since it was meant for another place: enter one.")
PLACE = ("name", "base_url", "project")


@post(
    "/connections/{connection_id:int}/test",
    name="connections.test",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def test(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """What its account may do there, each thing by its name."""
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    request.app.state.setdefault("catalogues", {}).pop(connection_id, None)
    found = await brief(checking.check(outside_of(request), connection))
    if isinstance(found, Trouble):
        return await show_connection(request, database, connection_id, trouble=found, at="test")
    return await show_connection(request, database, connection_id, checks=found.checks, at="test")


def turn(resource: str, verb: str, act: Callable[[Asked, Database, int], Awaitable[str | None]]) -> HTTPRouteHandler:
    """The handler that turns a connection on or off. ``act`` gives what is to be said instead of the usual."""

    @post(
        f"/connections/{{connection_id:int}}/{resource}",
        name=f"connections.{resource}",
        opt={"role": Role.ADMINISTRATOR},
        include_in_schema=False,
    )
    async def handler(
        request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]
    ) -> Response[Any]:
        try:
            said = await act(request, database, connection_id)
        except Conflict as conflict:
            return await show_connection(request, database, connection_id, status=409, message=conflict.text)
        except TrackerError as error:
            return await refused(request, database, connection_id, error, NOT_RESUMED)
        async with database.reading() as session:
            connection = await connections.by_id(session, connection_id)
        toast = Text(said or SAID[verb], {"name": connection.name})
        return see_other(request, "connections.show", toast=toast, connection_id=connection_id)

    return handler


async def pause(request: Asked, database: Database, connection_id: int) -> None:
    await _turn(request, database, connection_id, "paused")


async def resume(request: Asked, database: Database, connection_id: int) -> str | None:
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    passing = await resuming.resume(
        outside_of(request), connection_id, webhooks.address(request, connection), by=request.user.actor
    )
    return None if passing is None else SILENT


async def disconnect(request: Asked, database: Database, connection_id: int) -> None:
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    await unhook(outside_of(request), connection)
    await _turn(request, database, connection_id, "disconnected")


async def _turn(request: Asked, database: Database, connection_id: int, verb: str) -> None:
    async with database.writing() as session:
        connection = await connections.by_id(session, connection_id, for_change=True)
        connections.turn(session, connection, verb, by=request.user.actor)


@post(
    "/connections/{connection_id:int}/place",
    name="connections.change",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def change(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Its name, address and project. Another address forgets the token."""
    values = meanwhile.settled(await typed(request))
    now: dict[str, Any] = {}
    try:
        wanted = {name: " ".join(values.get(name, "").split()) for name in PLACE}
        wanted["base_url"] = outside_of(request).checked_url(wanted["base_url"])
        if not wanted["project"]:
            raise Invalid({"project": N_("Enter the project.")})
        async with database.reading() as session:
            before = await connections.by_id(session, connection_id)
        async with database.writing() as session:
            connection = await connections.by_id(session, connection_id, for_change=True)
            outside_of(request).checked_project(outside_of(request).kind(connection.kind), wanted["project"])
            now = {name: getattr(connection, name) for name in PLACE}
            connection.expect(version_of(values))
            seal = outside_of(request).seal
            changes = await connections.change(session, seal, connection, wanted, by=request.user.actor)
    except Invalid as invalid:
        more: dict[str, Any] = {"errors": invalid.fields, "typed": values, "at": "place"}
        return await show_connection(request, database, connection_id, status=422, **more)
    except Stale as stale:
        clash = meanwhile.clash(meanwhile.began_in(values), values, now)
        more = {"clash": clash, "message": stale.text, "typed": dict(clash.values), "at": "place"}
        return await show_connection(request, database, connection_id, status=409, **more)
    await follow(outside_of(request), before, webhooks.address(request, before), by=request.user.actor)
    said = FORGOTTEN if "credentials" in changes else KEPT
    toast = Text(said, {"name": connection.name})
    return see_other(request, "connections.show", toast=toast, connection_id=connection_id)


@post(
    "/connections/{connection_id:int}/token",
    name="connections.change_token",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def change_token(
    request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]
) -> Response[Any]:
    """What it signs in with from now on; the former is forgotten and never shown."""
    values, outside = await typed(request), outside_of(request)
    async with database.reading() as session:
        before = await connections.by_id(session, connection_id)
    try:
        async with database.writing() as session:
            connection = await connections.by_id(session, connection_id, for_change=True)
            way = way_of(outside.kind(connection.kind), values.get("way", ""))
            change = {"credentials": given(values, way)}
            await connections.change(session, outside.seal, connection, change, by=request.user.actor)
    except Invalid as invalid:
        more: dict[str, Any] = {"errors": invalid.fields, "typed": {"way": values.get("way", "")}, "at": "token"}
        return await show_connection(request, database, connection_id, status=422, **more)
    return await tried(request, database, before)


async def tried(request: Asked, database: Database, before: Connection) -> Response[Any]:
    """Whether what is kept now can sign in; then it has its webhook, too."""
    outside, connection_id = outside_of(request), before.id
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    try:
        account = await signing.sign_in(outside, connection)
        await follow(outside, before, webhooks.address(request, before), by=request.user.actor)
    except TrackerError as error:
        title = TOKEN_UNTRIED if isinstance(error, signing.PASSING) else TOKEN_REFUSED
        return await refused(request, database, connection_id, error, title)
    toast = Text(TOKEN_KEPT if connection.state is ConnectionState.ACTIVE else TOKEN_WAITS, {"account": account.name})
    return see_other(request, "connections.show", toast=toast, connection_id=connection_id)


async def refused(
    request: Asked, database: Database, connection_id: int, error: TrackerError, title: str
) -> Response[Any]:
    more = {"trouble": Trouble(error.text, error.detail), "trouble_title": Text(title), "at": "token"}
    return await show_connection(request, database, connection_id, status=409, **more)


@post(
    "/connections/{connection_id:int}/removal",
    name="connections.removal",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def remove(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """One that keeps nothing in step goes for good; the history keeps that it was."""
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    try:
        async with database.writing() as session:
            row = await connections.by_id(session, connection_id, for_change=True)
            await removing.remove(session, row, by=request.user.actor)
    except Conflict as conflict:
        return await show_connection(request, database, connection_id, status=409, message=conflict.text)
    await unhook(outside_of(request), connection)
    return see_other(request, "connections.index", toast=Text(REMOVED, {"name": connection.name}))


ROUTES: list[Any] = [
    remove,
    test,
    turn("pausing", "paused", pause),
    turn("resuming", "resumed", resume),
    turn("disconnection", "disconnected", disconnect),
    change,
    change_token,
]
