"""Trackers in the bar at the bottom of every page: one column of the query that finds the reader anyway."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, case, cast, func, literal, select

from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.link import Link, LinkState

TROUBLES = (LinkState.CONFLICT, LinkState.FAILED, LinkState.UNKNOWN, LinkState.PARKED)
PART, END = "\x1f", "\x1e"
"""Between the parts of one tracker and between trackers; names have no control characters."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """One connection and how many of its links are in trouble."""

    id: int
    name: str
    state: str
    conflicts: int
    failed: int
    parked: int

    @property
    def is_well(self) -> bool:
        return self.state == ConnectionState.ACTIVE and not (self.conflicts or self.failed or self.parked)


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
    parts = (
        cast(Connection.id, String), Connection.name, cast(Connection.state, String),
        *(cast(func.coalesce(each, 0), String) for each in (counted.c.conflicts, counted.c.failed, counted.c.parked)),
    )  # fmt: skip
    text = parts[0]
    for each in parts[1:]:
        text = text + literal(PART) + each
    joined = func.aggregate_strings(text, END)
    found = select(joined).select_from(Connection).outerjoin(counted, counted.c.connection_id == Connection.id)
    return found.where(Connection.state != ConnectionState.DISCONNECTED).scalar_subquery()


def _sum(*states: LinkState) -> ColumnElement[int]:
    return func.sum(case((Link.state.in_(states), 1), else_=0))


def read(text: str | None) -> list[Tracked]:
    """By name."""
    found = (each.split(PART) for each in (text or "").split(END) if each)
    trackers = [Tracked(int(each[0]), each[1], each[2], *(int(n) for n in each[3:])) for each in found]
    return sorted(trackers, key=lambda each: each.name.casefold())
