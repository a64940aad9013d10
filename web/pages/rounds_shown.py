"""The page of one rating round: how far it is while it is open, who said what once it has ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response

from backlog.database import Database
from backlog.initiatives import anchors, round_progress, round_results, rounds
from backlog.initiatives.round_progress import Progress
from backlog.initiatives.round_results import Result
from backlog.people.roles import Role
from web import chronicle
from web.pages.voices import Mark, Voice, marks
from web.templating import page


@dataclass(frozen=True)
class Shown:
    """One result as it is drawn."""

    result: Result
    marks: list[Mark]


async def shown(
    request: Request[Any, Any, Any],
    database: Database,
    round_id: int,
    *,
    status: int = 200,
    links: Mapping[int, str] | None = None,
) -> Response[str]:
    """The page; ``links`` are the new addresses of guests by rater id, shown this once."""
    async with database.reading() as session:
        found = await rounds.get(session, round_id)
        progress = await round_progress.of(session, found)
        rated = await rounds.initiatives_of(session, round_id)
        results = await round_results.of(session, found)
        mine = await rounds.rater_of(session, round_id, request.user.actor)
        events = await chronicle.of(session, rounds.SUBJECT, round_id)
    return page(
        request,
        "rounds/show.html",
        status=status,
        round=found,
        progress=progress,
        initiatives=rated,
        results=[drawn(each, progress) for each in results],
        mine=mine,
        may_lead=request.user.may(Role.DEPARTMENT_LEAD),
        may_rate=request.user.may(Role.CONTRIBUTOR),
        links=links or {},
        anchors=anchors,
        entries=chronicle.entries(events),
    )


def drawn(result: Result, progress: Progress) -> Shown:
    gone = {each.rater.id for each in progress.standings if not each.is_awaited}
    voices = []
    for each in result.voices:
        low, likely, high = each.estimate
        rater = each.rater
        voices.append(Voice(rater.name, low, likely, high, rater.is_customer, rater.id in gone, each.reason))
    return Shown(result, marks(voices, result.spread.median if result.spread else None))
