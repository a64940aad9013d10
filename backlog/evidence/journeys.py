"""Journeys: a scenario walked by a persona in ordered phases, with touchpoints in order."""

import enum
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, attributes, mapped_column

from backlog import errors, history, wording
from backlog.database import LARGEST_ID, Base, Id, Name, Versioned, find
from backlog.errors import N_, Invalid, NotFound
from backlog.evidence.arrangement import Arrangement, Part
from backlog.evidence.personas import Persona
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor


class Scenario(enum.StrEnum):
    NEW_PURCHASE = "new purchase"
    REPEAT_PURCHASE = "repeat purchase"
    SERVICE_CASE = "service case"


SCENARIO_LABELS = {
    Scenario.NEW_PURCHASE: N_("New purchase"),
    Scenario.REPEAT_PURCHASE: N_("Repeat purchase"),
    Scenario.SERVICE_CASE: N_("Service case"),
}


class Journey(Versioned, Base):
    """Its version also counts changes of its phases and their touchpoints."""

    __tablename__ = "journey"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    scenario: Mapped[Scenario] = mapped_column(default=Scenario.NEW_PURCHASE)
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id", ondelete="SET NULL"))
    description: Mapped[str] = mapped_column(Text, default="")


class Phase(Base):
    __tablename__ = "phase"

    id: Mapped[Id]
    journey_id: Mapped[int] = mapped_column(ForeignKey("journey.id", ondelete="CASCADE"), index=True)
    name: Mapped[Name]
    position: Mapped[int]


class Stop(Base):
    """A touchpoint's place in a phase; one touchpoint may stand in several journeys."""

    __tablename__ = "stop"
    __table_args__ = (UniqueConstraint("phase_id", "touchpoint_id"),)

    id: Mapped[Id]
    phase_id: Mapped[int] = mapped_column(ForeignKey("phase.id", ondelete="CASCADE"))
    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]


PLAIN: dict[str, Any] = {"name": "", "scenario": Scenario.NEW_PURCHASE, "persona_id": None, "description": ""}


async def get(session: AsyncSession, journey_id: int) -> Journey:
    found = await find(session, Journey, journey_id)
    if found is None:
        raise NotFound(N_("There is no such journey."))
    return found


async def add(
    session: AsyncSession, values: Mapping[str, Any], *, arrangement: Arrangement | None = None, by: Actor
) -> Journey:
    """A new journey of ``name``, ``scenario``, ``persona_id`` and ``description``. Invalid names what will not do."""
    wanted = await _checked(session, PLAIN | dict(values), None)
    journey = Journey(**wanted)
    session.add(journey)
    await session.flush()
    history.record(session, by, "added", "journey", journey.id, wanted)
    if arrangement is not None:
        await _lay_out(session, journey, Arrangement(), await _checked_arrangement(session, arrangement))
    return journey


async def change(
    session: AsyncSession, journey: Journey, values: Mapping[str, Any], *, version: int | None, by: Actor
) -> None:
    """Change the given fields. Stale when somebody else was faster, Invalid as for ``add``."""
    journey.expect(version)
    before = {name: getattr(journey, name) for name in PLAIN}
    wanted = await _checked(session, before | dict(values), journey.id)
    changes = history.differences(before, wanted)
    for name, value in wanted.items():
        setattr(journey, name, value)
    if changes:
        history.record(session, by, "changed", "journey", journey.id, changes)
    await session.flush()


async def remove(session: AsyncSession, journey: Journey, *, version: int | None, by: Actor) -> None:
    """Remove the journey with its phases; the touchpoints stay in the register."""
    journey.expect(version)
    placed = (await arrangement_of(session, journey.id)).touchpoints()
    history.record(session, by, "removed", "journey", journey.id, {"name": journey.name})
    await session.delete(journey)
    await session.flush()
    await settle(session, placed)


async def arrangement_of(session: AsyncSession, journey_id: int) -> Arrangement:
    """The phases of a journey and what stands in them, in order."""
    return (await arrangements(session, [journey_id])).get(journey_id, Arrangement())


async def arrangements(session: AsyncSession, journey_ids: Iterable[int]) -> dict[int, Arrangement]:
    """``arrangement_of`` of many journeys: id -> arrangement."""
    wanted = list(journey_ids)
    order = (Phase.journey_id, Phase.position, Phase.id)
    phases = (await session.scalars(select(Phase).where(Phase.journey_id.in_(wanted)).order_by(*order))).all()
    stops: dict[int, list[int]] = {}
    placed = select(Stop.phase_id, Stop.touchpoint_id).join(Phase, Phase.id == Stop.phase_id)
    placed = placed.where(Phase.journey_id.in_(wanted)).order_by(Stop.phase_id, Stop.position, Stop.id)
    for phase_id, touchpoint_id in await session.execute(placed):
        stops.setdefault(phase_id, []).append(touchpoint_id)
    found: dict[int, list[Part]] = {}
    for phase in phases:
        found.setdefault(phase.journey_id, []).append(Part(phase.name, tuple(stops.get(phase.id, ())), phase.id))
    return {journey_id: Arrangement(tuple(parts)) for journey_id, parts in found.items()}


