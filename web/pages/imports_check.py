"""Step 3: what would come of it, and what to do about names nobody knows yet."""

import asyncio
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Refused, Stale, Text
from backlog.evidence.touchpoints import Touchpoint, layer_warning
from backlog.imports import copies, drafts, naming, previews, recipes
from backlog.imports.copies import AlreadyIn
from backlog.imports.glances import Head
from backlog.imports.previews import Preview
from backlog.imports.readers import clean
from backlog.imports.recipes import Shape
from backlog.imports.surveys import Import
from backlog.people.roles import Role
from web.answers import see_other
from web.forms import version_of
from web.pages.imports_copies import MEANWHILE, known_copies
from web.pages.imports_drafts import typed
from web.pages.imports_mapping import draft_of, lacking
from web.pages.imports_states import STATE_LABELS, told
from web.templating import page

Asked = Request[Any, Any, Any]
CELLS = 500_000  # looked at before the import; about two seconds
ERRORS = 12
LAYER = "layer"
EVERY = 40  # unknown names; with more, only the touchpoints alike are offered


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name the register does not hold: ``alike`` and ``others`` are (id, name) it may mean."""

    key: str
    name: str
    chosen: str
    warning: Text | None
    alike: list[tuple[int, str]]
    others: list[tuple[int, str]]


@get("/imports/{import_id:int}/check", name="imports.check", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def check(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[Any]:
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
    if row.state not in drafts.EDITABLE:
        return see_other(request, "imports.show", import_id=import_id)
    return await shown(request, database, row)


async def shown(
    request: Asked, database: Database, row: Import, *, chosen: dict[str, str] | None = None, status: int = 200,
    refusal: Text | None = None,
) -> Response[Any]:  # fmt: skip
    recipe, sheet = await draft_of(row)
    if lacking(recipe):
        return see_other(request, "imports.mapping", import_id=row.id)
    head = Head(sheet, max(1_000, CELLS // sheet.width))
    async with database.reading() as session:
        register = await naming.known(session)
    try:
        seen = await asyncio.to_thread(previews.preview, head, recipe, register)
    except Refused as refused:
        seen, refusal = Preview(), refused.text
    async with database.reading() as session:
        unknown = await undecided(session, seen, row.resolutions, chosen or {})
        earlier = await copies.present(session, row.digest, but=row.id)
    return page(
        request,
        "imports/check.html",
        status=status,
        row=row,
        recipe=recipe,
        sheet=sheet,
        seen=seen,
        head=head,
        unknown=unknown,
        copies=earlier,
        states=STATE_LABELS,
        others=(chosen or {}).get(naming.OTHERS, str(row.resolutions.get(naming.OTHERS, naming.ASIDE))),
        errors=seen.wrong[:ERRORS],
        refusal=refusal,
        is_wide=recipe.shape is Shape.WIDE,
        hopeless=not seen.answers and not seen.comments,
        warnings=sheet.warnings,
        undated=recipes.undated(recipe),
        told=told,
    )


async def undecided(
    session: AsyncSession, seen: Preview, resolutions: dict[str, Any], chosen: dict[str, str]
) -> list[Unknown]:
    """The new names with what they may mean, and what was chosen for each so far."""
    rows = (
        await session.execute(select(Touchpoint.name_key, Touchpoint.id, Touchpoint.name).order_by(Touchpoint.name))
    ).all()
    by_key = {key: (number, name) for key, number, name in rows}
    every = [(number, name) for _, number, name in rows] if len(seen.touchpoints) <= EVERY else []
    return [_unknown(key, name, by_key, every, resolutions | chosen) for key, name in seen.touchpoints.items()]


def _unknown(
    key: str, name: str, by_key: dict[str, tuple[int, str]], every: list[tuple[int, str]], chosen: dict[str, Any]
) -> Unknown:
    warning = layer_warning(name)
    alike = [by_key[found] for found in drafts.alike(name, {known: known for known in by_key})]
    usual = naming.ASIDE if warning else naming.CREATE
    return Unknown(
        key, name, str(chosen.get(key, usual)), warning, alike, [each for each in every if each not in alike]
    )


@post("/imports/{import_id:int}/start", name="imports.start", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def start(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[Any]:
    """Begin; from here on it runs by itself."""
    form = await request.form()
    values = await typed(request)
    chosen = dict(zip(map(str, form.getall("unknown", [])), map(str, form.getall("choice", [])), strict=False))
    chosen[naming.OTHERS] = values.get("others", naming.ASIDE)
    try:
        async with database.writing() as session:
            row = await drafts.get(session, import_id, for_change=True)
            await drafts.add_layers(session, await layers(request, row, values, chosen), by=request.user.actor)
            resolutions = {key: resolution(wanted) for key, wanted in chosen.items()}
            await drafts.start(
                session, row, resolutions, version=version_of(values), known=known_copies(values), by=request.user.actor
            )
    except Invalid as invalid:
        return await again(request, database, import_id, chosen, 422, next(iter(invalid.fields.values())))
    except AlreadyIn:
        return await again(request, database, import_id, chosen, 409, MEANWHILE)
    except Stale as stale:
        return await again(request, database, import_id, chosen, 409, stale.text)
    return see_other(request, "imports.show", import_id=import_id)


async def again(
    request: Asked, database: Database, import_id: int, chosen: dict[str, str], status: int, refusal: Text
) -> Response[Any]:
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
    if row.state not in drafts.EDITABLE:
        raise Conflict(N_("Somebody else has started this import already. Nothing was changed."))
    return await shown(request, database, row, chosen=chosen, status=status, refusal=refusal)


async def layers(request: Asked, row: Import, values: dict[str, str], chosen: dict[str, str]) -> list[str]:
    """Names that are to become interaction layers, as they are written."""
    wanted = [key for key, choice in chosen.items() if choice == LAYER]
    if wanted and not request.user.may(Role.PRODUCT_OWNER):
        raise Invalid({"choice": N_("Interaction layers are made by product owners. Set it aside, or ask one.")})
    recipe = drafts.mapping(row)
    written = {clean(each.touchpoint): each.touchpoint for each in recipe.columns if each.touchpoint}
    return [written.get(key, key.capitalize()) for key in wanted]


def resolution(choice: str) -> int | str:
    if choice.isascii() and choice.isdigit() and len(choice) < 10:
        return int(choice)
    return naming.CREATE if choice == naming.CREATE else naming.ASIDE


ROUTES = [check, start]
