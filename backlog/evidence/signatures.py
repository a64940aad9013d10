"""Signature touchpoints: the few that set the company apart, capped, each with a reason and a day to look again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy import Text as LongText
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history, settings, wording
from backlog.database import LARGEST_ID, Base
from backlog.errors import N_, Conflict, Full, Text, checked
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor

REASON_MOST = 2000
GAVE_UP = "gave up as signature"


class Signature(Base):
    """A signature touchpoint. ``slot`` (1..cap) is unique: so the cap holds when two nominate at once."""

    __tablename__ = "signature"

    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"), primary_key=True)
    slot: Mapped[int] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(LongText)
    review_on: Mapped[dt.date]
    nominated_by: Mapped[str] = mapped_column(String(200))
    nominated_at: Mapped[dt.datetime]


@dataclass(frozen=True, slots=True)
class Taken:
    """A signature touchpoint and what was said for it."""

    touchpoint_id: int
    name: str
    slot: int
    reason: str
    review_on: dt.date
    nominated_by: str


@dataclass(frozen=True, slots=True)
class Nomination:
    """What is said for a signature touchpoint, by whom and when; the fields are those of Signature."""

    reason: str
    review_on: dt.date
    nominated_by: str
    nominated_at: dt.datetime

    @property
    def gained(self) -> dict[str, Any]:
        """For the history."""
        return {"reason": [None, self.reason], "review_on": [None, str(self.review_on)]}

    @property
    def lost(self) -> dict[str, Any]:
        """For the history: all that it takes to come back."""
        nominated = {"by": self.nominated_by, "at": self.nominated_at.isoformat()}
        return {"reason": [self.reason, None], "review_on": [str(self.review_on), None], "nominated": nominated}


class AllTaken(Full):
    """Every place is taken; ``taken`` says by which touchpoints."""

    def __init__(self, taken: Sequence[Taken]) -> None:
        self.taken = taken
        super().__init__(N_("All %(cap)s signature places are taken. Give one up to nominate another."), cap=len(taken))


async def taken(session: AsyncSession) -> list[Taken]:
    """The signature touchpoints, by place."""
    kept = (Signature.slot, Signature.reason, Signature.review_on, Signature.nominated_by)
    wanted = select(Signature.touchpoint_id, Touchpoint.name, *kept).join(Touchpoint).order_by(Signature.slot)
    return [Taken(*row) for row in await session.execute(wanted)]


async def nominate(
    session: AsyncSession,
    touchpoint: Touchpoint,
    *,
    reason: str,
    review_on: dt.date | None,
    by: Actor,
    giving_up: int | None = None,
) -> Signature:
    """Make it a signature touchpoint, in the place of touchpoint ``giving_up`` if given.

    Invalid without a reason or a day to come, Conflict when it is one already, AllTaken when the cap is reached.
    """
    reason = reason.strip()
    checked(
        reason=wording.wrong(reason, REASON_MOST, required=True),
        review_on=None if review_on and review_on > history.now().date() else Text(N_("Choose a day to come.")),
    )
    if giving_up is not None:
        await _vacate(session, giving_up, by)
    said = Nomination(reason, review_on or dt.date.max, by.name, history.now())
    signature = await _place(session, touchpoint, said)
    history.record(session, by, "nominated as signature", "touchpoint", touchpoint.id, said.gained)
    await session.flush()
    return signature


async def give_up(session: AsyncSession, touchpoint: Touchpoint, *, by: Actor) -> None:
    """It is no signature touchpoint any more. Conflict when it was none."""
    if not await _vacate(session, touchpoint.id, by):
        raise Conflict(N_("This is not a signature touchpoint."))


async def restore(session: AsyncSession, touchpoint: Touchpoint, *, by: Actor, instead_of: int | None = None) -> None:
    """Make it a signature touchpoint again as it was when it was last given up: the same words, by whom and when.

    ``instead_of``: the touchpoint that had been nominated in its place, which gives it up. Conflict when it never was
    one, when it is one again, or when somebody has taken the place meanwhile; then nothing changes.
    """
    was = await _given_up(session, touchpoint)
    if instead_of is not None:
        await _vacate(session, instead_of, by)
    try:
        await _place(session, touchpoint, was)
    except AllTaken as full:
        params = {"name": touchpoint.name, "cap": len(full.taken)}
        words = N_("%(name)s cannot come back: all %(cap)s signature places are taken by now. Nothing was changed.")
        raise Full(words, **params) from full
    history.record(session, by, "restored as signature", "touchpoint", touchpoint.id, was.gained)
    await session.flush()


async def _given_up(session: AsyncSession, touchpoint: Touchpoint) -> Nomination:
    """What was said for it when it was last given up."""
    last = await session.scalar(history.of("touchpoint", touchpoint.id, verbs=[GAVE_UP], limit=1))
    if last is None or "nominated" not in last.changes:
        raise Conflict(N_("Nothing is known of a nomination that could come back."))
    reason, review_on, nominated = (last.changes[name] for name in ("reason", "review_on", "nominated"))
    day, moment = dt.date.fromisoformat(review_on[0]), dt.datetime.fromisoformat(nominated["at"])
    return Nomination(reason[0], day, nominated["by"], moment)


async def _vacate(session: AsyncSession, touchpoint_id: int, by: Actor) -> bool:
    if not 0 < touchpoint_id <= LARGEST_ID:
        return False
    held = (Signature.reason, Signature.review_on, Signature.nominated_by, Signature.nominated_at)
    gone = delete(Signature).where(Signature.touchpoint_id == touchpoint_id).returning(*held)
    row = (await session.execute(gone)).first()
    if row is None:
        return False
    history.record(session, by, GAVE_UP, "touchpoint", touchpoint_id, Nomination(*row).lost)
    await session.flush()
    return True


async def _place(session: AsyncSession, touchpoint: Touchpoint, said: Nomination) -> Signature:
    """Take the first free place; when somebody else takes it in this very moment, look again."""
    cap = (await settings.load(session)).signature_cap
    while True:
        held = await taken(session)
        if any(known.touchpoint_id == touchpoint.id for known in held):
            raise Conflict(N_("This is a signature touchpoint already."))
        if len(held) >= cap:
            raise AllTaken(held)
        slots = {known.slot for known in held}
        slot = next(slot for slot in range(1, cap + 1) if slot not in slots)
        signature = Signature(touchpoint_id=touchpoint.id, slot=slot, **asdict(said))
        try:
            async with session.begin_nested():
                session.add(signature)
        except IntegrityError:
            continue
        return signature
