"""The issues of an initiative and its conflicts, as its page shows them."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.trackers import links, progress, turns
from backlog.trackers.answering import Answer, possible
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.link import Link, LinkState
from backlog.trackers.progress import Progress
from web.pages import conflicts_shown, initiative_links_held
from web.pages.conflicts_shown import Shown
from web.pages.initiative_links_held import Held, Left
from web.trackers_bar import PATIENCE, is_left

SOON = dt.timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Tied:
    """One link with its connection; ``held``: what one side refused, ``left``: what differs on purpose. ``is_left_lying``:
    it has been due for long, and no worker is there."""

    link: Link
    connection: Connection
    held: Sequence[Held]
    left: Sequence[Left]
    is_left_lying: bool = False

    @property
    def state(self) -> LinkState:
        return self.link.state_now

    @property
    def answers(self) -> Sequence[Answer]:
        return possible(self.link)

    @property
    def next_at(self) -> dt.datetime | None:
        return turns.next_attempt(self.link, self.connection)

    @property
    def later_at(self) -> dt.datetime | None:
        """When it is looked at next; None when that is now, or not known."""
        return self.next_at if self.next_at and self.next_at > history.now() else None

    @property
    def is_on(self) -> bool:
        return self.connection.state is ConnectionState.ACTIVE

    @property
    def shown(self) -> tuple[Any, ...]:
        """All that a page says of it and that may change by itself."""
        link = self.link
        return (
            link.id, link.is_main, link.state, link.question, link.external_key, link.url, link.last_error, link.detail,
            link.facts, link.synced_at, self.next_at, self.later_at, self.connection.state,
            self.connection.name, self.is_left_lying,
            [(each.item.id, each.item.tries, each.item.reason, each.item.value) for each in self.held],
            [(each.item.id, each.link.base[each.item.field]) for each in self.left],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tracked:
    """``offered``: connections to push to, ``free`` those where it has no issue yet, ``headless`` those where it has
    parts alone."""

    ties: Sequence[Tied]
    waiting: Sequence[Shown]
    decided: Sequence[Shown]
    offered: Sequence[Connection]

    @property
    def free(self) -> list[Connection]:
        taken = {each.link.connection_id for each in self.ties if each.link.is_main}
        return [each for each in self.offered if each.id not in taken]

    @property
    def headless(self) -> list[Connection]:
        tied = {each.link.connection_id for each in self.ties}
        return [each for each in self.free if each.id in tied]

    @property
    def progress(self) -> Progress:
        return progress.of([each.link for each in self.ties])

    @property
    def is_under_way(self) -> bool:
        """Something will happen by itself before long; a deleted issue is looked for again only the next day."""
        soon = history.now() + SOON
        return any(each.is_on and each.next_at is not None and each.next_at <= soon for each in self.ties)

    @property
    def mark(self) -> str:
        """Another one as soon as anything is shown that was not before."""
        conflicts = [
            (each.conflict.id, each.conflict.version, each.conflict.decision, each.conflict.restored_at,
             each.conflict.ours, each.conflict.theirs)
            for each in (*self.waiting, *self.decided)
        ]  # fmt: skip
        told = repr(([each.shown for each in self.ties], conflicts, [each.id for each in self.offered]))
        return hashlib.blake2s(told.encode(), digest_size=8).hexdigest()


async def tracked(session: AsyncSession, initiative_id: int) -> Tracked:
    known = {each.id: each for each in await session.scalars(select(Connection))}
    if not known:
        return Tracked((), (), (), ())
    ties = (await session.scalars(links.of(initiative_id))).all()
    waiting, decided = conflicts_shown.split(await conflicts_shown.of_initiative(session, initiative_id))
    held, left = await initiative_links_held.of(session, ties, known) if ties else ({}, {})
    lying = await left_lying(session, ties)
    found = [
        Tied(each, known[each.connection_id], held.get(each.id, ()), left.get(each.id, ()), each.id in lying)
        for each in ties
    ]
    return Tracked(found, waiting, decided, _offered(known.values()))


async def left_lying(session: AsyncSession, ties: Sequence[Link]) -> set[int]:
    """Of these links, by their ids, those that have been due for long while nobody is at work."""
    late = history.now() - PATIENCE
    due = [each for each in ties if each.due_at is not None and each.due_at <= late]
    if not due:
        return set()
    alone = set(await session.scalars(select(Connection.id).where(is_left(late))))
    return {each.id for each in due if each.connection_id in alone}


async def connected(session: AsyncSession) -> list[Connection]:
    """Those that can be pushed to, by name."""
    return _offered(await session.scalars(select(Connection)))


def _offered(known: Iterable[Connection]) -> list[Connection]:
    fit = [each for each in known if each.state is not ConnectionState.DISCONNECTED and each.maps.fields]
    return sorted(fit, key=lambda each: each.name.casefold())
