"""Human positions: a product owner says where an initiative stands in the list, why, and until when.

The score, the rank and whatever is simulated know nothing of it. Days are days in UTC.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, String, delete, event, func, insert, inspect, select, text
from sqlalchemy import Text as LongText
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column

from backlog import history, wording
from backlog.database import Base
from backlog.errors import N_, Conflict, Text, checked
from backlog.history import WAYMARK, Actor, Event
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.keys import key_of
from backlog.initiatives.stages import RANKED
from backlog.ranking.counts import Standing, today

REASON_MOST = 2_000  # characters
USUAL, LONGEST = dt.timedelta(days=90), dt.timedelta(days=366)
WARNING = dt.timedelta(days=7)
LOCK = 7_243_002
"""PostgreSQL advisory lock: one after the other puts initiatives at positions."""
PUT, LET_GO, ENDED = "put at a position", "let go of a position", "ended a position"


class Override(Base):
    """An initiative stands at ``position`` (from 1) of the list to the end of the day ``until``. What is over is deleted;
    the history keeps it."""

    __tablename__ = "override"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(LongText)
    until: Mapped[dt.date]
    put_by: Mapped[str] = mapped_column(String(200))
    put_at: Mapped[dt.datetime]

    @property
    def days_left(self) -> int:
        """0 on its last day."""
        return (self.until - today()).days

    @property
    def ends_soon(self) -> bool:
        return self.until - today() <= WARNING


@dataclass(frozen=True, slots=True)
class Held:
    """A human position in force, beside the ``rank`` that the score gives."""

    initiative_id: int
    title: str
    points: int
    rank: int
    position: int
    reason: str
    until: dt.date
    put_by: str

    @property
    def key(self) -> str:
        return key_of(self.initiative_id)


class PositionTaken(Conflict):
    """Another initiative stands there; ``holder`` is its key."""

    def __init__(self, held: Override, title: str) -> None:
        self.holder = key_of(held.initiative_id)
        super().__init__(
            N_(
                "Position %(position)s is taken: %(by)s put %(key)s “%(title)s” there. "
                "Choose another position, or let go of that one first."
            ),
            position=held.position,
            by=held.put_by,
            key=self.holder,
            title=title,
        )


async def put(
    session: AsyncSession,
    initiative: Initiative,
    *,
    position: float | None,
    reason: str,
    until: dt.date | None,
    by: Actor,
) -> bool:
    """Let it stand at this position, in place of the one it had. Whether anything changed.

    Conflict where it has no rank, Invalid with each wrong field, PositionTaken.
    """
    total = await session.scalar(select(func.coalesce(func.sum(Standing.n), 0))) or 0
    if not initiative.is_ranked:
        raise Conflict(N_("Only what is ranked can be put at a position: nothing done, parked or dropped."))
    reason = reason.strip()
    checked(
        position=_wrong_position(position, total),
        reason=_wrong_reason(reason),
        until=_wrong_until(until),
    )
    given: dict[str, Any] = {"position": int(position or 0), "reason": reason, "until": until}
    before = await of(session, initiative.id)
    if before is not None and given == {name: getattr(before, name) for name in given}:
        return False
    initiative.touch()
    await session.flush()
    await _hold(session)
    await expire(session)
    await _refuse_taken(session, initiative.id, given["position"])
    await session.execute(delete(Override).where(Override.initiative_id == initiative.id))
    session.add(Override(initiative_id=initiative.id, **given, put_by=by.name, put_at=history.now()))
    positions = [before and before.position, given["position"]]
    changes = {"position": positions, "reason": reason, "until": given["until"].isoformat()}
    history.record(session, by, PUT, "initiative", initiative.id, changes)
    await session.flush()
    return True


async def let_go(session: AsyncSession, initiative: Initiative, *, by: Actor) -> None:
    """From now on it stands where its score puts it. Conflict where nobody has put it anywhere else."""
    held = await of(session, initiative.id)
    if held is None:
        raise Conflict(N_("Nobody has put this at a position, or that is over."))
    initiative.touch()
    await session.delete(held)
    history.record(session, by, LET_GO, "initiative", initiative.id, {"position": [held.position, None]})
    await session.flush()


async def expire(session: AsyncSession) -> int:
    """Delete what is over; how many these were."""
    columns = (Override.initiative_id, Override.position, Override.until)
    gone = (await session.execute(delete(Override).where(Override.until < today()).returning(*columns))).all()
    for initiative_id, position, until in gone:
        changes = {"position": [position, None], "until": until.isoformat()}
        history.record(session, WAYMARK, ENDED, "initiative", initiative_id, changes)
    await session.flush()
    return len(gone)


async def of(session: AsyncSession, initiative_id: int) -> Override | None:
    """The one in force."""
    in_force = select(Override).where(Override.initiative_id == initiative_id, Override.until >= today())
    return await session.scalar(in_force)


async def in_force(session: AsyncSession) -> list[Held]:
    """All of them by position."""
    ahead = select(func.coalesce(func.sum(Standing.n), 0) + 1).where(Standing.points > Initiative.points)
    columns = (Override.position, Override.reason, Override.until, Override.put_by)
    rows = await session.execute(
        select(Initiative.id, Initiative.title, Initiative.points, ahead.scalar_subquery(), *columns)
        .join(Override, Override.initiative_id == Initiative.id)
        .where(Override.until >= today(), Initiative.is_ranked)
        .order_by(Override.position)
    )
    return [Held(*row) for row in rows]


def _wrong_position(position: float | None, total: int) -> Text | None:
    if position is not None and position == int(position) and 1 <= position <= total:
        return None
    return Text(N_("Enter a whole number from 1 to %(last)s, the last position of the list."), {"last": total})


def _wrong_reason(reason: str) -> Text | None:
    return wording.wrong(reason, REASON_MOST) if reason else Text(N_("Say why, so that others can follow."))


def _wrong_until(until: dt.date | None) -> Text | None:
    if until is not None and today() < until <= today() + LONGEST:
        return None
    return Text(N_("Choose a day to come, at most a year ahead."))


async def _hold(session: AsyncSession) -> None:
    """Until the transaction ends nobody else puts anything at a position. On SQLite every writer is alone."""
    if (await session.connection()).dialect.name == "postgresql":
        await session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))


async def _refuse_taken(session: AsyncSession, initiative_id: int, position: int) -> None:
    other = await session.execute(
        select(Override, Initiative.title)
        .join(Initiative, Initiative.id == Override.initiative_id)
        .where(Override.position == position, Override.initiative_id != initiative_id)
    )
    if (taken := other.first()) is not None:
        raise PositionTaken(*taken)


@event.listens_for(Session, "after_flush")
def _end_what_left(session: Session, _context: UOWTransaction) -> None:
    """What is done, parked or dropped has no position any more, whichever way it went there."""
    left = [
        each.id
        for each in session.dirty
        if isinstance(each, Initiative) and each.stage not in RANKED and inspect(each).attrs.stage.history.has_changes()
    ]
    if not left:
        return
    connection = session.connection()
    gone = delete(Override).where(Override.initiative_id.in_(left)).returning(Override.initiative_id, Override.position)
    for initiative_id, position in connection.execute(gone).all():
        connection.execute(insert(Event).values(**_left(initiative_id, position)))


def _left(initiative_id: int, position: int) -> dict[str, Any]:
    return {
        "at": history.now(),
        "actor": WAYMARK.name,
        "subject": "initiative",
        "subject_id": initiative_id,
        "verb": ENDED,
        "changes": {"position": [position, None]},
    }
