"""Back at the second step of adding a tracker: another address or token, with all else kept."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import Invalid, Text
from backlog.people.roles import Role
from backlog.trackers import connections
from backlog.trackers.connections import Connection
from web.answers import see_other
from web.forms import typed
from web.pages.connections_asking import outside_of
from web.pages.connections_credentials import way_of
from web.pages.connections_shown import kinds_of
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
    """What was entered, the token apart."""
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    return show_form(request, connection, dict(request.query_params))


def show_form(
    request: Asked, connection: Connection, brought: dict[str, str], *, status: int = 200,
    errors: dict[str, Text] | None = None,
) -> Response[Any]:  # fmt: skip
    kind = outside_of(request).kind(connection.kind)
    now = {"name": connection.name, "base_url": connection.base_url, "project": connection.project}
    return page(
        request, "connections/new.html", status=status, kinds=list(kinds_of(request).values()), kind=kind,
        way=way_of(kind, brought.get("way", "")), values=now | brought, errors=errors or {}, connection=connection,
    )  # fmt: skip


@post(
    "/connections/{connection_id:int}/setup/sign-in",
    name="connections.sign_in_anew",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def keep(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Kept, and tested in the next step. Without a project the one chosen before stays."""
    values = await typed(request)
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    try:
        credentials, address = entered(request, values | {"kind": connection.kind})
        wanted: dict[str, Any] = {"name": " ".join(values.get("name", "").split()), "base_url": address}
        if project := values.get("project", "").strip():
            wanted["project"] = project
        async with database.writing() as session:
            row = await connections.by_id(session, connection_id, for_change=True)
            change = wanted | {"credentials": credentials}
            await connections.change(session, outside_of(request).seal, row, change, by=request.user.actor)
    except Invalid as invalid:
        return show_form(request, connection, values, status=422, errors=dict(invalid.fields))
    return see_other(request, "connections.set_up", connection_id=connection_id)


ROUTES: list[Any] = [show, keep]
