"""Trying one link when its turn has come: in step afterwards, or put back, or its row says why it failed."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Text
from backlog.trackers import links, turns
from backlog.trackers.connections import Connection
from backlog.trackers.link import Link, LinkState, Question
from integrations.engine import syncing
from integrations.engine.desk import Desk, Left, NotYet
from integrations.errors import (
    Ambiguous,
    Limited,
    NoAccess,
    Scope,
    TrackerError,
    Unauthorized,
    Unavailable,
    Unsupported,
)

log = structlog.get_logger()
AT_ONCE = 50  # links looked at before the connection is handed on
TRIES, DAYS = 20, dt.timedelta(days=7)
"""After so many tries or so long a link that fails alone waits for a person."""
QUICK = 12
"""So many tries come within half a minute of each other, later ones within half an hour."""
FAILED = N_("It failed %(tries)s times. Nothing is lost: try again when the reason is gone.")
BROKEN = N_("Something unexpected happened here. Waymark tries again by itself.")


@dataclass(frozen=True, slots=True)
class Due:
    """A link that is due; ``has_failed`` when it was tried last, ``is_hinted``: something came in from the tracker."""

    id: int
    changes: int
    has_failed: bool
    is_hinted: bool
    at_leisure: bool


async def due(desk: Desk) -> Sequence[Due]:
    """What people changed first."""
    found = turns.due(desk.connection.id, history.now(), AT_ONCE).add_columns(
        Link.changes, Link.failing_since.is_not(None), Link.hinted_key.is_not(None), Link.at_leisure
    )
    async with desk.database.reading() as session:
        return [Due(*row) for row in await session.execute(found)]


async def is_wanted(desk: Desk, *, here: bool = False) -> bool:
    """Whether people changed something meanwhile, which has its turn before what is done at leisure; ``here``: not in the
    tracker."""
    hurried = select(Link.id).where(Link.connection_id == desk.connection.id, Link.due_at <= history.now())
    if here:
        hurried = hurried.where(Link.hinted_key.is_(None))
    async with desk.database.reading() as session:
        return await session.scalar(hurried.where(Link.at_leisure.is_(False)).limit(1)) is not None


async def look(desk: Desk, each: Due) -> None:
    """Where nothing can be written now, only at what came in from the tracker."""
    await desk.stay()
    if desk.writes_from is not None and not each.is_hinted:
        return
    if each.has_failed and desk.heard_at is None:
        await desk.hear()
    await one(desk, each)


async def one(desk: Desk, each: Due) -> None:
    """Bring one link in step. What concerns it alone is noted at its row; the rest is raised."""
    link_id = each.id
    try:
        await syncing.sync(desk, link_id)
    except NotYet as later:
        await put_back(desk, each, history.now() + dt.timedelta(seconds=later.seconds))
        if desk.writes_from is not None:
            await put_off(desk, desk.writes_from)
    except Limited as error:
        if error.scope is not Scope.ISSUE:
            raise
        await put_back(desk, each, error.until or history.now() + dt.timedelta(seconds=5))
    except (Unauthorized, Unsupported, NoAccess, Left):
        raise
    except TrackerError as error:
        await desk.stay()
        passing = isinstance(error, Unavailable | Ambiguous)
        alone = await failed(desk, link_id, error.text, error.detail or str(error.text), alone=not passing)
        if not alone:
            raise
    except Exception as error:  # one link in disorder holds up no other: people see it at that link
        await desk.stay()
        log.error("a link failed", link=link_id, exc_info=error)
        await failed(desk, link_id, Text(BROKEN), type(error).__name__, alone=True)


async def put_back(desk: Desk, each: Due, moment: dt.datetime) -> None:
    """Its turn comes later; that is no failure. What came in meanwhile keeps its turn."""
    same = update(Link).where(Link.id == each.id, Link.changes == each.changes)
    hint = case((Link.external_id.is_(None), Link.hinted_key), else_=None)  # what it told of was read
    async with desk.database.writing() as session:
        await session.execute(same.values(due_at=moment, hinted_key=hint))


async def put_off(desk: Desk, moment: dt.datetime) -> None:
    """Nothing can be written before: what is due waits, but for what came in from the tracker or is looked for there."""
    waiting = update(Link).where(Link.connection_id == desk.connection.id, Link.due_at <= history.now())
    only_ours = waiting.where(Link.hinted_key.is_(None), Link.state != LinkState.UNKNOWN)
    async with desk.database.writing() as session:
        await session.execute(only_ours.values(due_at=moment))


async def failed(desk: Desk, link_id: int, why: Text, detail: str, *, alone: bool = False) -> bool:
    """Note it, and when to try again. Whether it is the link's own fault: the tracker has answered somebody since this
    link was tried last. Only then it counts as a try, and the days begin. So that there is an answer to go by, the
    tracker is heard (`Desk.hear`) before a link that failed is tried again."""
    now = history.now()
    async with desk.database.writing() as session:
        row = await session.get(Link, link_id, with_for_update=True)
        if row is None:
            return True
        own = alone or (row.attempted_at is not None and await has_answered(session, desk, row.attempted_at))
        row.attempts += own
        row.attempted_at, row.failing_since = now, row.failing_since if row.failing_since and row.attempts > 1 else now
        if row.attempts >= TRIES or now - row.failing_since > DAYS:
            why = Text(FAILED, {"tries": max(row.attempts, 1)})
            links.park(session, row, Question.TRIES, why, detail)
            return own
        row.last_error, row.detail = why, detail[:500]
        if row.state is not LinkState.UNKNOWN:
            row.state = LinkState.FAILED if own else row.state
        row.due_at = now + dt.timedelta(seconds=backoff(row.attempts) if own else 0.0)
        return own


async def has_answered(session: AsyncSession, desk: Desk, since: dt.datetime) -> bool:
    """Whether the tracker did what anybody asked since then."""
    if desk.heard_at is not None and desk.heard_at > since:
        return True
    answered_at = await session.scalar(select(Connection.answered_at).where(Connection.id == desk.connection.id))
    return answered_at is not None and answered_at > since


def backoff(tries: int) -> float:
    """Seconds, with jitter: 1, 2, 4 ... 30, after many tries half an hour."""
    longest = 30.0 if tries < QUICK else 1800.0
    return min(2.0 ** min(tries, 12), longest) * random.uniform(0.7, 1.3)  # noqa: S311 - no secret
