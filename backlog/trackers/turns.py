"""When links are looked at, and which of them first."""

import datetime as dt
from typing import Any

from sqlalchemy import Select, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.link import Link, earlier


def due(connection_id: int, now: dt.datetime, limit: int) -> Select[int]:
    """What is to be looked at: what people changed first, of these the longest waiting."""
    waiting = select(Link.id).where(Link.connection_id == connection_id, Link.due_at <= now)
    return waiting.order_by(Link.at_leisure, Link.due_at, Link.id).limit(limit)


def leisurely(now: dt.datetime) -> dict[str, Any]:
    """To be looked at, but after all that people changed; what is due already keeps its turn."""
    waits = or_(Link.due_at.is_(None), Link.due_at > now)
    return {"at_leisure": case((waits, True), else_=Link.at_leisure), "due_at": earlier(Link.due_at, now)}


async def ask_all(session: AsyncSession, connection_id: int) -> None:
    """Look at all links of a connection anew, without hurry: what its mapping says has changed."""
    asked = update(Link).where(Link.connection_id == connection_id, Link.question.is_(None))
    await session.execute(
        asked.values(leisurely(history.now()) | {"changes": Link.changes + 1}).execution_options(
            synchronize_session=False
        )
    )


def next_attempt(link: Link, connection: Connection) -> dt.datetime | None:
    """When it is looked at next; None when nothing is due, or nothing happens before a person acts."""
    if link.due_at is None or connection.state in (ConnectionState.PAUSED, ConnectionState.DISCONNECTED):
        return None
    return max(link.due_at, connection.waits_until) if connection.waits_until else link.due_at
