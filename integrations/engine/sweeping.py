"""Looking through what changed in a tracker, every few minutes: what webhooks missed is found, and counted."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.history import WAYMARK
from backlog.initiatives.initiative import Initiative
from backlog.trackers import budgets, connections, hooks
from backlog.trackers.connections import SWEPT_EVERY, Connection
from backlog.trackers.link import Link, Question, earlier
from integrations.engine import doubles, telling, trying
from integrations.engine.desk import Desk, Left, NotYet
from integrations.errors import Gone, Limited, Missing, NoAccess, TrackerError, Unauthorized, Unlisted
from integrations.issue import Issue
from integrations.webhook import Hook

log = structlog.get_logger()
BACK = dt.timedelta(minutes=2)
"""Clocks differ, and a list may be behind: so much is looked at twice."""
UNSEEN = dt.timedelta(days=1)
"""A link nobody has looked at for so long is read once: what was deleted appears in no list."""
UNSEEN_AT_ONCE = 20
RENEWED = dt.timedelta(days=10)
"""A webhook is renewed when it ends within so many days."""
DOWN = dt.timedelta(minutes=15)
"""Nothing was swept for so long: deliveries that failed meanwhile are asked for again."""


async def sweep(desk: Desk) -> int:
    """How many issues had changed that no webhook told of. Left when people changed the connection meanwhile."""
    began, since = history.now(), desk.connection.swept_to
    found, unlisted = await look_through(desk, since)
    await ask_unseen(desk)
    await telling.refresh(desk)
    swept = {"swept_to": began - dt.timedelta(seconds=desk.writing.kind.lag)} if unlisted is None else noted(unlisted)
    async with desk.database.writing() as session:
        values = {**swept, "sweep_at": history.now() + SWEPT_EVERY, "missed": Connection.missed + found}
        ours = update(Connection).where(desk.is_held).values(values)
        if not (await session.execute(ours.returning(Connection.id))).first():
            raise Left
    await keep_hook(desk, since)
    return found


async def look_through(desk: Desk, since: dt.datetime | None) -> tuple[int, Unlisted | None]:
    """How many changes since then no webhook told of, and why the tracker does not list them all, if it does not."""
    found = 0
    if since is None:
        return found, None
    try:
        async for issues in desk.tracker.changed(since - BACK):
            await desk.stay()
            found += await hint(desk, issues)
    except Unlisted as error:
        log.warning("what changed is not listed", connection=desk.connection.name, reason=str(error))
        return found, error
    return found, None


def noted(unlisted: Unlisted) -> dict[str, Any]:
    """At the connection: people see it there, and it holds nothing up. What was not seen is looked for from where the
    last sweep ended, once it is listed again."""
    return {"problem": unlisted.text, "detail": unlisted.detail, "problem_at": history.now()}


async def hint(desk: Desk, issues: Sequence[Issue]) -> int:
    """Make the links of issues due that are newer than what was seen of them; how many no webhook had told of."""
    by_id, by_marker = await known(desk, issues)
    differing = [
        (link, issue) for issue in issues if (link := by_id.get(issue.id)) and link.may_differ(issue.updated_at)
    ]  # fmt: skip
    missed = await ask(desk, differing) if differing else 0
    for issue in issues:
        if issue.id not in by_id:
            await found_by_marker(desk, issue, by_marker.get(issue.marker or ""))
    return missed


async def known(desk: Desk, issues: Sequence[Issue]) -> tuple[Mapping[str, Link], Mapping[str, Link]]:
    """Links of these issues, by the id of the issue and by the marker."""
    ids, markers = [each.id for each in issues], [each.marker for each in issues if each.marker]
    async with desk.database.reading() as session:
        found = select(Link).where(
            Link.connection_id == desk.connection.id, or_(Link.external_id.in_(ids), Link.marker.in_(markers))
        )
        rows = list(await session.scalars(found))
    return {row.external_id: row for row in rows if row.external_id}, {row.marker: row for row in rows}


async def ask(desk: Desk, differing: Sequence[tuple[Link, Issue]]) -> int:
    """Of how many of these changes a webhook should have told, but none did. The initiatives are locked before the
    connection, as by who links an issue, and that before its links, as by webhooks that come in: nobody waits for the
    other for ever."""
    numbers = {link.initiative_id for link, _ in differing}
    own = select(Initiative.id).where(Initiative.id.in_(numbers)).order_by(Initiative.id)
    async with desk.database.writing() as session:
        await session.execute(own.with_for_update())
        await connections.by_id(session, desk.connection.id, for_change=True)
        return sum([await ask_one(session, desk, link, issue) for link, issue in differing])


async def ask_one(session: AsyncSession, desk: Desk, link: Link, issue: Issue) -> int:
    """1 when a webhook should have told of this change, but none did; once, however often the change is seen. What
    Waymark wrote itself is no news."""
    told = await hooks.told(session, desk.connection.id, issue.id, issue.updated_at - BACK)
    news = link.theirs_at is not None and issue.updated_at > link.theirs_at
    own = await budgets.has_written(session, desk.connection.id, issue.id, issue.updated_at)
    missed = desk.connection.hook_at is not None and news and not told and not own
    asked = update(Link).where(Link.id == link.id).execution_options(synchronize_session=False)
    values = {
        "due_at": earlier(Link.due_at, history.now()), "at_leisure": False, "changes": Link.changes + 1,
        "hinted_key": issue.key,
    }  # fmt: skip
    counted = {"missed_at": issue.updated_at} if missed else {}
    await session.execute(asked.values(values | counted))
    return int(missed and link.missed_at != issue.updated_at)


async def found_by_marker(desk: Desk, issue: Issue, link: Link | None) -> None:
    """The issue of a link whose making was unknown, or a second one that was made by mistake."""
    if link is None or link.question is Question.DOUBLED:
        return
    if link.external_id is None and link.intent_at is not None:
        async with desk.database.writing() as session:
            hinted = update(Link).where(Link.id == link.id, Link.external_id.is_(None))
            values = {"hinted_key": issue.key, "due_at": history.now(), "changes": Link.changes + 1}
            await session.execute(hinted.values(values))
    elif link.external_id is not None and is_too_much(link, issue):
        kept = await readable(desk, link)
        if kept is not None and kept.marker == issue.marker and kept.id != issue.id:
            await doubles.settled(desk, link, issue, kept)


async def readable(desk: Desk, link: Link) -> Issue | None:
    """Its issue; None when that one cannot be read: nobody knows then whether another is too much. Raises what concerns
    the whole connection."""
    try:
        return await desk.read(link)
    except (Missing, Gone, NoAccess):
        return None  # a person is asked about it
    except doubles.OF_ALL:
        raise
    except TrackerError as error:
        await desk.tracker.newest()  # raises when nothing there can be read: then it is not about this one
        log.warning("an issue could not be read", key=link.external_key, reason=str(error))
        return None


def is_too_much(link: Link, issue: Issue) -> bool:
    """Whether it may be a second one of ours. One that is closed still gets its word when Waymark made both."""
    return doubles.may_be_ours(link, issue) and (link.anew_at is not None or not issue.is_done)


async def ask_unseen(desk: Desk) -> None:
    """The few links that were not looked at for the longest time."""
    now = history.now()
    old = (
        select(Link.id)
        .where(Link.connection_id == desk.connection.id, Link.due_at.is_(None), Link.question.is_(None))
        .where(Link.synced_at < now - UNSEEN)
        .order_by(Link.synced_at)
        .limit(UNSEEN_AT_ONCE)
    )
    async with desk.database.writing() as session:
        ids = list(await session.scalars(old))
        if ids:
            await session.execute(update(Link).where(Link.id.in_(ids)).values(due_at=now, at_leisure=True))


async def keep_hook(desk: Desk, since: dt.datetime | None) -> None:
    """Renew a webhook that ends, and ask for what could not be delivered while we were down. One that has ended is
    forgotten, so that people see that there is none. Limited, Unauthorized."""
    one, now = desk.connection, history.now()
    if not one.hook_id:
        return
    hook = Hook(one.hook_id, one.hook_expires_at)
    try:
        if one.hook_expires_at is not None and one.hook_expires_at - now < RENEWED:
            renewed = await desk.tracker.renew_hook(hook)
            async with desk.database.writing() as session:
                values = {"hook_id": renewed.id, "hook_expires_at": renewed.expires_at}
                same = update(Connection).where(desk.is_held, Connection.hook_id == hook.id)
                await session.execute(same.values(values))
        if since is not None and now - since > DOWN:
            await ask_again(desk, hook, since)
    except (Limited, Unauthorized):
        raise
    except TrackerError as error:  # the sweep has found what it would have told
        log.warning("a webhook could not be kept", connection=one.name, reason=str(error))
        if one.hook_expires_at is not None and one.hook_expires_at <= now:
            await forget_hook(desk, hook)


async def ask_again(desk: Desk, hook: Hook, since: dt.datetime) -> None:
    """For what could not be delivered since then, as far as the limits of the tracker allow writes and nobody waits here.
    The sweep has found what the rest would have told."""
    for write in await desk.tracker.redeliveries(hook, since):
        if await trying.is_wanted(desk, here=True):
            return
        try:
            await desk.send(write)
        except (Missing, Gone, NoAccess):
            continue
        except NotYet:
            return


async def forget_hook(desk: Desk, hook: Hook) -> None:
    """It has ended, and could not be renewed."""
    async with desk.database.writing() as session:
        row = await connections.by_id(session, desk.connection.id, for_change=True)
        if row.hook_id == hook.id:
            row.hook_id, row.hook_expires_at = "", None
            history.record(session, WAYMARK, "lost a webhook", connections.SUBJECT, row.id, {"name": row.name})
