"""Writing to a tracker what is missing there, and comparing what came back with what was sent."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from backlog.errors import Text
from backlog.trackers.fields import SECTIONS, Field
from integrations.engine import content, echoes, telling, undelivering
from integrations.engine.desk import Desk
from integrations.engine.known import Known, at_hand
from integrations.errors import NoAccess, Refused, TrackerError, Unreachable
from integrations.issue import Issue
from integrations.prose.block import TooLong


class Overtaken(Exception):
    """Somebody changed the issue after it was read: nothing was sent, and there is more to compare."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.key)
        self.issue = issue


async def write_out(
    desk: Desk, known: Known, issue: Issue, outward: Mapping[Field, Any], theirs: Mapping[Field, Any]
) -> Issue:
    """The issue as the tracker has it afterwards. What it refuses is kept, and the rest sent without it. NoAccess when
    the account may change nothing in the project any more, Overtaken when people there were faster."""
    left = missing = dict(outward)
    while missing:
        gone = await _round(desk, known, issue, missing)
        if not gone:
            break
        left = {name: value for name, value in left.items() if name not in gone}
        if not left:
            return issue
        issue = await desk.read(known.link)
        missing = not_there_yet(desk, known, left, theirs, issue)
    echo = await desk.read(known.link)
    await compare_echo(desk, known, left, theirs, echo)
    return echo


async def _round(desk: Desk, known: Known, issue: Issue, left: Mapping[Field, Any]) -> Collection[Field]:
    """What the tracker refused of it; nothing when all of it was sent."""
    change = content.edit(left, desk.writing, known.wanted, known.link.marker, issue, known.link.base)
    fields: Sequence[str] = ()
    try:
        for number, write in enumerate(await desk.tracker.writes(issue, change)):
            fields = write.fields
            await desk.send(write, look=None if number else partial(look, desk, known, issue))
    except (Refused, Unreachable, NoAccess) as error:
        if isinstance(error, NoAccess):
            await require_right(desk, error)
        gone = refused_of(error, left, desk, fields)
        await undelivering.refused(desk, known.link, gone, error, left)
        return gone
    except TooLong as refusal:
        sections = left.keys() & set(SECTIONS)
        await undelivering.refused(desk, known.link, sections, Refused(refusal.text, {"block": ""}), left)
        return sections
    return ()


async def look(desk: Desk, known: Known, issue: Issue) -> None:
    """Overtaken unless the issue is as it was read. No tracker takes a write on condition, and the description is written
    as a whole: what somebody wrote there while the write waited for its turn would be gone."""
    now = await desk.read(known.link)
    if now != issue:
        raise Overtaken(now)


async def require_right(desk: Desk, error: NoAccess) -> None:
    """NoAccess with what is lacking when it is no matter of this one issue."""
    for check in await desk.tracker.check():
        if check.is_needed and check.problem is not None:
            raise NoAccess(check.problem, detail=error.detail, status=error.status) from error


def not_there_yet(
    desk: Desk, known: Known, left: Mapping[Field, Any], before: Mapping[Field, Any], issue: Issue
) -> dict[Field, Any]:
    """What of it is still to be sent: a part was perhaps written before another was refused."""
    found, _ = content.theirs(issue, desk.writing, content.ours(known.wanted, desk.writing))
    return {
        name: value for name, value in left.items()
        if found.get(name) != value
        and (found.get(name) == before.get(name) or not echoes.is_echo(value, found.get(name)))
    }  # fmt: skip


def refused_of(error: TrackerError, left: Mapping[Field, Any], desk: Desk, fields: Collection[str]) -> set[Field]:
    """Which of ours the tracker meant: what it named, else ``fields`` of the write it refused, else all."""
    if isinstance(error, Unreachable):
        return {Field.STAGE}
    for names in (getattr(error, "fields", {}), fields):
        meant = {each for name in names for each in content.touched(name, desk.writing.mapping)} & left.keys()
        if meant:
            return meant
    return set(left)


async def compare_echo(
    desk: Desk, known: Known, sent: Mapping[Field, Any], before: Mapping[Field, Any], echo: Issue
) -> None:
    """What came back of what was sent. A field that stayed as it was without a word was dropped; what people changed
    in between is looked at once more."""
    after, _ = content.theirs(echo, desk.writing, content.ours(known.wanted, desk.writing))
    dropped = {
        name for name, value in sent.items()
        if after.get(name) != value and after.get(name) == before.get(name)
    }  # fmt: skip
    async with desk.database.writing() as session:
        row = await at_hand(session, known.link)
        base = {
            name: echoes.base_of(desk.writing.mapping.fields[name], value, after.get(name, value))
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
            refusal = undelivering.Refusal(name, sent[name], Text(undelivering.DROPPED), dropped=True)
            await undelivering.keep(session, row, refusal)
        await undelivering.delivered(session, row.id, sent.keys() - dropped, inward=False)
        known.link.base = row.base
