"""How connections are: what is in step, what waits, what could not be delivered. A few queries for all of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import Text
from backlog.trackers import budgets, links, undelivered
from backlog.trackers.budgets import Limit
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.link import Link, LinkState
from backlog.trackers.undelivered import End, Undelivered
from integrations.tracker import TrackerKind
from web.trackers_bar import PATIENCE, is_left

HOUR = 3600.0
TOKEN_WARNED, HOOK_WARNED = dt.timedelta(days=30), dt.timedelta(days=7)
NOTHING: Mapping[LinkState, int] = {}


@dataclass(frozen=True, slots=True)
class Failure:
    """The last thing that went wrong; ``key`` of its issue where it was about one."""

    text: Text
    detail: str
    at: dt.datetime | None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """``counts`` links by state; ``waiting`` are due now, the ``oldest`` since then, and ``is_left`` when no worker comes
    by; ``writes`` of the last hour out of ``limit``, where the tracker has one for an hour. ``differing``: for each value that
    somebody let differ on purpose the initiative, by its id."""

    counts: Mapping[LinkState, int] = field(default_factory=dict)
    waiting: int = 0
    oldest: dt.datetime | None = None
    is_left: bool = False
    next_at: dt.datetime | None = None
    writes: int = 0
    limit: Limit | None = None
    failure: Failure | None = None
    differing: Sequence[int] = ()

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def of(self, state: str) -> int:
        return self.counts.get(LinkState(state), 0)

    @property
    def left(self) -> float | None:
        """Share (0-1) of the writes of an hour that is left."""
        return None if self.limit is None else max(0.0, 1 - self.writes / self.limit.writes)


async def healths(
    session: AsyncSession, connections: Sequence[Connection], kinds: Mapping[str, TrackerKind]
) -> dict[int, Health]:
    """By connection."""
    now = history.now()
    counts, queues = await _counts(session), await _queues(session, now)
    left = set(await session.scalars(select(Connection.id).where(is_left(now - PATIENCE))))
    found = {}
    for each in connections:
        waiting, oldest, next_at = queues.get(each.id, (0, None, None))
        found[each.id] = Health(
            counts=counts[each.id],
            waiting=waiting,
            oldest=oldest,
            is_left=each.id in left,
            next_at=each.waits_until if each.is_waiting else next_at,
            writes=await budgets.used(session, each.id, now),
            limit=hourly(kinds[each.kind].limits) if each.kind in kinds else None,
            failure=await failure_of(session, each),
            differing=await _differing(session, each),
        )
    return found


def hourly(limits: Iterable[Limit]) -> Limit | None:
    return next((each for each in limits if each.seconds == HOUR and not each.per_issue), None)


async def _counts(session: AsyncSession) -> dict[int, dict[LinkState, int]]:
    found: dict[int, dict[LinkState, int]] = defaultdict(dict)
    for connection, state, n in await session.execute(links.counted()):
        found[connection][state] = n
    return found


async def _queues(
    session: AsyncSession, now: dt.datetime
) -> dict[int, tuple[int, dt.datetime | None, dt.datetime | None]]:
    """How many links are due, since when the oldest, and when the next comes due."""
    due = select(Link.connection_id, func.count(), func.min(Link.due_at)).where(Link.due_at <= now)
    later = select(Link.connection_id, func.min(Link.due_at)).where(Link.due_at > now).group_by(Link.connection_id)
    coming = {row[0]: row[1] for row in await session.execute(later)}
    found = {row[0]: (row[1], row[2], now) for row in await session.execute(due.group_by(Link.connection_id))}
    return {number: found.get(number, (0, None, coming.get(number))) for number in found.keys() | coming.keys()}


async def _differing(session: AsyncSession, connection: Connection) -> list[int]:
    found = select(Undelivered, Link).join(Link, Link.id == Undelivered.link_id)
    gone = found.where(Link.connection_id == connection.id, Undelivered.end == End.DISCARDED)
    kept = connection.maps.fields
    values = {
        (link.initiative_id, link.id, item.field)
        for item, link in (await session.execute(gone)).all()
        if item.field in kept and undelivered.is_left(item, link)
    }
    return [initiative_id for initiative_id, *_ in sorted(values)]


async def failure_of(session: AsyncSession, connection: Connection) -> Failure | None:
    """Of the connection itself before that of one of its issues."""
    if connection.problem is not None:
        return Failure(connection.problem, connection.detail, connection.problem_at)
    if connection.is_waiting and connection.waits_because is not None:
        return Failure(connection.waits_because, connection.detail, None)
    latest = select(Link).where(Link.connection_id == connection.id, Link.state != LinkState.IN_STEP)
    link = await session.scalar(
        latest.where(Link.last_error.is_not(None)).order_by(Link.attempted_at.desc().nulls_last()).limit(1)
    )
    if link is not None and link.last_error is not None:
        return Failure(link.last_error, link.detail, link.attempted_at, link.external_key or "")
    return await _refusal(session, connection)


async def _refusal(session: AsyncSession, connection: Connection) -> Failure | None:
    """The latest change that could not be delivered."""
    found = select(Undelivered, Link.external_key).join(Link, Link.id == Undelivered.link_id)
    waits = found.where(Link.connection_id == connection.id, Undelivered.end.is_(None))
    row = (await session.execute(waits.order_by(Undelivered.last_at.desc()).limit(1))).first()
    if row is None:
        return None
    item: Undelivered = row.Undelivered
    return Failure(item.reason, item.detail, item.last_at, row.external_key or "")


def ends_soon(moment: dt.datetime | None, within: dt.timedelta) -> bool:
    return moment is not None and moment - history.now() < within


def token_ends(connection: Connection) -> bool:
    off = connection.state is ConnectionState.DISCONNECTED
    return not off and ends_soon(connection.expires_at, TOKEN_WARNED)


def hook_ends(connection: Connection) -> bool:
    off = connection.state is ConnectionState.DISCONNECTED
    return not off and ends_soon(connection.hook_expires_at, HOOK_WARNED)
