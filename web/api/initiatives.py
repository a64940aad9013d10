"""/api/v1/initiatives: the ranked list, one initiative, proposing and changing."""

from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath, QueryParameter
from msgspec import UNSET
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import LARGEST_ID, Database
from backlog.initiatives import evidence, initiatives
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.people.roles import Role
from backlog.ranking import positions, ranked
from backlog.ranking.filters import Filters, Order
from web.api import initiative_activity, overrides, ratings, urgency_profiles
from web.api.initiative_shapes import (
    InitiativeChanged,
    InitiativeGiven,
    InitiativeShown,
    answer,
    department_ids,
    one,
    shapes,
)
from web.api.paging import PAGING, Listing, Page
from web.api.versions import based_on, changing

Asked = Request[Any, Any, Any]
WORDS = ("title", "problem", "next_step", "effect", "dependencies", "independent", "due_on")


@get(
    "/api/v1/initiatives",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listInitiatives",
    summary="Initiatives, ranked",
    description="Without `stage` the open ones. All filters given must hold. `order=rank` goes by score alone, "
    "`order=position` follows positions given by hand.",
    tags=["initiatives"],
)
async def index(
    database: NamedDependency[Database],
    page: NamedDependency[Page],
    order: Annotated[Order, QueryParameter()] = Order.RANK,
    stage: Annotated[list[Stage] | None, QueryParameter(description="Repeat for several.")] = None,
    department: Annotated[str, QueryParameter(description="Id or code; leading or contributing.")] = "",
    phase: Annotated[int | None, QueryParameter(ge=1, le=LARGEST_ID, description="Id of a phase.")] = None,
    persona: Annotated[int | None, QueryParameter(ge=1, le=LARGEST_ID, description="Id of a persona.")] = None,
    signature: Annotated[bool, QueryParameter(description="About a signature touchpoint.")] = False,
    text: Annotated[
        str, QueryParameter(description="In title, problem, touchpoint, phase or department, or the key.")
    ] = "",
) -> Listing[InitiativeShown]:
    async with database.reading() as session:
        filters = Filters(
            stages=tuple(stage or ()),
            phase=phase,
            department=await one_department(session, department),
            persona=persona,
            signature=signature,
            text=text.replace("\0", ""),
        )
        ids = [row.id for row in await positions.rows(session, filters, order, page.limit, page.offset)]
        found = {each.id: each for each in await session.scalars(select(Initiative).where(Initiative.id.in_(ids)))}
        return Listing(await shapes(session, [found[number] for number in ids]), await ranked.total(session, filters))


async def one_department(session: AsyncSession, named: str) -> int | None:
    """The department of an address; Invalid when there is no such code."""
    if not named:
        return None
    if named.isascii() and named.isdigit() and len(named) <= 10 and int(named) <= LARGEST_ID:
        return int(named)
    return (await department_ids(session, [named], "department"))[0]


@get(
    "/api/v1/initiatives/{key:str}",
    opt={"role": Role.VIEWER},
    operation_id="getInitiative",
    summary="One initiative by number or key",
    tags=["initiatives"],
)
async def show(database: NamedDependency[Database], key: FromPath[str]) -> Response[InitiativeShown]:
    return await answer(database, key)


@post(
    "/api/v1/initiatives",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="proposeInitiative",
    summary="Propose an initiative",
    tags=["initiatives"],
)
async def create(
    request: Asked, database: NamedDependency[Database], data: Annotated[InitiativeGiven, Body()]
) -> Response[InitiativeShown]:
    async with database.writing() as session:
        named = await department_ids(session, data.departments, "departments")
        lead = named[0] if named else None
        if data.lead is not None:
            lead = (await department_ids(session, [data.lead], "lead"))[0]
        initiative = await initiatives.propose(
            session,
            title=data.title,
            problem=data.problem,
            next_step=data.next_step,
            effect=data.effect,
            dependencies=data.dependencies,
            independent=data.independent,
            due_on=data.due_on,
            touchpoint_ids=data.touchpoints,
            insight_ids=data.insights,
            lead_id=lead,
            contributing_ids=[each for each in named if each != lead],
            by=request.user.actor,
        )
    made = await answer(database, initiative.id, 201)
    made.headers["Location"] = f"/api/v1/initiatives/{initiative.id}"
    return made


@patch(
    "/api/v1/initiatives/{key:str}",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="changeInitiative",
    summary="Change what an initiative says, who works on it, what it is about",
    tags=["initiatives"],
)
async def update(
    request: Asked,
    database: NamedDependency[Database],
    key: FromPath[str],
    data: Annotated[InitiativeChanged, Body()],
) -> Response[InitiativeShown]:
    async with changing(database, partial(one, key=key)) as session:
        initiative = await initiatives.by_key(session, key, for_change=True)
        initiative.expect(based_on(request, data.version))
        values = await changes(session, data)
        await initiatives.change(session, initiative, values, version=initiative.version, by=request.user.actor)
        if data.touchpoints is not UNSET:
            await replace_touchpoints(session, initiative, data.touchpoints, request)
    return await answer(database, key)


async def changes(session: AsyncSession, data: InitiativeChanged) -> dict[str, Any]:
    """For initiatives.change."""
    given = msgspec.structs.asdict(data)
    values = {name: given[name] for name in WORDS if given[name] is not UNSET}
    if data.lead is not UNSET:
        values["lead_id"] = None if data.lead is None else (await department_ids(session, [data.lead], "lead"))[0]
    if data.departments is not UNSET:
        named = await department_ids(session, data.departments, "departments")
        values.setdefault("lead_id", named[0] if named else None)
        values["contributing_ids"] = [each for each in named if each != values["lead_id"]]
    return values


async def replace_touchpoints(session: AsyncSession, initiative: Initiative, wanted: list[int], request: Asked) -> None:
    """Link and unlink until these are the linked ones. Invalid when one does not exist."""
    await session.flush()
    await evidence.link_touchpoints(session, initiative, wanted, by=request.user.actor)
    linked = list(await session.scalars(evidence.touchpoint_ids(initiative.id)))
    for number in linked:
        if number not in wanted:
            await evidence.unlink_touchpoint(session, initiative, number, by=request.user.actor)


ROUTES = [
    index,
    show,
    create,
    update,
    *ratings.ROUTES,
    *urgency_profiles.ROUTES,
    *overrides.ROUTES,
    *initiative_activity.ROUTES,
]