async def arrange(
    session: AsyncSession, journey: Journey, wanted: Arrangement, *, version: int | None, by: Actor
) -> None:
    """Lay the journey out anew. Stale when somebody else was faster; Invalid when the arrangement will not do."""
    journey.expect(version)
    before = await arrangement_of(session, journey.id)
    wanted = await _checked_arrangement(session, wanted)
    if wanted == before:
        return
    attributes.flag_modified(journey, "name")  # nothing of its own changed, but its version is to go up
    await session.flush()
    await _lay_out(session, journey, before, wanted)
    changes = {"phases": [_told(before), _told(wanted)]}
    history.record(session, by, "arranged", "journey", journey.id, changes)


def _told(arrangement: Arrangement) -> list[list[Any]]:
    return [[part.name, list(part.touchpoints)] for part in arrangement.parts]


async def _lay_out(session: AsyncSession, journey: Journey, before: Arrangement, wanted: Arrangement) -> None:
    kept = {part.id for part in wanted.parts}
    gone = [part.id for part in before.parts if part.id not in kept]
    await session.execute(delete(Phase).where(Phase.id.in_(gone)))
    for position, part in enumerate(wanted.parts):
        phase = await session.get(Phase, part.id) if part.id else None
        if phase is None:
            phase = Phase(journey_id=journey.id, name=part.name, position=position)
            session.add(phase)
        phase.name, phase.position = part.name, position
        await session.flush()
        await session.execute(delete(Stop).where(Stop.phase_id == phase.id))
        session.add_all(
            Stop(phase_id=phase.id, touchpoint_id=touchpoint_id, position=place)
            for place, touchpoint_id in enumerate(part.touchpoints)
        )
    await session.flush()
    await settle(session, before.touchpoints() | wanted.touchpoints())


async def settle(session: AsyncSession, touchpoint_ids: Iterable[int]) -> None:
    """List each touchpoint under a phase where it stands: the one it has, else the first of the first journey."""
    wanted = list(touchpoint_ids)
    placed = select(Stop.touchpoint_id, Stop.phase_id).join(Phase, Phase.id == Stop.phase_id)
    placed = placed.where(Stop.touchpoint_id.in_(wanted)).order_by(Phase.journey_id, Phase.position)
    phases: dict[int, list[int]] = {}
    for touchpoint_id, phase_id in await session.execute(placed):
        phases.setdefault(touchpoint_id, []).append(phase_id)
    homes = select(Touchpoint.id, Touchpoint.phase_id).where(Touchpoint.id.in_(wanted))
    for touchpoint_id, home in (await session.execute(homes)).all():
        possible = phases.get(touchpoint_id, [])
        if home not in possible and (home or possible):
            at = possible[0] if possible else None
            await session.execute(update(Touchpoint).where(Touchpoint.id == touchpoint_id).values(phase_id=at))


async def _checked_arrangement(session: AsyncSession, wanted: Arrangement) -> Arrangement:
    wanted = wanted.checked()
    placed = wanted.touchpoints()
    possible = {number for number in placed if 0 < number <= LARGEST_ID}
    known = set(await session.scalars(select(Touchpoint.id).where(Touchpoint.id.in_(possible))))
    if placed - known:
        unknown = ", ".join(str(touchpoint_id) for touchpoint_id in sorted(placed - known)[:5])
        raise Invalid({"phases": errors.Text(N_("There is no touchpoint %(ids)s."), {"ids": unknown})})
    return wanted


async def _checked(session: AsyncSession, values: Mapping[str, Any], own_id: int | None) -> dict[str, Any]:
    """The values as they can be kept; Invalid names each field that cannot."""
    wanted = {name: values[name] for name in PLAIN}
    wanted["name"] = wording.one_line(str(wanted["name"]))
    wanted["description"] = str(wanted["description"]).strip()
    found = {
        "name": wording.wrong(wanted["name"], wording.NAME_MOST, required=True),
        "description": wording.wrong(wanted["description"], wording.TEXT_MOST),
        "scenario": None if wanted["scenario"] in set(Scenario) else errors.Text(N_("Choose a scenario.")),
    }
    if found["name"] is None and await _taken(session, wanted["name"], own_id):
        found["name"] = errors.Text(N_("A journey of this name exists already."))
    if wanted["persona_id"] is not None and await find(session, Persona, wanted["persona_id"]) is None:
        found["persona"] = errors.Text(N_("This persona does not exist any more."))
    errors.checked(**found)
    return wanted | {"scenario": Scenario(wanted["scenario"])}


async def _taken(session: AsyncSession, name: str, own_id: int | None) -> bool:
    same = await session.scalars(select(Journey.id).where(func.lower(Journey.name) == name.lower()))
    return any(found != own_id for found in same)
