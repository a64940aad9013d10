"""Nominating a signature touchpoint and giving one up, on the touchpoint's page."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Text
from backlog.evidence import signatures, touchpoints
from backlog.evidence.touchpoints import Touchpoint
from backlog.people.roles import Role
from web.answers import see_other
from web.asked import day
from web.forms import typed, whole
from web.pages.touchpoint_sheet import signature_form
from web.pages.touchpoints import shown

Asked = Request[Any, Any, Any]


@post(
    "/touchpoints/{touchpoint_id:int}/signature",
    name="signatures.create",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def create(request: Asked, database: NamedDependency[Database], touchpoint_id: FromPath[int]) -> Response[Any]:
    """Nominate it; when all places are taken the page asks which one to give up."""
    values = await typed(request)
    try:
        async with database.writing() as session:
            touchpoint = await touchpoints.get(session, touchpoint_id)
            giving_up = whole(values, "giving_up")
            gave_up = (
                giving_up if giving_up in {each.touchpoint_id for each in await signatures.taken(session)} else None
            )
            await signatures.nominate(
                session,
                touchpoint,
                reason=values.get("reason", ""),
                review_on=day(values, "review_on"),
                giving_up=giving_up,
                by=request.user.actor,
            )
    except Invalid as invalid:
        again = signature_form(values)
        return await shown(request, database, touchpoint_id, status=422, errors=invalid.fields, values=again)
    except Conflict as conflict:
        again = signature_form(values)
        return await shown(request, database, touchpoint_id, status=409, refusal=conflict.text, values=again)
    said = Text(N_("%(name)s is a signature touchpoint now."), {"name": touchpoint.name})
    undo = request.app.route_reverse("signatures.remove", touchpoint_id=touchpoint_id)
    fields = {"restoring": gave_up} if gave_up else None
    return see_other(request, "touchpoints.show", toast=said, undo=undo, fields=fields, touchpoint_id=touchpoint_id)


@post(
    "/touchpoints/{touchpoint_id:int}/signature/removal",
    name="signatures.remove",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def remove(request: Asked, database: NamedDependency[Database], touchpoint_id: FromPath[int]) -> Response[Any]:
    """Give it up. ``restoring``: the touchpoint that had been given up for it takes its place again as it was."""
    values = await typed(request)
    try:
        async with database.writing() as session:
            touchpoint = await touchpoints.get(session, touchpoint_id)
            back = whole(values, "restoring")
            if back is not None:
                return await swapped_back(request, session, touchpoint, await touchpoints.get(session, back))
            await signatures.give_up(session, touchpoint, by=request.user.actor)
    except Conflict as conflict:
        return await shown(request, database, touchpoint_id, status=409, refusal=conflict.text)
    said = Text(N_("%(name)s is no signature touchpoint any more."), {"name": touchpoint.name})
    undo = request.app.route_reverse("signatures.restore", touchpoint_id=touchpoint_id)
    return see_other(request, "touchpoints.show", toast=said, undo=undo, touchpoint_id=touchpoint_id)


async def swapped_back(
    request: Asked, session: AsyncSession, touchpoint: Touchpoint, back: Touchpoint
) -> Response[Any]:
    """``back`` stands again where ``touchpoint`` had taken its place."""
    await signatures.restore(session, back, instead_of=touchpoint.id, by=request.user.actor)
    words = N_("%(back)s is a signature touchpoint again, and %(name)s is none any more.")
    said = Text(words, {"back": back.name, "name": touchpoint.name})
    return see_other(request, "touchpoints.show", toast=said, touchpoint_id=touchpoint.id)


@post(
    "/touchpoints/{touchpoint_id:int}/signature/restoration",
    name="signatures.restore",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def restore(request: Asked, database: NamedDependency[Database], touchpoint_id: FromPath[int]) -> Response[Any]:
    """Take back that it was given up: the same words, by whom and when."""
    try:
        async with database.writing() as session:
            touchpoint = await touchpoints.get(session, touchpoint_id)
            await signatures.restore(session, touchpoint, by=request.user.actor)
    except Conflict as conflict:
        return await shown(request, database, touchpoint_id, status=409, refusal=conflict.text)
    said = Text(N_("%(name)s is a signature touchpoint again."), {"name": touchpoint.name})
    undo = request.app.route_reverse("signatures.remove", touchpoint_id=touchpoint_id)
    return see_other(request, "touchpoints.show", toast=said, undo=undo, touchpoint_id=touchpoint_id)


ROUTES = [create, remove, restore]
