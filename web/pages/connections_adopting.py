"""Importing issues that are there already as initiatives, linked from the start."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Text, counted
from backlog.people.roles import Role
from backlog.trackers import connections
from backlog.trackers.connections import Connection
from integrations import adopting, pushing
from integrations.engine.content import Writing
from web import asked as addressed
from web.answers import see_other
from web.connections_asking import Trouble, brief, outside_of
from web.speech import address, voice
from web.templating import page

Asked = Request[Any, Any, Any]
SHOWN = 25
MOST = 25
"""Issues that are imported at once: each is read again before."""
NONE = N_("Choose at least one issue.")
MANY = N_("Choose at most %(most)s at once.")


@get(
    "/connections/{connection_id:int}/adopting",
    name="connections.adopting",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def choose(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Issues that are not linked yet, a page of them."""
    return await show_choice(request, database, connection_id)


async def show_choice(
    request: Asked, database: Database, connection_id: int, *, status: int = 200, error: Text | None = None
) -> Response[Any]:
    text = request.query_params.get("q", "").strip()[:200]
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    found = await brief(adopting.offered(outside_of(request), connection, text))
    trouble = found if isinstance(found, Trouble) else None
    issues = [] if isinstance(found, Trouble) else list(found)
    first = min(addressed.number(request.query_params, "offset") or 0, max(0, len(issues) - 1))
    return page(
        request, "connections/adopting.html", status=status, connection=connection, trouble=trouble, error=error,
        issues=issues[first : first + SHOWN], first=first, total=len(issues), size=SHOWN, text=text,
    )  # fmt: skip


@post(
    "/connections/{connection_id:int}/adopting",
    name="connections.adopt",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def adopt(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Each is read once more, then all become initiatives, or none."""
    form = await request.form()
    keys = list(dict.fromkeys(each for each in form.getall("issue", []) if isinstance(each, str) and each))
    if not keys or len(keys) > MOST:
        error = Text(MANY, {"most": MOST}) if keys else Text(NONE)
        return await show_choice(request, database, connection_id, status=422, error=error)
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    found = await brief(adopting.read(outside_of(request), connection, keys))
    if isinstance(found, Trouble):
        return await show_choice(request, database, connection_id, status=409, error=found.text)
    try:
        async with database.writing() as session:
            connection = await connections.by_id(session, connection_id)
            writing = writing_of(request, connection)
            made = await adopting.adopt(session, connection, found, writing, by=request.user.actor)
    except (Conflict, Invalid) as refused:
        return await show_choice(request, database, connection_id, status=409, error=refused.text)
    toast = counted("%(n)s issue is an initiative now.", "%(n)s issues are initiatives now.", len(made))
    return see_other(request, "backlog.index", toast=toast)


def writing_of(request: Asked, connection: Connection) -> Writing:
    where = partial(address, request.app.state.configuration)
    return pushing.writing_of(outside_of(request), connection, voice(connection.locale), where)


ROUTES: list[Any] = [choose, adopt]
