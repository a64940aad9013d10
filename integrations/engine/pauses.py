"""When a connection waits, stops, and goes on by itself. What a tracker answered to a connection that people have changed
since then says nothing about it: it holds nothing up."""

import contextlib
import datetime as dt
import random
from typing import Any

from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import Text
from backlog.history import WAYMARK
from backlog.trackers import connections
from backlog.trackers.connections import Connection, ConnectionState
from integrations.engine.desk import WORKED, Desk, Left
from integrations.errors import Limited, NoAccess, Unlisted
from integrations.opening import Outside

LONGEST_TROUBLE = 30.0  # seconds between tries of a tracker that is down
PROBED = tuple(dt.timedelta(seconds=seconds) for seconds in (45, 45, 300, 900, 3600))
"""Until a connection that stopped by itself is looked at again; the last one from then on."""


def as_it_was(connection: Connection) -> Update:
    return update(Connection).where(Connection.id == connection.id, Connection.version == connection.version)


async def unchanged(session: AsyncSession, connection: Connection) -> Connection | None:
    """Its row, for change; None when people changed or removed it."""
    same = select(Connection).where(Connection.id == connection.id, Connection.version == connection.version)
    return (await session.scalars(same.with_for_update())).first()


async def answered(desk: Desk) -> None:
    """The tracker works: what went wrong before is over."""
    if not desk.connection.troubles and desk.heard_at is None:
        return
    async with desk.database.writing() as session:
        values: dict[str, Any] = {
            "answered_at": history.now(),
            "troubles": 0,
            "waits_until": None,
            "waits_because": None,
        }
        if desk.has_written:
            values["stops"] = 0
        await session.execute(as_it_was(desk.connection).values(values))


async def trouble(outside: Outside, connection: Connection, why: Text, detail: str) -> None:
    """The tracker cannot be reached or is not well: everything there waits, longer each time, at most half a minute.
    One that has stopped is looked at as seldom as before, and stays so for the reason it had."""
    async with outside.database.writing() as session:
        row = await unchanged(session, connection)
        if row is None:
            return
        if row.state is ConnectionState.STOPPED:
            look_later(row)
            return
        troubles = row.troubles + 1
        pause = min(0.5 * 2.0 ** min(troubles, 10), LONGEST_TROUBLE) * random.uniform(0.7, 1.0)  # noqa: S311 - no secret
        values = {
            "troubles": troubles, "waits_until": history.now() + dt.timedelta(seconds=pause), "waits_because": why,
            "problem": why, "detail": detail[:500], "problem_at": history.now(),
        }  # fmt: skip
        await session.execute(as_it_was(connection).values(values))


async def wait(outside: Outside, connection: Connection, limited: Limited) -> None:
    """As long as the tracker said; when it said nothing a minute, then longer."""
    silent = dt.timedelta(seconds=60 * 2 ** min(connection.troubles, 4))
    until = (limited.until or history.now() + silent) + dt.timedelta(seconds=random.uniform(0.1, 1.0))  # noqa: S311 - no secret
    async with outside.database.writing() as session:
        values = {
            "waits_until": until, "waits_because": limited.text, "troubles": Connection.troubles + 1,
            "problem": limited.text, "detail": limited.detail, "problem_at": history.now(),
        }  # fmt: skip
        await session.execute(as_it_was(connection).values(values))


async def stop(outside: Outside, connection: Connection, why: Text, detail: str = "") -> None:
    """Only a person can help; the queue stays. Now and then one look shows whether somebody did."""
    async with outside.database.writing() as session:
        row = await unchanged(session, connection)
        if row is None or row.state not in WORKED:
            return
        if row.state is ConnectionState.ACTIVE:
            history.record(session, WAYMARK, "stopped", connections.SUBJECT, row.id, {"name": row.name})
        row.stop(why, detail)
        look_later(row)


def look_later(row: Connection) -> None:
    """At one that stopped, whether it works again."""
    row.stops += 1
    row.waits_until = history.now() + PROBED[min(row.stops, len(PROBED)) - 1]


async def probe(outside: Outside, desk: Desk) -> None:
    """Whether it works again by itself, the list that a sweep looks through included, unless this account is given none:
    it works without. Left, to begin anew, when it does; else what still is wrong. Not every right can be asked for: until
    a write succeeds, the next pause is longer."""
    await desk.tracker.me()
    await desk.require_project()
    with contextlib.suppress(Unlisted):
        async for _ in desk.tracker.changed(history.now()):
            pass
    await desk.tracker.newest()
    if wrong := [each for each in await desk.tracker.check() if each.is_needed and each.problem is not None]:
        raise NoAccess(wrong[0].problem or wrong[0].name)
    async with outside.database.writing() as session:
        row = await unchanged(session, desk.connection)
        if row is not None and row.state is ConnectionState.STOPPED:
            stops = row.stops
            row.resume()
            row.stops = stops
            history.record(session, WAYMARK, "resumed", connections.SUBJECT, row.id, {"name": row.name})
    raise Left
