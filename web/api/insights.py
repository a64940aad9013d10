"""/api/v1/insights: what customers said."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.evidence import insights
from backlog.evidence.insights import Filters, Insight, InsightKind, Mismatch, Values
from backlog.people.roles import Role
from web.api.paging import PAGING, Listing, Page, part
from web.api.touchpoints import Number

Asked = Request[Any, Any, Any]
TAGS = ["insights"]


class InsightShown(msgspec.Struct):
    """``emotion`` runs from -2 to +2; where only a theme is known ``text`` is empty."""

    id: int
    touchpoint_id: int | None
    touchpoint: str | None
    persona: str | None
    kind: InsightKind
    text: str
    theme: str
    source: str
    said_on: dt.date
    emotion: int | None
    mismatch: Mismatch | None


class InsightGiven(msgspec.Struct, forbid_unknown_fields=True):
    """``text`` or ``theme`` is needed; ``touchpoint`` and ``persona`` are ids."""

    said_on: dt.date
    text: str = ""
    theme: str = ""
    touchpoint: int | None = None
    persona: int | None = None
    kind: InsightKind = InsightKind.STORY
    source: str = ""
    emotion: int | None = None
    mismatch: Mismatch | None = None


def shape(row: Any) -> InsightShown:
    return InsightShown(**{name: getattr(row, name) for name in InsightShown.__struct_fields__})


async def one(session: AsyncSession, insight_id: int) -> InsightShown:
    """NotFound when there is none."""
    await insights.get(session, insight_id)
    return shape((await session.execute(insights.listed(Filters()).where(Insight.id == insight_id))).one())


@get(
    "/api/v1/insights",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listInsights",
    summary="Insights, the newest first",
    tags=TAGS,
)
async def index(
    database: NamedDependency[Database],
    page: NamedDependency[Page],
    touchpoint: Number = None,
    persona: Number = None,
    kind: Annotated[InsightKind | None, QueryParameter()] = None,
    theme: Annotated[str, QueryParameter(max_length=300)] = "",
    q: Annotated[str, QueryParameter(max_length=200, description="Words in text, theme, source.")] = "",
) -> Listing[InsightShown]:
    filters = Filters(
        touchpoint_id=touchpoint,
        persona_id=persona,
        kind=kind,
        theme=theme.replace("\0", ""),
        words=q.replace("\0", ""),
    )
    async with database.reading() as session:
        rows, total = await part(session, page, insights.listed(filters), insights.counted(filters))
        return Listing([shape(row) for row in rows], total)


@get(
    "/api/v1/insights/{insight_id:int}",
    opt={"role": Role.VIEWER},
    operation_id="getInsight",
    summary="One insight",
    tags=TAGS,
)
async def show(database: NamedDependency[Database], insight_id: FromPath[int]) -> InsightShown:
    async with database.reading() as session:
        return await one(session, insight_id)


@post(
    "/api/v1/insights",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="addInsight",
    summary="Add an insight",
    tags=TAGS,
)
async def create(
    request: Asked, database: NamedDependency[Database], data: Annotated[InsightGiven, Body()]
) -> InsightShown:
    values = Values(
        touchpoint_id=data.touchpoint,
        persona_id=data.persona,
        kind=data.kind,
        text=data.text,
        theme=data.theme,
        source=data.source,
        said_on=data.said_on,
        emotion=data.emotion,
        mismatch=data.mismatch,
    )
    async with database.writing() as session:
        insight = await insights.add(session, values, by=request.user.actor)
        return await one(session, insight.id)


ROUTES = [index, show, create]
