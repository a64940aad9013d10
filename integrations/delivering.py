"""Writing to a tracker what is missing there, and comparing what came back with what was sent."""

from collections.abc import Mapping
from typing import Any

from backlog.errors import Text
from backlog.trackers import links
from backlog.trackers.fields import SECTIONS, Field
from integrations import (
    content,
    echoes,
    telling,
    undelivering,
)
from integrations.desk import Desk
from integrations.known import Known
from integrations.prose.block import TooLong
from integrations.tracker import Issue, NoAccess, Refused, TrackerError, Unreachable


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
