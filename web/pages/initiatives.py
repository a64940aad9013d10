"""Initiatives: proposing one, looking at it, changing what it says."""

import hashlib
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Invalid, Stale, Text
from backlog.initiatives import dossier, initiatives
from backlog.people.roles import Role
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
from web.pages.initiative_forms import Typed, choices, version_of
from web.pages.initiative_shown import show_page
from web.templating import page

Asked = Request[Any, Any, Any]
WORDS = ("title", "problem", "next_step", "effect", "dependencies", "independent", "lead", "departments")
"""What the form changes."""


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
    """Keep the form. Where somebody else changed the same words meanwhile: both side by side, with 409."""
    form = await request.form()
    typed = Typed.read(form)
    try:
        async with database.writing() as session:
            initiative = await initiatives.by_key(session, key, for_change=True)
            contributing = list(await session.scalars(dossier.contributing(initiative.id)))
            unchanged = form.get("seen") == seen(Typed.of(initiative, contributing))
            version = initiative.version if unchanged else version_of(form)
            changes = await initiatives.change(
                session, initiative, typed.changes, version=version, by=request.user.actor
            )
    except Invalid as invalid:
        return await edit_page(request, database, key, typed=typed, form=form, errors=invalid.fields)
    except Stale as stale:
        return await edit_page(request, database, key, typed=typed, form=form, stale=stale.text)
    toast = Text(N_("Changes saved.")) if changes else None
    return see_other(request, "initiatives.show", toast=toast, key=key)


async def edit_page(
    request: Asked,
    database: Database,
    key: str,
    *,
    typed: Typed | None = None,
    form: Any = None,
    errors: dict[str, Text] | None = None,
    stale: Text | None = None,
) -> Response[Any]:
    """The form as it stands, or as it was typed. After a clash it is based on the present state: saving again is meant
    to overwrite that."""
    async with database.reading() as session:
        initiative = await initiatives.by_key(session, key)
        contributing = list(await session.scalars(dossier.contributing(initiative.id)))
        offered = await choices(session)
    current = Typed.of(initiative, contributing)
    based = {"version": initiative.version, "seen": seen(current)}
    if errors and form is not None:
        based = {"version": form.get("version", ""), "seen": form.get("seen", "")}
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
        differing=differing(typed, current) if typed and stale else [],
        based=based,
    )


def differing(typed: Typed, current: Typed) -> list[str]:
    """The fields in which what was typed is not what stands there now."""
    return [name for name in WORDS if _plain(getattr(typed, name)) != _plain(getattr(current, name))]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | bool) else sorted(value)


def seen(current: Typed) -> str:
    """A mark of the words a form was opened on: a rating or a step by somebody else does not make it stale."""
    words = repr([_plain(getattr(current, name)) for name in WORDS])
    return hashlib.sha256(words.encode(errors="replace")).hexdigest()[:16]


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
