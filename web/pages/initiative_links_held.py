"""What is held back between an initiative and its issues, and what differs on purpose, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.trackers import status_names
from backlog.trackers.connections import Connection
from backlog.trackers.fields import LABELS
from backlog.trackers.link import Link
from backlog.trackers.undelivered import End, Undelivered, is_carried, is_left
from web.chronicle_trackers import short
from web.pages import conflicts_shown
from web.pages.connections_values import Change, worded


@dataclass(frozen=True, slots=True)
class Held:
    """A change that one side refused; it waits for a person."""

    item: Undelivered
    change: Change

    @property
    def lacks(self) -> bool:
        """The initiative lacks something that can be filled in."""
        return "missing" in self.item.reason.params

    @property
    def is_unmapped(self) -> bool:
        """What came in means nothing here yet."""
        return self.item.inward and bool({"status", "value"} & set(self.item.reason.params))


@dataclass(frozen=True, slots=True)
class Left:
    """A change that somebody let go of: both sides keep their value. Worded as it is read, in the reader's language.
    ``is_carried``: it can be tried again as the mapping is now."""

    item: Undelivered
    link: Link
    connection: Connection
    departments: Mapping[int, str]
    statuses: Mapping[str, str]
    is_carried: bool

    @property
    def label(self) -> str:
        return LABELS[self.item.field]

    @property
    def ours(self) -> str:
        return self._words(0)

    @property
    def theirs(self) -> str:
        return self._words(1)

    def _words(self, side: int) -> str:
        value = self.link.base[self.item.field][side]
        return short(worded(self.item.field, value, self.connection.maps, self.departments, self.statuses))


async def of(
    session: AsyncSession, links: Sequence[Link], known: Mapping[int, Connection]
) -> tuple[dict[int, list[Held]], dict[int, list[Left]]]:
    """By link, the oldest first. Of what was let go of, the last of each field that still differs."""
    by_id = {each.id: each for each in links}
    ends = or_(Undelivered.end.is_(None), Undelivered.end == End.DISCARDED)
    found = select(Undelivered).where(Undelivered.link_id.in_(by_id), ends).order_by(Undelivered.id)
    items = (await session.scalars(found)).all()
    names, seen = (await conflicts_shown.names(session), await status_names.every(session)) if items else ({}, {})
    held: dict[int, list[Held]] = {}
    left: dict[int, list[Left]] = {}
    for item in items:
        link = by_id[item.link_id]
        connection, statuses = known[link.connection_id], seen.get(link.connection_id, {})
        if item.end is None:
            held.setdefault(link.id, []).append(Held(item, Change(item, connection.maps, names, statuses)))
        elif (rule := connection.maps.fields.get(item.field)) and is_left(item, link):
            others = [each for each in left.get(link.id, []) if each.item.field is not item.field]
            left[link.id] = [*others, Left(item, link, connection, names, statuses, is_carried(item, rule))]
    return held, left
