"""Pushing many initiatives, and what that would write: a rehearsal is the plan, carried out as far as reading goes."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import Text
from backlog.history import Actor
from backlog.initiatives.stages import Stage
from backlog.trackers import budgets, links, wanted
from backlog.trackers.connections import Connection
from backlog.trackers.fields import Field, FieldMapping
from backlog.trackers.link import Link
from backlog.trackers.undelivered import Undelivered
from backlog.trackers.wanted import Wanted
from integrations.engine import content, places
from integrations.engine.comparing import compared
from integrations.engine.content import Writing
from integrations.engine.reconciling import Both
from integrations.engine.sections import Voice
from integrations.errors import TrackerError
from integrations.issue import Issue
from integrations.opening import Outside
from integrations.tracker import Tracker
from integrations.writes import Edit, Write

REHEARSED = 50  # links that are read for a rehearsal of a mapping
AT_ONCE = 4  # of these at a time
PATIENCE = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Making:
    """One issue that would be made: what it would say, and the request. ``moves``: its stage has another status than the
    one of a new initiative, so a second write sets it."""

    wanted: Wanted
    edit: Edit
    write: Write
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``linked``: initiatives that have their issue there already. ``seconds``: how long the limits of the tracker make
    it take at least."""

    makings: Sequence[Making]
    linked: Sequence[int]
    seconds: float


def writing_of(
    outside: Outside,
    connection: Connection,
    voice: Voice,
    address: Callable[[str], str],
    mapping: FieldMapping | None = None,
) -> Writing:
    return Writing(voice, outside.kind(connection.kind), mapping or connection.maps, address)


async def rehearse(
    outside: Outside, connection: Connection, ids: Sequence[int], voice: Voice, address: Callable[[str], str]
) -> Rehearsal:
    """Every request of a push of these; nothing is sent and nothing asked."""
    async with outside.database.reading() as session:
        known = set(await session.scalars(_linked(connection.id, ids)))
        found = await wanted.load(session, [each for each in ids if each not in known])
    writing = writing_of(outside, connection, voice, address)
    async with outside.opened(connection) as tracker:
        makings = [_making(tracker, found[each], writing) for each in ids if each in found]
    writes = len(makings) + sum(each.moves for each in makings)
    seconds = budgets.duration(writes, writing.kind.limits)
    return Rehearsal(makings, [each for each in ids if each in known], seconds)


def _making(tracker: Tracker, one: Wanted, writing: Writing) -> Making:
    edit = content.edit(content.ours(one, writing), writing, one, "rehearsal")
    beginning = writing.mapping.stages.get(Stage.PROPOSED)
    moves = edit.status is not None and beginning is not None and edit.status != beginning.sets
    return Making(one, edit, tracker.creation(edit, "rehearsal"), moves)


def _linked(connection_id: int, ids: Sequence[int]) -> Any:
    return select(Link.initiative_id).where(
        Link.connection_id == connection_id, Link.initiative_id.in_(ids), Link.is_main.is_(True)
    )


async def push(session: AsyncSession, connection: Connection, ids: Sequence[int], *, by: Actor) -> int:
    """Each becomes a link that waits for its turn, so that it goes on after any interruption; those that have their
    issue there are passed over. How many are on their way."""
    known = set(await session.scalars(_linked(connection.id, ids)))
    wanted_ids = [each for each in dict.fromkeys(ids) if each not in known]
    made = [(await links.push(session, each, connection, by=by)).id for each in wanted_ids]
    if len(made) > 1:  # nobody waits for each of them, as for a change of one
        await session.execute(update(Link).where(Link.id.in_(made)).values(at_leisure=True))
    return len(wanted_ids)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a mapping would do to one link. ``outward`` and ``inward``: field -> [what is there now, what it becomes];
    ``labels_removed`` are those at former places; ``problem``: the issue could not be read;
    ``stage`` of the initiative."""

    link: Link
    outward: Mapping[Field, Sequence[Any]] = field(default_factory=dict)
    inward: Mapping[Field, Sequence[Any]] = field(default_factory=dict)
    asked: Mapping[Field, Both] = field(default_factory=dict)
    problem: Text | None = None
    labels_removed: Sequence[str] = ()
    stage: Stage | None = None

    def beside(self, now: "Consequence", refused: Collection[tuple[Field, bool]]) -> "Consequence":
        """Without what happens all the same, and what was refused before (field, whether inward) and would be again."""
        return Consequence(
            self.link,
            {
                name: both
                for name, both in self.outward.items()
                if now.outward.get(name) != both and (name, False) not in refused
            },
            {
                name: both
                for name, both in self.inward.items()
                if now.inward.get(name) != both and (name, True) not in refused
            },
            {name: both for name, both in self.asked.items() if now.asked.get(name) != both},
            labels_removed=[each for each in self.labels_removed if each not in now.labels_removed],
            stage=self.stage,
        )

    @property
    def is_empty(self) -> bool:
        return not (self.outward or self.inward or self.asked or self.problem or self.labels_removed)


async def rehearse_mapping(
    outside: Outside, connection: Connection, mapping: FieldMapping, voice: Voice, address: Callable[[str], str]
) -> Sequence[Consequence]:
    """Of the links that were looked at last, at most `REHEARSED`: what would be written, taken in and asked that is not
    so with the mapping now in force, or could not be delivered before. Reads, and writes nothing."""
    found = (
        select(Link)
        .where(Link.connection_id == connection.id, Link.is_main.is_(True), Link.external_id.is_not(None))
        .order_by(Link.synced_at.desc())
        .limit(REHEARSED)
    )
    async with outside.database.reading() as session:
        rows = list(await session.scalars(found))
        known = await wanted.load(session, [row.initiative_id for row in rows])
        refused = select(Undelivered).where(
            Undelivered.link_id.in_([row.id for row in rows]), Undelivered.end.is_(None)
        )
        waiting = list(await session.scalars(refused))
    before = writing_of(outside, connection, voice, address)
    writing, turns = writing_of(outside, connection, voice, address, mapping), asyncio.Semaphore(AT_ONCE)
    async with outside.opened(connection, mapping.board) as tracker, asyncio.timeout(PATIENCE):
        return await asyncio.gather(
            *(_consequence(tracker, turns, row, known[row.initiative_id], (before, writing), waiting) for row in rows)
        )


async def _consequence(
    tracker: Tracker,
    turns: asyncio.Semaphore,
    link: Link,
    one: Wanted,
    writings: tuple[Writing, Writing],
    waiting: Sequence[Undelivered],
) -> Consequence:
    """``writings``: with the mapping in force, and with the one that is tried."""
    before, after = writings
    async with turns:
        try:
            issue = await tracker.read((link.external_id if after.kind.reads_by_id else link.external_key) or "")
        except TrackerError as error:
            return Consequence(link, problem=error.text)
    refused = {(each.field, each.inward) for each in waiting if each.link_id == link.id}
    return consequence(link, issue, one, after).beside(consequence(link, issue, one, before), refused)


def consequence(link: Link, issue: Issue, one: Wanted, writing: Writing) -> Consequence:
    """What would happen to a link whose issue is so."""
    found, ours, theirs = compared(places.base_of(link, writing.mapping), one, issue, writing)
    left = places.leaving(link, issue, writing.mapping, ours)
    return Consequence(
        link,
        {name: [theirs.get(name), value] for name, value in found.outward.items()},
        {name: [ours.get(name), value] for name, value in found.inward.items()},
        found.asked,
        labels_removed=[label for label, why in left.items() if not why],
        stage=one.stage,
    )
