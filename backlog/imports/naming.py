"""Which touchpoint, measure or persona a name in a file means, and making those that are new and wanted."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Refused, Text
from backlog.evidence import touchpoints as registered
from backlog.evidence.measures import Kind, Measure
from backlog.evidence.personas import Persona
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor
from backlog.imports.names import MOST_PERSONAS, Names
from backlog.imports.readers import clean
from backlog.imports.recipes import Scale

MOST_CREATED = 500  # touchpoints; more means that the wrong column was taken for their names
CREATE, ASIDE, OTHERS = "create", "aside", "*"
KINDS = {"importance": Kind.IMPORTANCE, "recommend": Kind.LOYALTY, "buy again": Kind.LOYALTY}
POSITIONS = ("experience", "ease", "effort", "cleanliness", "safety")

Resolutions = Mapping[str, Any]


async def known(session: AsyncSession, *, ids: bool = False) -> Names:
    """All names there are; with ``ids`` a touchpoint is known by its number as well."""
    touchpoints = dict((await session.execute(select(Touchpoint.name_key, Touchpoint.id))).all())
    measures = await session.execute(select(Measure.name, Measure.id))
    personas = await session.execute(select(Persona.name, Persona.id))
    numbers = {str(id_): id_ for id_ in touchpoints.values()} if ids else {}
    return Names(
        {**numbers, **touchpoints},
        {clean(name): id_ for name, id_ in measures},
        {clean(name): id_ for name, id_ in personas},
    )


async def add_measures(session: AsyncSession, named: Mapping[str, Scale], register: Names, *, by: Actor) -> None:
    """Make the measures a recipe names and nobody has asked before."""
    last = await session.scalar(select(func.max(Measure.position))) or 0
    for name, scale in named.items():
        if clean(name) in register.measures:
            continue
        key = clean(name)
        position = POSITIONS.index(key) if key in POSITIONS else (last := max(last, len(POSITIONS)) + 1)
        measure = Measure(
            name=name[:100], kind=KINDS.get(key, Kind.QUALITY), low=scale.low, high=scale.high,
            is_reversed=scale.reversed, position=position,
        )  # fmt: skip
        session.add(measure)
        await session.flush()
        register.measures[key] = measure.id
        history.record(session, by, "added", "measure", measure.id, {"name": name})


async def add_personas(session: AsyncSession, named: Mapping[str, str], register: Names, *, by: Actor) -> None:
    """Make personas as a file names them, up to a number that still can be personas."""
    for key, name in named.items():
        if key in register.personas or len(register.personas) >= MOST_PERSONAS:
            continue
        persona = Persona(name=name[:200])
        session.add(persona)
        await session.flush()
        register.personas[key] = persona.id
        history.record(session, by, "added", "persona", persona.id, {"name": name})


async def resolve(
    session: AsyncSession, named: Mapping[str, str], resolutions: Resolutions, register: Names, *, by: Actor
) -> list[int]:
    """Decide about unknown touchpoint names as the resolutions say; the ids of those that were made."""
    made: list[int] = []
    for key, name in named.items():
        if key in register.touchpoints:
            continue
        wanted = resolutions.get(key, resolutions.get(OTHERS, ASIDE))
        if wanted == CREATE:
            refuse_too_many([*made, 0])  # before they are made: a file of names would hold the database for long
            touchpoint = await registered.add(session, {"name": name}, by=by)
            made.append(touchpoint.id)
            register.touchpoints[key] = touchpoint.id
        elif isinstance(wanted, int):
            register.touchpoints[key] = await session.scalar(select(Touchpoint.id).where(Touchpoint.id == wanted))
        else:
            register.touchpoints[key] = None
    return made


def refuse_too_many(created: Iterable[int]) -> None:
    if len(list(created)) > MOST_CREATED:
        raise Refused(
            N_(
                "The file names more than %(most)s new touchpoints; perhaps another column holds their names. Nothing was imported."
            ),
            most=MOST_CREATED,
        )


def layers_among(named: Iterable[str]) -> list[Text]:
    """A warning for each name that sounds like an interaction layer."""
    return [warning for warning in map(registered.layer_warning, named) if warning]
