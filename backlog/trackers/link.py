"""The tie between an initiative and one issue of a tracker. The rows are the queue: a link that is due is looked at,
whatever made it due, until both sides say the same."""

import datetime as dt
import enum
import secrets as random
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    case,
    event,
    literal,
    or_,
    text,
    update,
)  # fmt: skip
from sqlalchemy.engine import Connection as DatabaseConnection
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from backlog import history
from backlog.database import Base, Id
from backlog.errors import Text
from backlog.history import Event
from backlog.initiatives.initiative import TITLE_MOST
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
        "decided a conflict",
        "withdrew a conflict",
        "restored a value",
    }
)
"""What keeping in step writes into the history of an initiative, and what changes nothing of what it says. A person who
decides makes the link due that is to carry it out."""

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
        facts = {name: value for name, value in self.facts.items() if name != "nesting" or not value}
        left = self.facts.get("left")
        self.facts = facts | {"left": dict.fromkeys(left, "")} if left else facts
        self.ask()

    @hybrid_property
    def state_now(self) -> LinkState:
        """``state``, but what was in step and is due again is pending until it was compared."""
        is_due = self.state is LinkState.IN_STEP and self.due_at is not None
        return LinkState.PENDING if is_due else self.state

    @state_now.inplace.expression
    @classmethod
    def _state_now(cls) -> ColumnElement[LinkState]:
        is_due = and_(cls.state == LinkState.IN_STEP, cls.due_at.is_not(None))
        return case((is_due, literal(LinkState.PENDING, cls.state.type)), else_=cls.state)

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


def earlier(due_at: Any, moment: dt.datetime) -> ColumnElement[Any]:
    """The earlier of the column and the moment; the moment where it was not due at all."""
    return case((or_(due_at.is_(None), due_at > moment), moment), else_=due_at)
