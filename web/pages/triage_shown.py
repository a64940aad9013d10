"""The pages of triage: a shelf of candidates beside one of them, and what is shown when somebody else was faster."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request, Response
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import Database
from backlog.errors import N_, Conflict, Stale, Text
from backlog.evidence.insights import KIND_LABELS
from backlog.evidence.scores import Score
from backlog.ranking import ranked
from backlog.triage import decisions, inbox, trends, voices
from backlog.triage.candidates import DISMISSAL_LABELS, VERBS, CandidateState
from backlog.triage.inbox import SHOWN, Case, Listed, Shelf
from backlog.triage.rules import reason_text
from backlog.triage.similar import Similar, similar
from web.faults import WORDS
from web.sentences import spoken
from web.templating import page

Asked = Request[Any, Any, Any]

HAPPENED = {
    VERBS[CandidateState.SNOOZED]: N_("%(name)s snoozed it."),
    VERBS[CandidateState.DISMISSED]: N_("%(name)s dismissed it."),
    VERBS[CandidateState.ACCEPTED]: N_("%(name)s made an initiative of it."),
    VERBS[CandidateState.MERGED]: N_("%(name)s merged it into an initiative."),
    "took back": N_("%(name)s took the last decision back."),
    "woke up": N_("It woke up from its snooze."),
    "solved": N_("It closed itself: the score has recovered, the threshold is lower now, or its answers were removed."),
}
"""What an event of a candidate's history is called in a sentence."""
FASTER = N_("Somebody else was faster. Nothing was changed; look at the candidate as it is now and decide anew.")


@dataclass(frozen=True)
class Place:
    """A part of a shelf. ``at`` is the position of the candidate shown (0 is the first), ``first`` that of the first
    row."""

    shelf: Shelf
    counts: Mapping[Shelf, int]
    rows: Sequence[Listed]
    first: int
    at: int | None
    most: int = SHOWN

    @property
    def total(self) -> int:
        return self.counts[self.shelf]


def in_a_month() -> dt.date:
    return history.now().date() + dt.timedelta(days=30)


async def place(session: AsyncSession, shelf: Shelf, candidate_id: int | None, first: int = 0) -> Place:
    """The rows around a candidate, else from the one at ``first`` on."""
    ids = await inbox.order(session, shelf)
    at = ids.index(candidate_id) if candidate_id in ids else None
    start = (first if at is None else at) // SHOWN * SHOWN
    rows = await inbox.listed(session, ids[start : start + SHOWN])
    return Place(shelf, await inbox.counts(session), rows, start, at)


async def split(
    request: Asked,
    database: Database,
    *,
    shelf: Shelf = Shelf.WAITING,
    candidate_id: int | None = None,
    first: int = 0,
    status: int = 200,
    errors: Mapping[str, Text] | None = None,
    typed: Mapping[str, str] | None = None,
    decide: str = "",
) -> Response[str]:
    """A shelf and one candidate: the one asked for, else the first. ``decide`` opens a form (snooze, dismissal)."""
    async with database.reading() as session:
        found = None if candidate_id is None else await decisions.get(session, candidate_id)
        here = await place(session, inbox.shelf_of(found.state) if found else shelf, candidate_id, first)
        if found is None and here.rows:
            found, here = await decisions.get(session, here.rows[0].id), replace(here, at=here.first)
        known = await case_values(session, await inbox.case(session, found)) if found else {"case": None}
        has_scores = bool(found) or bool(await session.scalar(select(exists().where(Score.touchpoint_id > 0))))
    return page(
        request,
        "triage/index.html" if found else "triage/empty.html",
        status=status,
        here=here,
        is_detail=candidate_id is not None,
        has_scores=has_scores,
        errors=errors or {},
        typed=typed or {},
        decide=decide,
        role_needed=WORDS[403],
        dismissals=DISMISSAL_LABELS,
        tomorrow=history.now().date() + dt.timedelta(days=1),
        in_a_month=in_a_month(),
        kinds=KIND_LABELS,
        spoken=spoken,
        **known,
    )


async def case_values(session: AsyncSession, case: Case) -> dict[str, Any]:
    """What the page of one candidate shows beside the candidate itself."""
    touchpoint = case.touchpoint
    alike = await similar(session, touchpoint) if case.candidate.is_waiting else []
    return {
        "case": case,
        "reason": reason_text(case.reason),
        "run": trends.run_in_words(case.points),
        "themes": await voices.themes(session, touchpoint.id),
        "quotes": await voices.quotes(session, touchpoint.id),
        "n_voices": await voices.count(session, touchpoint.id),
        "similar": alike,
        "ranks": await ranks_of(session, alike),
    }


async def ranks_of(session: AsyncSession, found: Sequence[Similar]) -> dict[int, int | None]:
    """Initiative id -> its rank, None when its stage has none."""
    ranks = await ranked.ranks(session, [each.points for each in found])
    return {each.id: rank if each.is_ranked else None for each, rank in zip(found, ranks, strict=True)}


async def clash(
    request: Asked, database: Database, candidate_id: int, error: Conflict, typed: Sequence[tuple[str, str]] = ()
) -> Response[str]:
    """409: who decided meanwhile, what, and what to do now. ``typed`` (label, text) is shown, so that nothing typed
    is lost."""
    async with database.reading() as session:
        case = await inbox.case(session, await decisions.get(session, candidate_id))
        event = await session.scalar(history.of("candidate", candidate_id, limit=1))
        waiting = await inbox.order(session, Shelf.WAITING)
    words = HAPPENED.get(event.verb) if event else None
    return page(
        request,
        "triage/clash.html",
        status=409,
        case=case,
        message=FASTER if isinstance(error, Stale) else error.text,
        happened=Text(words, {"name": event.actor}) if event and words else None,
        happened_at=event.at if event else None,
        following=next((each for each in waiting if each != candidate_id), None),
        typed=[(label, text) for label, text in typed if text.strip()],
    )


async def neighbour(session: AsyncSession, candidate_id: int, shelf: Shelf) -> int | None:
    """The candidate to open after this one is decided on: the one below it, else the one above."""
    ids = await inbox.order(session, shelf)
    if candidate_id not in ids:
        return ids[0] if ids else None
    at = ids.index(candidate_id)
    return next(iter([*ids[at + 1 : at + 2], *ids[max(at - 1, 0) : at]]), None)
