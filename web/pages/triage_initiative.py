"""From candidate to initiative: a form filled from the evidence, which a person edits and saves."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Text
from backlog.people.roles import Role
from backlog.triage import decisions, inbox
from backlog.triage.candidates import Candidate
from backlog.triage.decisions import Draft
from web import locales
from web.forms import typed as read_form
from web.pages.initiative_forms import Typed, choices
from web.pages.triage_decided import decided, name_of
from web.pages.triage_shown import clash
from web.sentences import spoken
from web.templating import page, reader_locale

Asked = Request[Any, Any, Any]


@get(
    "/triage/{candidate_id:int}/initiative",
    name="triage.initiative",
    opt={"role": Role.CONTRIBUTOR},
    include_in_schema=False,
)
async def new(request: Asked, candidate_id: FromPath[int], database: NamedDependency[Database]) -> Response[Any]:
    return await form(request, database, candidate_id)


@post(
    "/triage/{candidate_id:int}/initiative",
    name="triage.accept",
    opt={"role": Role.CONTRIBUTOR},
    include_in_schema=False,
)
async def create(request: Asked, candidate_id: FromPath[int], database: NamedDependency[Database]) -> Response[Any]:
    """Propose the initiative and accept the candidate, both or neither."""
    typed = Typed.read(await request.form())
    values = await read_form(request)

    async def accept(session: AsyncSession, candidate: Candidate) -> Text:
        proposal = {**typed.proposal, "touchpoint_ids": [candidate.touchpoint_id]}
        made = await decisions.accept(session, candidate, proposal, by=request.user.actor)
        name = await name_of(session, candidate)
        return Text(N_("%(key)s is proposed for %(name)s."), {"key": made.key, "name": name})

    async def again(invalid: Invalid) -> Response[Any]:
        return await form(request, database, candidate_id, typed=typed, version=values.get("version"), invalid=invalid)

    return await decided(request, database, candidate_id, accept, values, again=again)


async def form(
    request: Asked,
    database: Database,
    candidate_id: int,
    *,
    typed: Typed | None = None,
    version: str | None = None,
    invalid: Invalid | None = None,
) -> Response[Any]:
    """The form as the evidence fills it, or as it was typed."""
    async with database.reading() as session:
        candidate = await decisions.get(session, candidate_id)
        case = await inbox.case(session, candidate)
        draft = await decisions.draft(session, candidate)
        offered = await choices(session)
    if not candidate.is_waiting:
        return await clash(request, database, candidate_id, _decided(candidate))
    with locales.speaking(reader_locale(request, request.user)):
        filled = typed or filled_from(draft)
    return page(
        request,
        "triage/initiative.html",
        status=422 if invalid else 200,
        case=case,
        typed=filled,
        choices=offered,
        evidence=draft.insights,
        version=version or candidate.version,
        errors=invalid.fields if invalid else {},
        spoken=spoken,
    )


def _decided(candidate: Candidate) -> Conflict:
    try:
        candidate.check_waiting()
    except Conflict as conflict:
        return conflict
    raise ValueError(candidate.state)


def filled_from(draft: Draft) -> Typed:
    """What the form says at first, in the language that is being spoken."""
    return Typed(
        title=spoken(draft.title),
        problem="\n\n".join(spoken(each) for each in draft.problem),
        lead=str(draft.lead_id or ""),
        insights=[str(each.id) for each in draft.insights],
    )


ROUTES = [new, create]
