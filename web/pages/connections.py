"""Connections to trackers: the list of them, and the page of each. For the administrator."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.people.roles import Role
from backlog.trackers import connections
from backlog.trackers.connections import SUBJECT
from web import chronicle
from web.answers import see_other
from web.pages import (
    connections_adopting,
    connections_hooks,
    connections_mapping,
    connections_pushing,
    connections_signing,
    connections_undelivered,
    connections_verbs,
    connections_wizard,
)
from web.pages.connections_health import healths, hook_ends, token_ends
from web.pages.connections_shown import all_of, kinds_of, show_connection
from web.templating import page

Asked = Request[Any, Any, Any]
SENT = (
    "mapping", "mapping/rehearsal", "hook", "hook/secret", "hook/secret/showing", "test", "place", "token", "pausing",
    "resuming", "disconnection", "removal", "project", "start",
)  # fmt: skip
"""What forms of a connection are sent to."""


@get("/connections", name="connections.index", opt={"role": Role.ADMINISTRATOR}, include_in_schema=False)
async def index(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    kinds = kinds_of(request)
    async with database.reading() as session:
        every = await all_of(session)
        found = await healths(session, every, kinds)
        events = await chronicle.of(session, SUBJECT, None)
    return page(
        request,
        "connections/index.html",
        connections=every,
        healths=found,
        kinds=kinds,
        token_ends=token_ends,
        hook_ends=hook_ends,
        entries=chronicle.entries(events, names={each.id: each.name for each in every}),
    )


@get(
    "/connections/{connection_id:int}",
    name="connections.show",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def show(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    return await show_connection(request, database, connection_id)


@get(
    [f"/connections/{{connection_id:int}}/{each}" for each in SENT],
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def sent(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Where a form was sent to, loaded again: the page it stands on."""
    async with database.reading() as session:
        await connections.by_id(session, connection_id)
    return see_other(request, "connections.show", connection_id=connection_id)


ROUTES: list[Any] = [
    index,
    show,
    sent,
    *connections_wizard.ROUTES,
    *connections_signing.ROUTES,
    *connections_verbs.ROUTES,
    *connections_mapping.ROUTES,
    *connections_hooks.ROUTES,
    *connections_undelivered.ROUTES,
    *connections_pushing.ROUTES,
    *connections_adopting.ROUTES,
]
