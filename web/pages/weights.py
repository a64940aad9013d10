"""Weights: which ones are agreed, what each person would like, who proposed others, and what those would change."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, positioning
from backlog.database import Database
from backlog.errors import N_, Invalid
from backlog.people.roles import Role
from backlog.positioning import Positioning
from backlog.ranking import agreement, overrides, past, ranked, what_if
from backlog.ranking.overrides import Held
from backlog.ranking.ranked import Listed
from backlog.scoring import Weights
from backlog.simulation import draws
from backlog.weights import ways, weight_opinions, weights
from backlog.weights.ways import Found
from backlog.weights.weight_opinions import Together, WeightOpinion
from backlog.weights.weights import Closeness, ProfileState, WeightProfile
from web import chronicle
from web.answers import see_other
from web.asked import day
from web.forms import typed
from web.pages import weights_found
from web.templating import page

TOP = weights_found.TOP
HISTORY = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal, the first ten as it would rank them, and what the way it was found says; ``earlier_record``: it rests
    on a version of the positioning that holds no more."""

    profile: WeightProfile
    top: list[Listed]
    told: Found | None
    earlier_record: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything the page shows. ``agreed`` is None while the weights are those Waymark starts with; ``placed``: who stands
    where people put them, of ``ranked`` initiatives."""

    base: Weights
    closeness: Closeness
    agreed: WeightProfile | None
    told: Found | None
    record: Positioning | None
    together: Together | None
    own: WeightOpinion | None
    proposals: list[Proposal]
    earlier: list[WeightProfile]
    since: Any
    placed: list[Held]
    ranked: int

    @property
    def record_changed(self) -> bool:
        """The positioning was stated anew after these weights were agreed, or they rest on an earlier version."""
        if self.agreed is None or self.record is None:
            return False
        rests_on = self.agreed.positioning_version or 0
        return self.record.version > rests_on


@get("/settings/weights", name="weights.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[str]:
    return await shown(request, database)


async def shown(
    request: Request[Any, Any, Any],
    database: Database,
    status: int = 200,
    errors: dict[str, Any] | None = None,
    values: dict[str, str] | None = None,
    at: int | None = None,
) -> Response[str]:
    """The page; ``errors`` and ``values`` are those of the refused agreement to proposal ``at``."""
    async with database.reading() as session:
        known = await load(session, request)
        events = await chronicle.of(session, weight_opinions.SUBJECT, None, limit=HISTORY)
    said: dict[str, Any] = {"errors": errors or {}, "values": values or {}, "at": at}
    return page(
        request,
        "weights/index.html",
        status=status,
        known=known,
        base=known.base.shown(),
        spans=draws.spans(known.base, weights.CONCENTRATION[known.closeness]),
        may_decide=request.user.may(Role.PRODUCT_OWNER),
        today=history.now().date(),
        entries=chronicle.entries(events),
        told_by=ways.told_by,
        **said,
    )


async def load(session: AsyncSession, request: Request[Any, Any, Any]) -> Agreement:
    profiles = await weights.listed(session)
    agreed = next((profile for profile in profiles if profile.state is ProfileState.AGREED), None)
    record = await positioning.latest(session)
    return Agreement(
        base=await weights.active(session),
        closeness=await weights.closeness(session),
        agreed=agreed,
        told=ways.told_by(agreed.method, agreed.inputs) if agreed else None,
        record=record,
        together=await weight_opinions.together(session),
        own=await weight_opinions.own(session, request.user.actor),
        proposals=await proposed(session, profiles, record),
        earlier=[profile for profile in profiles if profile.state in (ProfileState.DECLINED, ProfileState.RETIRED)],
        since=await past.since(session),
        placed=await overrides.in_force(session),
        ranked=await ranked.total(session),
    )


async def proposed(session: AsyncSession, profiles: list[WeightProfile], record: Positioning | None) -> list[Proposal]:
    departments = await ranked.load_departments(session)
    return [
        Proposal(
            profile,
            list((await what_if.rerank(session, profile.weights, departments, limit=TOP)).rows),
            ways.told_by(profile.method, profile.inputs),
            record is not None and profile.positioning_version != record.version,
        )
        for profile in profiles
        if profile.state is ProfileState.PROPOSED
    ]


@post(
    "/settings/weights/{profile_id:int}/agreement",
    name="weights.agree",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def agree(
    request: Request[Any, Any, Any], database: NamedDependency[Database], profile_id: FromPath[int]
) -> Response[Any]:
    values = await typed(request)
    who, on = values.get("agreed_by", ""), day(values, "agreed_on")
    try:
        async with database.writing() as session:
            await agreement.agree(session, profile_id, by=request.user.actor, who=who, on=on)
    except Invalid as invalid:
        return await shown(request, database, 422, dict(invalid.fields), values, profile_id)
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


ROUTES = [index, agree, decline, *weights_found.ROUTES]
