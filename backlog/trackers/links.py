"""Links: the tie between an initiative and one issue of a tracker. The rows are the queue: a link that is due is looked
at, whatever made it due, until both sides say the same."""

import datetime as dt
import enum
import secrets as random
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    case,
    event,
    func,
    or_,
    select,
    text,
    update,
)  # fmt: skip
from sqlalchemy.engine import Connection as DatabaseConnection
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from backlog import history
from backlog.database import Base, Id, find
from backlog.errors import N_, Conflict, NotFound, Text
from backlog.history import WAYMARK, Actor, Event
from backlog.initiatives.initiative import TITLE_MOST, Initiative
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.sentences import Kept

SUBJECT = "initiative"
SILENT = frozenset(
    {
        "made an issue",
        "found a conflict",
        "overruled a value",
        "could not deliver",
        "parked a link",
        "rekeyed",
        "edited a comment",
    }
)
"""What keeping in step writes into the history of an initiative, and what changes nothing of what it says."""


GRAIN = dt.timedelta(seconds=2)
"""Times of trackers are no finer, and their clocks may differ a little."""


class LinkState(enum.StrEnum):
    """``unknown``: an issue may have been made, nobody knows yet. ``parked``: only a person can decide (`Question`)."""

    PENDING = "pending"
    IN_STEP = "in_step"
    CONFLICT = "conflict"
    FAILED = "failed"
    UNKNOWN = "unknown"
    PARKED = "parked"


class Question(enum.StrEnum):
    """What a person has to decide before a parked link goes on."""

    DELETED = "deleted"
    MOVED = "moved"
    NO_ACCESS = "no_access"
    STILL_UNKNOWN = "still_unknown"
    DOUBLED = "doubled"
    TRIES = "tries"
    REFUSED = "refused"


class Link(Base):
    """``is_main``: the issue that the initiative is kept in step with; further ones only count as parts of it, under
    their own ``title``. ``marker`` finds its issue when nobody knows whether it was made. ``base``: field -> [ours,
    theirs] as they were when both were last in step. ``facts``: what else is worth knowing of the issue.

    It is looked at from ``due_at`` on, ``at_leisure`` after all that people changed; ``changes`` counts what made it due,
    so that nothing that happens while it is looked at is missed. ``intent_at``: when the request that makes the issue was
    about to be sent; ``after_key`` the newest issue then; ``looks`` how often it was looked for since. ``hinted_key``: a
    webhook told of it.

    Waymark made its issue between ``asked_at``, the first request that may have, and ``settled_at``; ``anew_at``: a person
    had it made anew while nobody knew whether the first was made. ``missed_at``: the change of the issue that no webhook
    told of and that was counted last."""

    __tablename__ = "link"
    __table_args__ = (UniqueConstraint("connection_id", "external_id"),)

    id: Mapped[Id]
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), index=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    is_main: Mapped[bool] = mapped_column(default=True)
    title: Mapped[str] = mapped_column(String(TITLE_MOST), default="")
    marker: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: random.token_hex(8))
    external_id: Mapped[str | None] = mapped_column(String(100))
    external_key: Mapped[str | None] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(1000), default="")
    state: Mapped[LinkState] = mapped_column(default=LinkState.PENDING, index=True)
    question: Mapped[Question | None]
    base: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_done: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[dt.datetime | None] = mapped_column(default=history.now)
    at_leisure: Mapped[bool] = mapped_column(default=False)
    changes: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    attempted_at: Mapped[dt.datetime | None]
    failing_since: Mapped[dt.datetime | None]
    last_error: Mapped[Text | None] = mapped_column(Kept)
    detail: Mapped[str] = mapped_column(String(500), default="")
    intent_at: Mapped[dt.datetime | None]
    after_key: Mapped[str] = mapped_column(String(200), default="")
    looks: Mapped[int] = mapped_column(default=0)
    hinted_key: Mapped[str | None] = mapped_column(String(200))
    asked_at: Mapped[dt.datetime | None]
    anew_at: Mapped[dt.datetime | None]
    settled_at: Mapped[dt.datetime | None]
    missed_at: Mapped[dt.datetime | None]
    theirs_at: Mapped[dt.datetime | None]
    comments_at: Mapped[dt.datetime | None]
    synced_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=history.now)
    created_by: Mapped[str] = mapped_column(String(200))

    def may_differ(self, updated_at: dt.datetime) -> bool:
        """Whether an issue last changed then may not be what was seen of it. Trackers tell whole seconds: what changed in
        the second in which it was looked at could have changed afterwards."""
        if self.theirs_at is None or self.synced_at is None or updated_at > self.theirs_at:
            return True
        return updated_at == self.theirs_at and self.synced_at < updated_at + GRAIN

    @property
    def is_looked_for(self) -> bool:
        """Its issue may have been made."""
        return self.intent_at is not None and self.external_id is None

    @property
    def is_unknown(self) -> bool:
        """Nobody knows whether its issue was made."""
        return self.is_looked_for and self.question is not Question.DOUBLED

    def settle(self, external_id: str, external_key: str) -> None:
        """This is its issue: that is known from now on."""
        self.external_id, self.external_key = external_id, external_key
        self.state, self.intent_at, self.settled_at = LinkState.PENDING, None, history.now()
        self.question, self.last_error, self.detail = None, None, ""
        self.attempts, self.failing_since, self.looks = 0, None, 0

    def retry(self) -> None:
        """Look again now, as if it had never failed."""
        self.attempts, self.failing_since, self.last_error, self.detail, self.question = 0, None, None, "", None
        self.state = LinkState.UNKNOWN if self.intent_at and not self.external_id else LinkState.PENDING
        self.looks = 0
        self.facts = {name: value for name, value in self.facts.items() if name != "nesting" or not value}
        self.ask()

    def ask(self) -> None:
        """It is to be looked at now."""
        self.due_at, self.at_leisure, self.changes = history.now(), False, self.changes + 1

    def park(self, question: Question, why: Text, detail: str = "") -> None:
        """Nothing happens to it by itself any more until a person has decided."""
        self.state, self.question, self.due_at = LinkState.PARKED, question, None
        self.last_error, self.detail = why, detail[:500]


