"""Having a tracker tell of changes at once, as far as it lets us: nothing depends on it."""

import asyncio

import structlog

from backlog import history
from backlog.errors import N_, Conflict, Refused
from backlog.history import Actor
from backlog.trackers import connections, hook_secrets
from backlog.trackers.connections import SUBJECT, Connection, ConnectionState
from integrations.errors import TrackerError
from integrations.opening import Outside
from integrations.webhook import Hook

log = structlog.get_logger()
PATIENCE = 10.0  # seconds


async def hook(outside: Outside, connection: Connection, address: str, *, by: Actor) -> bool:
    """Register the webhook at ``address``; whether that worked."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await register(outside, connection, address, by=by)
    except (TrackerError, Refused, TimeoutError) as error:
        log.warning("a webhook was not registered", connection=connection.name, reason=str(error))
        return False


async def register(outside: Outside, connection: Connection, address: str, *, by: Actor) -> bool:
    """The same with what stands against it raised, Conflict when the connection was given another place or let go of
    meanwhile; False where this account may not."""
    secret = hook_secrets.newest(connection, outside.seal)
    async with outside.opened(connection) as tracker:
        made = await tracker.register_hook(address, secret)
        if made is None:
            return False
        try:
            await _keep(outside, connection, made, secret, by)
        except Refused:
            await tracker.remove_hook(made)
            raise
    return True


async def _keep(outside: Outside, connection: Connection, made: Hook, secret: str, by: Actor) -> None:
    async with outside.database.writing() as session:
        row = await connections.by_id(session, connection.id, for_change=True)
        is_there = (row.base_url, row.project) == (connection.base_url, connection.project)
        if not is_there or row.state is ConnectionState.DISCONNECTED:
            raise Conflict(N_("Somebody else changed this in the meantime. Nothing was overwritten."))
        row.hook_id, row.hook_expires_at = made.id, made.expires_at
        hook_secrets.take(row, outside.seal, secret)
        history.record(session, by, "registered a webhook", SUBJECT, row.id)
