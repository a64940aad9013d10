"""Recipes as files: the mapping of an import out, and one from elsewhere in."""

import re
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Invalid, Refused, Stale, Text
from backlog.imports import drafts, recipes
from backlog.people.roles import Role
from web.answers import see_other
from web.forms import typed, version_of
from web.pages.imports_drafts import as_saved
from web.pages.imports_mapping import draft_of, overtaken, shown

Asked = Request[Any, Any, Any]
LARGEST = 4 << 20  # bytes


def json_file(body: dict[str, Any], name: str) -> Response[str]:
    """A download that --recipe and the wizard read."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "recipe"
    headers = {"content-disposition": f'attachment; filename="{plain}.json"'}
    text = msgspec.json.format(msgspec.json.encode(body), indent=1).decode() + "\n"
    return Response(text, media_type="application/json", headers=headers)


@get("/imports/{import_id:int}/recipe", name="imports.recipe", opt={"role": Role.VIEWER}, include_in_schema=False)
async def download(database: NamedDependency[Database], import_id: FromPath[int]) -> Response[str]:
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
    return json_file(row.recipe, drafts.mapping(row).name or row.file_name.rpartition(".")[0])


@post(
    "/imports/{import_id:int}/recipe",
    name="imports.take_recipe",
    opt={"role": Role.CONTRIBUTOR},
    include_in_schema=False,
)
async def take_in(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[Any]:
    """Map the columns as the recipe in this file says."""
    values = await typed(request)
    file = (await request.form()).get("recipe")
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
    draft, sheet = await draft_of(row)
    try:
        recipe = as_saved(recipes.read(await content(file)), sheet, row.file_name)
        async with database.writing() as session:
            current = await drafts.get(session, import_id, for_change=True)
            drafts.change(session, current, recipe, version=version_of(values), by=request.user.actor)
    except Stale as stale:
        return await overtaken(request, database, import_id, {}, stale.text)
    except Refused as refused:
        errors = {"recipe": first_of(refused)}
        return await shown(request, database, row, draft, sheet, errors=errors, status=422)
    return see_other(
        request, "imports.mapping", import_id=import_id, toast=N_("The columns are matched by the recipe.")
    )


async def content(file: Any) -> bytes:
    if not isinstance(file, UploadFile) or not file.filename:
        raise Invalid({"recipe": N_("Choose a file.")})
    text = await file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise Invalid({"recipe": N_("This is too large for a recipe.")})
    return text


def first_of(refused: Refused) -> Text:
    """What is wrong in the recipe, with the place in it."""
    if not isinstance(refused, Invalid):
        return refused.text
    name, text = next(iter(refused.fields.items()))
    return text if name == "recipe" else Text("%(place)s: %(what)s", {"place": name, "what": str(text)})


ROUTES = [download, take_in]
