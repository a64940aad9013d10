"""What could not be delivered: one value of one field that one side refused. It is kept until somebody tries again or
discards it, however long that takes."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Select, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history
from backlog.database import Base, Id, find
from backlog.errors import N_, Conflict, NotFound, Text
from backlog.history import Actor
from backlog.trackers import links, status_names, tracker_comments
from backlog.trackers.connections import Connection
from backlog.trackers.fields import Direction, Field, Rule
from backlog.trackers.link import Link, LinkState
from backlog.trackers.sentences import Kept


class End(enum.StrEnum):
    """How it ended: another try or a new value was taken, or somebody let go of it. ``retried``: it is being tried again;
    refused once more, it is open again."""

    DELIVERED = "delivered"
    DISCARDED = "discarded"
    RETRIED = "retried"


class Undelivered(Base):
    """``value`` in the form of the tracker; ``inward``: it is theirs and we could not take it. ``dropped``: the tracker
    took the write without a word, but left this field as it was."""

    __tablename__ = "undelivered"

    id: Mapped[Id]
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id", ondelete="CASCADE"), index=True)
    field: Mapped[Field]
    value: Mapped[Any] = mapped_column(JSON)
    inward: Mapped[bool] = mapped_column(default=False)
    dropped: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[Text] = mapped_column(Kept)
    detail: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[int | None]
    tries: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[dt.datetime] = mapped_column(default=history.now)
    last_at: Mapped[dt.datetime] = mapped_column(default=history.now)
    end: Mapped[End | None]
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str] = mapped_column(String(200), default="")

    def finish(self, end: End, by: str) -> None:
        """Conflict when it ended already."""
        if self.end is not None:
            raise Conflict(N_("That has ended already. Nothing was changed."))
        self.end, self.ended_by, self.ended_at = end, by, history.now()


Index("ix_undelivered_open", Undelivered.end, Undelivered.link_id)


async def by_id(session: AsyncSession, number: int, *, for_change: bool = False) -> Undelivered:
    """NotFound when there is none. ``for_change`` locks its link before it, as keeping in step does."""
    found = await find(session, Undelivered, number)
    if found is None:
        raise NotFound(N_("There is no such thing that could not be delivered."))
    if for_change:
        await links.by_id(session, found.link_id, for_change=True)
        await session.refresh(found, with_for_update=True)
    return found


def waiting(link_id: int) -> Select[Undelivered]:
    return select(Undelivered).where(Undelivered.link_id == link_id, Undelivered.end.is_(None))


def retried(link_id: int) -> Select[Undelivered]:
    return select(Undelivered).where(Undelivered.link_id == link_id, Undelivered.end == End.RETRIED)


def is_left(item: Undelivered, link: Link) -> bool:
    """Somebody let go of it, and both sides still differ as they did then."""
    ours, theirs = link.base.get(item.field, [None, None])
    return item.end is End.DISCARDED and ours != theirs and item.value == (theirs if item.inward else ours)


def is_carried(item: Undelivered, rule: Rule | None) -> bool:
    """Whether the field is kept in step in the direction of the item, so that a value let go of can be tried again."""
    ways = (Direction.IN, Direction.BOTH) if item.inward else (Direction.OUT, Direction.BOTH)
    return rule is not None and rule.direction in ways


async def retry(session: AsyncSession, item: Undelivered, *, by: Actor) -> Link:
    """Try once more now, also what was let go of, as long as it differs. Conflict when it has ended otherwise, or is no
    more kept in step that way."""
    link = await session.get_one(Link, item.link_id, with_for_update=True)
    if is_left(item, link):
        connection = await session.get_one(Connection, link.connection_id)
        if not is_carried(item, connection.maps.fields.get(item.field)):
            raise Conflict(N_("The mapping does not carry this field that way any more. Nothing was changed."))
        ours, theirs = link.base[item.field]
        both = ours if item.inward else theirs  # as if the refused side alone had changed
        link.base, item.end = link.base | {item.field: [both, both]}, None
    item.finish(End.RETRIED, by.name)
    link.retry()
    history.record(session, by, "tried again", "initiative", link.initiative_id, await _told(session, item, link))
    return link


async def discard(session: AsyncSession, item: Undelivered, *, by: Actor) -> Link:
    """Let the two sides differ in this field until either changes."""
    item.finish(End.DISCARDED, by.name)
    link = await session.get_one(Link, item.link_id, with_for_update=True)
    if item.field is Field.COMMENTS:
        await tracker_comments.let_go(session, link.id, item.value)
    else:
        ours, theirs = link.base.get(item.field, [None, None])
        link.base = link.base | {item.field: [ours, item.value] if item.inward else [item.value, theirs]}
    await session.flush()
    if link.state is LinkState.FAILED and link.failing_since is None and not await session.scalar(waiting(link.id)):
        link.state = LinkState.PENDING
    history.record(
        session, by, "let go of a change", "initiative", link.initiative_id, await _told(session, item, link)
    )
    return link


async def _told(session: AsyncSession, item: Undelivered, link: Link) -> dict[str, Any]:
    names = await status_names.told(session, link, item.field, (item.value,))
    return {"field": item.field, "value": item.value, "link": link.id, "key": link.external_key, **names}
