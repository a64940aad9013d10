"""Weights: which ones are agreed, who proposed others, and what those would change."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Invalid
from backlog.people.roles import Role
from backlog.ranking import agreement, ranked, ways, weights, what_if
from backlog.ranking.ranked import Listed
from backlog.ranking.scoring import CRITERIA, Weights
from backlog.ranking.weights import ProfileState, WeightProfile
from web.answers import see_other
from web.forms import typed
from web.templating import page

TOP = 10


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal and the first ten as it would rank them."""

    profile: WeightProfile
    top: list[Listed]


@get("/settings/weights", name="weights.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[str]:
    async with database.reading() as session:
        profiles = await weights.listed(session)
        base, close = await weights.active(session), await weights.closeness(session)
        departments = await ranked.load_departments(session)
        proposals = [
            Proposal(profile, list((await what_if.rerank(session, profile.weights, departments, limit=TOP)).rows))
            for profile in profiles
            if profile.state is ProfileState.PROPOSED
        ]
    earlier = [profile for profile in profiles if profile.state in (ProfileState.DECLINED, ProfileState.RETIRED)]
    agreed = next((profile for profile in profiles if profile.state is ProfileState.AGREED), None)
    may_decide = request.user.may(Role.PRODUCT_OWNER)
    values = {"base": base.percents(), "proposals": proposals, "earlier": earlier, "may_decide": may_decide}
    spans = weights.spans(base, close)
    return page(request, "weights/index.html", agreed=agreed, closeness=close, spans=spans, **values)


@get("/settings/weights/new", name="weights.new", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def new(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[str]:
    """The form, filled with the weights of the address or else the agreed ones."""
    given = {criterion: request.query_params[criterion] for criterion in CRITERIA if criterion in request.query_params}
    return await form(request, database, given)


@post("/settings/weights", name="weights.create", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def create(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    values = await typed(request)
    try:
        async with database.writing() as session:
            await weights.propose(session, values, values.get("reason", ""), by=request.user.actor)
    except Invalid as invalid:
        return await form(request, database, values, status=422, errors=invalid.fields)
    return see_other(request, "weights.index", toast=N_("The weights are proposed. A product owner can agree to them."))


async def form(
    request: Request[Any, Any, Any],
    database: Database,
    values: dict[str, str],
    status: int = 200,
    errors: dict[str, Any] | None = None,
) -> Response[str]:
    """What is typed, and the first ten as these weights would rank them."""
    async with database.reading() as session:
        base, close = await weights.active(session), await weights.closeness(session)
        tried = readable(values, base)
        departments = await ranked.load_departments(session)
        top = (await what_if.rerank(session, tried, departments, limit=TOP)).rows
    shown = {name: str(value) for name, value in tried.percents().items()} | {"closeness": close.value} | values
    given: dict[str, Any] = {"values": shown, "errors": errors or {}, "base": base.percents(), "top": top}
    return page(request, "weights/new.html", status=status, **given)


def readable(values: dict[str, str], base: Weights) -> Weights:
    try:
        return ways.checked_weights(values) if any(name in values for name in CRITERIA) else base
    except Invalid:
        return base


@post(
    "/settings/weights/{profile_id:int}/agreement",
    name="weights.agree",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def agree(
    request: Request[Any, Any, Any], database: NamedDependency[Database], profile_id: FromPath[int]
) -> Response[Any]:
    async with database.writing() as session:
        await agreement.agree(session, profile_id, by=request.user.actor)
    return see_other(request, "weights.index", toast=N_("These weights count from now on; all ranks follow them."))


@post(
    "/settings/weights/{profile_id:int}/refusal",
    name="weights.decline",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def decline(
    request: Request[Any, Any, Any], database: NamedDependency[Database], profile_id: FromPath[int]
) -> Response[Any]:
    async with database.writing() as session:
        await weights.decline(session, profile_id, by=request.user.actor)
    return see_other(request, "weights.index", toast=N_("The proposal is declined; the agreed weights stay."))


ROUTES = [index, new, create, agree, decline]
