"""The human position of an initiative as a resource: put it there, let go of it."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Stale, Text
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.ranking import overrides
from backlog.ranking.overrides import PositionTaken
from web.answers import see_other
from web.forms import typed
from web.pages.initiative_shown import show_page
from web.pages.override_forms import given, seen

Asked = Request[Any, Any, Any]
LET_GO = N_("%(key)s stands where its score puts it.")


@post(
    "/initiatives/{key:str}/override", name="overrides.put", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False
)
async def put(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    values = await typed(request)
    try:
        async with database.writing() as session:
            initiative = await unchanged(session, key, values)
            changed = await overrides.put(session, initiative, **given(values), by=request.user.actor)
    except (Invalid, Conflict) as refused:
        return await refuse(request, database, key, refused, values)
    toast = Text(
        N_("%(key)s stands at position %(position)s."), {"key": initiative.key, "position": values["position"]}
    )
    return see_other(request, "initiatives.show", toast=toast if changed else None, anchor="#override", key=key)


@post(
    "/initiatives/{key:str}/override/removal",
    name="overrides.let_go",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def let_go(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    values = await typed(request)
    try:
        async with database.writing() as session:
            initiative = await unchanged(session, key, values)
            await overrides.let_go(session, initiative, by=request.user.actor)
    except Conflict as refused:
        return await refuse(request, database, key, refused, {})
    return see_other(request, "initiatives.show", toast=Text(LET_GO, {"key": initiative.key}), key=key)


async def unchanged(session: AsyncSession, key: str, values: Mapping[str, str]) -> Initiative:
    """The initiative, held. Stale when its position is not the one that the form was made from."""
    initiative = await initiatives.by_key(session, key, for_change=True)
    if values.get("held", "") != seen(await overrides.of(session, initiative.id)):
        raise Stale(initiative)
    return initiative


async def refuse(
    request: Asked, database: Database, key: str, refused: Invalid | Conflict, values: Mapping[str, str]
) -> Response[Any]:
    """The page, with what is wrong beside its field and what was typed in it."""
    errors, holder = getattr(refused, "fields", {}), getattr(refused, "holder", "")
    if isinstance(refused, PositionTaken):
        errors = {"position": refused.text}
    return await show_page(
        request,
        database,
        key,
        status=422 if isinstance(refused, Invalid) else 409,
        alert=None if errors else refused.text,
        errors=errors,
        typed={**values, "holder": holder},
        at="override",
    )


ROUTES = [put, let_go]