Index(
    "uq_link_main",
    Link.initiative_id,
    Link.connection_id,
    unique=True,
    sqlite_where=text("is_main"),
    postgresql_where=text("is_main"),
)
Index("ix_link_connection_due", Link.connection_id, Link.due_at)
Index("ix_link_connection_state", Link.connection_id, Link.state)


@event.listens_for(Event, "after_insert")
def _ask_when_it_changes(mapper: Mapper[Any], connection: DatabaseConnection, target: Event) -> None:
    """Whatever happens to an initiative makes its links due, in the same transaction."""
    if target.subject == SUBJECT and target.subject_id is not None and target.verb not in SILENT:
        table = Link.__table__
        asked = update(table).where(table.c.initiative_id == target.subject_id)  # type: ignore[arg-type] # a Table, mypy sees FromClause
        connection.execute(
            asked.values(due_at=earlier(table.c.due_at, target.at), at_leisure=False, changes=table.c.changes + 1)
        )


def leisurely(now: dt.datetime) -> dict[str, Any]:
    """To be looked at, but after all that people changed; what is due already keeps its turn."""
    waits = or_(Link.due_at.is_(None), Link.due_at > now)
    return {"at_leisure": case((waits, True), else_=Link.at_leisure), "due_at": earlier(Link.due_at, now)}


def earlier(due_at: Any, moment: dt.datetime) -> ColumnElement[Any]:
    """The earlier of the column and the moment; the moment where it was not due at all."""
    return case((or_(due_at.is_(None), due_at > moment), moment), else_=due_at)


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
    if not title and (known := await main_of(session, initiative_id, connection.id)):
        raise Conflict(N_("It has its issue there already: %(key)s."), key=known.external_key or N_("on its way"))
    return await _add(session, Link(
        initiative_id=initiative_id, connection_id=connection.id, is_main=not title, title=title, created_by=by.name
    ), connection, by)  # fmt: skip


async def tie(
    session: AsyncSession,
    initiative_id: int,
    connection: Connection,
    *,
    external_id: str,
    external_key: str,
    url: str,
    by: Actor,
) -> Link:
    """Link an issue that is there already: the main one when the initiative has none there yet, or nobody knows whether
    its own was made; else a part of it. Conflict when the issue is linked already."""
    require_on(connection)
    if taken := await holding(session, connection.id, external_id):
        raise Conflict(
            N_("%(key)s is linked with CX-%(number)s already."), key=external_key, number=taken.initiative_id
        )
    main = await main_of(session, initiative_id, connection.id, for_change=True)
    if main is not None and main.is_unknown:
        main.settle(external_id, external_key)
        main.url = url
        main.ask()
        return await _add(session, main, connection, by)
    return await _add(session, Link(
        initiative_id=initiative_id, connection_id=connection.id, is_main=main is None, external_id=external_id,
        external_key=external_key, url=url, created_by=by.name,
    ), connection, by)  # fmt: skip


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


async def main_of(
    session: AsyncSession, initiative_id: int, connection_id: int, *, for_change: bool = False
) -> Link | None:
    found = select(Link).where(
        Link.initiative_id == initiative_id, Link.connection_id == connection_id, Link.is_main.is_(True)
    )
    if for_change:
        found = found.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(found)


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
    if for_change:
        owner = select(Link.initiative_id).where(Link.id == number).scalar_subquery()
        await session.execute(select(Initiative.id).where(Initiative.id == owner).with_for_update())
    found = await find(session, Link, number, for_change=for_change)
    if found is None:
        raise NotFound(N_("There is no such link."))
    return found


def of(initiative_id: int) -> Select[Link]:
    """The main ones first."""
    return select(Link).where(Link.initiative_id == initiative_id).order_by(Link.is_main.desc(), Link.id)


def due(connection_id: int, now: dt.datetime, limit: int) -> Select[int]:
    """What is to be looked at: what people changed first, of these the longest waiting."""
    waiting = select(Link.id).where(Link.connection_id == connection_id, Link.due_at <= now)
    return waiting.order_by(Link.at_leisure, Link.due_at, Link.id).limit(limit)


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


async def ask_all(session: AsyncSession, connection_id: int) -> None:
    """Look at all links of a connection anew, without hurry: what its mapping says has changed."""
    asked = update(Link).where(Link.connection_id == connection_id, Link.question.is_(None))
    await session.execute(
        asked.values(leisurely(history.now()) | {"changes": Link.changes + 1}).execution_options(
            synchronize_session=False
        )
    )


def next_attempt(link: Link, connection: Connection) -> dt.datetime | None:
    """When it is looked at next; None when nothing is due, or nothing happens before a person acts."""
    if link.due_at is None or connection.state in (ConnectionState.PAUSED, ConnectionState.DISCONNECTED):
        return None
    return max(link.due_at, connection.waits_until) if connection.waits_until else link.due_at
