"""Triage: the inbox of candidates, and the decisions that empty it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Text
from backlog.people.roles import Role
from backlog.triage import decisions
from backlog.triage.candidates import Candidate, Dismissal
from backlog.triage.inbox import Shelf
from backlog.triage.rules import LEAST_MOVE
from web.answers import see_other
from web.forms import typed as read_form
from web.forms import version_of
from web.pages import triage_initiative, triage_merge
from web.pages.triage_decided import decided, form_again, name_of
from web.pages.triage_shown import clash, in_a_month, split

Asked = Request[Any, Any, Any]


@get("/triage", name="triage.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    """A shelf: ``?list=waiting|snoozed|decided``, ``from`` a position on."""
    wanted = request.query_params.get("list", "")
    shelf = Shelf(wanted) if wanted in list(Shelf) else Shelf.WAITING
    first = request.query_params.get("from", "")
    start = int(first) if first.isascii() and first.isdigit() and len(first) < 9 else 0
    return await split(request, database, shelf=shelf, first=start)


@get("/triage/{candidate_id:int}", name="triage.show", opt={"role": Role.VIEWER}, include_in_schema=False)
async def show(request: Asked, candidate_id: FromPath[int], database: NamedDependency[Database]) -> Response[Any]:
    """One candidate; ``?decide=snooze|dismissal`` opens that form."""
    decide = request.query_params.get("decide", "")
    return await split(request, database, candidate_id=candidate_id, decide=decide)


@post(
    "/triage/{candidate_id:int}/snooze", name="triage.snooze", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False
)
async def snooze(request: Asked, candidate_id: FromPath[int], database: NamedDependency[Database]) -> Response[Any]:
    """``wakes`` is survey, month, change or date; ``until`` the day at the latest."""
    typed = await read_form(request)

    async def sleep(session: AsyncSession, candidate: Candidate) -> Text:
        await decisions.snooze(session, candidate, **read_snooze(typed), by=request.user.actor)
        return Text(N_("%(name)s is snoozed."), {"name": await name_of(session, candidate)})

    again = form_again(request, database, candidate_id, "snooze", typed)
    return await decided(request, database, candidate_id, sleep, typed, again=again)


@post(
    "/triage/{candidate_id:int}/dismissal",
    name="triage.dismiss",
    opt={"role": Role.CONTRIBUTOR},
    include_in_schema=False,
)
async def dismiss(request: Asked, candidate_id: FromPath[int], database: NamedDependency[Database]) -> Response[Any]:
    typed = await read_form(request)

    async def reject(session: AsyncSession, candidate: Candidate) -> Text:
        candidate.dismiss(read_dismissal(typed), typed.get("note", ""), by=request.user.actor)
        return Text(N_("%(name)s is dismissed."), {"name": await name_of(session, candidate)})

    again = form_again(request, database, candidate_id, "dismissal", typed)
    return await decided(request, database, candidate_id, reject, typed, again=again)


@post("/triage/{candidate_id:int}/undo", name="triage.undo", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def undo(request: Asked, candidate_id: FromPath[int], database: NamedDependency[Database]) -> Response[Any]:
    """Take the last decision back and show the candidate again."""
    typed = await read_form(request)
    try:
        async with database.writing() as session:
            candidate = await decisions.get(session, candidate_id, for_change=True)
            candidate.expect(version_of(typed))
            await decisions.undo(session, candidate, by=request.user.actor)
            name = await name_of(session, candidate)
    except Conflict as conflict:
        return await clash(request, database, candidate_id, conflict)
    toast = Text(N_("Taken back: %(name)s is where it was."), {"name": name})
    return see_other(request, "triage.show", toast=toast, candidate_id=candidate_id)


def read_snooze(typed: Mapping[str, str]) -> dict[str, Any]:
    """Invalid when the day is missing or none."""
    wakes, day = typed.get("wakes", ""), typed.get("until", "").strip()
    if wakes == "month":
        return {"until": in_a_month()}
    try:
        until = dt.date.fromisoformat(day) if day or wakes == "date" else None
    except ValueError:
        raise Invalid({"until": N_("Enter a day, such as 2027-01-31.")}) from None
    return {"until": until, "survey": wakes == "survey", "change": LEAST_MOVE if wakes == "change" else None}


def read_dismissal(typed: Mapping[str, str]) -> Dismissal:
    """Invalid without a reason."""
    chosen = typed.get("reason", "")
    if chosen not in list(Dismissal):
        raise Invalid({"reason": N_("Choose a reason.")})
    return Dismissal(chosen)


ROUTES = [index, show, snooze, dismiss, undo, *triage_initiative.ROUTES, *triage_merge.ROUTES]
