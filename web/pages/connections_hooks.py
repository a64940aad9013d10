"""The webhook of a connection: registered where the tracker allows it, else by hand with an address and a secret."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog import history
from backlog.database import Database
from backlog.errors import N_
from backlog.people.roles import Role
from backlog.trackers import connections, hook_secrets
from backlog.trackers.connections import SUBJECT, Connection
from integrations import hooking
from web import webhooks
from web.answers import see_other
from web.connections_asking import Trouble, brief, outside_of
from web.forms import typed
from web.pages.connections_shown import secret_mark, show_connection

Asked = Request[Any, Any, Any]
REGISTERED = N_("The webhook is registered: changes there arrive at once.")
CHANGED = N_("The webhook has a new secret now. The one before is good until the secret is changed again.")
BY_HAND = N_("This account may not register webhooks: set it up by hand with the address and the secret.")


@post(
    "/connections/{connection_id:int}/hook",
    name="connections.register_hook",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def register(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Have the tracker tell of changes at once; where its account may not, the page shows what to do it by hand with. One
    that is registered is given the newest secret."""
    return await registered(request, database, connection_id)


async def registered(request: Asked, database: Database, connection_id: int, said: str = REGISTERED) -> Response[Any]:
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    address = webhooks.address(request, connection)
    found = await brief(hooking.register(outside_of(request), connection, address, by=request.user.actor))
    if isinstance(found, Trouble):
        return await show_connection(request, database, connection_id, trouble=found, at="hook")
    if not found:
        return await show_secret_of(request, database, connection_id, by_hand=True, is_changed=said is CHANGED)
    return see_other(request, "connections.show", toast=said, anchor="#hook", connection_id=connection_id)


@post(
    "/connections/{connection_id:int}/hook/secret",
    name="connections.change_secret",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def change_secret(
    request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]
) -> Response[Any]:
    """A new one in place of the one the form was made for (``was``): a form that is sent again changes nothing more, so
    that the one before, which the tracker may still use, stays valid, and what it shows counts as looked at. A tracker
    that registered the webhook is given it, and until it has taken it both are valid."""
    values, seal = await typed(request), outside_of(request).seal
    async with database.writing() as session:
        connection = await connections.by_id(session, connection_id, for_change=True)
        fits = values.get("was") == secret_mark(connection)
        if fits:
            hook_secrets.renew(session, connection, seal, by=request.user.actor)
    if connection.hook_id:
        return await registered(request, database, connection_id, CHANGED if fits else REGISTERED)
    if not fits:
        return await show_secret_of(request, database, connection_id)
    return await shown(request, database, connection, status=201, is_changed=True)


@post(
    "/connections/{connection_id:int}/hook/secret/showing",
    name="connections.show_secret",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def show_secret(
    request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]
) -> Response[Any]:
    """The newest one, to set the webhook up by hand; the history keeps who looked at it."""
    return await show_secret_of(request, database, connection_id)


async def show_secret_of(
    request: Asked, database: Database, connection_id: int, *, by_hand: bool = False, is_changed: bool = False
) -> Response[Any]:
    """``by_hand``: the tracker does not let us register it, nor change one that we registered before."""
    async with database.writing() as session:
        connection = await connections.by_id(session, connection_id, for_change=True)
        if by_hand:
            connection.hook_id, connection.hook_expires_at = "", None
        history.record(session, request.user.actor, "looked at a webhook's secret", SUBJECT, connection.id)
    more: dict[str, Any] = {"message": BY_HAND if by_hand else None, "is_changed": is_changed}
    return await shown(request, database, connection, status=200, **more)


async def shown(
    request: Asked, database: Database, connection: Connection, *, status: int, **more: Any
) -> Response[Any]:
    secret = hook_secrets.newest(connection, outside_of(request).seal)
    return await show_connection(request, database, connection.id, status=status, secret=secret, at="hook", **more)


ROUTES: list[Any] = [register, change_secret, show_secret]
