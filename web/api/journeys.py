"""/api/v1/journeys: with their phases and touchpoints in order."""

from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, get, patch, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath
from msgspec import UNSET, UnsetType
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.evidence import journeys
from backlog.evidence.arrangement import Arrangement, Part
from backlog.evidence.journeys import Journey, Scenario
from backlog.evidence.personas import Persona
from backlog.evidence.touchpoints import Touchpoint
from backlog.people.roles import Role
from web.api.paging import PAGING, Listing, Page, part
from web.api.versions import based_on, changing


class Named(msgspec.Struct):
    id: int
    name: str


class PhaseShown(msgspec.Struct):
    id: int
    name: str
    touchpoints: list[Named]


class JourneyShown(msgspec.Struct):
    id: int
    name: str
    scenario: Scenario
    persona: Named | None
    description: str
    phases: list[PhaseShown]
    version: int


class PhaseGiven(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    touchpoints: list[int] = []


class JourneyGiven(msgspec.Struct, forbid_unknown_fields=True):
    """``persona`` is an id."""

    name: str
    scenario: Scenario = Scenario.NEW_PURCHASE
    persona: int | None = None
    description: str = ""
    phases: list[PhaseGiven] = []


class JourneyChanged(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays; ``phases`` replaces all of them, one of a known name stays the same phase."""

    name: str | UnsetType = UNSET
    scenario: Scenario | UnsetType = UNSET
    persona: int | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    phases: list[PhaseGiven] | UnsetType = UNSET
    version: int | None = None


def values_of(given: JourneyGiven | JourneyChanged) -> dict[str, Any]:
    fields = {"name": "name", "scenario": "scenario", "persona": "persona_id", "description": "description"}
    return {own: getattr(given, name) for name, own in fields.items() if getattr(given, name) is not UNSET}


def arrangement(phases: list[PhaseGiven]) -> Arrangement:
    return Arrangement(tuple(Part(phase.name, tuple(phase.touchpoints)) for phase in phases))


async def shown(session: AsyncSession, found: list[Journey]) -> list[JourneyShown]:
    """Journeys as they are answered."""
    laid_out = await journeys.arrangements(session, [journey.id for journey in found])
    placed = {number for each in laid_out.values() for number in each.touchpoints()}
    names = await names_of(session, Touchpoint, placed)
    personas = await names_of(session, Persona, {journey.persona_id for journey in found if journey.persona_id})
    return [
        JourneyShown(
            id=journey.id,
            name=journey.name,
            scenario=journey.scenario,
            persona=personas.get(journey.persona_id or 0),
            description=journey.description,
            phases=[
                PhaseShown(part.id or 0, part.name, [names[number] for number in part.touchpoints])
                for part in laid_out.get(journey.id, Arrangement()).parts
            ],
            version=journey.version,
        )
        for journey in found
    ]


async def one(session: AsyncSession, journey_id: int) -> JourneyShown:
    """NotFound when there is none."""
    return (await shown(session, [await journeys.get(session, journey_id)]))[0]


async def names_of(session: AsyncSession, kind: type[Touchpoint | Persona], ids: set[int]) -> dict[int, Named]:
    rows = await session.execute(select(kind.id, kind.name).where(kind.id.in_(ids)))
    return {number: Named(number, name) for number, name in rows}


@get(
    "/api/v1/journeys",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listJourneys",
    summary="Journeys by name, with phases and touchpoints in order",
    tags=["journeys"],
)
async def index(database: NamedDependency[Database], page: NamedDependency[Page]) -> Listing[JourneyShown]:
    async with database.reading() as session:
        rows, total = await part(session, page, select(Journey).order_by(Journey.name, Journey.id))
        return Listing(await shown(session, list(rows.scalars())), total)


@get(
    "/api/v1/journeys/{journey_id:int}",
    opt={"role": Role.VIEWER},
    operation_id="getJourney",
    summary="One journey",
    tags=["journeys"],
)
async def show(database: NamedDependency[Database], journey_id: FromPath[int]) -> JourneyShown:
    async with database.reading() as session:
        return await one(session, journey_id)


@post(
    "/api/v1/journeys",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="addJourney",
    summary="Add a journey, with its phases if wanted",
    tags=["journeys"],
)
async def create(
    request: Request[Any, Any, Any], database: NamedDependency[Database], data: Annotated[JourneyGiven, Body()]
) -> JourneyShown:
    async with database.writing() as session:
        journey = await journeys.add(
            session, values_of(data), arrangement=arrangement(data.phases), by=request.user.actor
        )
        return (await shown(session, [journey]))[0]


@patch(
    "/api/v1/journeys/{journey_id:int}",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="changeJourney",
    summary="Change a journey; phases, when given, replace what there was",
    tags=["journeys"],
)
async def update(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    journey_id: FromPath[int],
    data: Annotated[JourneyChanged, Body()],
) -> JourneyShown:
    """Answers 409 with the journey as it is now under ``current`` when somebody else was faster."""
    version = based_on(request, data.version)
    async with changing(database, partial(one, journey_id=journey_id)) as session:
        journey = await journeys.get(session, journey_id)
        await journeys.change(session, journey, values_of(data), version=version, by=request.user.actor)
        if not isinstance(data.phases, UnsetType):
            before = await journeys.arrangement_of(session, journey_id)
            wanted = arrangement(data.phases).keeping_ids_of(before)
            await journeys.arrange(session, journey, wanted, version=journey.version, by=request.user.actor)
        return await one(session, journey_id)


ROUTES = [index, show, create, update]
