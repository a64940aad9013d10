"""Who did what, when: one row per change, written by the verbs in the same transaction, never edited."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id

Ids = tuple[int | None, int | None, int | None]
"""Of a person, a token and a guest."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, an API token, a guest (each has its own id, the others are None) or Waymark itself."""

    name: str
    person_id: int | None = None
    token_id: int | None = None
    guest_id: int | None = None

    @property
    def ids(self) -> Ids:
        return self.person_id, self.token_id, self.guest_id

    @property
    def is_nobody(self) -> bool:
        """Known by name alone."""
        return self.ids == (None, None, None)


WAYMARK = Actor("Waymark")


class Event(Base):
    """One entry of the history. ``changes`` holds field -> [before, after] and whatever else explains it."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "subject", "subject_id", "id"),)

    id: Mapped[Id]
    at: Mapped[dt.datetime]
    actor: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("token.id", ondelete="SET NULL"))
    subject: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int | None]
    verb: Mapped[str] = mapped_column(String(48))
    changes: Mapped[dict[str, Any]]


Clock = Callable[[], dt.datetime]
_clock: ContextVar[Clock] = ContextVar("clock", default=lambda: dt.datetime.now(dt.UTC))


def now() -> dt.datetime:
    return _clock.get()()


@contextmanager
def by(clock: Clock) -> Iterator[None]:
    """Within the block this clock tells the time, to this task and to those it begins."""
    token = _clock.set(clock)
    try:
        yield
    finally:
        _clock.reset(token)


def at(moment: dt.datetime) -> AbstractContextManager[None]:
    """Within the block it is this moment: for a past that is brought along from elsewhere."""
    return by(lambda: moment)


def event(
    actor: Actor, verb: str, subject: str, subject_id: int | None, changes: Mapping[str, Any] | None = None
) -> Event:
    """One entry, not yet in any transaction. ``changes`` must be JSON."""
    return Event(
        at=now(),
        actor=actor.name,
        person_id=actor.person_id,
        token_id=actor.token_id,
        subject=subject,
        subject_id=subject_id,
        verb=verb,
        changes=dict(changes or {}),
    )


def record(
    session: AsyncSession,
    actor: Actor,
    verb: str,
    subject: str,
    subject_id: int | None,
    changes: Mapping[str, Any] | None = None,
) -> Event:
    """Add one event to the running transaction. ``changes`` must be JSON."""
    entry = event(actor, verb, subject, subject_id, changes)
    session.add(entry)
    return entry


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field -> [before, after] of all that changed."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}


def of(subject: str, subject_id: int, *, verbs: Sequence[str] = (), limit: int = 100) -> Select[Event]:
    """The newest events of one thing first."""
    found = select(Event).where(Event.subject == subject, Event.subject_id == subject_id)
    if verbs:
        found = found.where(Event.verb.in_(verbs))
    return found.order_by(Event.id.desc()).limit(limit)


def of_kind(subject: str, *, limit: int = 100) -> Select[Event]:
    """The newest events of all things of one kind first."""
    return select(Event).where(Event.subject == subject).order_by(Event.id.desc()).limit(limit)
