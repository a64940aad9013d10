"""Comments both ways, each carried over once: ours carry a marker, theirs are remembered by their id."""

import datetime as dt
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, wording
from backlog.errors import N_, Text
from backlog.history import Actor
from backlog.initiatives import comments, initiatives
from backlog.initiatives.comments import MOST
from backlog.initiatives.comments import Comment as Ours
from backlog.trackers import tracker_comments
from backlog.trackers.fields import Direction, Field
from backlog.trackers.link import SUBJECT, Link
from backlog.trackers.tracker_comments import CommentTie
from integrations.engine import undelivering
from integrations.engine.desk import Desk, Left, NotYet
from integrations.engine.known import at_hand
from integrations.errors import Ambiguous, NoAccess, Refused, TrackerError
from integrations.issue import Comment, Issue

OVERLAP = dt.timedelta(minutes=5)
UNREAD = "comments"
"""In the facts of a link: why the comments of its issue cannot be read."""
MARGIN = dt.timedelta(seconds=30)
"""So much longer than the tracker's lists may be behind: then one that does not have a comment is believed."""


async def carry(desk: Desk, link: Link, issue: Issue, refused: Collection[Any] = ()) -> None:
    """Theirs in, then ours out, as the connection wants it; what was ``refused`` before is not sent again."""
    rule = desk.writing.mapping.fields.get(Field.COMMENTS)
    is_read = rule is not None and rule.direction in (Direction.IN, Direction.BOTH)
    if not is_read:
        await _note(desk, link, "")
    if rule is None:
        return
    waiting, ties = await _waiting(desk, link)
    doubtful = [tie.intent_at for tie in ties.values() if tie.intent_at is not None and tie.external_id is None]
    comes = is_read and (link.may_differ(issue.updated_at) or UNREAD in link.facts)
    there: Sequence[Comment] | None = ()
    if comes or doubtful:
        there = await _read(desk, link, issue, min([link.comments_at or link.created_at, *doubtful]) - OVERLAP)
    if comes and there is not None:
        await _bring_in(desk, link, there)
    if rule.direction in (Direction.OUT, Direction.BOTH):
        for comment in waiting:
            tie = ties.get(comment.id)
            in_doubt = there is None and tie is not None and tie.intent_at is not None
            if comment.text not in refused and not in_doubt:
                await _send(desk, link, issue, comment, tie, there or ())


async def _read(desk: Desk, link: Link, issue: Issue, since: dt.datetime) -> Sequence[Comment] | None:
    """None when the tracker does not show the comments of this issue: that is noted at the link, and holds up nothing
    else of it."""
    try:
        there = await desk.tracker.comments(issue, since)
    except (Refused, NoAccess) as error:
        await _note(desk, link, error.detail or str(error.text))
        return None
    await _note(desk, link, "")
    return there


async def _note(desk: Desk, link: Link, problem: str) -> None:
    if link.facts.get(UNREAD, "") == problem:
        return
    async with desk.database.writing() as session:
        row = await at_hand(session, link)
        facts = {name: value for name, value in row.facts.items() if name != UNREAD}
        row.facts = facts | ({UNREAD: problem} if problem else {})


async def _waiting(desk: Desk, link: Link) -> tuple[list[Ours], dict[int, CommentTie]]:
    """Ours that are not there yet, and what was tried before, by comment."""
    async with desk.database.reading() as session:
        waiting = await session.scalars(tracker_comments.untied(link.id, link.initiative_id, link.created_at))
        ties = await session.scalars(tracker_comments.of(link.id))
        return list(waiting), {tie.comment_id: tie for tie in ties if tie.comment_id is not None and tie.is_ours}


