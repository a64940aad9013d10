"""The register of touchpoints as a list: one row for each place in a journey, out and in."""

import asyncio
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import N_, Invalid, Text
from backlog.evidence import journeys, touchpoints
from backlog.evidence.arrangement import Arrangement
from backlog.evidence.journeys import Journey, Phase, Stop
from backlog.evidence.touchpoints import Access, Ownership, Touchpoint, Values, name_key
from backlog.history import Actor
from backlog.people.departments import Department
from backlog.register import sheets
from backlog.register.sheets import Line, RowsWrong, TakenIn, Wrong
from backlog.wording import NAME_MOST

COLUMNS = (
    "name", "channel", "ownership", "access", "department", "expectation", "target", "journey", "phase", "position",
)  # fmt: skip
OWN = COLUMNS[:7]
K = TypeVar("K", Ownership, Access)
COLUMN_OF = {"department_id": "department", "description": "name"}
MOST_PLACES = 999


@dataclass
class Imported(TakenIn):
    """``retargeted`` when scores must be computed again."""

    retargeted: bool = False


async def exported(session: AsyncSession) -> str:
    """All touchpoints as CSV, those in several phases in several rows."""
    rows = await session.execute(
        select(
            Touchpoint.name,
            Touchpoint.channel,
            Touchpoint.ownership,
            Touchpoint.access,
            Department.code.label("department"),
            Touchpoint.expectation,
            Touchpoint.target,
            Journey.name.label("journey"),
            Phase.name.label("phase"),
            (Stop.position + 1).label("position"),
        )
        .outerjoin(Department, Department.id == Touchpoint.department_id)
        .outerjoin(Stop, Stop.touchpoint_id == Touchpoint.id)
        .outerjoin(Phase, Phase.id == Stop.phase_id)
        .outerjoin(Journey, Journey.id == Phase.journey_id)
        .order_by(Journey.name, Phase.position, Stop.position, func.lower(Touchpoint.name))
    )
    return sheets.written(COLUMNS, rows.mappings())  # type: ignore[arg-type] # rows are mappings by column name


async def take_in(session: AsyncSession, data: bytes, *, by: Actor) -> Imported:
    """Add the touchpoints of a CSV list and change those it knows, all or none.

    Columns that the file lacks stay as they are. Journeys and phases that are new are made, a department must be
    known. Raises Invalid when it is no such list, RowsWrong when a cell cannot be kept.
    """
    lines = await asyncio.to_thread(sheets.read, data, COLUMNS, required=("name",))
    taking = _Taking(await _departments(session), await _known(session))
    result = Imported()
    for line in lines:
        await _take(session, taking, line, result, by)
        _check_place(taking, line)
    if taking.wrong:
        raise RowsWrong(taking.wrong)
    await _lay_out(session, taking, [line for line in lines if _has_place(line)], by)
    if taking.wrong:
        raise RowsWrong(taking.wrong)
    return result


@dataclass
class _Taking:
    """What is known while a list is read."""

    departments: Mapping[str, int]
    touchpoints: dict[str, Touchpoint]
    first_lines: dict[str, Line] = field(default_factory=dict)
    contradicted: set[str] = field(default_factory=set)
    wrong: list[Wrong] = field(default_factory=list)

    def refuse(self, line: Line, column: str, what: Text) -> None:
        self.wrong.append(Wrong(line.row, column, what))


async def _departments(session: AsyncSession) -> dict[str, int]:
    """By code and by name."""
    rows = await session.execute(select(Department.id, Department.code, Department.name))
    return {name_key(word): number for number, code, name in rows for word in (name, code)}


async def _known(session: AsyncSession) -> dict[str, Touchpoint]:
    return {each.name_key: each for each in await session.scalars(select(Touchpoint))}


async def _take(session: AsyncSession, taking: _Taking, line: Line, result: Imported, by: Actor) -> None:
    """Add or change the touchpoint of one row; the same touchpoint in a later row must say the same."""
    key = name_key(line.cells["name"])
    first = taking.first_lines.setdefault(key, line)
    if first is not line:
        differing = [name for name in OWN[1:] if line.cells.get(name, "") != first.cells.get(name, "")]
        if differing and key not in taking.contradicted:
            words = N_("This differs from row %(row)s, which is the same touchpoint: all its rows must say the same.")
            taking.refuse(line, differing[0], Text(words, {"row": first.row}))
            taking.contradicted.add(key)
        return
    values = _values(taking, line)
    known = taking.touchpoints.get(key)
    try:
        if known is None:
            taking.touchpoints[key] = await touchpoints.add(session, values, by=by)
            result.added += 1
        else:
            changes = await touchpoints.change(session, known, values, version=known.version, by=by)
            result.changed += bool(changes)
            result.unchanged += not changes
            result.retargeted |= "target" in changes
    except Invalid as invalid:
        for name, text in invalid.fields.items():
            taking.refuse(line, COLUMN_OF.get(name, name), text)


