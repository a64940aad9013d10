"""The register of the demo: departments, personas, layers, touchpoints and journeys. What is there already stays."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import settings
from backlog.demo import content
from backlog.demo.content import Airport, Entry, Journey, Place
from backlog.evidence import journeys, touchpoints
from backlog.evidence.arrangement import Arrangement, Part
from backlog.evidence.layers import Layer
from backlog.evidence.personas import Persona
from backlog.evidence.touchpoints import Touchpoint, Values
from backlog.history import Actor
from backlog.people.departments import Department
from backlog.register import entries


async def lay_out(session: AsyncSession, *, by: Actor) -> None:
    """All of it; an organisation that gave itself a name keeps it."""
    airport = content.airport()
    known = await settings.load(session)
    wanted = {**airport.settings, "organisation": known.organisation or airport.organisation}
    await settings.save(session, wanted, by=by)
    await _add_entries(session, Department, airport.departments, by)
    await _add_entries(session, Persona, airport.personas, by)
    await _add_entries(session, Layer, airport.layers, by)
    await _add_touchpoints(session, airport, by)
    for journey in airport.journeys:
        await _add_journey(session, journey, by)


async def _add_entries(session: AsyncSession, kind: type[entries.Entry], wanted: Sequence[Entry], by: Actor) -> None:
    known = set(await session.scalars(select(kind.name)))
    for entry in wanted:
        if entry.name not in known:
            values = {"name": entry.name, "description": entry.description, "code": entry.code}
            await entries.add(session, kind, values, by=by)


async def _add_touchpoints(session: AsyncSession, airport: Airport, by: Actor) -> None:
    known = await touchpoint_ids(session)
    departments = await department_ids(session)
    for place in airport.touchpoints:
        if place.name not in known:
            await touchpoints.add(session, _values(place, departments[place.department]), by=by)


def _values(place: Place, department_id: int) -> Values:
    return Values(
        name=place.name,
        description=place.description,
        channel=place.channel,
        ownership=place.ownership,
        access=place.access,
        department_id=department_id,
        expectation=place.expectation,
        target=place.target,
    )


async def _add_journey(session: AsyncSession, journey: Journey, by: Actor) -> None:
    if await session.scalar(select(journeys.Journey.id).where(journeys.Journey.name == journey.name)):
        return
    ids = await touchpoint_ids(session)
    values = {
        "name": journey.name,
        "scenario": journey.scenario,
        "persona_id": await session.scalar(select(Persona.id).where(Persona.name == journey.persona)),
        "description": journey.description,
    }
    parts = tuple(Part(phase.name, tuple(ids[name] for name in phase.touchpoints)) for phase in journey.phases)
    await journeys.add(session, values, arrangement=Arrangement(parts), by=by)


async def touchpoint_ids(session: AsyncSession) -> dict[str, int]:
    """By name."""
    rows = await session.execute(select(Touchpoint.name, Touchpoint.id))
    return dict(rows.all())


async def department_ids(session: AsyncSession) -> dict[str, int]:
    """By code."""
    rows = await session.execute(select(Department.code, Department.id))
    return dict(rows.all())
