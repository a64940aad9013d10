"""Keeping what one side refused, until somebody tries again or lets go of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Text
from backlog.history import WAYMARK
from backlog.trackers import status_names, undelivered
from backlog.trackers.fields import Field
from backlog.trackers.link import Link
from backlog.trackers.undelivered import End, Undelivered
from integrations.engine.desk import Desk
from integrations.engine.known import Known, at_hand
from integrations.errors import TrackerError

DROPPED = N_("The tracker took the write without a word but left this as it was: perhaps the account may not set it.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One value of one field that a side did not take, or (``dropped``) took without a word and left as it was. ``inward``:
    it is theirs, and our side refused it; else ``status`` is that of the tracker's answer, ``detail`` its own words."""

    field: Field
    value: Any
    reason: Text
    detail: str = ""
    status: int | None = None
    inward: bool = False
    dropped: bool = False


async def keep(session: AsyncSession, link: Link, refusal: Refusal) -> None:
    """One item for each field and direction, and for each comment: a further refusal counts as another try of it."""
    named = await status_names.told(session, link, refusal.field, (refusal.value,))
    refusal = _readable(refusal, named.get("statuses", {}))
    waiting = await _waiting(session, link, refusal)
    if waiting is not None and refusal.inward and (waiting.value, waiting.reason) == (refusal.value, refusal.reason):
        return  # nothing was tried again: only our side has changed since
    if waiting is None:
        changes = {"field": refusal.field, "value": refusal.value, "key": link.external_key, "link": link.id}
        changes |= {"inward": refusal.inward, **named}
        history.record(session, WAYMARK, "could not deliver", "initiative", link.initiative_id, changes)
    _fill(waiting or await _retried(session, link, refusal) or _first(session, link, refusal), refusal)


def _readable(refusal: Refusal, statuses: Mapping[str, str]) -> Refusal:
    """With the name of the status that was refused instead of its id."""
    reason = refusal.reason
    if refusal.value is None or reason.params.get("status") != refusal.value or refusal.value not in statuses:
        return refusal
    return replace(refusal, reason=Text(reason.message, {**reason.params, "status": statuses[refusal.value]}))


async def _waiting(session: AsyncSession, link: Link, refusal: Refusal) -> Undelivered | None:
    """The open item of this field and direction; of comments that of the same one."""
    found = await session.scalars(undelivered.waiting(link.id))
    same = (each for each in found if (each.field, each.inward) == (refusal.field, refusal.inward))
    return next((each for each in same if refusal.field is not Field.COMMENTS or each.value == refusal.value), None)


async def _retried(session: AsyncSession, link: Link, refusal: Refusal) -> Undelivered | None:
    """What was refused before and tried again by a person: it is open once more."""
    same = (refusal.field, refusal.inward, refusal.value)
    for item in await session.scalars(undelivered.retried(link.id).order_by(Undelivered.id.desc())):
        if (item.field, item.inward, item.value) == same:
            item.end, item.ended_at, item.ended_by = None, None, ""
            return item
    return None


def _first(session: AsyncSession, link: Link, refusal: Refusal) -> Undelivered:
    """One that counts no try yet."""
    item = Undelivered(link_id=link.id, field=refusal.field, inward=refusal.inward, tries=0)
    session.add(item)
    return item


def _fill(item: Undelivered, refusal: Refusal) -> None:
    """One more try of it, with what came of that."""
    item.tries, item.last_at = item.tries + 1, history.now()
    item.value, item.reason, item.detail = refusal.value, refusal.reason, refusal.detail[:500]
    item.status, item.dropped = refusal.status, refusal.dropped


async def delivered(session: AsyncSession, link_id: int, fields: Collection[Field], *, inward: bool) -> None:
    """What waited for these fields, or was being tried again, has gone through."""
    ends = or_(Undelivered.end.is_(None), Undelivered.end == End.RETRIED)
    of = (Undelivered.link_id == link_id, Undelivered.field.in_(fields), Undelivered.inward.is_(inward))
    for item in await session.scalars(select(Undelivered).where(*of, ends)):
        item.end = None
        item.finish(End.DELIVERED, WAYMARK.name)


async def forget(desk: Desk, known: Known) -> None:
    """What waited for a field that is kept in step no more ends."""
    unmapped = {each.field for each in known.refused} - desk.writing.mapping.fields.keys()
    if not unmapped:
        return
    async with desk.database.writing() as session:
        for item in await session.scalars(undelivered.waiting(known.link.id)):
            if item.field in unmapped:
                item.finish(End.DISCARDED, WAYMARK.name)


async def refused(
    desk: Desk, link: Link, fields: Collection[Field], error: TrackerError, values: Mapping[Field, Any]
) -> None:
    """The tracker took none of these."""
    async with desk.database.writing() as session:
        row = await at_hand(session, link)
        for field in sorted(fields):
            said = getattr(error, "fields", {})
            detail = error.detail or "; ".join(said.values())
            await keep(session, row, Refusal(field, values.get(field), error.text, detail, error.status))
