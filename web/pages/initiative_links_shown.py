"""The issues of an initiative and its conflicts, as its page shows them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.trackers import links, progress, turns
from backlog.trackers.answering import Answer
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.link import Link, LinkState
from backlog.trackers.progress import Progress
from backlog.trackers.undelivered import Undelivered
from web.pages import conflicts_shown
from web.pages.conflicts_shown import Shown
from web.pages.connections_shown import possible
from web.pages.connections_values import Change


@dataclass(frozen=True, slots=True)
class Tied:
    """One link with its connection; ``refused``: its changes that could not be delivered, with their words."""

    link: Link
    connection: Connection
    refused: Sequence[tuple[Undelivered, Change]]

    @property
    def answers(self) -> Sequence[Answer]:
        return possible(self.link)

    @property
    def next_at(self) -> dt.datetime | None:
        return turns.next_attempt(self.link, self.connection)

    @property
    def is_on(self) -> bool:
        return self.connection.state is ConnectionState.ACTIVE


@dataclass(frozen=True, slots=True)
class Tracked:
    """``offered``: connections to push
    to, ``free`` those where it has no issue yet."""

    ties: Sequence[Tied]
    waiting: Sequence[Shown]
    decided: Sequence[Shown]
    offered: Sequence[Connection]

    @property
    def free(self) -> list[Connection]:
        taken = {each.link.connection_id for each in self.ties if each.link.is_main}
        return [each for each in self.offered if each.id not in taken]

    @property
    def progress(self) -> Progress:
        return progress.of([each.link for each in self.ties])


async def tracked(session: AsyncSession, initiative_id: int) -> Tracked:
    known = {each.id: each for each in await session.scalars(select(Connection))}
    if not known:
        return Tracked((), (), (), ())
    ties = (await session.scalars(links.of(initiative_id))).all()
    waiting, decided = conflicts_shown.split(await conflicts_shown.of_initiative(session, initiative_id))
    refused = await _refused(session, [each for each in ties if each.state is LinkState.FAILED], known)
    found = [Tied(each, known[each.connection_id], refused.get(each.id, ())) for each in ties]
    return Tracked(found, waiting, decided, _offered(known.values()))


async def _refused(
    session: AsyncSession, failed: Sequence[Link], known: dict[int, Connection]
) -> dict[int, list[tuple[Undelivered, Change]]]:
    if not failed:
        return {}
    names, by_id = await conflicts_shown.names(session), {each.id: each for each in failed}
    found: dict[int, list[tuple[Undelivered, Change]]] = {}
    items = select(Undelivered).where(Undelivered.link_id.in_(by_id), Undelivered.end.is_(None))
    for item in await session.scalars(items.order_by(Undelivered.id)):
        maps = known[by_id[item.link_id].connection_id].maps
        found.setdefault(item.link_id, []).append((item, Change(item, maps, names)))
    return found


async def connected(session: AsyncSession) -> list[Connection]:
    """Those that can be pushed to, by name."""
    return _offered(await session.scalars(select(Connection)))


def _offered(known: Iterable[Connection]) -> list[Connection]:
    fit = [each for each in known if each.state is not ConnectionState.DISCONNECTED and each.maps.fields]
    return sorted(fit, key=lambda each: each.name.casefold())
