"""Our side of a link: what the initiative says, what was refused, and what people decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backlog.trackers import conflicts, links, undelivered, wanted
from backlog.trackers.conflicts import Disagreement, Side
from backlog.trackers.fields import Field
from backlog.trackers.link import Link
from backlog.trackers.undelivered import Undelivered
from backlog.trackers.wanted import Wanted
from integrations.engine import content
from integrations.engine.desk import Desk, Left


@dataclass
class Known:
    """All of it is from one moment. ``decided``: `conflicts.mattering`, also those that wait. ``changes``: how many changes
    the link had counted then."""

    link: Link
    wanted: Wanted
    refused: list[Undelivered]
    decided: list[Disagreement]
    changes: int


async def load(desk: Desk, link_id: int) -> Known | None:
    async with desk.database.reading() as session:
        link = await session.get(Link, link_id)
        if link is None:
            return None
        found = await wanted.load(session, [link.initiative_id])
        refused = list(await session.scalars(undelivered.waiting(link_id)))
        decided = list(await session.scalars(conflicts.mattering(link_id)))
        return Known(link, found[link.initiative_id], refused, decided, link.changes)


async def look_again(desk: Desk, known: Known) -> None:
    """At our side, after something was taken in."""
    if (fresh := await load(desk, known.link.id)) is not None:
        known.wanted, known.refused, known.decided = fresh.wanted, fresh.refused, fresh.decided


async def at_hand(session: AsyncSession, link: Link) -> Link:
    """The row of a link that is looked at, locked. Left when a person has given it another issue meanwhile, or had it
    made anew: what was found out belongs to the former issue."""
    row = await links.by_id(session, link.id, for_change=True)
    if row.external_id != link.external_id:
        raise Left
    return row


async def said_now(session: AsyncSession, desk: Desk, link: Link) -> dict[Field, Any]:
    """Our side as it is in this transaction."""
    now = await wanted.load(session, [link.initiative_id])
    return content.ours(now[link.initiative_id], desk.writing)


def said_here(wanted: Wanted, name: Field) -> Any:
    """Our side of a field as we have it, not in the form of the tracker; None for what Waymark works out."""
    match name:
        case Field.TITLE:
            return wanted.title
        case Field.PROBLEM:
            return wanted.problem
        case Field.NEXT_STEP:
            return wanted.next_step
        case Field.STAGE:
            return wanted.stage.value
        case Field.DUE:
            return wanted.due_on.isoformat() if wanted.due_on else None
        case Field.LEAD:
            return wanted.lead_id
        case _:
            return None


def decisions_of(known: Known, ours: Mapping[Field, Any], theirs: Mapping[Field, Any]) -> dict[Field, Side]:
    """What people decided, as long as the side that is to lose still says what they saw, and both were in step with the
    same before: once it is carried out, a decision is no rule. Who brings a value back before that decides for ours."""
    found: dict[Field, Side] = {}
    for each in known.decided:
        side = each.decision if each.restored_at is None else Side.OURS
        lost = (theirs.get(each.field), each.theirs) if side is Side.OURS else (ours.get(each.field), each.ours)
        if side is not None and lost[0] == lost[1] and each.base == known.link.base.get(each.field):
            found[each.field] = side
    return found


def is_refused(known: Known, name: Field, value: Any) -> bool:
    """The tracker refused it before and nothing has changed since: not again before somebody says so, as by a decision."""
    decided = [each.decided_at for each in known.decided if each.field is name and each.decided_at is not None]
    return any(
        each.field is name and not each.inward and each.value == value
        and not any(moment > each.last_at for moment in decided)
        for each in known.refused
    )  # fmt: skip
