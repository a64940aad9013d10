"""Standings: points and their counts follow every change of an initiative through a session, in its transaction.

Before a flush the rows about to change are locked and their points noted; after it their points are computed in the
database; before the commit the difference to what was noted first goes into the counts. What a session holds may be
out of date; the locked rows are not.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Date, and_, delete, event, exists, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction
from sqlalchemy.orm.attributes import set_committed_value

from backlog.initiatives.initiative import Initiative
from backlog.ranking import counts, expressions
from backlog.ranking.counts import PastPoints, PastStanding, Standing, today
from backlog.simulation import runs
from backlog.weights import weights

NOTED = "standings_noted"  # {initiative id: its points when the transaction first touched it, None: not ranked}
REBUILD = "standings_rebuild"
AT_ONCE = 500  # ids in one statement


@event.listens_for(Session, "before_flush")
def _note_before(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    touched = [each for each in session.dirty if isinstance(each, Initiative) and session.is_modified(each)]
    gone = [each for each in session.deleted if isinstance(each, Initiative)]
    if touched or gone:
        _note(session, {each.id for each in (*touched, *gone)})


def _note(session: Session, ids: Collection[int]) -> None:
    noted = _noted(session)
    fresh = sorted(set(ids) - set(noted))
    for some in _batches(fresh):
        rows = select(Initiative.id, Initiative.points, Initiative.is_ranked).where(Initiative.id.in_(some))
        for row in session.connection().execute(rows.order_by(Initiative.id).with_for_update()):
            noted[row.id] = row.points if row.is_ranked else None


def _noted(session: Session) -> dict[int, int | None]:
    """What was noted in this transaction; whoever notes first waits for a change of the weights to end."""
    if NOTED not in session.info:
        counts.hold(session.connection())
        session.info[NOTED] = {}
    noted: dict[int, int | None] = session.info[NOTED]
    return noted


@event.listens_for(Session, "after_flush")
def _compute(session: Session, _context: UOWTransaction) -> None:
    added = [each for each in session.new if isinstance(each, Initiative)]
    changed = [
        each for each in session.dirty if isinstance(each, Initiative) and each.id in session.info.get(NOTED, ())
    ]
    if not added and not changed:
        return
    noted = _noted(session)
    for each in added:
        noted.setdefault(each.id, None)
    entities = {each.id: each for each in (*added, *changed)}
    value = expressions.points(weights.agreed(session.connection()))
    for some in _batches(sorted(entities)):
        computed = (
            update(counts.INITIATIVE)
            .where(Initiative.id.in_(some))
            .where(or_(Initiative.points != value, Initiative.is_ranked != expressions.IS_RANKED))
            .values(points=value, is_ranked=expressions.IS_RANKED)
            .returning(Initiative.id, Initiative.points, Initiative.is_ranked)
        )
        for row in session.connection().execute(computed):
            set_committed_value(entities[row.id], "points", row.points)
            set_committed_value(entities[row.id], "is_ranked", row.is_ranked)


@event.listens_for(Session, "do_orm_execute")
def _note_bulk(state: ORMExecuteState) -> None:
    """A statement that writes many initiatives at once passes the entities by: everything is counted anew."""
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and state.bind_mapper is not None and state.bind_mapper.class_ is Initiative:
        counts.hold(state.session.connection(), alone=True)
        _noted(state.session)
        state.session.info[REBUILD] = True


@event.listens_for(Session, "before_commit")
def _settle(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    if NOTED in session.info:
        settle(session)
        runs.ask(session.connection())


def settle(session: Session) -> None:
    """Bring past points and counts in line with what this transaction has changed."""
    connection = session.connection()
    noted: dict[int, int | None] = session.info.pop(NOTED)
    now = _points_now(session, noted)
    moved = {key: points for key, points in now.items() if points != noted[key]}
    if moved:
        counts.keep_points(connection, moved)
    if session.info.pop(REBUILD, False):
        rebuild_now(session)
        return
    changes = Counter(points for points in moved.values() if points is not None)
    changes.subtract(points for key, points in noted.items() if points is not None and now.get(key) != points)
    if changes:
        counts.keep_yesterday(connection)
        counts.count(connection, changes)


def _points_now(session: Session, ids: Collection[int]) -> dict[int, int | None]:
    now: dict[int, int | None] = {}
    for some in _batches(sorted(ids)):
        rows = select(Initiative.id, Initiative.points, Initiative.is_ranked).where(Initiative.id.in_(some))
        now |= {row.id: row.points if row.is_ranked else None for row in session.connection().execute(rows)}
    return now


async def hold_alone(session: AsyncSession) -> None:
    """Let nobody else change weights or initiatives until this transaction ends; ask before reading what to change."""
    await session.run_sync(lambda plain: counts.hold(plain.connection(), alone=True))


async def rebuild(session: AsyncSession) -> None:
    """Compute the points of all initiatives and all counts anew, in set-based SQL: when the weights have changed, or
    initiatives were written behind the session's back. Entities already loaded keep their old points."""
    await session.flush()
    await session.run_sync(rebuild_now)


def rebuild_now(session: Session) -> None:
    connection = session.connection()
    if NOTED in session.info:
        settle(session)
    counts.hold(connection, alone=True)
    agreed = weights.agreed(connection)
    value = expressions.points(agreed)
    moved = or_(Initiative.is_ranked != expressions.IS_RANKED, and_(Initiative.is_ranked, Initiative.points != value))
    counts.keep_yesterday(connection)
    unknown = and_(expressions.IS_RANKED, ~exists().where(PastPoints.initiative_id == Initiative.id))
    chosen = select(Initiative.id, literal(counts.today(), Date), expressions.ranked_points(agreed))
    counts.keep_points_of(connection, chosen.where(or_(moved, unknown)))
    connection.execute(
        update(counts.INITIATIVE)
        .where(or_(moved, Initiative.points != value))
        .values(points=value, is_ranked=expressions.IS_RANKED)
    )
    connection.execute(delete(Standing))
    tallied = select(Initiative.points, func.count()).where(Initiative.is_ranked).group_by(Initiative.points)
    connection.execute(insert(Standing).from_select(["points", "n"], tallied))
    runs.ask(connection)


async def remember(session: AsyncSession, day: dt.date) -> None:
    """Let the present points count as those of every day from this one to yesterday, so that movement since then is
    shown at once: for a backlog that was brought along from elsewhere. ``day`` is before today."""
    await session.flush()
    await session.run_sync(_remember, day)


def _remember(session: Session, day: dt.date) -> None:
    rebuild_now(session)
    connection = session.connection()
    counts.keep_points_of(
        connection, select(Initiative.id, literal(day, Date), Initiative.points).where(Initiative.is_ranked)
    )
    connection.execute(delete(PastStanding).where(PastStanding.day >= day))
    counts.keep_yesterday(connection)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(NOTED, None)
        session.info.pop(REBUILD, None)


def _batches(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


__all__ = ["PastPoints", "PastStanding", "Standing", "rebuild", "remember", "today"]
