"""Initiatives: proposing one, looking at it, changing what it says."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Invalid, Stale, Text
from backlog.initiatives import dossier, initiatives
from backlog.people.roles import Role
from web import meanwhile
from web.answers import see_other
from web.pages import (
    initiative_comments,
    initiative_departments,
    initiative_evidence,
    initiative_override,
    initiative_ratings,
    initiative_stages,
    initiative_urgency,
)
from web.pages.initiative_forms import WORDS, Typed, choices, version_of
from web.pages.initiative_shown import show_page
from web.templating import page

Asked = Request[Any, Any, Any]


@get("/initiatives/new", name="initiatives.new", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def new(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    typed = Typed(touchpoints=request.query_params.getall("touchpoint", []))
    async with database.reading() as session:
        offered = await choices(session)
    return page(request, "initiatives/new.html", typed=typed, choices=offered, errors={})


@post("/initiatives", name="initiatives.create", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def create(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    typed = Typed.read(await request.form())
    try:
        async with database.writing() as session:
            initiative = await initiatives.propose(session, **typed.proposal, by=request.user.actor)
    except Invalid as invalid:
        async with database.reading() as session:
            offered = await choices(session)
        return page(request, "initiatives/new.html", status=422, typed=typed, choices=offered, errors=invalid.fields)
    toast = Text(N_("%(key)s is proposed."), {"key": initiative.key})
    return see_other(request, "initiatives.show", toast=toast, key=initiative.key)


@get("/initiatives/{key:str}", name="initiatives.show", opt={"role": Role.VIEWER}, include_in_schema=False)
async def show(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    return await show_page(request, database, key)


@get("/initiatives/{key:str}/edit", name="initiatives.edit", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def edit(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    return await edit_page(request, database, key)


@post("/initiatives/{key:str}", name="initiatives.update", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def update(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    """Keep the form. Where somebody else changed words of it meanwhile: both together, with 409. A rating or a step by
    somebody else does not make it stale."""
    form = await request.form()
    began, typed = meanwhile.began_in(form), Typed.read(form).taking(meanwhile.taken(form))
    try:
        async with database.writing() as session:
            initiative = await initiatives.by_key(session, key, for_change=True)
            contributing = list(await session.scalars(dossier.contributing(initiative.id)))
            unchanged = meanwhile.same_in(WORDS, began, Typed.of(initiative, contributing).words)
            version = initiative.version if unchanged else version_of(form)
            changes = await initiatives.change(
                session, initiative, typed.changes, version=version, by=request.user.actor
            )
    except Invalid as invalid:
        based = {name: str(form.get(name, "")) for name in ("version", meanwhile.BEGAN)}
        return await edit_page(request, database, key, typed=typed, based=based, errors=invalid.fields)
    except Stale as stale:
        return await edit_page(request, database, key, typed=typed, began=began, stale=stale.text)
    toast = Text(N_("Changes saved.")) if changes else None
    return see_other(request, "initiatives.show", toast=toast, key=key)


async def edit_page(
    request: Asked,
    database: Database,
    key: str,
    *,
    typed: Typed | None = None,
    began: dict[str, Any] | None = None,
    based: dict[str, str] | None = None,
    errors: dict[str, Text] | None = None,
    stale: Text | None = None,
) -> Response[Any]:
    """The form as it stands, or as it was typed. After a clash it is based on the present state, which it takes over
    where only somebody else changed a field."""
    async with database.reading() as session:
        initiative = await initiatives.by_key(session, key)
        contributing = list(await session.scalars(dossier.contributing(initiative.id)))
        offered = await choices(session)
    current, clash = Typed.of(initiative, contributing), meanwhile.NONE
    if typed and stale:
        clash = meanwhile.clash(began or {}, typed.words, current.words)
        typed = typed.taking(clash.values)
    return page(
        request,
        "initiatives/edit.html",
        status=409 if stale else 422 if errors else 200,
        initiative=initiative,
        current=current,
        typed=typed or current,
        choices=offered,
        errors=errors or {},
        stale=stale,
        clash=clash,
        based=based or {},
    )


ROUTES = [
    new,
    create,
    show,
    edit,
    update,
    *initiative_stages.ROUTES,
    *initiative_ratings.ROUTES,
    *initiative_comments.ROUTES,
    *initiative_departments.ROUTES,
    *initiative_evidence.ROUTES,
    *initiative_urgency.ROUTES,
    *initiative_override.ROUTES,
]
