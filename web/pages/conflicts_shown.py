"""Conflicts as pages show them: both values in words, who changed them and when."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import LABELS as STAGES
from backlog.initiatives.stages import Stage
from backlog.people.departments import Department
from backlog.trackers import status_names
from backlog.trackers.conflicts import Disagreement, Side
from backlog.trackers.connections import Connection
from backlog.trackers.fields import LABELS, Field
from backlog.trackers.link import Link
from web import locales
from web.pages.connections_values import worded

MOST, RECENT = 100, 30
SINCE = dt.timedelta(days=30)


@dataclass(frozen=True)
class Shown:
    """One conflict with its link, initiative and tracker. Values are worded as they are read, in the reader's
    language."""

    conflict: Disagreement
    link: Link
    initiative: Initiative
    connection: Connection
    departments: Mapping[int, str]
    statuses: Mapping[str, str]

    @property
    def label(self) -> str:
        return LABELS[self.conflict.field]

    @property
    def base(self) -> str:
        """What both said last: ours of then, since theirs is the same in other words."""
        base = self.conflict.base[0] if self.conflict.base else None
        if self.conflict.field is Field.STAGE and str(base) in self.statuses:
            return self.statuses[str(base)]  # several stages may have it
        return self._worded(base)

    @property
    def ours(self) -> str:
        """The stage as it was here: one of several that may have the status."""
        stage = self.conflict.ours_here
        if self.conflict.field is Field.STAGE and stage in set(Stage):
            return locales.translated(STAGES[Stage(stage)])
        return self._worded(self.conflict.ours)

    @property
    def theirs(self) -> str:
        return self._worded(self.conflict.theirs)

    @property
    def winner(self) -> str:
        return self.ours if self.conflict.decision is Side.OURS else self.theirs

    @property
    def loser(self) -> str:
        return self.theirs if self.conflict.decision is Side.OURS else self.ours

    @property
    def may_restore(self) -> bool:
        return self.conflict.decision is not None and self.conflict.restored_at is None

    def _worded(self, value: object) -> str:
        return worded(self.conflict.field, value, self.connection.maps, self.departments, self.statuses)


Rows = Select[*tuple[Disagreement, Link, Initiative, Connection]]


def rows() -> Rows:
    return (
        select(Disagreement, Link, Initiative, Connection)
        .join(Link, Link.id == Disagreement.link_id)
        .join(Initiative, Initiative.id == Link.initiative_id)
        .join(Connection, Connection.id == Link.connection_id)
    )


async def waiting(session: AsyncSession) -> tuple[list[Shown], int]:
    """The longest waiting first, and how many there are."""
    found = rows().where(Disagreement.decision.is_(None)).order_by(Disagreement.found_at, Disagreement.id).limit(MOST)
    total = await session.scalar(select(func.count()).where(Disagreement.decision.is_(None))) or 0
    return await shown(session, found), total


async def after(session: AsyncSession, conflict: Disagreement) -> int | None:
    """The one that waits next after this in the queue, at its end the first; None when nothing is left."""
    open_ones = select(Disagreement.id).where(Disagreement.decision.is_(None))
    order = tuple_(Disagreement.found_at, Disagreement.id)
    queue = open_ones.order_by(order <= (conflict.found_at, conflict.id), Disagreement.found_at, Disagreement.id)
    return await session.scalar(queue.limit(1))


async def decided(session: AsyncSession) -> list[Shown]:
    """Of the last month, the latest first."""
    since = history.now() - SINCE
    found = rows().where(Disagreement.decided_at > since).order_by(Disagreement.decided_at.desc()).limit(RECENT)
    return await shown(session, found)


async def of_initiative(session: AsyncSession, initiative_id: int) -> list[Shown]:
    """Those that wait first, then the latest."""
    found = rows().where(Link.initiative_id == initiative_id)
    order = (Disagreement.decision.is_not(None), Disagreement.id.desc())
    return await shown(session, found.order_by(*order).limit(RECENT))


async def shown(session: AsyncSession, found: Rows) -> list[Shown]:
    each = (await session.execute(found)).all()
    departments, statuses = (await names(session), await status_names.every(session)) if each else ({}, {})
    return [
        Shown(conflict, link, one, connection, departments, statuses.get(connection.id, {}))
        for conflict, link, one, connection in each
    ]


async def names(session: AsyncSession) -> dict[int, str]:
    return {row.id: row.name for row in await session.execute(select(Department.id, Department.name))}


async def of_link(session: AsyncSession, conflict: Disagreement) -> Link:
    return await session.get_one(Link, conflict.link_id)


def split(found: Iterable[Shown]) -> tuple[Sequence[Shown], Sequence[Shown]]:
    """Those that wait, and those that are decided."""
    every = list(found)
    return [each for each in every if not each.conflict.decision], [each for each in every if each.conflict.decision]
