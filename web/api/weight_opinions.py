"""/api/v1/weight-opinions: what each person would let the criteria count, side by side; one's own to keep or take back."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, put
from litestar.di import NamedDependency
from litestar.params import Body

from backlog.database import Database
from backlog.people.roles import Role
from backlog.weights import weight_opinions
from backlog.weights.ways import Way
from backlog.weights.weight_opinions import WeightOpinion
from backlog.weights.weights import Closeness
from web.api.weights import FindingGiven


class OpinionShown(msgspec.Struct):
    """The four weights together 1; ``method`` and ``inputs`` tell how they were found."""

    said_by: str
    importance: float
    urgency: float
    maturity: float
    effort_benefit: float
    method: Way
    inputs: dict[str, Any]
    reason: str
    said_at: dt.datetime
    version: int


class OpinionsShown(msgspec.Struct):
    """``medians`` are scaled to 1 together, null while nobody has said anything. ``closeness`` is suggested from how far
    people are apart, null of fewer than two; ``most_apart`` is the criterion they differ most on."""

    items: list[OpinionShown]
    total: int
    medians: dict[str, float] | None
    closeness: Closeness | None
    most_apart: str | None


class OpinionGiven(FindingGiven, forbid_unknown_fields=True):
    reason: str = ""


def shown(opinion: WeightOpinion) -> OpinionShown:
    return OpinionShown(**{name: getattr(opinion, name) for name in OpinionShown.__struct_fields__})


@get(
    "/api/v1/weight-opinions",
    opt={"role": Role.VIEWER},
    operation_id="listWeightOpinions",
    summary="The weights each person would like, and their medians",
    tags=["weight-profiles"],
)
async def index(database: NamedDependency[Database]) -> OpinionsShown:
    async with database.reading() as session:
        known = await weight_opinions.together(session)
    if known is None:
        return OpinionsShown([], 0, None, None, None)
    items = [shown(opinion) for opinion in known.opinions]
    return OpinionsShown(items, len(items), known.middle.as_dict(), known.closeness, known.apart.criterion)


@put(
    "/api/v1/weight-opinions/own",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="sayWeights",
    summary="Say or change which weights one would like",
    tags=["weight-profiles"],
)
async def keep(
    request: Request[Any, Any, Any], database: NamedDependency[Database], data: Annotated[OpinionGiven, Body()]
) -> OpinionShown:
    async with database.writing() as session:
        return shown(await weight_opinions.keep(session, data.found(), data.reason, by=request.user.actor))


@delete(
    "/api/v1/weight-opinions/own",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="withdrawWeights",
    summary="Take one's own weights back",
    tags=["weight-profiles"],
)
async def withdraw(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> None:
    async with database.writing() as session:
        await weight_opinions.withdraw(session, by=request.user.actor)


ROUTES = [index, keep, withdraw]
