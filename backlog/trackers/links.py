"""What happens to links: an initiative is pushed as a new issue, tied to one that is there, parted from it again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, wording
from backlog.database import LARGEST_ID, find
from backlog.errors import N_, Conflict, NotFound, Text
from backlog.history import WAYMARK, Actor, Event
from backlog.initiatives.initiative import Initiative
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.fields import Field
from backlog.trackers.link import SUBJECT, Link, LinkState, Question


def park(session: AsyncSession, link: Link, question: Question, why: Text, detail: str = "") -> None:
    """Ask a person; the history tells when the question is another one than before."""
    if link.question is not question:
        changes = {"key": link.external_key, "question": question, "detail": detail[:200], "link": link.id}
        history.record(session, WAYMARK, "parked a link", SUBJECT, link.initiative_id, changes)
    link.park(question, why, detail)


async def push(
    session: AsyncSession, initiative_id: int, connection: Connection, *, title: str = "", by: Actor
) -> Link:
    """A new issue is to be made for the initiative; with a ``title`` a part of it beside the main one. Conflict when the
    initiative has its issue there already, or the connection is off."""
    require_on(connection)
    await _held(session, initiative_id)
    if not title and (known := await main_of(session, initiative_id, connection.id)):
        raise Conflict(N_("It has its issue there already: %(key)s."), key=known.external_key or N_("on its way"))
    return await _add(session, Link(
        initiative_id=initiative_id, connection_id=connection.id, is_main=not title, title=title, created_by=by.name
    ), connection, by)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """An issue that is there already. ``marker``: of our block, None where it has none."""

    id: str
    key: str
    url: str
    title: str = ""
    marker: str | None = None


async def tie(
    session: AsyncSession,
    initiative_id: int,
    connection: Connection,
    found: Found,
    *,
    settles: int | None = None,
    by: Actor,
) -> Link:
    """Link an issue that is there already: the main one when the initiative has none there yet; else a part of it. Where
    nobody knows whether an issue was made, it is that one when it has the marker or the title of it, or a person
    says so: ``settles`` is the number of the link. Conflict when the issue is linked already, or cannot be the one that
    was said; NotFound when the initiative has no such link there."""
    require_on(connection)
    await _held(session, initiative_id)
    await _require_free(session, connection.id, found)
    unknown = await _unknown_as(session, initiative_id, connection.id, found, settles)
    try:
        async with session.begin_nested():
            if unknown is not None:
                link = _settled(unknown, found)
            else:
                link = await _further(session, initiative_id, connection.id, found, by)
            return await _add(session, link, connection, by)
    except IntegrityError:  # somebody else linked it in this very moment
        await _require_free(session, connection.id, found)
        raise


async def _require_free(session: AsyncSession, connection_id: int, found: Found) -> None:
    """Conflict when the issue is linked already."""
    if taken := await holding(session, connection_id, found.id):
        raise Conflict(N_("%(key)s is linked with CX-%(number)s already."), key=found.key, number=taken.initiative_id)


async def _unknown_as(
    session: AsyncSession, initiative_id: int, connection_id: int, found: Found, settles: int | None
) -> Link | None:
    """The link of which nobody knew whether its issue was made, and that this is the issue of."""
    unknown = await _unknown(session, initiative_id, connection_id)
    if settles is None:
        return await _made_as(session, unknown, found)
    await _require_there(session, settles, initiative_id, connection_id)
    return _said(unknown, settles, found)


def _settled(link: Link, found: Found) -> Link:
    link.settle(found.id, found.key)
    link.url = found.url
    link.ask()
    return link


async def _further(session: AsyncSession, initiative_id: int, connection_id: int, found: Found, by: Actor) -> Link:
    main = await main_of(session, initiative_id, connection_id)
    return Link(
        initiative_id=initiative_id, connection_id=connection_id, is_main=main is None, external_id=found.id,
        external_key=found.key, url=found.url, created_by=by.name,
    )  # fmt: skip


async def _held(session: AsyncSession, initiative_id: int) -> None:
    """Lock the initiative before any link of it, as people's edits do."""
    await session.execute(select(Initiative.id).where(Initiative.id == initiative_id).with_for_update())


async def _unknown(session: AsyncSession, initiative_id: int, connection_id: int) -> list[Link]:
    """Those of which nobody knows whether their issue was made, the main one first."""
    own = of(initiative_id).where(Link.connection_id == connection_id, Link.external_id.is_(None))
    found = await session.scalars(own.with_for_update().execution_options(populate_existing=True))
    return [link for link in found if link.is_unknown]


