"""Taking in what came from a tracker: changes, conflicts, what rules and people decided, and the base that goes with
them, in one transaction."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import Refused as NotTaken
from backlog.history import WAYMARK, Actor
from backlog.initiatives import initiatives
from backlog.trackers import conflicts, hooks, inward, links, status_names
from backlog.trackers.conflicts import Disagreement, Side
from backlog.trackers.fields import Field
from backlog.trackers.link import SUBJECT, Link
from integrations.engine import undelivering
from integrations.engine.desk import Desk
from integrations.engine.known import Known, at_hand, said_here, said_now
from integrations.engine.reconciling import Both, Plan
from integrations.issue import Issue


async def take_in(
    desk: Desk, known: Known, planned: Plan, sides: tuple[Mapping[Field, Any], Mapping[Field, Any]], issue: Issue
) -> None:
    """In one transaction: changes of the initiative, conflicts, and the base that goes with them. What the initiative
    refused before is tried again: what it lacked may be there by now. ``sides``: ours and theirs as they were compared;
    what we have changed since then is not overwritten, but compared anew."""
    seen, theirs = sides
    open_before = {each.field for each in known.decided if each.decision is None}
    overruled = planned.overruled or known.link.facts.get("overruled")
    if not (planned.inward or planned.asked or planned.decided or overruled or open_before):
        return
    async with desk.database.writing() as session:
        await status_names.keep(session, desk.connection.id, {issue.status.id: issue.status.name})
        await initiatives.by_key(session, known.link.initiative_id, for_change=True)  # before its links, as people do
        link = await at_hand(session, known.link)
        by, before = await author(session, desk, link, issue), link.changes
        mine = await said_now(session, desk, link)
        still = {name: value for name, value in planned.inward.items() if mine.get(name) == seen.get(name)}
        taken = await _change(session, desk, link, still, by)
        for name, both in planned.asked.items():
            await ask(session, desk, known, link, name, both, issue, by)
        for name, (both, side) in planned.decided.items():
            await note_decided(session, known, link, name, both, side)
        await note_overruled(session, link, planned)
        unchanged = {name for name in seen.keys() & theirs.keys() if mine.get(name) == seen[name]}
        await close_settled(session, known, unchanged - planned.asked.keys(), planned)
        await session.flush()
        await session.refresh(link, ["changes"])
        ours = await said_now(session, desk, link)
        link.base = link.base | {name: [ours.get(name), theirs[name]] for name in taken}
        known.link.base, known.changes = link.base, known.changes + link.changes - before


async def _change(
    session: AsyncSession, desk: Desk, link: Link, incoming: Mapping[Field, Any], by: Actor
) -> list[Field]:
    """What could be taken; the rest is kept as undelivered."""
    taken = []
    for name, value in incoming.items():
        initiative = await initiatives.by_key(session, link.initiative_id, for_change=True)
        try:
            async with session.begin_nested():
                await inward.take(session, initiative, name, value, desk.writing.mapping, by=by)
                await session.flush()
        except NotTaken as refusal:
            reason = next(iter(getattr(refusal, "fields", {}).values()), refusal.text)
            await undelivering.keep(session, link, undelivering.Refusal(name, value, reason, inward=True))
            await session.refresh(initiative)
        else:
            taken.append(name)
    await undelivering.delivered(session, link.id, taken, inward=True)
    return taken


async def author(session: AsyncSession, desk: Desk, link: Link, issue: Issue) -> Actor:
    """Who changed the issue, as far as a webhook told; else the tracker itself."""
    name = await hooks.last_sender(session, desk.connection.id, issue.id, issue.updated_at)
    label = desk.connection.name
    return Actor(f"{name} ({label})"[:200] if name else label)


async def ask(
    session: AsyncSession, desk: Desk, known: Known, link: Link, name: Field, both: Both, issue: Issue, by: Actor
) -> None:
    """One open conflict for each field, with the newest values; one that was decided meanwhile stays as it was seen."""
    waiting = next((each for each in known.decided if each.field is name and each.decision is None), None)
    row = await conflicts.by_id(session, waiting.id, for_change=True) if waiting else None
    if row is not None and (row.ours, row.theirs) == (both.ours, both.theirs):
        return
    if row is None or row.decision is not None:
        changes = {"field": name, "ours": both.ours, "theirs": both.theirs, "key": link.external_key}
        if name is Field.STAGE:
            changes["stage"] = said_here(known.wanted, name)
        changes |= await status_names.told(session, link, name, (both.ours, both.theirs))
        row = Disagreement(link_id=link.id, field=name)
        session.add(row)
        history.record(session, WAYMARK, "found a conflict", SUBJECT, link.initiative_id, changes)
    row.base, row.ours, row.theirs = both.base, both.ours, both.theirs
    row.ours_here = said_here(known.wanted, name)
    row.ours_by, row.ours_at = await links.last_change(session, link.initiative_id)
    row.theirs_by, row.theirs_at, row.found_at = by.name, issue.updated_at, history.now()


async def note_decided(session: AsyncSession, known: Known, link: Link, name: Field, both: Both, side: Side) -> None:
    """What the rule of the connection decided is kept like what people decide."""
    if any(
        each.field is name and each.decision is not None and each.ours == both.ours and each.theirs == both.theirs
        for each in known.decided
    ):
        return
    rule = Disagreement(link_id=link.id, field=name, base=both.base, ours=both.ours, theirs=both.theirs)
    rule.ours_here = said_here(known.wanted, name)
    rule.decide(side, WAYMARK.name)
    session.add(rule)
    await session.flush()
    await conflicts.note(session, rule, "decided a conflict", by=WAYMARK)


async def note_overruled(session: AsyncSession, link: Link, planned: Plan) -> None:
    """Once for each value, however long it takes until it is written."""
    noted = link.facts.get("overruled", {})
    now = {name: [both.ours, both.theirs] for name, both in planned.overruled.items()}
    for name, (ours, theirs) in now.items():
        if noted.get(name) != [ours, theirs]:
            won = Side.OURS if name in planned.outward else Side.THEIRS
            changes = {"field": name, "ours": ours, "theirs": theirs, "key": link.external_key, "won": won}
            changes |= await status_names.told(session, link, name, (ours, theirs))
            history.record(session, WAYMARK, "overruled a value", SUBJECT, link.initiative_id, changes)
    if now != noted:
        link.facts = {**link.facts, "overruled": now}


async def close_settled(session: AsyncSession, known: Known, compared: Collection[Field], planned: Plan) -> None:
    """An open conflict whose sides agree by now, or of which one went back, is none any more. What could not be
    compared this time says nothing of it."""
    for each in known.decided:
        if each.decision is None and each.field in compared:
            row = await conflicts.by_id(session, each.id, for_change=True)
            if row.decision is None:
                row.decide(Side.OURS if each.field in planned.outward else Side.THEIRS, WAYMARK.name)
                await conflicts.note(session, row, "withdrew a conflict", by=WAYMARK)
