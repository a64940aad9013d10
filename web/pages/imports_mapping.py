"""Step 2: what each column of the file becomes."""

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select

from backlog.database import Database
from backlog.errors import N_, Invalid, Refused, Stale, Text
from backlog.evidence.measures import Measure
from backlog.imports import drafts, glances, naming, recipes, saved
from backlog.imports.cells import FORMAT_NAMES
from backlog.imports.glances import Glance
from backlog.imports.guesses import Guess
from backlog.imports.readers import Sheet
from backlog.imports.recipes import Recipe, Shape
from backlog.imports.recipes import Role as ColumnRole
from backlog.imports.surveys import Import
from backlog.people.roles import Role
from web.answers import see_other
from web.asked import number
from web.forms import version_of
from web.pages import imports_files, imports_forms
from web.pages.imports_drafts import as_saved, guessed, touchpoint_names, typed
from web.templating import page

Asked = Request[Any, Any, Any]
FOLDED_FROM = 16  # columns; below that the ignored ones stay where they are
OPENING = ("encoding", "delimiter", "header_row")


@get(
    "/imports/{import_id:int}/columns", name="imports.mapping", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False
)
async def mapping(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[Any]:
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
    if row.state not in drafts.EDITABLE:
        return see_other(request, "imports.show", import_id=import_id)
    recipe, sheet = await draft_of(row)
    return await shown(request, database, row, recipe, sheet, errors=lacking(recipe))


async def draft_of(row: Import) -> tuple[Recipe, Sheet]:
    """The mapping as it is, one entry for each column of the file."""
    recipe = drafts.mapping(row)
    sheet = await imports_files.sheet_of(row, recipe)
    return drafts.aligned(recipe, sheet.names), sheet


def lacking(recipe: Recipe) -> dict[str, Text]:
    try:
        recipes.check(recipe)
    except Invalid as invalid:
        return dict(invalid.fields)
    return {}


@post("/imports/{import_id:int}/columns", name="imports.match", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def match(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[Any]:
    """Keep the mapping; ``action`` says what then: read the file again, use a saved recipe, guess anew, check rows."""
    values = await typed(request)
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
    draft, sheet = await draft_of(row)
    action = values.get("action", "read")
    try:
        wanted = await decided(database, row, draft, sheet, values)
        if action == "check":
            recipes.check(wanted)
        await keep(request, database, import_id, wanted, values, remembers=action == "check")
    except Invalid as invalid:
        return await shown(request, database, row, draft, sheet, values=values, errors=dict(invalid.fields), status=422)
    except Stale as stale:
        return await overtaken(request, database, import_id, values, stale.text)
    return see_other(request, "imports.check" if action == "check" else "imports.mapping", import_id=import_id)


async def overtaken(
    request: Asked, database: Database, import_id: int, values: dict[str, str], refusal: Text
) -> Response[str]:
    """What was typed, over the mapping that somebody else has changed: the next save replaces theirs."""
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
    draft, sheet = await draft_of(row)
    return await shown(request, database, row, draft, sheet, values=values, errors={}, refusal=refusal, status=409)


async def decided(database: Database, row: Import, draft: Recipe, sheet: Sheet, values: dict[str, str]) -> Recipe:
    """The mapping this form asks for. Raises Invalid."""
    action = values.get("action", "read")
    if action == "guess":
        return await guess_again(database, row, sheet, None)
    if action == "use":
        return await from_saved(database, row, sheet, values)
    wanted = imports_forms.read(values, draft)
    opened = await reopened(row, draft, wanted)
    if opened is not None and opened.names != sheet.names:
        again = await guess_again(database, row, opened, None)
        return msgspec.structs.replace(again, encoding=wanted.encoding)
    if wanted.shape is not draft.shape:
        again = await guess_again(database, row, opened or sheet, wanted.shape)
        return msgspec.structs.replace(again, encoding=wanted.encoding)
    return wanted


async def reopened(row: Import, draft: Recipe, wanted: Recipe) -> Sheet | None:
    """The file opened as it is now said to be written; None when nothing of that changed. Raises Invalid."""
    changed = [name for name in OPENING if getattr(draft, name) != getattr(wanted, name)]
    if not changed:
        return None
    try:
        return await imports_files.sheet_of(row, wanted)
    except Refused as refused:
        raise Invalid({changed[0]: refused.text}) from refused


async def guess_again(database: Database, row: Import, sheet: Sheet, shape: Shape | None) -> Recipe:
    async with database.reading() as session:
        known = await touchpoint_names(session)
    return (await guessed(sheet, known, row.file_name, shape)).recipe


async def from_saved(database: Database, row: Import, sheet: Sheet, values: dict[str, str]) -> Recipe:
    async with database.reading() as session:
        found = await saved.get(session, number(values, "saved") or 0)
    try:
        return as_saved(recipes.from_builtins(found.body), sheet, row.file_name)
    except Refused as refused:
        raise Invalid({"saved": refused.text}) from refused


async def keep(
    request: Asked, database: Database, import_id: int, wanted: Recipe, values: dict[str, str], *, remembers: bool
) -> None:
    """Keep the mapping, and under a name for next time if that is wished. Raises Stale, Invalid."""
    async with database.writing() as session:
        row = await drafts.get(session, import_id, for_change=True)
        name = " ".join(values.get("name", "").split())
        if remembers and values.get("remember"):
            if not values.get("replace") and await is_taken(session, name, wanted):
                raise Invalid(
                    {"name": N_("There is a recipe of this name. Tick “Replace it”, or choose another name.")}
                )
            wanted = msgspec.structs.replace(wanted, name=name)
            await saved.save(session, name, wanted, by=request.user.actor)
        drafts.change(session, row, wanted, version=version_of(values), by=request.user.actor)


async def is_taken(session: Any, name: str, wanted: Recipe) -> bool:
    """Whether another mapping has this name already."""
    found = await saved.named(session, name)
    return found is not None and recipes.to_builtins(msgspec.structs.replace(wanted, name=name)) != found.body


@post("/imports/{import_id:int}/glance", name="imports.glance", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def glance(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[str]:
    """The first rows under what is typed just now; keeps nothing."""
    values = await typed(request)
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
    draft, sheet = await draft_of(row)
    try:
        seen, errors = await seen_through(database, imports_forms.read(values, draft), sheet)
    except Invalid as invalid:
        seen, errors = None, dict(invalid.fields)
    return page(request, "imports/_glance.html", row=row, glance=seen, errors=errors, roles=imports_forms.ROLE_LABELS)


async def seen_through(database: Database, recipe: Recipe, sheet: Sheet) -> tuple[Glance | None, dict[str, Text]]:
    """The first rows, or why they cannot be read yet."""
    errors = lacking(recipe)
    if errors:
        return None, errors
    async with database.reading() as session:
        register = await naming.known(session)
    try:
        return await asyncio.to_thread(glances.glance, sheet, recipe, register), {}
    except Refused as refused:
        return None, {"columns": refused.text}


async def shown(
    request: Asked, database: Database, row: Import, recipe: Recipe, sheet: Sheet, *,
    values: dict[str, str] | None = None, errors: dict[str, Text], status: int = 200, refusal: Text | None = None,
) -> Response[str]:  # fmt: skip
    async with database.reading() as session:
        known = await touchpoint_names(session)
        measures = list(await session.scalars(select(Measure.name).order_by(Measure.position)))
        fitting = await saved.fitting(session, sheet.names)
    found = await guessed(sheet, known, row.file_name, recipe.shape)
    current = recipe if values is None else as_typed(values, recipe)
    seen, _ = await seen_through(database, current, sheet)
    return page(
        request,
        "imports/mapping.html",
        status=status,
        row=row,
        sheet=sheet,
        recipe=recipe,
        values={
            "name": recipe.name,
            "remember": "",
            "replace": "",
            "saved": "",
            **imports_forms.written(recipe),
            **(values or {}),
        },
        entries=entries(current, found.columns, is_known=bool(recipe.name)),
        folded_from=FOLDED_FROM,
        errors=errors,
        refusal=refusal,
        glance=seen,
        touchpoints=list(known.values()),
        measures=measures,
        fitting=fitting,
        allowed=[role for role in imports_forms.ROLE_LABELS if role in recipes.ROLES[recipe.shape]],
        roles=imports_forms.ROLE_LABELS,
        shapes=imports_forms.SHAPE_LABELS,
        formats=FORMAT_NAMES,
        delimiters=imports_forms.DELIMITERS,
        encodings=imports_forms.ENCODINGS,
    )


def as_typed(values: dict[str, str], draft: Recipe) -> Recipe:
    try:
        return imports_forms.read(values, draft)
    except Invalid:
        return draft


def entries(recipe: Recipe, guesses: tuple[Guess, ...], *, is_known: bool) -> list[dict[str, Any]]:
    """One line for each column, with what the guess says about it as long as it stands as guessed."""
    return [
        {
            "at": at,
            "column": column,
            "is_ignored": column.role is ColumnRole.IGNORE,
            "samples": guess.samples,
            "is_doubtful": guess.doubtful and not is_known and column == guess.column,
            "note": guess.reason if column == guess.column and not is_known else None,
        }
        for at, (column, guess) in enumerate(zip(recipe.columns, guesses, strict=True))
    ]


ROUTES = [mapping, match, glance]
