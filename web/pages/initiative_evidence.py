"""The evidence of an initiative: linking touchpoints and what customers said, and taking them out again."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Invalid, Text
from backlog.initiatives import dossier, evidence, initiatives
from backlog.people.roles import Role
from web.answers import see_other
from web.pages.initiative_forms import choices, ids
from web.templating import page

Asked = Request[Any, Any, Any]
FIND_MOST = 200  # characters


@get("/initiatives/{key:str}/evidence", name="evidence.edit", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def edit(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    """Choose touchpoints and insights; ``find`` looks through all insights."""
    return await evidence_page(request, database, key)


@post(
    "/initiatives/{key:str}/evidence", name="evidence.create", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False
)
async def link(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    form = await request.form()
    touchpoints = [str(each) for each in form.getall("touchpoints", [])]
    insights = [str(each) for each in form.getall("insights", [])]
    try:
        async with database.writing() as session:
            initiative = await initiatives.by_key(session, key, for_change=True)
            await evidence.link_touchpoints(session, initiative, ids(touchpoints), by=request.user.actor)
            await evidence.link_insights(session, initiative, ids(insights), by=request.user.actor)
    except Invalid as invalid:
        chosen = {*touchpoints, *insights}
        return await evidence_page(request, database, key, errors=dict(invalid.fields), chosen=chosen)
    toast = Text(N_("Evidence linked.")) if touchpoints or insights else None
    return see_other(request, "initiatives.show", toast=toast, anchor="#evidence", key=key)


@post(
    "/initiatives/{key:str}/touchpoints/{touchpoint:int}/removal",
    name="evidence.unlink_touchpoint",
    opt={"role": Role.CONTRIBUTOR},
    include_in_schema=False,
)
async def unlink_touchpoint(
    request: Asked, key: FromPath[str], touchpoint: FromPath[int], database: NamedDependency[Database]
) -> Response[Any]:
    return await taken_out(request, database, key, evidence.unlink_touchpoint, "touchpoints", touchpoint)


@post(
    "/initiatives/{key:str}/insights/{insight:int}/removal",
    name="evidence.unlink_insight",
    opt={"role": Role.CONTRIBUTOR},
    include_in_schema=False,
)
async def unlink_insight(
    request: Asked, key: FromPath[str], insight: FromPath[int], database: NamedDependency[Database]
) -> Response[Any]:
    return await taken_out(request, database, key, evidence.unlink_insight, "insights", insight)


async def taken_out(
    request: Asked, database: Database, key: str, unlink: Callable[..., Awaitable[None]], field: str, number: int
) -> Response[Any]:
    """Take one out; Undo links it again by this field of the form."""
    async with database.writing() as session:
        initiative = await initiatives.by_key(session, key, for_change=True)
        await unlink(session, initiative, number, by=request.user.actor)
    return see_other(
        request,
        "initiatives.show",
        toast=Text(N_("Taken out of the evidence.")),
        undo=request.app.route_reverse("evidence.create", key=initiative.key),
        fields={field: number},
        anchor="#evidence",
        key=initiative.key,
    )


async def evidence_page(
    request: Asked,
    database: Database,
    key: str,
    *,
    errors: dict[str, Text] | None = None,
    chosen: set[str] | None = None,
) -> Response[Any]:
    wanted = request.query_params.get("find", "").replace("\0", "")[:FIND_MOST].strip()
    async with database.reading() as session:
        initiative = await initiatives.by_key(session, key)
        linked = set(await session.scalars(evidence.touchpoint_ids(initiative.id)))
        offered = await choices(session)
        quotes = await dossier.quotes_of(session, dossier.unlinked_quotes(initiative.id, wanted))
    groups = {
        phase: [each for each in touchpoints if each[0] not in linked]
        for phase, touchpoints in offered.touchpoints.items()
    }
    return page(
        request,
        "initiatives/evidence.html",
        status=422 if errors else 200,
        initiative=initiative,
        groups={phase: touchpoints for phase, touchpoints in groups.items() if touchpoints},
        quotes=quotes,
        wanted=wanted,
        errors=errors or {},
        chosen=chosen or set(),
    )


ROUTES = [edit, link, unlink_touchpoint, unlink_insight]
