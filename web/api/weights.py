"""/api/v1/weight-profiles: which weights count, proposing others, agreeing."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath
from sqlalchemy import select

from backlog.database import Database
from backlog.people.roles import Role
from backlog.ranking import agreement, weights
from backlog.ranking.scoring import CRITERIA
from backlog.ranking.weights import Closeness, ProfileState, WeightProfile
from web.api.paging import PAGING, Listing, Page, part


class WeightsShown(msgspec.Struct):
    """The weights in force, together 1. ``id`` is missing while they are those Waymark starts with."""

    id: int | None
    importance: float
    urgency: float
    maturity: float
    effort_benefit: float


class ProfileShown(msgspec.Struct):
    id: int
    importance: float
    urgency: float
    maturity: float
    effort_benefit: float
    closeness: Closeness
    state: ProfileState
    reason: str
    proposed_by: str
    proposed_at: dt.datetime
    decided_by: str | None
    decided_at: dt.datetime | None
    version: int


class ProfileGiven(msgspec.Struct, forbid_unknown_fields=True):
    """Numbers of 0 or more in any unit; they are scaled to 1 together. ``closeness``: how closely people agree on them,
    so how far simulations let them stray; as before when left out."""

    importance: float
    urgency: float
    maturity: float
    effort_benefit: float
    reason: str
    closeness: Closeness | None = None


def shown(profile: WeightProfile) -> ProfileShown:
    return ProfileShown(**{name: getattr(profile, name) for name in ProfileShown.__struct_fields__})


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
    "/api/v1/weight-profiles",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="proposeWeights",
    summary="Propose weights",
    tags=["weight-profiles"],
)
async def create(
    request: Request[Any, Any, Any], database: NamedDependency[Database], data: Annotated[ProfileGiven, Body()]
) -> ProfileShown:
    async with database.writing() as session:
        values = {name: getattr(data, name) for name in (*CRITERIA, "closeness")}
        return shown(await weights.propose(session, values, data.reason, by=request.user.actor))


@post(
    "/api/v1/weight-profiles/{profile_id:int}/agreement",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="agreeToWeights",
    summary="Let a proposal count; all ranks follow",
    tags=["weight-profiles"],
)
async def agree(
    request: Request[Any, Any, Any], database: NamedDependency[Database], profile_id: FromPath[int]
) -> ProfileShown:
    async with database.writing() as session:
        return shown(await agreement.agree(session, profile_id, by=request.user.actor))


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


ROUTES = [index, active, create, agree, decline]
