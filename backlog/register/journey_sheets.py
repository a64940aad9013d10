"""Journeys as CSV, out and in: one row for each touchpoint in a phase; a phase without any and a journey
without phases have a row of their own."""

import asyncio
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import N_, Invalid, Text
from backlog.evidence import journeys
from backlog.evidence.arrangement import Arrangement, Part
from backlog.evidence.journeys import Journey
from backlog.evidence.touchpoints import Touchpoint, name_key
from backlog.history import Actor
from backlog.register import sheets
from backlog.register.sheets import Line, RowsWrong, Wrong

COLUMNS = ("journey", "phase", "position", "touchpoint")
Placed = dict[str, dict[str, list[tuple[int, int]]]]
"""Journey -> phase -> (position, touchpoint), in the order of the file."""


async def exported(session: AsyncSession) -> str:
    """All journeys by name; positions count from 1 within their phase."""
    found = (await session.scalars(select(Journey).order_by(Journey.name))).all()
    laid_out = await journeys.arrangements(session, [journey.id for journey in found])
    names = dict((await session.execute(select(Touchpoint.id, Touchpoint.name))).all())
    rows = (row for journey in found for row in _rows(journey.name, laid_out.get(journey.id, Arrangement()), names))
    return sheets.written(COLUMNS, rows)


def _rows(journey: str, arrangement: Arrangement, names: dict[int, str]) -> Iterator[dict[str, Any]]:
    if not arrangement.parts:
        yield {"journey": journey, "phase": None, "position": None, "touchpoint": None}
    for part in arrangement.parts:
        for position, touchpoint_id in enumerate(part.touchpoints, 1):
            yield {"journey": journey, "phase": part.name, "position": position, "touchpoint": names[touchpoint_id]}
        if not part.touchpoints:
            yield {"journey": journey, "phase": part.name, "position": None, "touchpoint": None}


async def take_in(session: AsyncSession, data: bytes, *, by: Actor) -> int:
    """Lay out the journeys of a list as it says, making those that are new, all or none; answers how many.

    Phases come in the order in which the file first names them. Journeys that the file does not name stay as they
    are. RowsWrong names the cells that cannot be kept: a touchpoint must be in the register.
    """
    lines = await asyncio.to_thread(sheets.read, data, COLUMNS, required=("journey", "phase", "touchpoint"))
    known = dict((await session.execute(select(Touchpoint.name_key, Touchpoint.id))).all())
    placed, wrong = _placed(lines, known)
    if wrong:
        raise RowsWrong(wrong)
    existing = {name_key(journey.name): journey for journey in await session.scalars(select(Journey))}
    for name, phases in placed.items():
        try:
            await _lay_out(session, existing.get(name_key(name)), name, phases, by)
        except Invalid as invalid:
            first = next(line.row for line in lines if name_key(line.cells["journey"]) == name_key(name))
            raise RowsWrong([Wrong(first, "phase", text) for text in invalid.fields.values()]) from invalid
    return len(placed)


def _placed(lines: list[Line], known: dict[str, int]) -> tuple[Placed, list[Wrong]]:
    """What stands where, and the cells that make no sense; spelling of names is that of their first row."""
    placed: Placed = {}
    spelt: dict[tuple[str, str], str] = {}
    wrong: list[Wrong] = []
    for line in lines:
        journey, phase, name = (line.cells[column] for column in ("journey", "phase", "touchpoint"))
        if journey and not phase and not name:
            placed.setdefault(spelt.setdefault(("", name_key(journey)), journey), {})
            continue
        wrong += [
            Wrong(line.row, column, Text(N_("Enter a name.")))
            for column, text in (("journey", journey), ("phase", phase))
            if not text
        ]
        journey = spelt.setdefault(("", name_key(journey)), journey)
        phase = spelt.setdefault((name_key(journey), name_key(phase)), phase)
        stops = placed.setdefault(journey, {}).setdefault(phase, [])
        if not name:
            continue
        touchpoint_id, position = known.get(name_key(name)), _position(line, len(stops) + 1)
        if touchpoint_id is None:
            words = N_("There is no touchpoint “%(name)s”.")
            wrong.append(Wrong(line.row, "touchpoint", Text(words, {"name": name[:60]})))
        elif touchpoint_id in {number for _, number in stops}:
            wrong.append(Wrong(line.row, "touchpoint", Text(N_("It stands in this phase already."))))
        elif position is None:
            wrong.append(Wrong(line.row, "position", Text(N_("Enter a whole number."))))
        else:
            stops.append((position, touchpoint_id))
    return placed, wrong


def _position(line: Line, following: int) -> int | None:
    """As written, else behind the one before; None when it is no whole number."""
    text = line.cells.get("position", "")
    if not text:
        return following
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


async def _lay_out(
    session: AsyncSession, journey: Journey | None, name: str, phases: dict[str, list[tuple[int, int]]], by: Actor
) -> None:
    parts = [
        Part(phase, tuple(number for _, number in sorted(stops, key=lambda stop: stop[0])))
        for phase, stops in phases.items()
    ]
    wanted = Arrangement(tuple(parts))
    if journey is None:
        await journeys.add(session, {"name": name}, arrangement=wanted, by=by)
        return
    before = await journeys.arrangement_of(session, journey.id)
    await journeys.arrange(session, journey, wanted.keeping_ids_of(before), version=journey.version, by=by)
