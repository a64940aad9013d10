"""Merging a candidate into an initiative that is there already."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Invalid, Text
from backlog.people.roles import Role
from backlog.triage import decisions, inbox
from backlog.triage.candidates import Candidate
from backlog.triage.similar import find, similar
from web.forms import typed as read_form
from web.pages.triage_decided import decided, name_of
from web.pages.triage_shown import ranks_of
from web.sentences import spoken
from web.templating import page

Asked = Request[Any, Any, Any]
OFFERED = 10


@get("/triage/{candidate_id:int}/merge", name="triage.merging", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def choose(request: Asked, candidate_id: FromPath[int], database: NamedDependency[Database]) -> Response[Any]:
    """The similar initiatives, or those that ``?q=`` finds."""
    return await form(request, database, candidate_id, {"q": request.query_params.get("q", "")})


@post("/triage/{candidate_id:int}/merge", name="triage.merge", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def merge(request: Asked, candidate_id: FromPath[int], database: NamedDependency[Database]) -> Response[Any]:
    """Link the touchpoint and its insights to the chosen initiative."""
    typed = await read_form(request)

    async def join(session: AsyncSession, candidate: Candidate) -> Text:
        initiative = await decisions.merge(session, candidate, typed.get("initiative", ""), by=request.user.actor)
        name = await name_of(session, candidate)
        return Text(N_("%(name)s is part of %(key)s now."), {"name": name, "key": initiative.key})

    async def again(invalid: Invalid) -> Response[Any]:
        return await form(request, database, candidate_id, typed, invalid)

    return await decided(request, database, candidate_id, join, typed, again=again)


async def form(
    request: Asked, database: Database, candidate_id: int, typed: Mapping[str, str], invalid: Invalid | None = None
) -> Response[Any]:
    sought = typed.get("q", "").replace("\0", "")[:100].strip()
    async with database.reading() as session:
        candidate = await decisions.get(session, candidate_id)
        case = await inbox.case(session, candidate)
        found = (
            await find(session, case.touchpoint, sought) if sought else await similar(session, case.touchpoint, OFFERED)
        )
        ranks = await ranks_of(session, found)
    return page(
        request,
        "triage/merge.html",
        status=422 if invalid else 200,
        case=case,
        found=found,
        ranks=ranks,
        sought=sought,
        chosen=typed.get("initiative") or (found[0].key if found else ""),
        version=typed.get("version") or candidate.version,
        errors=invalid.fields if invalid else {},
        spoken=spoken,
    )


ROUTES = [choose, merge]
