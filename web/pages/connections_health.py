"""How connections are: what is in step, what waits, what could not be delivered. A few queries for all of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, func, select
from sqlalchemy import Text as LongText
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from backlog import history
from backlog.errors import Text
from backlog.trackers import budgets, links, undelivered
from backlog.trackers.budgets import Limit, TrackerWrite
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
    counts, queues, writes = await _counts(session), await _queues(session, now), await _writes(session, now)
    left = set(await session.scalars(select(Connection.id).where(is_left(now - PATIENCE))))
    failures, differing = await _failures(session), await _differing(session, connections)
    found = {}
    for each in connections:
        waiting, oldest, next_at = queues.get(each.id, (0, None, None))
        found[each.id] = Health(
            counts=counts[each.id],
            waiting=waiting,
            oldest=oldest,
            is_left=each.id in left,
            next_at=each.waits_until if each.is_waiting else next_at,
            writes=writes.get(each.id, 0),
            limit=hourly(kinds[each.kind].limits) if each.kind in kinds else None,
            failure=_own(each) or failures.get(each.id),
            differing=differing[each.id],
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


async def _writes(session: AsyncSession, now: dt.datetime) -> dict[int, int]:
    """Of the last hour."""
    hour = select(TrackerWrite.connection_id, func.count()).where(TrackerWrite.at > now - budgets.KEPT)
    return {row[0]: row[1] for row in await session.execute(hour.group_by(TrackerWrite.connection_id))}


async def _differing(session: AsyncSession, connections: Iterable[Connection]) -> dict[int, list[int]]:
    """Of what was let go of again and again the last time is enough."""
    same = Undelivered.link_id, Undelivered.field, Undelivered.inward, cast(Undelivered.value, LongText)
    last = select(func.max(Undelivered.id)).where(Undelivered.end == End.DISCARDED).group_by(*same)
    gone = select(Undelivered, Link).join(Link, Link.id == Undelivered.link_id).where(Undelivered.id.in_(last))
    parts = (
        load_only(Undelivered.field, Undelivered.value, Undelivered.inward, Undelivered.end),
        load_only(Link.connection_id, Link.initiative_id, Link.base),
    )
    carried = {each.id: each.maps.fields for each in connections}
    values = {
        (link.connection_id, link.initiative_id, link.id, item.field)
        for item, link in (await session.execute(gone.options(*parts))).all()
        if item.field in carried.get(link.connection_id, ()) and undelivered.is_left(item, link)
    }
    found: dict[int, list[int]] = defaultdict(list)
    for connection_id, initiative_id, *_ in sorted(values):
        found[connection_id].append(initiative_id)
    return found


def _own(connection: Connection) -> Failure | None:
    """Of the connection itself, before that of one of its issues."""
    if connection.problem is not None:
        return Failure(connection.problem, connection.detail, connection.problem_at)
    if connection.is_waiting and connection.waits_because is not None:
        return Failure(connection.waits_because, connection.detail, None)
    return None


async def _failures(session: AsyncSession) -> dict[int, Failure]:
    """The latest of a link by its connection; else the latest change that could not be delivered."""
    return {
        connection_id: Failure(text, detail, at, key or "")
        for found in (_refused(), _failed())
        for connection_id, text, detail, at, key in await session.execute(found)
    }


def _failed() -> Select[*tuple[Any, ...]]:
    order = Link.attempted_at.desc().nulls_last(), Link.id.desc()
    some = select(Link.id, _place(order)).where(Link.state != LinkState.IN_STEP, Link.last_error.is_not(None))
    places = some.subquery()
    found = select(Link.connection_id, Link.last_error, Link.detail, Link.attempted_at, Link.external_key)
    return found.join(places, places.c.id == Link.id).where(places.c.place == 1)


def _refused() -> Select[*tuple[Any, ...]]:
    item = Undelivered
    some = select(item.id, _place((item.last_at.desc(), item.id.desc()))).join(Link, Link.id == item.link_id)
    places = some.where(item.end.is_(None)).subquery()
    found = select(Link.connection_id, item.reason, item.detail, item.last_at, Link.external_key)
    found = found.join(item, item.link_id == Link.id)
    return found.join(places, places.c.id == item.id).where(places.c.place == 1)


def _place(order: Sequence[ColumnElement[Any]]) -> ColumnElement[int]:
    """Of a link, or of something about it, among those of its connection."""
    return func.row_number().over(partition_by=Link.connection_id, order_by=order).label("place")


def ends_soon(moment: dt.datetime | None, within: dt.timedelta) -> bool:
    return moment is not None and moment - history.now() < within


def token_ends(connection: Connection) -> bool:
    off = connection.state is ConnectionState.DISCONNECTED
    return not off and ends_soon(connection.expires_at, TOKEN_WARNED)


def hook_ends(connection: Connection) -> bool:
    off = connection.state is ConnectionState.DISCONNECTED
    return not off and ends_soon(connection.hook_expires_at, HOOK_WARNED)
