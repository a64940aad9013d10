"""Making an issue exactly once, though no tracker takes a key that would make sure of it.

Before the request leaves, the link notes that an issue may exist from now on, with a marker that goes into the issue.
When the answer is lost, nobody knows; then it is looked for, longer than the tracker's lists may be behind, and never
made anew by itself. A webhook or a sweep that comes across the marker settles it at once.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update

from backlog import history
from backlog.errors import N_, Text
from backlog.history import WAYMARK
from backlog.trackers import links
from backlog.trackers.fields import SECTIONS, Field
from backlog.trackers.link import SUBJECT, Link, LinkState, Question
from backlog.trackers.wanted import Wanted
from integrations.engine import content, doubles, places, undelivering, untyped
from integrations.engine.desk import Desk, Left, NotYet
from integrations.engine.known import at_hand
from integrations.errors import (
    Ambiguous,
    Gone,
    Missing,
    NoAccess,
    Refused,
    TrackerError,
)
from integrations.issue import Issue
from integrations.writes import Edit, Sent

LOOKS = (5, 15, 30, 60)
"""Seconds after the request at which it is looked for; then a person is asked, and it is looked for still."""
LATER = (120, 600, 3600)
UNKNOWN = N_("The tracker did not say whether it made the issue. Waymark looks for it before it does anything else.")
TAKEN = N_("%(key)s was made for this, but is linked with CX-%(number)s. Unlink one of the two, then try again.")
STILL_UNKNOWN = N_(
    "The issue may have been made, but Waymark cannot find it. Look in the tracker: link it when it is there, or have "
    "it made anew when it is not."
)


async def made(desk: Desk, link: Link, wanted: Wanted) -> Issue | None:
    """The issue of a link that had none; None while nobody knows whether it was made, or when it cannot be made."""
    if link.intent_at is not None:
        return await looked_for(desk, link)
    edit = first(desk, link, wanted)
    sent = content.ours(wanted, desk.writing) if link.is_main else {}
    while True:
        await note(desk, link, sent)
        try:
            return await created(desk, link, edit)
        except Refused as refusal:
            less = await without(desk, link, edit, refusal, wanted)
            if less is None:
                return None
            edit = less
            gone = {each for name in refusal.fields for each in content.touched(name, desk.writing.mapping)}
            sent = {name: value for name, value in sent.items() if name not in gone}


async def note(desk: Desk, link: Link, sent: Mapping[Field, Any]) -> None:
    """What the issue is made with, and where that goes: by the time it is found, either side may say something else."""
    known = places.known_by(link, desk.writing.mapping) if link.is_main else {}
    made_as = {"sent": dict(sent), places.PLACES: known, **untyped.sent(desk.writing.mapping)}
    link.facts = {**link.facts, **made_as}
    async with desk.database.writing() as session:
        row = await links.by_id(session, link.id, for_change=True)
        row.facts, row.asked_at = link.facts, row.asked_at or history.now()


def first(desk: Desk, link: Link, wanted: Wanted) -> Edit:
    """What a new issue is made with."""
    if not link.is_main:
        return content.part(link.title, desk.writing, wanted, link.marker)
    ours = content.ours(wanted, desk.writing)
    return content.edit(ours, desk.writing, wanted, link.marker)


async def created(desk: Desk, link: Link, edit: Edit) -> Issue | None:
    """One request. The status is set afterwards: a new issue has the one its workflow begins with."""
    write = desk.tracker.creation(edit, link.marker)
    await desk.last_known()
    try:
        sent = await desk.send(write, link_id=link.id)
    except Ambiguous as error:
        await doubtful(desk, link, error)
        return None
    except (NotYet, Left):
        raise
    except TrackerError:
        await forget(desk, link)
        raise
    return await settle(desk, link, sent)


async def settle(desk: Desk, link: Link, sent: Sent) -> Issue | None:
    """The tie is kept before anything else is asked. None when a person has tied this issue, or another one, in the
    meantime: then it is asked what is to become of both."""
    async with desk.database.writing() as session:
        row = await links.by_id(session, link.id, for_change=True)
        holder = await links.holding(session, row.connection_id, sent.id)
        if holder is not None and holder.id != row.id:
            taken = Text(TAKEN, {"key": sent.key, "number": holder.initiative_id})
            links.park(session, row, Question.DOUBLED, taken)
            return None
        if row.external_id not in (None, sent.id):
            links.park(session, row, Question.DOUBLED, Text(doubles.TWICE, {"key": sent.key}))
            return None
        row.settle(sent.id, sent.key)
        link.asked_at, link.anew_at, link.settled_at = row.asked_at, row.anew_at, row.settled_at
        history.record(session, WAYMARK, "made an issue", SUBJECT, row.initiative_id, {
            "connection": desk.connection.name, "key": sent.key, "link": row.id,
        })  # fmt: skip
    link.external_id, link.external_key = sent.id, sent.key
    return await desk.read(link)


async def doubtful(desk: Desk, link: Link, error: TrackerError) -> None:
    """It may have been made: look for it soon."""
    async with desk.database.writing() as session:
        row = await links.by_id(session, link.id, for_change=True)
        row.last_error, row.detail = Text(UNKNOWN), error.detail or str(error.text)
        row.due_at = history.now() + dt.timedelta(seconds=LOOKS[0])


async def forget(desk: Desk, link: Link) -> None:
    """It was surely not made."""
    async with desk.database.writing() as session:
        row = await links.by_id(session, link.id, for_change=True)
        row.intent_at, row.state = None, LinkState.PENDING


async def looked_for(desk: Desk, link: Link) -> Issue | None:
    """The issue with the marker, when there is one now."""
    assert link.intent_at is not None  # noqa: S101 - for the type checker
    found = await hinted(desk, link) or await desk.tracker.find(
        link.marker, link.intent_at - doubles.SKEW, link.after_key
    )
    if not found:
        await look_again(desk, link)
        return None
    kept, *others = sorted(found, key=lambda issue: (issue.created_at, len(issue.key), issue.key))
    issue = await settle(desk, link, Sent(kept.id, kept.key))
    if issue is None:
        return None
    unsure = [double for double in others if not await doubles.settled(desk, link, double, issue)]
    return None if unsure else issue


async def hinted(desk: Desk, link: Link) -> Sequence[Issue]:
    """The issue a webhook told of, when it has the marker."""
    if not link.hinted_key:
        return ()
    try:
        issue = await desk.tracker.read(link.hinted_key)
    except Missing:
        return ()
    except (Gone, NoAccess):  # where it is now Waymark will never read it
        await forget_hint(desk, link)
        return ()
    return (issue,) if issue.marker == link.marker else ()


async def forget_hint(desk: Desk, link: Link) -> None:
    """But for one that came in meanwhile."""
    same = update(Link).where(Link.id == link.id, Link.hinted_key == link.hinted_key)
    async with desk.database.writing() as session:
        await session.execute(same.values(hinted_key=None))


async def look_again(desk: Desk, link: Link) -> None:
    """After longer and longer; from the last of `LOOKS` on a person is asked."""
    assert link.intent_at is not None  # noqa: S101 - for the type checker
    pauses = (*LOOKS, *LATER)
    async with desk.database.writing() as session:
        row = await at_hand(session, link)
        row.looks += 1
        if row.looks >= len(LOOKS):
            links.park(session, row, Question.STILL_UNKNOWN, Text(STILL_UNKNOWN))
        else:
            row.state = LinkState.UNKNOWN
        if row.looks < len(pauses):
            next_look = link.intent_at + dt.timedelta(seconds=pauses[row.looks])
            row.due_at = max(next_look, history.now() + dt.timedelta(seconds=LOOKS[0]))
        else:
            row.due_at = None


async def without(desk: Desk, link: Link, edit: Edit, refusal: Refused, wanted: Wanted) -> Edit | None:
    """The same without what was refused, which is kept as undelivered; None when that leaves nothing to make: then a
    person is asked."""
    mapping = desk.writing.mapping
    refused = {each for name in refusal.fields for each in content.touched(name, mapping)}
    less = Edit(
        title=edit.title,
        block=edit.block,
        values={name: value for name, value in edit.values.items() if name not in refusal.fields},
        labels_added=() if "labels" in refusal.fields else edit.labels_added,
        type="" if "type" in refusal.fields else edit.type,
    )
    if less == edit or {"title", "block"} & refusal.fields.keys() or refused & set(SECTIONS):
        async with desk.database.writing() as session:
            row = await links.by_id(session, link.id, for_change=True)
            detail = refusal.detail or "; ".join(refusal.fields.values())
            links.park(session, row, Question.REFUSED, refusal.text, detail)
        return None
    await undelivering.refused(desk, link, refused, refusal, content.ours(wanted, desk.writing))
    return less
