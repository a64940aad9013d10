"""Back at the second step of adding a tracker: another address or token, with all else kept."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import Invalid, Stale
from backlog.people.roles import Role
from backlog.trackers import connections
from backlog.trackers.connections import Connection
from integrations.unhooking import follow
from web import meanwhile, webhooks
from web.answers import see_other
from web.connections_asking import outside_of
from web.forms import typed, version_of
from web.pages.connections_credentials import way_of
from web.pages.connections_shown import kinds_of
from web.pages.connections_verbs import PLACE
from web.pages.connections_wizard import entered
from web.templating import page

Asked = Request[Any, Any, Any]


@get(
    "/connections/{connection_id:int}/setup/sign-in",
    name="connections.sign_in",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def show(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """What was entered, the token apart. An address of the page says how to sign in at most: one that named another
    place for the token could be sent to anybody."""
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    return show_form(request, connection, {"way": request.query_params.get("way", "")})


def show_form(
    request: Asked, connection: Connection, brought: dict[str, str], *, status: int = 200, **more: Any
) -> Response[Any]:
    kind, now = outside_of(request).kind(connection.kind), place_of(connection)
    plain: dict[str, Any] = {"errors": {}, "message": None, "clash": meanwhile.NONE}
    return page(
        request, "connections/new.html", status=status, kinds=list(kinds_of(request).values()), kind=kind,
        way=way_of(kind, brought.get("way", "")), values=now | brought, now=now, connection=connection,
        **(plain | more),
    )  # fmt: skip


def place_of(connection: Connection) -> dict[str, str]:
    return {name: getattr(connection, name) for name in PLACE}


@post(
    "/connections/{connection_id:int}/setup/sign-in",
    name="connections.sign_in_anew",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def keep(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Kept, and tested in the next step. Without a project the one chosen before stays."""
    values = meanwhile.settled(await typed(request))
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    now: dict[str, str] = {}
    try:
        credentials, address = entered(request, values | {"kind": connection.kind})
        wanted: dict[str, Any] = {"name": " ".join(values.get("name", "").split()), "base_url": address}
        if project := values.get("project", "").strip():
            wanted["project"] = project
        async with database.writing() as session:
            row = await connections.by_id(session, connection_id, for_change=True)
            now = place_of(row)
            row.expect(version_of(values))
            change = wanted | {"credentials": credentials}
            await connections.change(session, outside_of(request).seal, row, change, by=request.user.actor)
    except Invalid as invalid:
        return show_form(request, connection, values, status=422, errors=dict(invalid.fields))
    except Stale as stale:
        async with database.reading() as session:
            connection = await connections.by_id(session, connection_id)
        clash = meanwhile.clash(meanwhile.began_in(values), values, now)
        return show_form(request, connection, dict(clash.values), status=409, clash=clash, message=stale.text)
    await follow(outside_of(request), connection, webhooks.address(request, connection), by=request.user.actor)
    return see_other(request, "connections.set_up", connection_id=connection_id)


ROUTES: list[Any] = [show, keep]
