"""Where in the tracker each field stands. A mapping may give it another place: there both sides meet for the first time,
and the label that Waymark had put at the former one is taken away."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backlog.history import WAYMARK
from backlog.trackers import links, undelivered
from backlog.trackers.fields import LABEL, PLACED, Direction, Field, FieldMapping
from backlog.trackers.link import Link
from backlog.trackers.undelivered import End
from integrations import undelivering
from integrations.delivering import require_right
from integrations.desk import Desk
from integrations.errors import NoAccess, Refused
from integrations.issue import Issue
from integrations.known import Known
from integrations.writes import Edit

PLACES, LEFT = "places", "left"
"""In the facts of a link: field -> its place when it was looked at last, and labels that are to go."""


def of(name: Field, mapping: FieldMapping) -> str | None:
    """Its place; None for what has one by nature. A status stands on a board, among those of a type of issue."""
    if name is Field.STAGE:
        return f"board:{mapping.board} type:{mapping.issue_type}"
    return mapping.fields[name].target if name in PLACED else None


def known_by(link: Link, mapping: FieldMapping) -> dict[str, str]:
    """What a link knows after it was looked at. A field that is mapped no more may come back."""
    now = {name.value: place for name in mapping.fields if (place := of(name, mapping)) is not None}
    return {**link.facts.get(PLACES, {}), **now}


def base_of(link: Link, mapping: FieldMapping) -> dict[str, list[Any]]:
    """What both sides last were, but for fields that have another place by now."""
    away = _moved(link, mapping)
    return {name: both for name, both in link.base.items() if name not in away}


def _moved(link: Link, mapping: FieldMapping) -> dict[Field, str]:
    """The former places of those that have another one."""
    former: Mapping[str, str] = link.facts.get(PLACES, {})
    return {
        name: former[name]
        for name in mapping.fields
        if name in former and of(name, mapping) not in (None, former[name])
    }


def _put(link: Link, mapping: FieldMapping) -> list[str]:
    """Labels at former places, as Waymark had put them; what every issue of ours gets stays."""
    stays = {each.casefold() for each in mapping.labels}
    put = [
        f"{place.removeprefix(LABEL)}:{said[0]}"
        for name, place in _moved(link, mapping).items()
        if place.startswith(LABEL) and mapping.fields[name].direction is not Direction.IN
        and (said := link.base.get(name)) and said[0]
    ]  # fmt: skip
    return [each for each in put if each.casefold() not in stays]


async def move(desk: Desk, known: Known) -> None:
    """What both sides were at a former place says nothing of the new one, nor does what could not be delivered there."""
    mapping = desk.writing.mapping
    away = _moved(known.link, mapping)
    if not away:
        return
    async with desk.database.writing() as session:
        row = await links.by_id(session, known.link.id, for_change=True)
        left = [*row.facts.get(LEFT, ()), *_put(row, mapping)]
        row.base, places = base_of(row, mapping), known_by(row, mapping)
        row.facts = {**row.facts, PLACES: places, LEFT: left}
        for item in await session.scalars(undelivered.waiting(row.id)):
            if item.field in away:
                item.finish(End.DISCARDED, WAYMARK.name)
        known.link.base, known.link.facts = row.base, row.facts
    known.refused = [each for each in known.refused if each.field not in away]


async def clear(desk: Desk, known: Known, issue: Issue) -> Issue:
    """The issue without the labels that are to go; tried once, and what the tracker refuses of it is kept."""
    left = {label.casefold() for label in known.link.facts.get(LEFT, ())}
    there = tuple(label for label in issue.labels if label.casefold() in left)
    if not there:
        return issue
    try:
        for write in await desk.tracker.writes(issue, Edit(labels_removed=there)):
            await desk.send(write)
    except (Refused, NoAccess) as error:
        if isinstance(error, NoAccess):
            await require_right(desk, error)
        await undelivering.refused(desk, known.link, {Field.LABELS}, error, {Field.LABELS: list(there)})
        return issue
    return replace(issue, labels=tuple(label for label in issue.labels if label not in there))
