"""/api/v1/weight-profiles: which weights count, finding and proposing others, agreeing."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath
from sqlalchemy import select

from backlog.database import Database
from backlog.errors import N_, Invalid, Text
from backlog.people.roles import Role
from backlog.ranking import agreement
from backlog.scoring import CRITERIA
from backlog.weights import pairs, ways, weight_opinions, weights
from backlog.weights.best_worst import BestWorst
from backlog.weights.pairs import Compared
from backlog.weights.ways import Found, Way
from backlog.weights.weights import Closeness, ProfileState, WeightProfile
from web.api.paging import PAGING, Listing, Page, part


class WeightsShown(msgspec.Struct):
    """The weights in force, together 1. ``id`` is missing while they are those Waymark starts with."""

    id: int | None
    importance: float
    urgency: float
    maturity: float
    effort_benefit: float


class ProfileShown(msgspec.Struct):
    """``method`` and ``inputs``: how the weights were found. ``positioning_version``: the record they rest on.
    ``agreed_by`` (a meeting, names) agreed on ``agreed_on``; ``decided_by`` put it down."""

    id: int
    importance: float
    urgency: float
    maturity: float
    effort_benefit: float
    closeness: Closeness
    method: Way
    inputs: dict[str, Any]
    positioning_version: int | None
    state: ProfileState
    reason: str
    proposed_by: str
    proposed_at: dt.datetime
    decided_by: str | None
    decided_at: dt.datetime | None
    agreed_by: str
    agreed_on: dt.date | None
    version: int


class FindingGiven(msgspec.Struct, forbid_unknown_fields=True):
    """Weights in one of the ways to find them.

    ``numbers`` (the usual): the four of 0 or more in any unit; they are scaled to 1 together. Of the others ``inputs``
    tells by name, ``order``: a place from 1 to 4 for each criterion; ``best_worst``: ``best``, ``worst``,
    ``best_to_urgency`` and so on, ``urgency_to_worst`` and so on, each 1 to 9; ``pairs``: ``importance_urgency`` and so
    on, each 1/9 to 9; ``preset``: ``preset`` is rice, ice, wsjf or sum.
    """

    importance: float | None = None
    urgency: float | None = None
    maturity: float | None = None
    effort_benefit: float | None = None
    method: Way = Way.NUMBERS
    inputs: dict[str, int | float | str] = {}

    def found(self) -> Found:
        """Invalid names each entry that is missing, wrong, or of another way."""
        given = {name: getattr(self, name) for name in CRITERIA if getattr(self, name) is not None}
        way = ways.way_of(self.method)
        entered, asked = (given, CRITERIA) if way is Way.NUMBERS else (self.inputs, ways.ASKED[way])
        stray = self.inputs if way is Way.NUMBERS else [*given, *(name for name in entered if name not in asked)]
        wrong = {name[:80]: Text(N_("This way does not ask for it.")) for name in stray}
        if way is Way.NUMBERS:
            wrong |= {name: Text(N_("Enter something here.")) for name in CRITERIA if name not in given}
        if wrong:
            raise Invalid(wrong)
        return ways.find(way, entered)


class ProfileGiven(FindingGiven, forbid_unknown_fields=True, kw_only=True):
    """``closeness``: how closely people agree on them, so how far simulations let them stray; as before when left out.
    With the method ``medians`` those of everybody's opinions, and nothing else is asked for."""

    reason: str
    closeness: Closeness | None = None


class AgreementGiven(msgspec.Struct, forbid_unknown_fields=True):
    """Who agreed (a meeting, names) and on which day, today when left out."""

    agreed_by: str = ""
    agreed_on: dt.date | None = None


class FoundShown(msgspec.Struct):
    """``consistency``: 0 when all comparisons agree, acceptable up to ``threshold``; null where nothing is compared.
    ``look_again``: the comparison furthest off the others, a criterion or a pair of them."""

    importance: float
    urgency: float
    maturity: float
    effort_benefit: float
    method: Way
    consistency: float | None
    threshold: float | None
    look_again: str | None


