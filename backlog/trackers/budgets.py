"""What was written to a tracker in the last hour, so that all workers together stay within its limits."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, Index, String, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id

KEPT = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many writes in so many seconds at most; ``per_issue`` to one issue, else by the connection."""

    writes: int
    seconds: float
    per_issue: bool = False


class TrackerWrite(Base):
    """One request that changes something, about to be sent."""

    __tablename__ = "tracker_write"

    id: Mapped[Id]
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    issue: Mapped[str] = mapped_column(String(100))
    at: Mapped[dt.datetime]


Index("ix_tracker_write_connection_id_at", TrackerWrite.connection_id, TrackerWrite.at)


def wait(writes: Sequence[dt.datetime], limits: Iterable[Limit], now: dt.datetime) -> float:
    """Seconds until one more write keeps every limit, 0 when it does now. ``writes``: moments of the writes before, the
    oldest first. Exact: in any stretch of ``seconds`` there are never more than ``writes``."""
    return max((_wait(writes, limit, now) for limit in limits), default=0.0)


def _wait(writes: Sequence[dt.datetime], limit: Limit, now: dt.datetime) -> float:
    if len(writes) < limit.writes:
        return 0.0
    free = writes[-limit.writes] + dt.timedelta(seconds=limit.seconds)
    return max(0.0, (free - now).total_seconds())


def duration(writes: int, limits: Iterable[Limit]) -> float:
    """Seconds that so many writes take at least, one after the other."""
    return max(
        ((writes - 1) // limit.writes * limit.seconds for limit in limits if not limit.per_issue and writes),
        default=0.0,
    )


async def reserve(
    session: AsyncSession, connection_id: int, issue: str, limits: Sequence[Limit], now: dt.datetime
) -> float:
    """Note one write and answer 0, or note nothing and answer the seconds to wait. The caller holds the connection."""
    since = now - KEPT
    await session.execute(
        delete(TrackerWrite).where(TrackerWrite.connection_id == connection_id, TrackerWrite.at < since)
    )
    rows = await session.execute(
        select(TrackerWrite.at, TrackerWrite.issue)
        .where(TrackerWrite.connection_id == connection_id, TrackerWrite.at <= now)
        .order_by(TrackerWrite.at)
    )
    known = [(row.at, row.issue) for row in rows]
    pause = max(
        wait([at for at, _ in known], [each for each in limits if not each.per_issue], now),
        wait([at for at, of in known if of == issue], [each for each in limits if each.per_issue], now),
    )
    if not pause:
        session.add(TrackerWrite(connection_id=connection_id, issue=issue, at=now))
    return pause


async def used(session: AsyncSession, connection_id: int, now: dt.datetime) -> int:
    """Writes of the last hour."""
    found = select(func.count()).where(TrackerWrite.connection_id == connection_id, TrackerWrite.at > now - KEPT)
    return await session.scalar(found) or 0
