"""The departments that work on an initiative."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Invalid, Text
from backlog.initiatives import dossier, initiatives
from backlog.people.roles import Role
from web.answers import see_other
from web.pages.initiative_forms import one_id
from web.pages.initiative_shown import show_page

Asked = Request[Any, Any, Any]


@post(
    "/initiatives/{key:str}/departments",
    name="contributions.create",
    opt={"role": Role.CONTRIBUTOR},
    include_in_schema=False,
)
async def involve(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    """Add a department, as the lead when it says so; the lead before goes on contributing."""
    form = await request.form()
    chosen, leads = one_id(str(form.get("department", ""))), "lead" in form
    try:
        async with database.writing() as session:
            initiative = await initiatives.by_key(session, key, for_change=True)
            if chosen is None:
                raise Invalid({"department": N_("Choose a department.")})
            others = {each.id for each in await session.scalars(dossier.contributing(initiative.id))}
            if leads:
                others |= {initiative.lead_id} if initiative.lead_id else set()
                values: dict[str, Any] = {"lead_id": chosen, "contributing_ids": sorted(others)}
            else:
                values = {"contributing_ids": sorted(others | {chosen})}
            await initiatives.change(session, initiative, values, version=initiative.version, by=request.user.actor)
    except Invalid as invalid:
        wrong = next(iter(invalid.fields.values()))
        return await show_page(request, database, key, status=422, errors={"department": wrong}, at="departments")
    return see_other(request, "initiatives.show", toast=Text(N_("Departments saved.")), key=key)


@post(
    "/initiatives/{key:str}/departments/{department:int}/removal",
    name="contributions.delete",
    opt={"role": Role.CONTRIBUTOR},
    include_in_schema=False,
)
async def release(
    request: Asked, key: FromPath[str], department: FromPath[int], database: NamedDependency[Database]
) -> Response[Any]:
    """Take a department out, be it the lead or a contributing one."""
    async with database.writing() as session:
        initiative = await initiatives.by_key(session, key, for_change=True)
        others = [each.id for each in await session.scalars(dossier.contributing(initiative.id))]
        values = {
            "lead_id": None if initiative.lead_id == department else initiative.lead_id,
            "contributing_ids": [each for each in others if each != department],
        }
        await initiatives.change(session, initiative, values, version=initiative.version, by=request.user.actor)
    return see_other(request, "initiatives.show", toast=Text(N_("Departments saved.")), key=key)


ROUTES = [involve, release]
