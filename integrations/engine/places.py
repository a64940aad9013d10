"""Where in the tracker each field stands. A mapping may give it another place: there both sides meet for the first time,
and the label that Waymark had put at the former one is taken away."""

from collections.abc import Mapping, Sequence
from typing import Any

from backlog.history import WAYMARK
from backlog.trackers import undelivered
from backlog.trackers.fields import LABEL, PLACED, Direction, Field, FieldMapping
from backlog.trackers.link import Link
from backlog.trackers.undelivered import End
from integrations.engine import content
from integrations.engine.delivering import require_right
from integrations.engine.desk import Desk
from integrations.engine.known import Known, at_hand
from integrations.errors import NoAccess, Refused
from integrations.issue import Issue
from integrations.writes import Edit

PLACES, LEFT = "places", "left"
"""In the facts of a link: field -> its place when it was looked at last; label that is to go -> why it stays."""


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
    """Labels at former places, as Waymark had put them, perhaps when it made the issue."""
    made_with = {name: [value] for name, value in link.facts.get("sent", {}).items()}
    known = {**made_with, **link.base}
    return [
        f"{place.removeprefix(LABEL)}:{said[0]}"
        for name, place in _moved(link, mapping).items()
        if place.startswith(LABEL) and mapping.fields[name].direction is not Direction.IN
        and (said := known.get(name)) and said[0]
    ]  # fmt: skip


async def move(desk: Desk, known: Known) -> None:
    """What both sides were at a former place says nothing of the new one, nor does what could not be delivered there."""
    mapping = desk.writing.mapping
    away = _moved(known.link, mapping)
    if not away:
        return
    async with desk.database.writing() as session:
        row = await at_hand(session, known.link)
        left = {**row.facts.get(LEFT, {}), **dict.fromkeys(_put(row, mapping), "")}
        row.base, places = base_of(row, mapping), known_by(row, mapping)
        row.facts = {**row.facts, PLACES: places, LEFT: left}
        for item in await session.scalars(undelivered.waiting(row.id)):
            if item.field in away:
                item.finish(End.DISCARDED, WAYMARK.name)
        known.link.base, known.link.facts = row.base, row.facts
    known.refused = [each for each in known.refused if each.field not in away]


def leaving(link: Link, issue: Issue, mapping: FieldMapping, ours: Mapping[Field, Any]) -> dict[str, str]:
    """Labels of the issue that are to go, with the reason why they stay; it is empty until the tracker refuses."""
    left: dict[str, str] = {**link.facts.get(LEFT, {}), **dict.fromkeys(_put(link, mapping), "")}
    there = {label.casefold() for label in issue.labels}
    wanted = {each.casefold() for each in (*mapping.labels, *_labels(mapping, ours))}
    return {label: why for label, why in left.items() if label.casefold() in there - wanted}


def _labels(mapping: FieldMapping, ours: Mapping[Field, Any]) -> list[str]:
    """Those that say what is ours."""
    places = {name: rule.target for name, rule in mapping.fields.items() if rule.target.startswith(LABEL)}
    return [f"{place.removeprefix(LABEL)}:{ours[name]}" for name, place in places.items() if ours.get(name)]


async def clear(desk: Desk, known: Known, issue: Issue) -> Issue:
    """The issue without the labels that are to go. What the tracker refuses of it is noted with the reason, and not tried
    again before a person says so."""
    mapping, ours = desk.writing.mapping, content.ours(known.wanted, desk.writing)
    left = leaving(known.link, issue, mapping, ours)
    if fresh := [label for label, why in left.items() if not why]:
        refusal = await _take_away(desk, issue, fresh)
        issue = await desk.read(known.link)
        still = leaving(known.link, issue, mapping, ours)
        left = {label: why or refusal for label, why in still.items() if why or refusal}
    if left != known.link.facts.get(LEFT, {}):
        await _note(desk, known.link, left)
    return issue


async def _take_away(desk: Desk, issue: Issue, labels: Sequence[str]) -> str:
    """Why they could not all be; empty when nothing was refused."""
    refusal = ""
    for write in await desk.tracker.writes(issue, Edit(labels_removed=tuple(labels))):
        try:
            await desk.send(write)
        except (Refused, NoAccess) as error:
            if isinstance(error, NoAccess):
                await require_right(desk, error)
            refusal = str(error)
    return refusal


async def _note(desk: Desk, link: Link, left: Mapping[str, str]) -> None:
    async with desk.database.writing() as session:
        row = await at_hand(session, link)
        others = {name: value for name, value in row.facts.items() if name != LEFT}
        row.facts = others | ({LEFT: dict(left)} if left else {})
        link.facts = row.facts
