"""Bringing one link in step: read the issue, compare three ways, take in what came, write what is missing, remember.

It goes by what is, never by what happened, so that doing it twice, or again after being cut off anywhere, does no harm.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.trackers import conflicts, status_names, undelivered
from backlog.trackers.fields import Field
from backlog.trackers.link import Link, LinkState, Question
from integrations.engine import (
    commenting,
    comparing,
    content,
    creating,
    delivering,
    echoes,
    nesting,
    places,
    taking,
    telling,
    undelivering,
    untyped,
    whereabouts,
)
from integrations.engine import known as knowledge
from integrations.engine.desk import Desk, NotYet
from integrations.engine.known import Known, decisions_of, is_refused
from integrations.engine.reconciling import Plan
from integrations.issue import Issue

HELD = (Question.MOVED, Question.REFUSED, Question.TRIES, Question.DOUBLED)
"""Nothing is even read until these are answered; an issue that may have been made is looked for all the same."""

LOOKS = 3
LATER = 5.0
"""How often an issue is compared anew while people there are at it, and the seconds after which it is tried again."""


async def sync(desk: Desk, link_id: int) -> None:
    """In step afterwards, or its row says why not. Raises what concerns the whole connection, and what may pass."""
    known = await knowledge.load(desk, link_id)
    if known is None:
        return
    if known.link.question in HELD and not known.link.is_looked_for:
        await rest(desk, known)
        return
    link = known.link
    issue = await whereabouts.there(desk, link) if link.external_id else await creating.made(desk, link, known.wanted)
    if issue is None:
        return
    if link.is_main:
        issue = await settled(desk, known, issue)
        refused = [each.value for each in known.refused if each.field is Field.COMMENTS]
        await commenting.carry(desk, link, issue, refused)
    await nesting.nest(desk, link, issue)
    await done(desk, known, issue)


async def rest(desk: Desk, known: Known) -> None:
    """Nothing can be done before a person has decided; one who has done so since it was looked at is heard."""
    same = update(Link).where(Link.id == known.link.id, Link.changes == known.changes, Link.question.in_(HELD))
    async with desk.database.writing() as session:
        await session.execute(same.values(due_at=None).execution_options(synchronize_session=False))


async def settled(desk: Desk, known: Known, issue: Issue) -> Issue:
    """As `reconciled`, compared anew with whatever people there change meanwhile. NotYet while they do not stop."""
    for _ in range(LOOKS):
        try:
            return await reconciled(desk, known, issue)
        except delivering.Overtaken as overtaken:
            issue = overtaken.issue
            await knowledge.look_again(desk, known)
    raise NotYet(LATER)


async def reconciled(desk: Desk, known: Known, issue: Issue) -> Issue:
    """The issue after everything that could be settled was settled on both sides."""
    await places.move(desk, known)
    issue = await places.clear(desk, known, issue)
    if not known.link.base and issue.marker == known.link.marker:
        found, _ = content.theirs(issue, desk.writing, content.ours(known.wanted, desk.writing))
        sent = known.link.facts.get("sent", {})
        await remember(desk, known.link, echoes.base_of_new(desk.writing.mapping.fields, sent, found, issue))
    planned, ours, theirs = compared(desk, known, issue)
    await taking.take_in(desk, known, planned, (ours, theirs), issue)
    if planned.inward:
        await knowledge.look_again(desk, known)
        planned, ours, theirs = compared(desk, known, issue)
    outward = {name: value for name, value in planned.outward.items() if not is_refused(known, name, value)}
    agreed = {each.field for each in known.refused if each.field in ours and ours[each.field] == theirs.get(each.field)}
    await undelivering.forget(desk, known)
    base = {name: [ours.get(name), theirs.get(name)] for name in planned.settled | agreed}
    await remember(desk, known.link, base)
    if not (outward and telling.is_worth_it(outward, known.link.facts.get("told"), known.wanted)):
        return issue
    return await delivering.write_out(desk, known, issue, outward, theirs)


def compared(desk: Desk, known: Known, issue: Issue) -> tuple[Plan, dict[Field, Any], dict[Field, Any]]:
    """The plan, and what both sides say."""
    decided = partial(decisions_of, known)
    return comparing.compared(known.link.base, known.wanted, issue, desk.writing, decided)


async def remember(desk: Desk, link: Link, base: Mapping[Field, list[Any]]) -> None:
    if not base:
        return
    async with desk.database.writing() as session:
        row = await knowledge.at_hand(session, link)
        row.base = row.base | dict(base)
        await undelivering.delivered(session, row.id, base.keys(), inward=False)
        await undelivering.delivered(session, row.id, base.keys(), inward=True)
        link.base = row.base


async def done(desk: Desk, known: Known, issue: Issue) -> None:
    """What is known of the issue, and whether all is in step. What happened meanwhile makes it due again."""
    now = history.now()
    async with desk.database.writing() as session:
        await status_names.keep(session, desk.connection.id, {issue.status.id: issue.status.name})
        row = await knowledge.at_hand(session, known.link)
        still = ("followed", "overruled", nesting.NESTED, commenting.UNREAD, places.LEFT)
        kept: dict[str, Any] = {name: row.facts[name] for name in still if name in row.facts}
        told = telling.kept(row.facts.get("told"), left_to_write(desk, known, issue), known.wanted)
        places_now = places.known_by(row, desk.writing.mapping)
        missing = untyped.told(row.facts, issue, desk.writing.mapping)
        shown = {**facts(issue), **cut(desk, known, issue), **missing}
        row.facts = {"told": told, **kept, places.PLACES: places_now, **shown}
        row.is_done, row.url, row.theirs_at, row.synced_at = issue.is_done, issue.url, issue.updated_at, now
        row.attempts, row.attempted_at, row.failing_since, row.last_error, row.detail = 0, now, None, None, ""
        row.question, row.looks = None, 0
        row.state = await state_of(session, row.id)
        if row.changes == known.changes:
            row.due_at, row.hinted_key = None, None
        else:
            row.due_at = now


def cut(desk: Desk, known: Known, issue: Issue) -> dict[str, int]:
    """``shortened``: to how many characters its title is cut there."""
    title = known.wanted.title if known.link.is_main else known.link.title
    most = content.shortened(title, issue, desk.writing.kind.title_most)
    return {} if most is None else {"shortened": most}


def left_to_write(desk: Desk, known: Known, issue: Issue) -> set[Field]:
    """What the issue does not say yet, but for what was refused."""
    outward = compared(desk, known, issue)[0].outward if known.link.is_main else {}
    return {name for name, value in outward.items() if not is_refused(known, name, value)}


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
