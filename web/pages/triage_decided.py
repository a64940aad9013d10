"""Taking a decision on a candidate, and going on to the next one."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Text
from backlog.evidence.touchpoints import Touchpoint
from backlog.triage import decisions, inbox
from backlog.triage.candidates import Candidate
from web.answers import see_other
from web.forms import version_of
from web.pages.triage_shown import clash, neighbour, split

Asked = Request[Any, Any, Any]
Decide = Callable[[AsyncSession, Candidate], Awaitable[Text]]
"""Decides, and says so in a sentence."""
Again = Callable[[Invalid], Awaitable[Response[Any]]]
"""Shows the form once more with what is wrong."""


async def decided(
    request: Asked,
    database: Database,
    candidate_id: int,
    decide: Decide,
    typed: Mapping[str, str],
    *,
    again: Again,
) -> Response[Any]:
    """Take a decision, then open the next candidate with a word about it that can take it back."""
    try:
        async with database.writing() as session:
            candidate = await decisions.get(session, candidate_id, for_change=True)
            candidate.expect(version_of(dict(typed)))
            following = await neighbour(session, candidate_id, inbox.shelf_of(candidate.state))
            toast = await decide(session, candidate)
            await session.flush()
    except Invalid as invalid:
        return await again(invalid)
    except Conflict as conflict:
        return await clash(request, database, candidate_id, conflict, kept(typed))
    return onward(request, following, toast, candidate)


def form_again(request: Asked, database: Database, candidate_id: int, form: str, typed: Mapping[str, str]) -> Again:
    """The candidate's page with this form open (snooze, dismissal) and what was typed still in it."""

    async def again(invalid: Invalid) -> Response[Any]:
        return await split(
            request, database, candidate_id=candidate_id, status=422, errors=invalid.fields, typed=typed, decide=form
        )

    return again


KEPT = {
    "note": N_("Note for the record"),
    "title": N_("Title"),
    "problem": N_("Problem"),
    "next_step": N_("Smallest next step"),
    "effect": N_("Expected effect"),
    "dependencies": N_("What it waits for"),
}


def kept(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """What people wrote, with its label, to be shown when it could not be saved."""
    return [(label, typed[name]) for name, label in KEPT.items() if typed.get(name)]


def onward(request: Asked, following: int | None, toast: Text, candidate: Candidate) -> Response[Any]:
    """303 to the next candidate, or to the empty inbox."""
    back = request.app.route_reverse("triage.undo", candidate_id=candidate.id)
    said: dict[str, Any] = {"toast": toast, "undo": back, "fields": {"version": candidate.version}}
    if following is None:
        return see_other(request, "triage.index", **said)
    return see_other(request, "triage.show", candidate_id=following, **said)


async def name_of(session: AsyncSession, candidate: Candidate) -> str:
    return (await session.get_one(Touchpoint, candidate.touchpoint_id)).name
