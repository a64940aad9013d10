"""Rating an initiative: one form for all inputs; an emptied input is withdrawn."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Invalid, Text
from backlog.initiatives import initiatives, ratings
from backlog.initiatives.ratings import RatedInput
from backlog.people.roles import Role
from backlog.rounds import rounds
from web.answers import see_other
from web.forms import decimal
from web.pages.initiative_shown import show_page

PARTS = ("low", "likely", "high")


@post("/initiatives/{key:str}/ratings", name="ratings.create", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def rate(
    request: Request[Any, Any, Any], key: FromPath[str], database: NamedDependency[Database]
) -> Response[Any]:
    """Keep what was filled in, withdraw what was emptied."""
    form = await request.form()
    typed, reason = typed_ratings(form), _reason(form)
    try:
        estimates = read_ratings(typed)
        async with database.writing() as session:
            initiative = await initiatives.by_key(session, key, for_change=True)
            emptied = [name for name, parts in typed.items() if not any(parts.values())]
            await rounds.expect_free(session, initiative.id, typed, request.user.actor)
            given = await ratings.rate(session, initiative, estimates, by=request.user.actor, reason=reason)
            withdrawn = await ratings.withdraw(session, initiative, emptied, by=request.user.actor, reason=reason)
    except Invalid as invalid:
        return await _refused(request, database, key, invalid, {**typed, "reason": reason})
    toast = Text(N_("Your scores are saved.")) if given or withdrawn else None
    return see_other(request, "initiatives.show", toast=toast, anchor="#ratings", key=key)


@post(
    "/initiatives/{key:str}/ratings/withdrawal",
    name="ratings.withdraw",
    opt={"role": Role.CONTRIBUTOR},
    include_in_schema=False,
)
async def withdraw(
    request: Request[Any, Any, Any], key: FromPath[str], database: NamedDependency[Database]
) -> Response[Any]:
    """All of one's own; the rest of the form only stays typed where the reason is missing."""
    form = await request.form()
    reason = _reason(form)
    try:
        async with database.writing() as session:
            initiative = await initiatives.by_key(session, key, for_change=True)
            await ratings.withdraw(session, initiative, by=request.user.actor, reason=reason)
    except Invalid as invalid:
        return await _refused(request, database, key, invalid, {**typed_ratings(form), "reason": reason})
    toast = Text(N_("Your scores are withdrawn."))
    return see_other(request, "initiatives.show", toast=toast, anchor="#ratings", key=key)


async def _refused(
    request: Request[Any, Any, Any], database: Database, key: str, invalid: Invalid, typed: Mapping[str, Any]
) -> Response[Any]:
    return await show_page(request, database, key, status=422, errors=invalid.fields, typed=typed, at="ratings")


def _reason(form: FormMultiDict) -> str:
    return str(form.get("reason", "")).replace("\r\n", "\n")


def typed_ratings(form: FormMultiDict) -> dict[str, dict[str, str]]:
    """Input -> low, likely, high as typed, for each input that the form has."""
    return {
        name.value: {part: str(form.get(f"{name}_{part}", "")).strip()[:40] for part in PARTS}
        for name in RatedInput
        if any(f"{name}_{part}" in form for part in PARTS)
    }


def read_ratings(typed: Mapping[str, Mapping[str, str]]) -> dict[str, list[float]]:
    """The estimates of all inputs that are filled in; where only likely is, low and high are the same. Invalid names
    every input that is no number."""
    estimates: dict[str, list[float]] = {}
    wrong: dict[str, Text] = {}
    for name, parts in typed.items():
        if not any(parts.values()):
            continue
        try:
            estimates[name] = [decimal(parts[part] or parts["likely"]) for part in PARTS]
        except ValueError:
            wrong[name] = Text(N_("Enter numbers for low, likely and high, such as 6.5."))
    if not wrong:
        ratings.checked_estimates(estimates)
        return estimates
    try:
        ratings.checked_estimates(estimates)
    except Invalid as invalid:
        wrong |= invalid.fields
    raise Invalid(wrong)


ROUTES = [rate, withdraw]
