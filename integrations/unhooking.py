"""Letting go of a connection: its webhook is taken out of the tracker while there still is a token."""

import asyncio

import structlog

from backlog.errors import Refused
from backlog.trackers.connections import Connection
from integrations.errors import TrackerError
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