async def _made_as(session: AsyncSession, unknown: Sequence[Link], found: Found) -> Link | None:
    """The link whose issue was made with this marker; one without a marker is known by its title."""
    if found.marker is not None or not found.title:
        return next((link for link in unknown if link.marker == found.marker), None)
    for link in unknown:
        if wording.one_line(found.title) in await _titles(session, link):
            return link
    return None


async def _titles(session: AsyncSession, link: Link) -> set[str]:
    """What its issue may be called."""
    if not link.is_main:
        return {wording.one_line(link.title)}
    now = await session.scalar(select(Initiative.title).where(Initiative.id == link.initiative_id))
    return {wording.one_line(each) for each in (now, link.facts.get("sent", {}).get(Field.TITLE)) if each}


async def _require_there(session: AsyncSession, number: int, initiative_id: int, connection_id: int) -> None:
    """NotFound for a number that is no link of this initiative with this connection."""
    link = await find(session, Link, number)
    if link is None or (link.initiative_id, link.connection_id) != (initiative_id, connection_id):
        raise NotFound(N_("There is no such link."))


def _said(unknown: Sequence[Link], settles: int, found: Found) -> Link:
    """The link a person says it is. Conflict when that one does not ask, or the issue was made for another."""
    link = next((each for each in unknown if each.id == settles), None)
    if link is None:
        raise Conflict(N_("It is known by now what became of that issue. Nothing was changed."))
    if found.marker not in (None, link.marker):
        raise Conflict(N_("%(key)s was made for something else. Nothing was changed."), key=found.key)
    return link


async def holding(session: AsyncSession, connection_id: int, external_id: str) -> Link | None:
    """The link of an issue."""
    return await session.scalar(
        select(Link).where(Link.connection_id == connection_id, Link.external_id == external_id)
    )


async def _add(session: AsyncSession, link: Link, connection: Connection, by: Actor) -> Link:
    session.add(link)
    await session.flush()
    changes = {"connection": connection.name, "key": link.external_key, "title": link.title, "link": link.id}
    history.record(session, by, "linked", SUBJECT, link.initiative_id, changes)
    await session.flush()
    return link


def require_on(connection: Connection) -> None:
    if connection.state is ConnectionState.DISCONNECTED:
        raise Conflict(N_("“%(name)s” is disconnected: connect it again first."), name=connection.name)


async def main_of(session: AsyncSession, initiative_id: int, connection_id: int) -> Link | None:
    return await session.scalar(
        select(Link).where(
            Link.initiative_id == initiative_id, Link.connection_id == connection_id, Link.is_main.is_(True)
        )
    )


async def unlink(session: AsyncSession, link: Link, connection: Connection, *, by: Actor) -> None:
    """They go their own ways; the issue stays as it is, and the history knows what was linked. Conflict while nobody
    knows whether there is an issue: who pushes again would get a second one."""
    if link.is_unknown:
        raise Conflict(N_(
            "Nobody knows yet whether the issue was made. Look in the tracker: link it when it is there, or have it made "
            "anew when it is not. Then it can be unlinked."
        ))  # fmt: skip
    changes = {"connection": connection.name, "key": link.external_key, "url": link.url, "base": link.base}
    history.record(session, by, "unlinked", SUBJECT, link.initiative_id, changes)
    await session.delete(link)


async def by_id(session: AsyncSession, number: int, *, for_change: bool = False) -> Link:
    """NotFound when there is none. ``for_change`` locks its initiative before it, as people's edits do: what happens to an
    initiative makes its links due."""
    if for_change and 0 < number <= LARGEST_ID:
        owner = select(Link.initiative_id).where(Link.id == number).scalar_subquery()
        await session.execute(select(Initiative.id).where(Initiative.id == owner).with_for_update())
    found = await find(session, Link, number, for_change=for_change)
    if found is None:
        raise NotFound(N_("There is no such link."))
    return found


def of(initiative_id: int) -> Select[Link]:
    """The main ones first."""
    return select(Link).where(Link.initiative_id == initiative_id).order_by(Link.is_main.desc(), Link.id)


def counted() -> Select[*tuple[int, LinkState, int]]:
    """Connection, state, how many."""
    return select(Link.connection_id, Link.state, func.count()).group_by(Link.connection_id, Link.state)


async def last_change(session: AsyncSession, initiative_id: int) -> tuple[str, dt.datetime | None]:
    """Who changed what an initiative says last, and when."""
    found = select(Event.actor, Event.at).where(
        Event.subject == SUBJECT, Event.subject_id == initiative_id, Event.verb.in_(("changed", "moved", "proposed"))
    )
    row = (await session.execute(found.order_by(Event.id.desc()).limit(1))).first()
    return (row.actor, row.at) if row else ("", None)
