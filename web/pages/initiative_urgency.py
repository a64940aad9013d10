"""How the urgency of an initiative goes over time: agreeing on it and taking that back."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Invalid, Stale, Text
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.urgency import urgency_profiles
from web.answers import see_other
from web.forms import typed
from web.pages.initiative_shown import show_page
from web.pages.urgency_forms import field, read, seen


@post(
    "/initiatives/{key:str}/urgency-profile",
    name="urgency.update",
    opt={"role": Role.CONTRIBUTOR},
    include_in_schema=False,
)
async def update(
    request: Request[Any, Any, Any], key: FromPath[str], database: NamedDependency[Database]
) -> Response[Any]:
    """Keep the profile; constant clears it. Refused when somebody else changed it since the form was opened."""
    values = await typed(request)
    try:
        async with database.writing() as session:
            initiative = await initiatives.by_key(session, key, for_change=True)
            if values.get("seen") != seen(initiative):
                raise Stale(initiative)
            changed = put(session, initiative, values, request)
    except (Invalid, Stale) as refused:
        wrong = refused.fields if isinstance(refused, Invalid) else {}
        status, alert = (422, None) if wrong else (409, refused.text)
        return await show_page(
            request, database, key, status=status, alert=alert, errors=wrong, typed=values, at="urgency"
        )
    toast = Text(N_("Urgency over time saved.")) if changed else None
    return see_other(request, "initiatives.show", toast=toast, anchor="#urgency", key=key)


def put(session: Any, initiative: Initiative, values: Mapping[str, str], request: Request[Any, Any, Any]) -> bool:
    """Invalid names the fields as the form does."""
    kind = values.get("kind", "")
    record = read(kind, values)
    try:
        return urgency_profiles.put(session, initiative, record, by=request.user.actor)
    except Invalid as invalid:
        raise Invalid({field(kind, name): text for name, text in invalid.fields.items()}) from invalid


ROUTES = [update]
