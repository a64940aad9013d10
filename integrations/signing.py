"""Signing in: whether the tracker takes what a connection has, and what is known of the connection afterwards."""

import asyncio
from typing import Any

from sqlalchemy import update

from backlog import history
from backlog.errors import N_, Text
from backlog.trackers.connections import Connection, ConnectionState
from integrations.engine import pauses
from integrations.errors import Ambiguous, Limited, TrackerError, Unavailable
from integrations.issue import Account
from integrations.opening import Outside
from integrations.tracker import Tracker

PASSING = (Unavailable, Limited, Ambiguous)
"""These say nothing of what it was to sign in with."""
PATIENCE = 10.0  # seconds
LATE = N_("It did not answer in time.")
OFF = (ConnectionState.PAUSED, ConnectionState.DISCONNECTED)


async def sign_in(outside: Outside, connection: Connection) -> Account:
    """Who Waymark is there. What the tracker says against it is raised and, unless it passes by itself, kept. Conflict
    without a token."""
    async with outside.opened(connection) as tracker:
        return await signed_in(outside, connection, tracker)


async def signed_in(outside: Outside, connection: Connection, tracker: Tracker) -> Account:
    """The same with a tracker that is open."""
    try:
        async with asyncio.timeout(PATIENCE):
            account = await tracker.me()
    except TimeoutError as error:
        raise Unavailable(Text(LATE)) from error
    except PASSING:
        raise
    except TrackerError as error:
        await _keep(outside, connection, error)
        raise
    known: dict[str, Any] = {
        "account_id": account.id[:200], "account_name": account.name[:200], "expires_at": account.expires_at,
    }  # fmt: skip
    if connection.state in OFF:
        known |= {"problem": None, "detail": "", "problem_at": None}
    async with outside.database.writing() as session:
        await session.execute(update(Connection).where(Connection.id == connection.id).values(known))
    return account


async def _keep(outside: Outside, connection: Connection, error: TrackerError) -> None:
    """Stopped where it was on; where it is off it says so until it can sign in."""
    await pauses.stop(outside, connection, error.text, error.detail)
    async with outside.database.writing() as session:
        row = await pauses.unchanged(session, connection)
        if row is not None and row.state in OFF:
            row.problem, row.detail, row.problem_at = error.text, error.detail, history.now()
