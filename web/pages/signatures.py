"""Nominating a signature touchpoint and giving one up, on the touchpoint's page."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Text
from backlog.evidence import signatures, touchpoints
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
            await signatures.nominate(
                session,
                touchpoint,
                reason=values.get("reason", ""),
                review_on=day(values, "review_on"),
                giving_up=whole(values, "giving_up"),
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
    return see_other(request, "touchpoints.show", toast=said, undo=undo, touchpoint_id=touchpoint_id)


@post(
    "/touchpoints/{touchpoint_id:int}/signature/removal",
    name="signatures.remove",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def remove(request: Asked, database: NamedDependency[Database], touchpoint_id: FromPath[int]) -> Response[Any]:
    try:
        async with database.writing() as session:
            touchpoint = await touchpoints.get(session, touchpoint_id)
            held = await signatures.taken(session)
            await signatures.give_up(session, touchpoint, by=request.user.actor)
    except Conflict as conflict:
        return await shown(request, database, touchpoint_id, status=409, refusal=conflict.text)
    said = Text(N_("%(name)s is no signature touchpoint any more."), {"name": touchpoint.name})
    was = next(each for each in held if each.touchpoint_id == touchpoint_id)
    undo = request.app.route_reverse("signatures.create", touchpoint_id=touchpoint_id)
    fields = {"reason": was.reason, "review_on": was.review_on.isoformat()} if len(was.reason) < 500 else None
    return see_other(
        request,
        "touchpoints.show",
        toast=said,
        undo=undo if fields else None,
        fields=fields,
        touchpoint_id=touchpoint_id,
    )


ROUTES = [create, remove]
