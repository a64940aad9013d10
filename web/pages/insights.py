"""Insights: what customers said, found again by touchpoint, kind, persona, theme and words; and new ones by hand."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import Database
from backlog.errors import N_, Invalid
from backlog.evidence import insights
from backlog.evidence.insights import (
    EMOTIONS,
    KIND_LABELS,
    MISMATCH_LABELS,
    Filters,
    InsightKind,
    Mismatch,
    Values,
)
from backlog.evidence.personas import Persona
from backlog.evidence.touchpoints import Touchpoint
from backlog.initiatives.initiative import Initiative, InitiativeInsight
from backlog.initiatives.keys import key_of
from backlog.people.roles import Role
from web.answers import go_to, see_other
from web.asked import chosen, day, number
from web.forms import typed, whole
from web.templating import page

Asked = Request[Any, Any, Any]
ROWS = 50


def wanted(query: Mapping[str, str]) -> Filters:
    """From the address; what cannot be read counts as not asked."""
    return Filters(
        touchpoint_id=number(query, "touchpoint"),
        persona_id=number(query, "persona"),
        kind=chosen(query, "kind", InsightKind),
        theme=query.get("theme", "")[:300].replace("\0", ""),
        words=query.get("q", "").strip()[:200].replace("\0", ""),
    )


@get("/insights", name="insights.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    filters = wanted(request.query_params)
    first = min(number(request.query_params, "offset") or 0, 10_000_000)
    async with database.reading() as session:
        rows = list(await session.execute(insights.listed(filters).limit(ROWS).offset(first)))
        total = await session.scalar(insights.counted(filters)) or 0
        themes = await insights.themes(session, filters)
        answered = await answering(session, [row.id for row in rows])
        options = await choices(session)
    return page(
        request,
        "insights/index.html",
        rows=rows,
        total=total,
        first=first,
        size=ROWS,
        themes=themes,
        answered=answered,
        filters=filters,
        query=_query(filters),
        kinds=KIND_LABELS,
        **options,
    )


def _query(filters: Filters) -> dict[str, Any]:
    return {
        "touchpoint": filters.touchpoint_id,
        "persona": filters.persona_id,
        "kind": filters.kind,
        "theme": filters.theme,
        "q": filters.words,
    }


async def answering(session: AsyncSession, insight_ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    """Insight -> (key, title) of the initiatives that answer it."""
    rows = await session.execute(
        select(InitiativeInsight.insight_id, Initiative.id, Initiative.title)
        .join(Initiative, Initiative.id == InitiativeInsight.initiative_id)
        .where(InitiativeInsight.insight_id.in_(insight_ids))
        .order_by(Initiative.id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for insight_id, initiative_id, title in rows:
        found.setdefault(insight_id, []).append((key_of(initiative_id), title))
    return found


async def choices(session: AsyncSession) -> dict[str, Any]:
    """(id, name) of touchpoints and personas."""
    names = func.lower(Touchpoint.name)
    touchpoints = await session.execute(select(Touchpoint.id, Touchpoint.name).order_by(names))
    personas = await session.execute(select(Persona.id, Persona.name).order_by(Persona.name))
    return {
        "touchpoints": [(number, name) for number, name in touchpoints],
        "personas": [(number, name) for number, name in personas],
    }


@get("/insights/new", name="insights.new", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def new(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    about = number(request.query_params, "touchpoint")
    return await form(request, database, {"touchpoint_id": str(about) if about else ""})


@post("/insights", name="insights.create", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def create(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    values = await typed(request)
    try:
        async with database.writing() as session:
            insight = await insights.add(session, read(values), by=request.user.actor)
    except Invalid as invalid:
        return await form(request, database, values, status=422, errors=invalid.fields)
    said = N_("The insight is kept.")
    if insight.touchpoint_id is None:
        return see_other(request, "insights.index", toast=said)
    address = request.app.route_reverse("touchpoints.show", touchpoint_id=insight.touchpoint_id)
    return go_to(f"{address}#voices", toast=said)


async def form(
    request: Asked, database: Database, values: Mapping[str, str], *, status: int = 200, **more: Any
) -> Response[str]:
    async with database.reading() as session:
        options = await choices(session)
    blank = {
        "touchpoint_id": "",
        "persona_id": "",
        "kind": InsightKind.STORY.value,
        "text": "",
        "theme": "",
        "source": "",
        "said_on": history.now().date().isoformat(),
        "emotion": "",
        "mismatch": "",
    }
    return page(
        request,
        "insights/form.html",
        status=status,
        values=blank | dict(values),
        kinds=KIND_LABELS,
        mismatches=MISMATCH_LABELS,
        emotions=EMOTIONS,
        **options,
        **({"errors": {}} | more),
    )


def read(values: Mapping[str, str]) -> Values:
    """What was typed, as values. Invalid when one cannot be read."""
    typed_in = dict(values)
    emotion = values.get("emotion", "").strip()
    if emotion and emotion not in {str(each) for each in EMOTIONS}:
        raise Invalid({"emotion": N_("Choose from −2 to +2.")})
    return Values(
        touchpoint_id=whole(typed_in, "touchpoint_id"),
        persona_id=whole(typed_in, "persona_id"),
        kind=chosen(values, "kind", InsightKind) or InsightKind.STORY,
        text=values.get("text", "").replace("\r\n", "\n"),
        theme=values.get("theme", ""),
        source=values.get("source", ""),
        said_on=day(values, "said_on"),
        emotion=int(emotion) if emotion else None,
        mismatch=chosen(values, "mismatch", Mismatch),
    )


ROUTES = [index, new, create]
