"""/api/v1/candidates: what triage proposes, and the decisions on it."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath, QueryParameter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.evidence.touchpoints import Touchpoint
from backlog.people.roles import Role
from backlog.triage import decisions
from backlog.triage.candidates import Candidate, CandidateState, Dismissal
from backlog.triage.rules import Cause, Reason, reason_text
from web import locales
from web.api.paging import PAGING, Listing, Page, part
from web.api.versions import based_on, changing
from web.sentences import spoken
from web.templating import reader_locale

Asked = Request[Any, Any, Any]
TAGS = ["candidates"]


class Named(msgspec.Struct):
    id: int
    name: str


class CandidateShown(msgspec.Struct):
    """``reason`` is a sentence in the language asked for; ``score`` and ``threshold`` 0-10, ``p_below`` 0-1, as when it
    was proposed or the evidence last changed."""

    id: int
    touchpoint: Named
    cause: Cause
    state: CandidateState
    reason: str
    score: float
    n: int
    p_below: float
    threshold: float
    proposed_at: dt.datetime
    decided_at: dt.datetime | None
    decided_by: str | None
    dismissal: Dismissal | None
    note: str
    initiative_id: int | None
    version: int


class Based(msgspec.Struct, forbid_unknown_fields=True):
    """``version`` as it was read; or in the header If-Match."""

    version: int | None = None


class SnoozeGiven(Based):
    """It wakes on the day ``until``, with the next ``survey``, or when the score has changed by ``change`` points
    (0.5-10): whichever comes first."""

    until: dt.date | None = None
    survey: bool = False
    change: float | None = None


class DismissalGiven(Based, kw_only=True):
    """``note`` is needed when the reason is other."""

    reason: Dismissal
    note: str = ""


class InitiativeWanted(Based):
    """Without ``title`` and ``problem`` they are made from the evidence."""

    title: str | None = None
    problem: str | None = None


class MergeGiven(Based, kw_only=True):
    initiative_id: int


Filter = Literal["open", "snoozed", "accepted", "merged", "dismissed", "solved", "all"]
Decide = Callable[[AsyncSession, Candidate], Awaitable[None]]


@get(
    "/api/v1/candidates",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listCandidates",
    summary="Candidates of one state, the lowest score first",
    tags=TAGS,
)
async def index(
    request: Asked,
    database: NamedDependency[Database],
    page: NamedDependency[Page],
    in_state: Annotated[Filter, QueryParameter(name="state", description="One state, or all.")] = "open",
) -> Listing[CandidateShown]:
    wanted = select(Candidate)
    if in_state != "all":
        wanted = wanted.where(Candidate.state == CandidateState(in_state))
    async with database.reading() as session:
        rows, total = await part(session, page, wanted.order_by(Candidate.score, Candidate.id))
        return Listing(await shapes(request, session, list(rows.scalars())), total)


@get(
    "/api/v1/candidates/{candidate_id:int}",
    opt={"role": Role.VIEWER},
    operation_id="getCandidate",
    summary="One candidate",
    tags=TAGS,
)
async def show(
    request: Asked, database: NamedDependency[Database], candidate_id: FromPath[int]
) -> Response[CandidateShown]:
    return await answer(request, database, candidate_id)


def deciding(name: str, summary: str, path: str, status: int = 200) -> Callable[[Callable[..., Any]], Any]:
    """The route of a decision."""
    return post(
        f"/api/v1/candidates/{{candidate_id:int}}/{path}",
        opt={"role": Role.CONTRIBUTOR},
        operation_id=name,
        summary=summary,
        status_code=status,
        tags=TAGS,
    )


@deciding("snoozeCandidate", "Let a candidate sleep", "snooze")
async def snooze(
    request: Asked,
    database: NamedDependency[Database],
    candidate_id: FromPath[int],
    data: Annotated[SnoozeGiven, Body()],
) -> Response[CandidateShown]:
    async def sleep(session: AsyncSession, candidate: Candidate) -> None:
        when = {"until": data.until, "survey": data.survey, "change": data.change}
        await decisions.snooze(session, candidate, **when, by=request.user.actor)  # type: ignore[arg-type] # as named

    return await decided(request, database, candidate_id, data.version, sleep)


@deciding("dismissCandidate", "Dismiss a candidate with a reason", "dismissal")
async def dismiss(
    request: Asked,
    database: NamedDependency[Database],
    candidate_id: FromPath[int],
    data: Annotated[DismissalGiven, Body()],
) -> Response[CandidateShown]:
    async def reject(_: AsyncSession, candidate: Candidate) -> None:
        candidate.dismiss(data.reason, data.note, by=request.user.actor)

    return await decided(request, database, candidate_id, data.version, reject)


@deciding("acceptCandidate", "Make an initiative of a candidate", "initiative", 201)
async def accept(
    request: Asked,
    database: NamedDependency[Database],
    candidate_id: FromPath[int],
    data: Annotated[InitiativeWanted, Body()],
) -> Response[CandidateShown]:
    async def create(session: AsyncSession, candidate: Candidate) -> None:
        draft = await decisions.draft(session, candidate)
        with locales.speaking(reader_locale(request, None)):
            title, problem = spoken(draft.title), "\n\n".join(map(spoken, draft.problem))
        values = {
            "title": title if data.title is None else data.title,
            "problem": problem if data.problem is None else data.problem,
            "lead_id": draft.lead_id,
            "insight_ids": [each.id for each in draft.insights],
        }
        await decisions.accept(session, candidate, values, by=request.user.actor)

    return await decided(request, database, candidate_id, data.version, create, status=201)


@deciding("mergeCandidate", "Merge a candidate into an open initiative", "merge")
async def merge(
    request: Asked,
    database: NamedDependency[Database],
    candidate_id: FromPath[int],
    data: Annotated[MergeGiven, Body()],
) -> Response[CandidateShown]:
    async def join(session: AsyncSession, candidate: Candidate) -> None:
        await decisions.merge(session, candidate, data.initiative_id, by=request.user.actor)

    return await decided(request, database, candidate_id, data.version, join)


@deciding("undoCandidate", "Take the last decision on a candidate back", "undo")
async def undo(
    request: Asked,
    database: NamedDependency[Database],
    candidate_id: FromPath[int],
    data: Annotated[Based | None, Body()] = None,
) -> Response[CandidateShown]:
    async def take_back(session: AsyncSession, candidate: Candidate) -> None:
        await decisions.undo(session, candidate, by=request.user.actor)

    return await decided(request, database, candidate_id, data.version if data else None, take_back)


async def decided(
    request: Asked, database: Database, candidate_id: int, version: int | None, decide: Decide, *, status: int = 200
) -> Response[CandidateShown]:
    """The candidate after the decision; 409 with its current state when somebody else was faster."""
    async with changing(database, partial(one, request=request, candidate_id=candidate_id)) as session:
        candidate = await decisions.get(session, candidate_id, for_change=True)
        candidate.expect(based_on(request, version))
        await decide(session, candidate)
    return await answer(request, database, candidate_id, status)


async def answer(request: Asked, database: Database, candidate_id: int, status: int = 200) -> Response[CandidateShown]:
    async with database.reading() as session:
        shown = await one(session, request, candidate_id)
    headers = {"ETag": f'"{shown.version}"'}
    if status == 201:
        headers["Location"] = f"/api/v1/initiatives/{shown.initiative_id}"
    return Response(shown, status_code=status, headers=headers)


async def one(session: AsyncSession, request: Asked, candidate_id: int) -> CandidateShown:
    """NotFound when there is none."""
    [shown] = await shapes(request, session, [await decisions.get(session, candidate_id)])
    return shown


async def shapes(request: Asked, session: AsyncSession, found: Sequence[Candidate]) -> list[CandidateShown]:
    places = {each.touchpoint_id for each in found}
    rows = await session.execute(select(Touchpoint.id, Touchpoint.name).where(Touchpoint.id.in_(places)))
    names = {row.id: row.name for row in rows}
    with locales.speaking(reader_locale(request, None)):
        return [_shape(each, names[each.touchpoint_id], each.read_reason()) for each in found]


def _shape(candidate: Candidate, name: str, reason: Reason) -> CandidateShown:
    kept = ("id", "cause", "state", "score", "proposed_at", "decided_at", "decided_by", "dismissal", "note", "version")
    return CandidateShown(
        **{field: getattr(candidate, field) for field in kept},
        touchpoint=Named(candidate.touchpoint_id, name),
        reason=spoken(reason_text(reason)),
        n=reason.n,
        p_below=reason.p_below,
        threshold=reason.threshold,
        initiative_id=candidate.initiative_id,
    )


ROUTES = [index, show, snooze, dismiss, accept, merge, undo]
