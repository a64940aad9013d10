"""What could not be delivered: tried again, or let go of."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Conflict, Text, counted
from backlog.people.roles import Role
from backlog.trackers import connections, undelivered
from backlog.trackers.link import Link
from web.answers import see_other
from web.pages.connections_shown import open_of, show_connection

Asked = Request[Any, Any, Any]
RETRIED = N_("It is tried again now.")
DISCARDED = N_("Let go of: both sides keep their value until either changes.")


@post(
    "/undelivered/{number:int}/retry",
    name="undelivered.retry",
    opt={"role": Role.DEPARTMENT_LEAD},
    include_in_schema=False,
)
async def retry(request: Asked, database: NamedDependency[Database], number: FromPath[int]) -> Response[Any]:
    async with database.writing() as session:
        item = await undelivered.by_id(session, number, for_change=True)
        link = await undelivered.retry(session, item, by=request.user.actor)
    return await back(request, link, RETRIED)


@post(
    "/undelivered/{number:int}/discard",
    name="undelivered.discard",
    opt={"role": Role.DEPARTMENT_LEAD},
    include_in_schema=False,
)
async def discard(request: Asked, database: NamedDependency[Database], number: FromPath[int]) -> Response[Any]:
    async with database.writing() as session:
        item = await undelivered.by_id(session, number, for_change=True)
        link = await undelivered.discard(session, item, by=request.user.actor)
    return await back(request, link, DISCARDED)


@post(
    "/connections/{connection_id:int}/undelivered/retry",
    name="connections.retry_all",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def retry_all(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Everything of this connection that waits, also what the page does not show."""
    try:
        async with database.writing() as session:
            await connections.by_id(session, connection_id)
            items = (await session.scalars(open_of(connection_id))).all()
            for item in items:
                await undelivered.retry(session, item, by=request.user.actor)
    except Conflict as conflict:
        return await show_connection(request, database, connection_id, status=409, message=conflict.text)
    toast = counted("%(n)s change is tried again now.", "%(n)s changes are tried again now.", len(items))
    return see_other(request, "connections.show", toast=toast, connection_id=connection_id)


async def back(request: Asked, link: Link, said: str) -> Response[Any]:
    """Where the button was: the page of the connection, or that of the initiative."""
    form = await request.form()
    if form.get("back") == "connection" and request.user.may(Role.ADMINISTRATOR):
        return see_other(request, "connections.show", toast=Text(said), connection_id=link.connection_id)
    return see_other(request, "initiatives.show", toast=Text(said), anchor="#tracker", key=f"CX-{link.initiative_id}")


ROUTES: list[Any] = [retry, discard, retry_all]
