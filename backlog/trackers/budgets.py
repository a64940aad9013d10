"""What was written to a tracker in the last hour, so that all workers together stay within its limits."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, String, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id

KEPT = dt.timedelta(hours=1)
NEAR = dt.timedelta(seconds=20)
"""Our clock and the tracker's differ by no more, the way there included."""
FASTEST = 0.2
"""Seconds that one write takes at least, whatever the limits: the request and its answer."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many writes in so many seconds at most; ``per_issue`` to one issue, else by the connection."""

    writes: int
    seconds: float
    per_issue: bool = False


class TrackerWrite(Base):
    """One request that changes something. ``at``: when it was about to be sent, and once it was answered, then: by that
    time the tracker had surely got it, however long it was on its way."""

    __tablename__ = "tracker_write"

    id: Mapped[Id]
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    issue: Mapped[str] = mapped_column(String(100))
    at: Mapped[dt.datetime]


Index("ix_tracker_write_connection_id_at", TrackerWrite.connection_id, TrackerWrite.at)


def duration(writes: int, limits: Iterable[Limit]) -> float:
    """Seconds that so many writes take at least, one after the other, each of them `FASTEST`."""
    waits = [(writes - 1) // limit.writes * limit.seconds for limit in limits if not limit.per_issue and writes]
    return max([writes * FASTEST, *waits])


async def reserve(
    session: AsyncSession, connection_id: int, issue: str, limits: Iterable[Limit], now: dt.datetime
) -> float:
    """Note one write and answer 0, or note nothing and answer the seconds to wait. The caller holds the connection."""
    since = now - KEPT
    await session.execute(
        delete(TrackerWrite).where(TrackerWrite.connection_id == connection_id, TrackerWrite.at < since)
    )
    pause = await wait(session, connection_id, issue, limits, now)
    if not pause:
        session.add(TrackerWrite(connection_id=connection_id, issue=issue, at=now))
    return pause


async def answered(session: AsyncSession, connection_id: int, now: dt.datetime) -> None:
    """The write that was reserved last came to its end, with an answer or without: distances count from now."""
    newest = TrackerWrite.at.desc(), TrackerWrite.id.desc()
    last = select(TrackerWrite.id).where(TrackerWrite.connection_id == connection_id).order_by(*newest).limit(1)
    await session.execute(update(TrackerWrite).where(TrackerWrite.id == last.scalar_subquery()).values(at=now))


async def wait(
    session: AsyncSession, connection_id: int, issue: str | None, limits: Iterable[Limit], now: dt.datetime
) -> float:
    """Seconds until one more write keeps every limit, 0 when it does now; without an issue, those of the connection
    alone. Exact: the tracker never gets more than ``writes`` in any stretch of ``seconds``, since the writes of a
    connection are sent one after the other, each when the one before it was answered."""
    pauses = [
        await _wait(session, connection_id, issue, limit, now)
        for limit in limits
        if issue is not None or not limit.per_issue
    ]
    return max(pauses, default=0.0)


async def _wait(session: AsyncSession, connection_id: int, issue: str | None, limit: Limit, now: dt.datetime) -> float:
    """By the oldest write that still counts: the one so many writes ago."""
    window = dt.timedelta(seconds=limit.seconds)
    within = select(TrackerWrite.at).where(
        TrackerWrite.connection_id == connection_id, TrackerWrite.at > now - window, TrackerWrite.at <= now
    )
    if limit.per_issue:
        within = within.where(TrackerWrite.issue == issue)
    before = await session.scalar(within.order_by(TrackerWrite.at.desc()).offset(limit.writes - 1).limit(1))
    return (before + window - now).total_seconds() if before is not None else 0.0


async def has_written(session: AsyncSession, connection_id: int, issue: str, moment: dt.datetime) -> bool:
    """Whether Waymark wrote to the issue `NEAR` that moment."""
    found = select(TrackerWrite.id).where(
        TrackerWrite.connection_id == connection_id,
        TrackerWrite.issue == issue,
        TrackerWrite.at.between(moment - NEAR, moment + NEAR),
    )
    return await session.scalar(found.limit(1)) is not None


async def used(session: AsyncSession, connection_id: int, now: dt.datetime) -> int:
    """Writes of the last hour."""
    found = select(func.count()).where(TrackerWrite.connection_id == connection_id, TrackerWrite.at > now - KEPT)
    return await session.scalar(found) or 0
