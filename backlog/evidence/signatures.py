"""Signature touchpoints: the few that set the company apart, capped, each with a reason and a day to look again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

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
    signature = await _place(session, touchpoint, reason, review_on or dt.date.max, by)
    said = {"reason": [None, reason], "review_on": [None, str(review_on)]}
    history.record(session, by, "nominated as signature", "touchpoint", touchpoint.id, said)
    await session.flush()
    return signature


async def give_up(session: AsyncSession, touchpoint: Touchpoint, *, by: Actor) -> None:
    """It is no signature touchpoint any more. Conflict when it was none."""
    if not await _vacate(session, touchpoint.id, by):
        raise Conflict(N_("This is not a signature touchpoint."))


async def _vacate(session: AsyncSession, touchpoint_id: int, by: Actor) -> bool:
    if not 0 < touchpoint_id <= LARGEST_ID:
        return False
    gone = delete(Signature).where(Signature.touchpoint_id == touchpoint_id).returning(Signature.reason)
    reason = await session.scalar(gone)
    if reason is None:
        return False
    history.record(session, by, "gave up as signature", "touchpoint", touchpoint_id, {"reason": [reason, None]})
    await session.flush()
    return True


async def _place(
    session: AsyncSession, touchpoint: Touchpoint, reason: str, review_on: dt.date, by: Actor
) -> Signature:
    """Take the first free place; when somebody else takes it in this very moment, look again."""
    cap = (await settings.load(session)).signature_cap
    while True:
        held = await taken(session)
        if any(known.touchpoint_id == touchpoint.id for known in held):
            raise Conflict(N_("This is a signature touchpoint already."))
        if len(held) >= cap:
            raise AllTaken(held)
        slots = {known.slot for known in held}
        signature = Signature(
            touchpoint_id=touchpoint.id,
            slot=next(slot for slot in range(1, cap + 1) if slot not in slots),
            reason=reason,
            review_on=review_on,
            nominated_by=by.name,
            nominated_at=history.now(),
        )
        try:
            async with session.begin_nested():
                session.add(signature)
        except IntegrityError:
            continue
        return signature