async def _bring_in(desk: Desk, link: Link, there: Sequence[Comment]) -> None:
    """New ones and those that were edited, each with its author."""
    async with desk.database.writing() as session:
        row = await at_hand(session, link)
        ties = {tie.external_id: tie for tie in await session.scalars(tracker_comments.of(link.id)) if tie.external_id}
        for comment in there:
            if comment.marker is None and comment.written_at >= link.created_at:
                await _bring_one_in(session, desk, row, comment, ties)
        if there:
            row.comments_at = max(each.edited_at for each in there)


async def _bring_one_in(
    session: AsyncSession, desk: Desk, link: Link, comment: Comment, ties: Mapping[str, CommentTie]
) -> None:
    tie, text = ties.get(comment.id), readable(comment.text)
    if tie is not None and (tie.edited_at is None or comment.edited_at <= tie.edited_at or tie.comment_id is None):
        return
    if tie is not None:
        ours = await session.get_one(Ours, tie.comment_id)
        tie.edited_at = comment.edited_at
        if ours.text != text:
            changes = {"text": [ours.text, text], "key": link.external_key}
            ours.text = text
            by = Actor(f"{comment.author.name} ({desk.connection.name})"[:200])
            history.record(session, by, "edited a comment", SUBJECT, link.initiative_id, changes)
        return
    initiative = await initiatives.by_key(session, link.initiative_id)
    by = Actor(f"{comment.author.name} ({desk.connection.name})"[:200])
    ours = await comments.write(session, initiative, text, by=by, source=desk.connection.name)
    session.add(
        CommentTie(
            link_id=link.id, comment_id=ours.id, external_id=comment.id, is_ours=False, edited_at=comment.edited_at
        )
    )


def readable(text: str) -> str:
    """What we can keep of it: never empty, at most as long as ours."""
    kept = wording.kept(text).strip()
    if len(kept) > MOST:
        kept = kept[: MOST - 1].rstrip() + "…"
    return "…" if wording.wrong(kept, MOST, required=True) else kept


async def _send(
    desk: Desk, link: Link, issue: Issue, comment: Ours, tie: CommentTie | None, there: Sequence[Comment]
) -> None:
    """Once. After a lost answer it is looked for among theirs first; NotYet as long as their list may be behind."""
    marker = tie.marker if tie else secrets.token_hex(8)
    found = next((each for each in there if each.marker == marker), None)
    if found is not None:
        await _tie(desk, link, comment, marker, found.id)
        return
    if tie is not None and tie.intent_at is not None:
        sure = tie.intent_at + dt.timedelta(seconds=desk.writing.kind.lag) + MARGIN
        if history.now() < sure:
            raise NotYet((sure - history.now()).total_seconds())
    await _tie(desk, link, comment, marker, None)
    named = desk.writing.voice.say(Text(N_("**%(name)s** in Waymark:"), {"name": comment.author}))
    try:
        sent = await desk.send(desk.tracker.comment(issue, f"{named}\n\n{comment.text}", marker))
    except Ambiguous:
        raise
    except (Refused, NoAccess) as error:
        await _tie(desk, link, comment, marker, None, is_sure=True)
        await undelivering.refused(desk, link, {Field.COMMENTS}, error, {Field.COMMENTS: comment.text})
    except (TrackerError, NotYet, Left):
        await _tie(desk, link, comment, marker, None, is_sure=True)
        raise
    else:
        await _tie(desk, link, comment, marker, sent.id)


async def _tie(
    desk: Desk, link: Link, comment: Ours, marker: str, external_id: str | None, *, is_sure: bool = False
) -> None:
    """``external_id`` None: it is about to be sent, or (``is_sure``) was surely not taken."""
    about_to_be_sent = external_id is None and not is_sure
    async with desk.database.writing() as session:
        ties = await session.scalars(tracker_comments.of(link.id).where(CommentTie.comment_id == comment.id))
        tie = ties.first()
        if tie is None:
            tie = CommentTie(link_id=link.id, comment_id=comment.id, is_ours=True, marker=marker)
            session.add(tie)
        tie.external_id, tie.intent_at = external_id, history.now() if about_to_be_sent else None
