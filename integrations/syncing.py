"""Bringing one link in step: read the issue, compare three ways, take in what came, write what is missing, remember.

It goes by what is, never by what happened, so that doing it twice, or again after being cut off anywhere, does no harm.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Text
from backlog.errors import Refused as NotTaken
from backlog.history import WAYMARK, Actor
from backlog.initiatives import initiatives
from backlog.trackers import conflicts, hooks, inward, links, undelivered, wanted
from backlog.trackers.conflicts import Disagreement, Side
from backlog.trackers.fields import SECTIONS, Field, Rule
from backlog.trackers.links import Link, LinkState, Question
from backlog.trackers.undelivered import Undelivered
from backlog.trackers.wanted import Wanted
from integrations import commenting, content, creating, echoes, nesting, telling, undelivering
from integrations.desk import Desk
from integrations.prose.block import TooLong
from integrations.reconciling import Both, Plan, plan
from integrations.tracker import (
    Gone,
    Issue,
    Missing,
    NoAccess,
    Refused,
    TrackerError,
    Unreachable,
)  # fmt: skip

DELETED = N_(
    "The issue is gone from the tracker, or stands where Waymark may not look. Waymark never makes it anew by itself."
)
MOVED = N_("The issue was moved to %(project)s. Keep in step with it there, or let go of it?")
AGAIN = tuple(dt.timedelta(seconds=seconds) for seconds in (20, 45, 600, 3600, 86_400))
"""Until an issue that is not there is looked for again."""


@dataclass
class Known:
    """What is known of a link on our side: all of it from one moment. ``changes``: of what the link counts, those that
    were looked at."""

    link: Link
    wanted: Wanted
    refused: list[Undelivered]
    decided: list[Disagreement]
    changes: int


async def sync(desk: Desk, link_id: int) -> None:
    """In step afterwards, or its row says why not. Raises what concerns the whole connection, and what may pass."""
    known = await load(desk, link_id)
    if known is None or known.link.question in (Question.MOVED, Question.REFUSED, Question.TRIES):
        await rest(desk, link_id)
        return
    link = known.link
    issue = await there(desk, link) if link.external_id else await creating.made(desk, link, known.wanted)
    if issue is None:
        return
    if link.is_main:
        issue = await reconciled(desk, known, issue)
    refused = [each.value for each in known.refused if each.field is Field.COMMENTS]
    await commenting.carry(desk, link, issue, refused)
    await nesting.nest(desk, link, issue)
    await done(desk, known, issue)


async def load(desk: Desk, link_id: int) -> Known | None:
    async with desk.database.reading() as session:
        link = await session.get(Link, link_id)
        if link is None:
            return None
        found = await wanted.load(session, [link.initiative_id])
        refused = list(await session.scalars(undelivered.waiting(link_id)))
        decided = select(Disagreement).where(Disagreement.link_id == link_id).order_by(Disagreement.id)
        return Known(link, found[link.initiative_id], refused, list(await session.scalars(decided)), link.changes)


async def look_again(desk: Desk, known: Known) -> None:
    """At our side, after something was taken in."""
    if (fresh := await load(desk, known.link.id)) is not None:
        known.wanted, known.refused, known.decided = fresh.wanted, fresh.refused, fresh.decided


async def rest(desk: Desk, link_id: int) -> None:
    """Nothing can be done before a person has decided."""
    async with desk.database.writing() as session:
        if (row := await session.get(Link, link_id)) is not None:
            row.due_at = None


async def there(desk: Desk, link: Link) -> Issue | None:
    """The issue as it is now; None when it is gone or moved away, which is then asked about."""
    try:
        issue = await desk.read(link)
    except (Missing, Gone) as error:
        if link.synced_at is None and isinstance(error, Missing):
            raise  # it was made a moment ago, and not every machine of the tracker knows it yet
        await missed(desk, link, error)
        return None
    except NoAccess as error:
        await desk.tracker.newest()  # raises when nothing there can be seen: then it is not about this one
        await park(desk, link, Question.NO_ACCESS, error.text, error.detail)
        await later(desk, link)
        return None
    at_home = (issue.project.id == desk.connection.project_id, issue.project.id == link.facts.get("followed"))
    if not any(at_home) and desk.connection.project_id:
        await park(desk, link, Question.MOVED, Text(MOVED, {"project": issue.project.key}), issue.url, moved=issue)
        return None
    if issue.id == link.external_id and issue.key != link.external_key:
        await rekey(desk, link, issue)
    return issue


async def missed(desk: Desk, link: Link, error: TrackerError) -> None:
    """It is not there. Once may be a hiccup of the tracker, twice is asked about; and it may come back."""
    if not isinstance(error, Missing) or link.question is not None or link.looks:
        await park(desk, link, Question.DELETED, Text(DELETED), error.detail or str(error.text))
    await later(desk, link)


async def later(desk: Desk, link: Link) -> None:
    """Look for it again, after longer and longer."""
    async with desk.database.writing() as session:
        row = await links.by_id(session, link.id, for_change=True)
        row.due_at = history.now() + AGAIN[min(link.looks, len(AGAIN) - 1)]
        row.looks = link.looks + 1


async def park(
    desk: Desk, link: Link, question: Question, why: Text, detail: str = "", moved: Issue | None = None
) -> None:
    async with desk.database.writing() as session:
        row = await links.by_id(session, link.id, for_change=True)
        if row.question is not question:
            changes = {"key": row.external_key, "question": question, "detail": detail[:200], "link": row.id}
            row.park(question, why, detail)
            history.record(session, WAYMARK, "parked a link", links.SUBJECT, row.initiative_id, changes)
            await session.flush()
            await session.refresh(row)
        if moved is not None:
            place = {"id": moved.id, "key": moved.key, "url": moved.url, "project": moved.project.id}
            row.facts = {**row.facts, "moved": place}
        row.due_at = None


async def rekey(desk: Desk, link: Link, issue: Issue) -> None:
    """The same issue under another key: its project was renamed, or it moved within what this connection covers."""
    async with desk.database.writing() as session:
        row = await links.by_id(session, link.id, for_change=True)
        changes = {"key": [row.external_key, issue.key], "link": row.id}
        history.record(session, WAYMARK, "rekeyed", links.SUBJECT, row.initiative_id, changes)
        row.external_key, row.url = issue.key, issue.url
    link.external_key, link.url = issue.key, issue.url


async def reconciled(desk: Desk, known: Known, issue: Issue) -> Issue:
    """The issue after everything that could be settled was settled on both sides."""
    if not known.link.base and issue.marker == known.link.marker:
        found, _ = content.theirs(issue, desk.writing, content.ours(known.wanted, desk.writing))
        sent = known.link.facts.get("sent", {})
        await remember(desk, known.link, echoes.base_of_new(desk.writing.mapping.fields, sent, found, issue))
    planned, ours, theirs = compared(desk, known, issue)
    await take_in(desk, known, planned, (ours, theirs), issue)
    if planned.inward:
        await look_again(desk, known)
        planned, ours, theirs = compared(desk, known, issue)
    outward = {name: value for name, value in planned.outward.items() if not is_refused(known, name, value)}
    agreed = {each.field for each in known.refused if each.field in ours and ours[each.field] == theirs.get(each.field)}
    base = {name: [ours.get(name), theirs.get(name)] for name in planned.settled | agreed}
    await remember(desk, known.link, base)
    if not (outward and telling.is_worth_it(outward, known.link.facts.get("told"), known.wanted)):
        return issue
    return await write_out(desk, known, issue, outward, theirs)


def compared(desk: Desk, known: Known, issue: Issue) -> tuple[Plan, dict[Field, Any], dict[Field, Any]]:
    """The plan, and what both sides say."""
    ours = content.ours(known.wanted, desk.writing)
    theirs, lacking = content.theirs(issue, desk.writing, ours)
    rules: dict[Field, Rule] = {
        name: rule for name, rule in desk.writing.mapping.fields.items() if name is not Field.COMMENTS
    }
    decisions = decisions_of(known, ours, theirs)
    return plan(known.link.base, ours, theirs, rules, lacking=lacking, decisions=decisions), ours, theirs


def decisions_of(known: Known, ours: Mapping[Field, Any], theirs: Mapping[Field, Any]) -> dict[Field, Side]:
    """What people decided, as long as the side that is to lose still says what they saw, and both were in step with the
    same before: once it is carried out, a decision is no rule."""
    found: dict[Field, Side] = {}
    for each in known.decided:
        lost = (
            (theirs.get(each.field), each.theirs) if each.decision is Side.OURS else (ours.get(each.field), each.ours)
        )
        if each.decision is not None and lost[0] == lost[1] and each.base == known.link.base.get(each.field):
            found[each.field] = each.decision
    return found


def is_refused(known: Known, name: Field, value: Any, *, inward: bool = False) -> bool:
    """It was refused before and nothing has changed since: not again before somebody says so, as by a decision."""
    decided = [each.decided_at for each in known.decided if each.field is name and each.decided_at is not None]
    return any(
        each.field is name and each.inward is inward and each.value == value
        and not any(moment > each.last_at for moment in decided)
        for each in known.refused
    )  # fmt: skip


async def take_in(
    desk: Desk, known: Known, planned: Plan, sides: tuple[Mapping[Field, Any], Mapping[Field, Any]], issue: Issue
) -> None:
    """In one transaction: changes of the initiative, conflicts, and the base that goes with them. ``sides``: ours and
    theirs as they were compared; what we have changed since then is not overwritten, but compared anew."""
    seen, theirs = sides
    incoming = {
        name: value for name, value in planned.inward.items() if not is_refused(known, name, value, inward=True)
    }  # fmt: skip
    open_before = {each.field for each in known.decided if each.decision is None}
    if not (incoming or planned.asked or planned.decided or planned.overruled or open_before):
        return
    async with desk.database.writing() as session:
        link = await links.by_id(session, known.link.id, for_change=True)
        by, before = await author(session, desk, link, issue), link.changes
        mine = await said_now(session, desk, link)
        still = {name: value for name, value in incoming.items() if mine.get(name) == seen.get(name)}
        taken = await _take(session, desk, link, still, by)
        for name, both in planned.asked.items():
            await ask(session, desk, known, link, name, both, issue, by)
        for name, (both, side) in planned.decided.items():
            await note_decided(session, known, link, name, both, side)
        for name, both in planned.overruled.items():
            changes = {"field": name, "ours": both.ours, "theirs": both.theirs, "key": link.external_key}
            kept = name in planned.outward
            history.record(session, WAYMARK, "overruled a value", links.SUBJECT, link.initiative_id, {
                **changes, "won": Side.OURS if kept else Side.THEIRS,
            })  # fmt: skip
        await close_settled(session, known, planned)
        await session.flush()
        await session.refresh(link, ["changes"])
        ours = await said_now(session, desk, link)
        link.base = link.base | {name: [ours.get(name), theirs[name]] for name in taken}
        known.link.base, known.changes = link.base, known.changes + link.changes - before


async def said_now(session: AsyncSession, desk: Desk, link: Link) -> dict[Field, Any]:
    """Our side as it is in this transaction."""
    now = await wanted.load(session, [link.initiative_id])
    return content.ours(now[link.initiative_id], desk.writing)


async def _take(session: AsyncSession, desk: Desk, link: Link, incoming: Mapping[Field, Any], by: Actor) -> list[Field]:
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
            await undelivering.keep(session, link, name, value, reason, inward=True)
            await session.refresh(initiative)
        else:
            taken.append(name)
    await undelivering.delivered(session, link.id, taken, inward=True)
    return taken


async def author(session: AsyncSession, desk: Desk, link: Link, issue: Issue) -> Actor:
    """Who changed the issue, as far as its last webhook told; else the tracker itself."""
    name = await hooks.last_sender(session, desk.connection.id, issue.id)
    label = desk.connection.name
    return Actor(f"{name} ({label})"[:200] if name else label)


async def ask(
    session: AsyncSession, desk: Desk, known: Known, link: Link, name: Field, both: Both, issue: Issue, by: Actor
) -> None:
    """One open conflict for each field, with the newest values."""
    waiting = next((each for each in known.decided if each.field is name and each.decision is None), None)
    row = (
        await conflicts.by_id(session, waiting.id, for_change=True)
        if waiting
        else Disagreement(link_id=link.id, field=name)
    )
    if waiting and (row.ours, row.theirs) == (both.ours, both.theirs):
        return
    event = await links.last_change(session, link.initiative_id)
    row.base, row.ours, row.theirs = both.base, both.ours, both.theirs
    row.ours_by, row.ours_at = event
    row.theirs_by, row.theirs_at, row.found_at = by.name, issue.updated_at, history.now()
    if not waiting:
        session.add(row)
        changes = {"field": name, "ours": both.ours, "theirs": both.theirs, "key": link.external_key}
        history.record(session, WAYMARK, "found a conflict", links.SUBJECT, link.initiative_id, changes)


async def note_decided(session: AsyncSession, known: Known, link: Link, name: Field, both: Both, side: Side) -> None:
    """What the rule of the connection decided is kept like what people decide."""
    if any(
        each.field is name and each.decision is not None and each.ours == both.ours and each.theirs == both.theirs
        for each in known.decided
    ):
        return
    rule = Disagreement(link_id=link.id, field=name, base=both.base, ours=both.ours, theirs=both.theirs)
    rule.decide(side, WAYMARK.name)
    session.add(rule)
    await session.flush()
    await conflicts.note(session, rule, "decided a conflict", by=WAYMARK)


async def close_settled(session: AsyncSession, known: Known, planned: Plan) -> None:
    """An open conflict whose sides agree by now, or of which one went back, is none any more."""
    for each in known.decided:
        if each.decision is None and each.field not in planned.asked:
            row = await conflicts.by_id(session, each.id, for_change=True)
            if row.decision is None:
                row.decide(Side.OURS if each.field in planned.outward else Side.THEIRS, WAYMARK.name)


async def write_out(
    desk: Desk, known: Known, issue: Issue, outward: Mapping[Field, Any], theirs: Mapping[Field, Any]
) -> Issue:
    """The issue as the tracker has it afterwards. What it refuses is kept, and the rest sent without it."""
    left = dict(outward)
    while left:
        change = content.edit(left, desk.writing, known.wanted, known.link.marker, issue, known.link.base)
        try:
            for write in await desk.tracker.writes(issue, change):
                await desk.send(write)
        except (Refused, Unreachable, NoAccess) as error:
            gone = refused_of(error, left, desk)
            await undelivering.refused(desk, known.link, gone, error, left)
            left = {name: value for name, value in left.items() if name not in gone}
        except TooLong as refusal:
            blocked = Refused(refusal.text, {"block": ""})
            await undelivering.refused(desk, known.link, left.keys() & set(SECTIONS), blocked, left)
            left = {name: value for name, value in left.items() if name not in SECTIONS}
        else:
            break
    if not left:
        return issue
    echo = await desk.read(known.link)
    await compare_echo(desk, known, left, theirs, echo)
    return echo


def refused_of(error: TrackerError, left: Mapping[Field, Any], desk: Desk) -> set[Field]:
    """Which of ours the tracker meant; all, when it did not say."""
    if isinstance(error, Unreachable):
        return {Field.STAGE}
    named = {each for name in getattr(error, "fields", {}) for each in content.touched(name, desk.writing.mapping)}
    return (named & left.keys()) or set(left)


async def compare_echo(
    desk: Desk, known: Known, sent: Mapping[Field, Any], before: Mapping[Field, Any], echo: Issue
) -> None:
    """What came back of what was sent. A field that stayed as it was without a word was dropped; what people changed
    in between is looked at once more."""
    after, _ = content.theirs(echo, desk.writing, content.ours(known.wanted, desk.writing))
    dropped = {
        name for name, value in sent.items()
        if after.get(name) != value and after.get(name) == before.get(name) and name in before
    }  # fmt: skip
    async with desk.database.writing() as session:
        row = await links.by_id(session, known.link.id, for_change=True)
        base = {
            name: echoes.base_of(desk.writing.mapping.fields[name], value, after.get(name))
            for name, value in sent.items() if name not in dropped
        }  # fmt: skip
        row.base = row.base | base
        if any(both[1] != after.get(name) for name, both in base.items()) or any(
            value != after.get(name) for name, value in before.items() if name not in sent
        ):
            row.ask()
        if telling.WORKED_OUT & sent.keys():
            row.facts = {**row.facts, "told": telling.told(known.wanted)}
        for name in dropped:
            await undelivering.keep(session, row, name, sent[name], Text(undelivering.DROPPED), dropped=True)
        await undelivering.delivered(session, row.id, sent.keys() - dropped, inward=False)
        known.link.base = row.base


async def remember(desk: Desk, link: Link, base: Mapping[Field, list[Any]]) -> None:
    if not base:
        return
    async with desk.database.writing() as session:
        row = await links.by_id(session, link.id, for_change=True)
        row.base = row.base | dict(base)
        await undelivering.delivered(session, row.id, base.keys(), inward=False)
        await undelivering.delivered(session, row.id, base.keys(), inward=True)
        link.base = row.base


async def done(desk: Desk, known: Known, issue: Issue) -> None:
    """What is known of the issue, and whether all is in step. What happened meanwhile makes it due again."""
    now = history.now()
    async with desk.database.writing() as session:
        row = await links.by_id(session, known.link.id, for_change=True)
        kept: dict[str, Any] = {name: row.facts[name] for name in ("followed", "told") if name in row.facts}
        row.facts = {"told": telling.told(known.wanted), **kept, **facts(issue)}
        row.is_done, row.url, row.theirs_at, row.synced_at = issue.is_done, issue.url, issue.updated_at, now
        row.attempts, row.attempted_at, row.failing_since, row.last_error, row.detail = 0, now, None, None, ""
        row.question, row.hinted_key, row.looks = None, None, 0
        row.state = await state_of(session, row.id)
        row.due_at = now if row.changes != known.changes else None


async def state_of(session: AsyncSession, link_id: int) -> LinkState:
    """A conflict before a failure: it needs a person."""
    if await session.scalar(conflicts.waiting(link_id).limit(1)):
        return LinkState.CONFLICT
    if await session.scalar(undelivered.waiting(link_id).limit(1)):
        return LinkState.FAILED
    return LinkState.IN_STEP


def facts(issue: Issue) -> dict[str, Any]:
    """What else is worth knowing of it, to be shown beside the initiative."""
    return {
        "title": issue.title,
        "status": issue.status.name,
        "category": issue.status.category.value,
        "type": issue.type.name if issue.type else "",
        "assignees": [each.name for each in issue.assignees],
        "labels": list(issue.labels),
        "milestone": issue.milestone,
        "parent": issue.parent_id,
        "children": issue.children,
        "done": issue.done,
    }