def _values(taking: _Taking, line: Line) -> Values:
    """The cells as values; what cannot be read is noted and left out."""
    values = Values(name=line.cells["name"])
    cells = line.cells
    if "channel" in cells:
        values["channel"] = cells["channel"]
    if "expectation" in cells:
        values["expectation"] = cells["expectation"]
    if cells.get("ownership"):
        values["ownership"] = _chosen(taking, line, "ownership", Ownership)
    if cells.get("access"):
        values["access"] = _chosen(taking, line, "access", Access)
    if "department" in cells:
        values["department_id"] = _department(taking, line)
    if "target" in cells:
        values["target"] = _target(taking, line)
    return values


def _chosen(taking: _Taking, line: Line, column: str, kind: type[K]) -> K:
    try:
        return kind(line.cells[column].casefold())
    except ValueError:
        words = N_("This is none of %(values)s.")
        taking.refuse(line, column, Text(words, {"values": ", ".join(each.value for each in kind)}))
        return next(iter(kind.__members__.values()))


def _department(taking: _Taking, line: Line) -> int | None:
    name = line.cells["department"]
    if name and name_key(name) not in taking.departments:
        taking.refuse(line, "department", Text(N_("There is no department “%(name)s”."), {"name": name[:60]}))
    return taking.departments.get(name_key(name))


def _target(taking: _Taking, line: Line) -> float | None:
    text = line.cells["target"].replace(",", ".")
    try:
        return float(text) if text else None
    except ValueError:
        taking.refuse(line, "target", Text(N_("This is not a number.")))
        return None


@dataclass
class _Laid:
    """A journey as the list names it first, and what it wants in its phases: name -> touchpoint id -> position."""

    line: Line
    phases: dict[str, dict[int, int | None]] = field(default_factory=dict)


async def _lay_out(session: AsyncSession, taking: _Taking, lines: Iterable[Line], by: Actor) -> None:
    """Put touchpoints into phases, each journey in one go; journeys and phases that are new are made."""
    known = {name_key(each.name): each for each in await session.scalars(select(Journey))}
    for key, wanted in _journeys(taking, lines).items():
        journey = known.get(key)
        arrangement = await journeys.arrangement_of(session, journey.id) if journey else Arrangement()
        for phase, places in wanted.phases.items():
            arrangement = arrangement.fill(phase, places)
        try:
            if journey is None:
                await journeys.add(session, {"name": wanted.line.cells["journey"]}, arrangement=arrangement, by=by)
            else:
                await journeys.arrange(session, journey, arrangement, version=journey.version, by=by)
        except Invalid as invalid:
            for text in invalid.fields.values():
                taking.refuse(wanted.line, "phase", text)


def _journeys(taking: _Taking, lines: Iterable[Line]) -> dict[str, _Laid]:
    """By ``name_key``."""
    found: dict[str, _Laid] = {}
    for line in lines:
        laid = found.setdefault(name_key(line.cells["journey"]), _Laid(line))
        phase = next((name for name in laid.phases if name_key(name) == name_key(line.cells["phase"])), None)
        places = laid.phases.setdefault(phase or line.cells["phase"], {})
        places[taking.touchpoints[name_key(line.cells["name"])].id] = _position(line)
    return found


def _has_place(line: Line) -> bool:
    return bool(line.cells.get("journey") or line.cells.get("phase"))


def _check_place(taking: _Taking, line: Line) -> None:
    """Note what is wrong with where a row puts its touchpoint, if it puts it anywhere."""
    if not _has_place(line):
        return
    if line.cells.get("position") and _position(line) is None:
        words = Text(N_("Enter a number from %(low)s to %(high)s."), {"low": 0, "high": MOST_PLACES})
        taking.refuse(line, "position", words)
    lacking = [each for each in ("journey", "phase") if not 0 < len(line.cells.get(each, "")) <= NAME_MOST]
    if lacking:
        words = Text(N_("A place needs both journey and phase, of at most 200 characters."))
        taking.refuse(line, lacking[0], words)


def _position(line: Line) -> int | None:
    """None when there is none, or none that can be."""
    text = line.cells.get("position", "")
    number = float(text) if text.isascii() and text.replace(".0", "").isdigit() else math.nan
    return int(number) if 0 <= number <= MOST_PLACES else None
