"""Issues that are there already become initiatives, linked from the start."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, wording
from backlog.history import Actor
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import TITLE_MOST
from backlog.trackers import links, wanted
from backlog.trackers.connections import Connection
from backlog.trackers.fields import Field
from backlog.trackers.link import Link
from integrations import linking, long_texts
from integrations.engine import content
from integrations.engine.content import Writing
from integrations.engine.reconciling import elsewhere
from integrations.issue import Issue
from integrations.opening import Outside
from integrations.prose.markdown import canonical
from integrations.tracker import Tracker

LISTED = 100
SPANS = tuple(dt.timedelta(days=days) for days in (2, 30, 365))
"""Looked through until there are enough: some trackers list the oldest change first, and what is newest is offered."""


async def offered(outside: Outside, connection: Connection, text: str = "") -> Sequence[Issue]:
    """Issues that are not linked yet: those that match the text, else those changed lately, at most `LISTED` of the
    last year, the newest change first."""
    async with outside.opened(connection) as tracker:
        if text.strip():
            free = await _free(outside, connection, await tracker.search(text.strip()))
        else:
            free = []
            for span in SPANS:
                free = await _free(outside, connection, await _changed(tracker, span))
                if len(free) >= LISTED:
                    break
    return sorted(free, key=lambda each: each.updated_at, reverse=True)[:LISTED]


async def _changed(tracker: Tracker, span: dt.timedelta) -> Sequence[Issue]:
    """At most five times `LISTED`."""
    found: list[Issue] = []
    async for page in tracker.changed(history.now() - span):
        found.extend(page)
        if len(found) >= 5 * LISTED:
            break
    return found


async def _free(outside: Outside, connection: Connection, found: Sequence[Issue]) -> list[Issue]:
    """Each of them once that is neither linked nor made by us."""
    known = await _linked(outside, connection.id, [each.id for each in found])
    return list({each.id: each for each in found if each.id not in known and each.marker is None}.values())


async def _linked(outside: Outside, connection_id: int, ids: Sequence[str]) -> set[str | None]:
    found = select(Link.external_id).where(Link.connection_id == connection_id, Link.external_id.in_(ids))
    async with outside.database.reading() as session:
        return set(await session.scalars(found))


async def read(outside: Outside, connection: Connection, keys: Sequence[str]) -> Sequence[Issue]:
    """These as they are now, before they are adopted. Any `TrackerError`; Invalid (``issue``) for one that is not of this
    project."""
    async with outside.opened(connection) as tracker:
        return [await linking.of(tracker, outside, connection, key) for key in keys]


async def adopt(
    session: AsyncSession, connection: Connection, issues: Sequence[Issue], writing: Writing, *, by: Actor
) -> list[int]:
    """An initiative for each, with its title and its text as the problem, which our block does not repeat until it
    changes here; their status and our stage are left as each side has them until either changes. Conflict when one is
    linked by now."""
    made = []
    for issue in issues:
        problem = await long_texts.read(_problem, issue.text)
        initiative = await initiatives.propose(session, title=_title(issue), problem=problem, by=by)
        link = await links.tie(session, initiative.id, connection, linking.found(issue), by=by)
        known = await wanted.load(session, [initiative.id])
        ours = content.ours(known[initiative.id], writing)
        theirs, _ = content.theirs(issue, writing, ours)
        link.base = _base(ours, theirs)
        made.append(initiative.id)
    return made


def _base(ours: Mapping[Field, Any], theirs: Mapping[Field, Any]) -> dict[str, list[Any]]:
    base: dict[str, list[Any]] = {}
    if Field.STAGE in ours and Field.STAGE in theirs:
        base[Field.STAGE] = [ours[Field.STAGE], theirs[Field.STAGE]]
    if Field.PROBLEM in ours and Field.PROBLEM not in theirs:
        base[Field.PROBLEM] = elsewhere(ours[Field.PROBLEM])
    return base


def _title(issue: Issue) -> str:
    return content.title_of(issue.title, TITLE_MOST) or issue.key


def _problem(text: str) -> str:
    """What can be kept of it."""
    kept = wording.kept(canonical(text))
    if wording.wrong(kept, wording.TEXT_MOST):
        kept = kept[: wording.TEXT_MOST - 1] + "…"
    return kept
