"""/api/v1/positioning: what the company wants to be known for, each attribute with its six tests."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Request, get, put
from litestar.di import NamedDependency
from litestar.params import Body
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import positioning
from backlog.database import Database
from backlog.people.roles import Role
from backlog.positioning import Attribute, Positioning, Test, Tested, Verdict
from web.api.versions import based_on, changing


class TestTold(msgspec.Struct, forbid_unknown_fields=True):
    __test__ = False  # none of pytest's

    verdict: Verdict = Verdict.UNCLEAR
    note: str = ""


class AttributeTold(msgspec.Struct, forbid_unknown_fields=True):
    """``tests`` by need, differentiates, motivates, lasts, credible, fits; what is left out is unclear."""

    name: str
    tests: dict[Test, TestTold] = {}


class PositioningShown(msgspec.Struct):
    """``version`` is 0 and who and when are null while nothing has been stated."""

    version: int
    attributes: list[AttributeTold]
    stated_by: str | None
    stated_at: dt.datetime | None


class PositioningGiven(msgspec.Struct, forbid_unknown_fields=True):
    """At most 7 attributes; ``version`` is the one it was made from, 0 for the first."""

    attributes: list[AttributeTold]
    version: int | None = None


def shown(record: Positioning | None) -> PositioningShown:
    if record is None:
        return PositioningShown(0, [], None, None)
    attributes = [
        AttributeTold(each.name, {test: TestTold(each[test].verdict, each[test].note) for test in Test})
        for each in record.listed
    ]
    return PositioningShown(record.version, attributes, record.stated_by, record.stated_at)


async def now(session: AsyncSession) -> PositioningShown:
    return shown(await positioning.latest(session))


@get(
    "/api/v1/positioning",
    opt={"role": Role.VIEWER},
    operation_id="getPositioning",
    summary="The positioning as it holds now",
    tags=["positioning"],
)
async def show(database: NamedDependency[Database]) -> PositioningShown:
    async with database.reading() as session:
        return await now(session)


@put(
    "/api/v1/positioning",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="statePositioning",
    summary="State the positioning anew; earlier versions are kept",
    tags=["positioning"],
)
async def state(
    request: Request[Any, Any, Any], database: NamedDependency[Database], data: Annotated[PositioningGiven, Body()]
) -> PositioningShown:
    told = [
        Attribute(each.name, {test: Tested(given.verdict, given.note) for test, given in each.tests.items()})
        for each in data.attributes
    ]
    async with changing(database, now) as session:
        based = based_on(request, data.version)
        return shown(await positioning.state(session, told, based_on=based, by=request.user.actor))


ROUTES = [show, state]
