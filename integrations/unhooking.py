"""Letting go of a connection, or of the place it had: its webhook is taken out of the tracker while there still is a
token."""

import asyncio

import structlog

from backlog.errors import Refused
from backlog.history import Actor
from backlog.trackers import connections
from backlog.trackers.connections import Connection, ConnectionState
from integrations.errors import TrackerError
from integrations.hooking import hook
from integrations.opening import Outside
from integrations.webhook import Hook

log = structlog.get_logger()
PATIENCE = 10.0  # seconds


async def unhook(outside: Outside, connection: Connection) -> None:
    """As far as the tracker lets us: nobody has to wait for one that is gone, or keep a token for it."""
    if not connection.hook_id or not connection.credentials:
        return
    try:
        async with asyncio.timeout(PATIENCE), outside.opened(connection) as tracker:
            await tracker.remove_hook(Hook(connection.hook_id, connection.hook_expires_at))
    except (TrackerError, Refused, TimeoutError) as error:
        log.warning("a webhook was left in the tracker", connection=connection.name, reason=str(error))


async def follow(outside: Outside, before: Connection, address: str, *, by: Actor) -> None:
    """After another address, project or token: the webhook that was registered for it as it was ``before`` is taken away
    there, and registered at ``address`` where it is now, once there is a token for that."""
    async with outside.database.reading() as session:
        now = await connections.by_id(session, before.id)
    if (now.base_url, now.project) != (before.base_url, before.project):
        await unhook(outside, before)
    is_without = now.state is not ConnectionState.DISCONNECTED and not now.hook_id and not now.hook_at
    if is_without and now.credentials and (before.hook_id or not before.credentials):
        await hook(outside, now, address, by=by)
