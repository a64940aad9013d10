"""Finding weights: by numbers, from an order, by comparisons, from another method, or the medians of everybody's; then
proposing them, or keeping them as one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Invalid
from backlog.people.roles import Role
from backlog.ranking import ranked, what_if
from backlog.scoring import CRITERIA
from backlog.weights import pairs, ways, weight_opinions, weights
from backlog.weights.presets import PRESETS
from backlog.weights.ways import Found, Way
from web.answers import see_other
from web.forms import typed
from web.templating import page, partial

TOP = 10
KEPT = ("closeness", "reason", "opinions")
"""What a form has beside what its way asks for."""
Asked = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Trying:
    """What was entered the way it was, what was found from it (None while something is missing), and what is wrong."""

    way: Way
    values: Mapping[str, Any]
    found: Found | None
    errors: Mapping[str, Any]


@get("/settings/weights/new", name="weights.new", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def new(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    """The form of one way, filled with what the address says, with one's own, or with the agreed weights."""
    given = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
    way = asked_way(given)
    async with database.reading() as session:
        own = await weight_opinions.own(session, request.user.actor) if "mine" in given else None
        if own is not None and own.method in ways.ASKED:
            way, given = own.method, {**entered(own.inputs), "reason": own.reason}
    known = await tried(database, way, given, quietly=True)
    return await form(request, database, known, 422 if known.errors else 200)


@post("/settings/weights/new", name="weights.try", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def try_out(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    """What follows from what is entered, before anything is proposed: the page, or for htmx that part of it."""
    values = await typed(request)
    known = await tried(database, asked_way(values), values)
    status = 422 if known.errors else 200
    if request.headers.get("hx-request"):
        async with database.reading() as session:
            return partial(request, "weights/_found.html", status=status, **await following(session, known))
    return await form(request, database, known, status)


@post("/settings/weights", name="weights.create", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def create(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    values = await typed(request)
    way = asked_way(values)
    reason, by = values.get("reason", ""), request.user.actor
    try:
        async with database.writing() as session:
            if way is Way.MEDIANS:
                seen = values.get("opinions")
                await weight_opinions.propose_medians(session, values, reason, by=by, seen=seen)
            else:
                await weights.propose(session, values, reason, by=by, found=ways.find(way, values))
    except Invalid as invalid:
        return await form(request, database, await tried(database, way, values, invalid.fields), 422)
    return see_other(request, "weights.index", toast=N_("The weights are proposed. A product owner can agree to them."))


@post("/settings/weights/opinions", name="weights.opine", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def opine(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    """Keep them as one's own, beside those of others."""
    values = await typed(request)
    way = asked_way(values)
    try:
        async with database.writing() as session:
            found = ways.find(ways.way_of(way), values)
            await weight_opinions.keep(session, found, values.get("reason", ""), by=request.user.actor)
    except Invalid as invalid:
        return await form(request, database, await tried(database, way, values, invalid.fields), 422)
    return see_other(request, "weights.index", toast=N_("Your weights stand beside those of the others."))


@post(
    "/settings/weights/opinions/withdrawal",
    name="weights.withdraw",
    opt={"role": Role.CONTRIBUTOR},
    include_in_schema=False,
)
async def withdraw(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    async with database.writing() as session:
        await weight_opinions.withdraw(session, by=request.user.actor)
    return see_other(request, "weights.index", toast=N_("Your weights are withdrawn."))


def asked_way(values: Mapping[str, str]) -> Way:
    """What cannot be read counts as numbers."""
    name = values.get("method", "")
    return Way(name) if name in set(Way) else Way.NUMBERS


async def tried(
    database: Database,
    way: Way,
    values: Mapping[str, Any],
    errors: Mapping[str, Any] | None = None,
    *,
    quietly: bool = False,
) -> Trying:
    """``quietly``: an address that tells too little is no mistake of anybody's; weights that it tells are looked at, the
    others stay as agreed."""
    if way is Way.MEDIANS:
        async with database.reading() as session:
            known = await weight_opinions.together(session)
        found = weight_opinions.found_in(known) if known else None
        return Trying(way, values, found, errors or {})
    if quietly and way is Way.NUMBERS:
        quietly = not any(name in values for name in CRITERIA)
        async with database.reading() as session:
            values = {**(await weights.active(session)).percents(), **values}
    try:
        return Trying(way, values, ways.find(way, values), errors or {})
    except Invalid as invalid:
        return Trying(way, values, None, {} if quietly else dict(invalid.fields) | dict(errors or {}))


async def form(request: Asked, database: Database, known: Trying, status: int = 200) -> Response[str]:
    async with database.reading() as session:
        around = await following(session, known)
        together = await weight_opinions.together(session)
        close = await weights.closeness(session)
    if known.way is Way.MEDIANS and together and together.closeness:
        close = together.closeness
    values = {"closeness": close.value, **known.values}
    if together is not None:
        values["opinions"] = together.as_seen
    more: dict[str, Any] = {"values": values, "together": together, "PRESETS": PRESETS, "PAIRS": pairs.PAIRS}
    return page(request, "weights/new.html", status=status, **around, **more)


async def following(session: AsyncSession, known: Trying) -> dict[str, Any]:
    """What follows: the weights and the first ten as they would rank them."""
    base = await weights.active(session)
    top = []
    if known.found is not None:
        departments = await ranked.load_departments(session)
        top = list((await what_if.rerank(session, known.found.weights, departments, limit=TOP)).rows)
    shares = {"base": base.percents(), "now": base.shown()}
    return {"known": known, "errors": known.errors, **shares, "top": top, "CRITERIA": CRITERIA}


def entered(inputs: Mapping[str, Any]) -> dict[str, str]:
    """What was kept, as the fields of the form write it: 0.333 is 1/3 there."""
    return {name: _written(value) for name, value in inputs.items()}


def _written(value: Any) -> str:
    if isinstance(value, float) and 0 < value < 1 and abs(1 / value - round(1 / value)) < 0.05:
        return f"1/{round(1 / value)}"
    return f"{value:g}" if isinstance(value, float) else str(value)


ROUTES = [new, try_out, create, opine, withdraw]
