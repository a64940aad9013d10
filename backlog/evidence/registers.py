"""The register of touchpoints as a list: one row for each place in a journey, out and in."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, sheets
from backlog.errors import N_, Invalid, Text
from backlog.evidence import touchpoints
from backlog.evidence.journeys import Journey, Phase, Stop
from backlog.evidence.touchpoints import Access, Ownership, Touchpoint, Values, name_key
from backlog.history import Actor
from backlog.people.departments import Department
from backlog.sheets import Line, RowsWrong, Wrong

COLUMNS = (
    "name", "channel", "ownership", "access", "department", "expectation", "target", "journey", "phase", "position",
)  # fmt: skip
OWN = COLUMNS[:7]
K = TypeVar("K", Ownership, Access)
P = TypeVar("P", Journey, Phase)
COLUMN_OF = {"department_id": "department", "description": "name"}
MOST_PLACES = 999


@dataclass
class Imported:
    """How many touchpoints are new and how many changed; ``retargeted`` when scores must be computed again."""

    added: int = 0
    changed: int = 0
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
            Stop.position,
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
    lines = sheets.read(data, COLUMNS, required=("name",))
    taking = _Taking(await _departments(session), await _known(session))
    result = Imported()
    for line in lines:
        await _take(session, taking, line, result, by)
    if taking.wrong:
        raise RowsWrong(taking.wrong)
    places = _Places(session, by)
    for line in lines:
        if line.cells.get("journey") or line.cells.get("phase"):
            await places.put(taking, line)
    if taking.wrong:
        raise RowsWrong(taking.wrong)
    await session.flush()
    return result


@dataclass
class _Taking:
    """What is known while a list is read."""

    departments: Mapping[str, int]
    touchpoints: dict[str, Touchpoint]
    first_lines: dict[str, Line] = field(default_factory=dict)
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
        for name in OWN:
            if line.cells.get(name, "") != first.cells.get(name, "") and name != "name":
                words = Text(N_("This differs from row %(row)s, which is the same touchpoint."), {"row": first.row})
                taking.refuse(line, name, words)
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


class _Places:
    """Puts touchpoints into phases, making journeys and phases that are new."""

    def __init__(self, session: AsyncSession, by: Actor) -> None:
        self.session = session
        self.by = by

    async def put(self, taking: _Taking, line: Line) -> None:
        place = _position(taking, line)
        for column in ("journey", "phase"):
            if not line.cells.get(column) or len(line.cells[column]) > 200:
                taking.refuse(
                    line, column, Text(N_("A place needs both journey and phase, of at most 200 characters."))
                )
                return
        phase = await self._phase(await self._journey(line.cells["journey"]), line.cells["phase"])
        touchpoint = taking.touchpoints[name_key(line.cells["name"])]
        wanted = select(Stop).where(Stop.phase_id == phase.id, Stop.touchpoint_id == touchpoint.id)
        stop = await self.session.scalar(wanted)
        last = await self.session.scalar(select(func.max(Stop.position)).where(Stop.phase_id == phase.id))
        if stop is None:
            stop = Stop(phase_id=phase.id, touchpoint_id=touchpoint.id, position=(last or 0) + 1)
            self.session.add(stop)
        stop.position = place or stop.position
        if touchpoint.phase_id is None:
            touchpoint.phase_id = phase.id
        await self.session.flush()

    async def _journey(self, name: str) -> Journey:
        found: Sequence[Journey] = (await self.session.scalars(select(Journey))).all()
        journey = _named(found, name)
        if journey is None:
            journey = Journey(name=name)
            self.session.add(journey)
            await self.session.flush()
            history.record(self.session, self.by, "added", "journey", journey.id, {"name": name})
        return journey

    async def _phase(self, journey: Journey, name: str) -> Phase:
        wanted = select(Phase).where(Phase.journey_id == journey.id)
        found: Sequence[Phase] = (await self.session.scalars(wanted)).all()
        phase = _named(found, name)
        if phase is None:
            place = max((each.position for each in found), default=0) + 1
            phase = Phase(journey_id=journey.id, name=name, position=place)
            self.session.add(phase)
            await self.session.flush()
        return phase


def _named(found: Iterable[P], name: str) -> P | None:
    return next((each for each in found if name_key(each.name) == name_key(name)), None)


def _position(taking: _Taking, line: Line) -> int | None:
    text = line.cells.get("position", "")
    if not text:
        return None
    number = float(text) if text.isascii() and text.replace(".0", "").isdigit() else math.nan
    if not 0 <= number <= MOST_PLACES:
        words = Text(N_("Enter a number from %(low)s to %(high)s."), {"low": 0, "high": MOST_PLACES})
        taking.refuse(line, "position", words)
        return None
    return int(number)