def shown(profile: WeightProfile) -> ProfileShown:
    return ProfileShown(**{name: getattr(profile, name) for name in ProfileShown.__struct_fields__})


def told(found: Found) -> FoundShown:
    known, consistency, threshold, again = found.told, None, None, None
    if isinstance(known, BestWorst):
        consistency, threshold = known.consistency, known.threshold
        again = known.worst.criterion if known.worst else None
    elif isinstance(known, Compared):
        consistency, threshold = known.consistency, pairs.ACCEPTABLE
        again = f"{known.worst.one}_{known.worst.other}" if known.worst else None
    return FoundShown(
        **found.weights.as_dict(), method=found.way, consistency=consistency, threshold=threshold, look_again=again
    )


@get(
    "/api/v1/weight-profiles",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listWeightProfiles",
    summary="Weight profiles, the newest first",
    tags=["weight-profiles"],
)
async def index(database: NamedDependency[Database], page: NamedDependency[Page]) -> Listing[ProfileShown]:
    async with database.reading() as session:
        rows, total = await part(session, page, select(WeightProfile).order_by(WeightProfile.id.desc()))
        return Listing([shown(profile) for profile in rows.scalars()], total)


@get(
    "/api/v1/weight-profiles/active",
    opt={"role": Role.VIEWER},
    operation_id="getActiveWeights",
    summary="The weights that count now",
    tags=["weight-profiles"],
)
async def active(database: NamedDependency[Database]) -> WeightsShown:
    async with database.reading() as session:
        found = await weights.active(session)
        number = await session.scalar(select(WeightProfile.id).where(WeightProfile.state == ProfileState.AGREED))
    return WeightsShown(id=number, **found.as_dict())


@post(
    "/api/v1/weight-profiles/trial",
    opt={"role": Role.VIEWER},
    operation_id="findWeights",
    summary="What weights follow from an order, comparisons or another method; nothing is kept",
    tags=["weight-profiles"],
    status_code=200,
)
async def try_out(data: Annotated[FindingGiven, Body()]) -> FoundShown:
    return told(data.found())


@post(
    "/api/v1/weight-profiles",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="proposeWeights",
    summary="Propose weights",
    tags=["weight-profiles"],
)
async def create(
    request: Request[Any, Any, Any], database: NamedDependency[Database], data: Annotated[ProfileGiven, Body()]
) -> ProfileShown:
    values, by = {"closeness": data.closeness}, request.user.actor
    async with database.writing() as session:
        if data.method is Way.MEDIANS:
            profile = await weight_opinions.propose_medians(session, values, data.reason, by=by, seen=None)
        else:
            profile = await weights.propose(session, values, data.reason, by=by, found=data.found())
        return shown(profile)


@post(
    "/api/v1/weight-profiles/{profile_id:int}/agreement",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="agreeToWeights",
    summary="Let a proposal count; all ranks follow",
    tags=["weight-profiles"],
)
async def agree(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    profile_id: FromPath[int],
    data: Annotated[AgreementGiven | None, Body()] = None,
) -> ProfileShown:
    given = data or AgreementGiven()
    by, who, on = request.user.actor, given.agreed_by, given.agreed_on
    async with database.writing() as session:
        return shown(await agreement.agree(session, profile_id, by=by, who=who, on=on))


@post(
    "/api/v1/weight-profiles/{profile_id:int}/refusal",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="declineWeights",
    summary="Decline a proposal",
    tags=["weight-profiles"],
)
async def decline(
    request: Request[Any, Any, Any], database: NamedDependency[Database], profile_id: FromPath[int]
) -> ProfileShown:
    async with database.writing() as session:
        return shown(await weights.decline(session, profile_id, by=request.user.actor))


ROUTES = [index, active, try_out, create, agree, decline]
