"""Keeping what one side refused, until somebody tries again or lets go of it."""

from collections.abc import Collection, Mapping
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


async def keep(
    session: AsyncSession,
    link: Link,
    field: Field,
    value: Any,
    reason: Text,
    *,
    detail: str = "",
    status: int | None = None,
    inward: bool = False,
    dropped: bool = False,
) -> None:
    """One item for each field and direction, and for each comment: a further refusal counts as another try of it."""
    waiting = await session.scalars(undelivered.waiting(link.id))
    same = (each for each in waiting if each.field is field and each.inward is inward)
    known = next((each for each in same if field is not Field.COMMENTS or each.value == value), None)
    named = await status_names.told(session, link, field, (value,))
    again = None if known else await _retried(session, link, field, value, inward=inward)
    if named and reason.params.get("status") == value:
        reason = Text(reason.message, {**reason.params, "status": named["statuses"][value]})
    if known is not None and inward and (known.value, known.reason) == (value, reason):
        return  # ours alone was looked at once more
    if item := known or again:
        item.tries += 1
        item.last_at = history.now()
    else:
        item = Undelivered(link_id=link.id, field=field, inward=inward)
        session.add(item)
    if known is None:
        changes = {"field": field, "value": value, "key": link.external_key, "link": link.id, "inward": inward, **named}
        history.record(session, WAYMARK, "could not deliver", "initiative", link.initiative_id, changes)
    item.value, item.reason, item.detail = value, reason, detail[:500]
    item.status, item.dropped = status, dropped


async def _retried(session: AsyncSession, link: Link, field: Field, value: Any, *, inward: bool) -> Undelivered | None:
    """What was refused before and tried again by a person: it is open once more."""
    before = await session.scalars(undelivered.retried(link.id).order_by(Undelivered.id.desc()))
    same = (each for each in before if (each.field, each.inward, each.value) == (field, inward, value))
    if (found := next(same, None)) is not None:
        found.end, found.ended_at, found.ended_by = None, None, ""
    return found


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
            await keep(session, row, field, values.get(field), error.text, detail=detail, status=error.status)
