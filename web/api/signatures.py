"""/api/v1/touchpoints/{id}/signature: the few that set the company apart."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath

from backlog import settings
from backlog.database import Database
from backlog.evidence import signatures, touchpoints
from backlog.evidence.signatures import AllTaken, Taken
from backlog.people.roles import Role
from web.api.paging import PAGING, Listing, Page
from web.faults import problem

Asked = Request[Any, Any, Any]
TAGS = ["signature"]


class SignatureShown(msgspec.Struct):
    """``id`` and ``name`` are the touchpoint's."""

    id: int
    name: str
    reason: str
    review_on: dt.date
    nominated_by: str


class SignatureGiven(msgspec.Struct, forbid_unknown_fields=True):
    """``review_on`` is a day to come; ``giving_up`` the id of the touchpoint whose place it takes."""

    reason: str
    review_on: dt.date
    giving_up: int | None = None


class SignatureListing(Listing[SignatureShown]):
    """``cap`` is how many there may be."""

    cap: int


def shape(taken: Taken) -> SignatureShown:
    return SignatureShown(taken.touchpoint_id, taken.name, taken.reason, taken.review_on, taken.nominated_by)


@get(
    "/api/v1/signature",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listSignature",
    summary="The signature touchpoints and how many there may be",
    tags=TAGS,
)
async def index(database: NamedDependency[Database], page: NamedDependency[Page]) -> SignatureListing:
    async with database.reading() as session:
        held = await signatures.taken(session)
        cap = (await settings.load(session)).signature_cap
    part = held[page.offset : page.offset + page.limit]
    return SignatureListing(items=[shape(each) for each in part], total=len(held), cap=cap)


@post(
    "/api/v1/touchpoints/{touchpoint_id:int}/signature",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="nominateSignature",
    summary="Make a touchpoint a signature touchpoint",
    tags=TAGS,
)
async def nominate(
    request: Asked,
    database: NamedDependency[Database],
    touchpoint_id: FromPath[int],
    data: Annotated[SignatureGiven, Body()],
) -> Response[Any]:
    """Answers 409 with ``taken`` when the cap is reached."""
    try:
        async with database.writing() as session:
            touchpoint = await touchpoints.get(session, touchpoint_id)
            given = {"reason": data.reason, "review_on": data.review_on, "giving_up": data.giving_up}
            await signatures.nominate(session, touchpoint, **given, by=request.user.actor)  # type: ignore[arg-type] # as named
            held = await signatures.taken(session)
    except AllTaken as full:
        return problem(request, 409, full.text, taken=[shape(each) for each in full.taken])
    return Response(next(shape(each) for each in held if each.touchpoint_id == touchpoint_id), status_code=201)


@delete(
    "/api/v1/touchpoints/{touchpoint_id:int}/signature",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="giveUpSignature",
    summary="Give up a signature touchpoint",
    tags=TAGS,
)
async def give_up(request: Asked, database: NamedDependency[Database], touchpoint_id: FromPath[int]) -> None:
    async with database.writing() as session:
        touchpoint = await touchpoints.get(session, touchpoint_id)
        await signatures.give_up(session, touchpoint, by=request.user.actor)


ROUTES = [index, nominate, give_up]
