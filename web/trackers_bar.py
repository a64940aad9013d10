"""Trackers in the bar at the bottom of every page: one column of the query that finds the reader anyway."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, bindparam, case, cast, func, literal, or_, select

from backlog import history
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.link import Link, LinkState
from backlog.trackers.undelivered import Undelivered

TROUBLES = (LinkState.CONFLICT, LinkState.FAILED, LinkState.UNKNOWN, LinkState.PARKED)
PART, END = "\x1f", "\x1e"
"""Between the parts of one tracker and between trackers; names have no control characters."""
PATIENCE = dt.timedelta(seconds=90)
"""What is due for longer while no worker was at any connection is left lying."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """One connection and how many of its links are in trouble. ``undelivered``: values of links that are not among the
    failed ones. ``is_left``: something has been due for long, and no worker is there. ``is_used``: it has links;
    ``has_answered``: it has ever done what a worker asked of it."""

    id: int
    name: str
    state: str
    conflicts: int
    failed: int
    parked: int
    undelivered: int = 0
    is_left: bool = False
    is_used: bool = True
    has_answered: bool = True

    @property
    def alarms(self) -> int:
        """What somebody should look at, besides conflicts."""
        stopped = self.state == ConnectionState.STOPPED
        return self.failed + self.parked + self.undelivered + self.is_left + stopped

    @property
    def has_trouble(self) -> bool:
        return bool(self.conflicts or self.failed or self.parked or self.undelivered)


def parameters() -> dict[str, dt.datetime]:
    """What `column` needs to be asked with."""
    return {"late": history.now() - PATIENCE}


def column() -> ColumnElement[str | None]:
    """All trackers in one text. Only links in trouble are counted: with ten thousand in step that costs nothing."""
    counted = (
        select(
            Link.connection_id,
            _sum(LinkState.CONFLICT).label("conflicts"),
            _sum(LinkState.FAILED).label("failed"),
            _sum(LinkState.UNKNOWN, LinkState.PARKED).label("parked"),
        )
        .where(Link.state.in_(TROUBLES))
        .group_by(Link.connection_id)
        .subquery()
    )
    refused = (
        select(Link.connection_id, func.count().label("undelivered"))
        .join(Undelivered, Undelivered.link_id == Link.id)
        .where(Undelivered.end.is_(None), Link.state != LinkState.FAILED)
        .group_by(Link.connection_id)
        .subquery()
    )
    numbers = (counted.c.conflicts, counted.c.failed, counted.c.parked, refused.c.undelivered)
    parts = (
        cast(Connection.id, String), Connection.name, cast(Connection.state, String),
        *(cast(func.coalesce(each, 0), String) for each in numbers),
        *(cast(case((each, 1), else_=0), String) for each in (
            is_left(bindparam("late", type_=Link.due_at.type)),
            select(Link.id).where(Link.connection_id == Connection.id).correlate(Connection).exists(),
            Connection.answered_at.is_not(None),
        )),
    )  # fmt: skip
    text = parts[0]
    for each in parts[1:]:
        text = text + literal(PART) + each
    joined = func.aggregate_strings(text, END)
    found = select(joined).select_from(Connection).outerjoin(counted, counted.c.connection_id == Connection.id)
    return found.outerjoin(refused, refused.c.connection_id == Connection.id).scalar_subquery()


def is_left(late: ColumnElement[dt.datetime] | dt.datetime) -> ColumnElement[bool]:
    """Whether something of a connection that may go on has been due since before ``late``, and no worker was at this or
    any other connection since: one that is busy elsewhere comes by."""
    somebody = Connection.__table__.alias("somebody")
    seen = select(somebody.c.id).where(or_(somebody.c.worked_at > late, somebody.c.worked_until > late))
    due = select(Link.id).where(Link.connection_id == Connection.id, Link.due_at <= late).correlate(Connection)
    return and_(
        Connection.state == ConnectionState.ACTIVE,
        or_(Connection.waits_until.is_(None), Connection.waits_until <= late),
        due.exists(),
        ~seen.exists(),
    )


def _sum(*states: LinkState) -> ColumnElement[int]:
    return func.sum(case((Link.state.in_(states), 1), else_=0))


def read(text: str | None) -> list[Tracked]:
    """By name; one that is disconnected only while something of it waits for a person, and one that goes on only while
    something is linked."""
    found = [_tracked(each.split(PART)) for each in (text or "").split(END) if each]
    shown = [each for each in found if each.has_trouble or _is_shown(each)]
    return sorted(shown, key=lambda each: each.name.casefold())


def _is_shown(each: Tracked) -> bool:
    return each.is_used if each.state == ConnectionState.ACTIVE else each.state != ConnectionState.DISCONNECTED


def _tracked(parts: list[str]) -> Tracked:
    number, name, state, *told = parts
    conflicts, failed, parked, undelivered, left, used, answered = map(int, told)
    return Tracked(
        int(number), name, state, conflicts, failed, parked, undelivered, bool(left), bool(used), bool(answered)
    )
