"""Imports: the list of them, a new file, and taking one away that never ran."""

from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import func, select

from backlog import history
from backlog.database import Database
from backlog.errors import N_, Invalid, Refused, Text
from backlog.imports import copies, drafts, saved, uploads
from backlog.imports.surveys import Import, SavedRecipe
from backlog.people.roles import Role
from web.answers import see_other
from web.asked import number
from web.forms import typed, version_of
from web.identity import Viewer
from web.pages import imports_check, imports_copies, imports_files, imports_mapping, imports_recipes, imports_shown
from web.pages.files import csv_file
from web.pages.imports_drafts import proposed
from web.pages.imports_states import STATE_LABELS, decided_by, may_decide
from web.templating import page

Asked = Request[Any, Any, Any]
ROWS = 50
TITLES = (
    "respondent,answered on,weight,segment,Satisfaction: Check-in,Satisfaction: Security checkpoint,"
    "Satisfaction: Restaurants,Would you recommend us? (NPS),Comment"
)
SAID = (
    "The queue at security took 40 minutes",
    "",
    "",
    "Lovely breakfast, a bit dear",
    "",
    "Nobody knew which lane was open",
)


def sample_csv(day: date) -> str:
    """Twenty-four answers of a wide survey, to see how one has to look; the same every time."""
    rows = [TITLES]
    for at in range(24):
        ratings = f"{5 - at % 3},{1 + at * 7 % 5},{'' if at % 5 == 2 else 3 + at % 3},{(at * 7 + 3) % 11}"
        rows.append(
            f"{at + 1},{day},{0.8 + at % 5 / 10:.1f},{('business', 'leisure')[at % 2]},{ratings},{_quoted(SAID[at % 6])}"
        )
    return "\n".join(rows) + "\n"


def _quoted(text: str) -> str:
    return f'"{text}"' if "," in text else text


@get("/imports", name="imports.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    first = min(number(request.query_params, "offset") or 0, 10_000_000)
    async with database.reading() as session:
        rows = list(await session.scalars(select(Import).order_by(Import.id.desc()).limit(ROWS).offset(first)))
        total = await session.scalar(select(func.count()).select_from(Import)) or 0
        recipes = list(await session.scalars(select(SavedRecipe).order_by(SavedRecipe.name)))
    return page(
        request,
        "imports/index.html",
        rows=rows,
        total=total,
        first=first,
        size=ROWS,
        recipes=recipes,
        states=STATE_LABELS,
        may_decide=lambda row: may_decide(request.user, row),
        editable=drafts.EDITABLE,
    )


@get("/imports/new", name="imports.new", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def new(request: Asked) -> Response[str]:
    return page(request, "imports/new.html", errors={})


@get("/imports/sample.csv", name="imports.sample", opt={"role": Role.VIEWER}, include_in_schema=False)
async def sample() -> Response[str]:
    return csv_file(sample_csv(history.now().date().replace(day=1)), "waymark-sample-survey.csv")


@post("/imports", name="imports.create", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def create(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    """Keep the file, look whether it is a table, and go on to its columns."""
    file = (await request.form()).get("file")
    folder = request.app.state.configuration.uploads
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise Invalid({"file": N_("Choose a file.")})
        row, is_copy = await received(database, folder, file, request.user)
    except Refused as refused:
        return page(request, "imports/new.html", status=422, errors={"file": _words(refused)})
    return see_other(request, "imports.copies" if is_copy else "imports.mapping", import_id=row.id)


async def received(database: Database, folder: Any, file: UploadFile, by: Viewer) -> tuple[Import, bool]:
    """The import of this upload, and whether its content is in already. Refused leaves nothing behind."""
    path, digest = await imports_files.keep(folder, file)
    try:
        name = imports_files.plain_name(file.filename)
        sheet = await imports_files.opened(path)
        async with database.reading() as session:
            recipe = await proposed(session, sheet, name)
        async with database.writing() as session:
            rows = sheet.estimated_rows
            row = await drafts.arrive(session, name, str(path), recipe, rows=rows, digest=digest, by=by.actor)
            is_copy = bool(await copies.present(session, digest))
    except BaseException:
        await uploads.forget(path, folder)
        raise
    return row, is_copy


def _words(refused: Refused) -> Text:
    return refused.fields["file"] if isinstance(refused, Invalid) and "file" in refused.fields else refused.text


@post(
    "/imports/{import_id:int}/removal", name="imports.remove", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False
)
async def remove(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[Any]:
    values = await typed(request)
    async with database.writing() as session:
        row = await decided_by(request.user, session, import_id, for_change=True)
        await drafts.discard(session, row, version=version_of(values), by=request.user.actor)
    await uploads.forget(row.path, request.app.state.configuration.uploads)
    return see_other(request, "imports.index", toast=Text(N_("%(name)s is removed."), {"name": row.file_name}))


@get("/imports/recipes/{recipe_id:int}", name="recipes.show", opt={"role": Role.VIEWER}, include_in_schema=False)
async def recipe(database: NamedDependency[Database], recipe_id: FromPath[int]) -> Response[str]:
    async with database.reading() as session:
        found = await saved.get(session, recipe_id)
    return imports_recipes.json_file(found.body, found.name)


@post(
    "/imports/recipes/{recipe_id:int}/removal",
    name="recipes.remove",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def remove_recipe(request: Asked, database: NamedDependency[Database], recipe_id: FromPath[int]) -> Response[Any]:
    values = await typed(request)
    async with database.writing() as session:
        found = await saved.get(session, recipe_id)
        await saved.remove(session, found, version=version_of(values), by=request.user.actor)
    return see_other(request, "imports.index", toast=Text(N_("%(name)s is removed."), {"name": found.name}))


ROUTES = [
    index,
    new,
    sample,
    create,
    remove,
    recipe,
    remove_recipe,
    *imports_copies.ROUTES,
    *imports_mapping.ROUTES,
    *imports_recipes.ROUTES,
    *imports_check.ROUTES,
    *imports_shown.ROUTES,
]
