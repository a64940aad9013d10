"""The page of one rating round: how far it is while it is open, who said what once it has ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response

from backlog.database import Database
from backlog.initiatives import anchors
from backlog.people.roles import Role
from backlog.rounds import progress, results, rounds
from backlog.rounds.progress import Progress
from backlog.rounds.results import Result
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
        reached = await progress.of(session, found)
        rated = await rounds.initiatives_of(session, round_id)
        found_out = await results.of(session, found)
        mine = await rounds.rater_of(session, round_id, request.user.actor)
        events = await chronicle.of(session, rounds.SUBJECT, round_id)
    return page(
        request,
        "rounds/show.html",
        status=status,
        round=found,
        progress=reached,
        initiatives=rated,
        results=[drawn(each, reached) for each in found_out],
        mine=mine,
        may_lead=request.user.may(Role.DEPARTMENT_LEAD),
        may_rate=request.user.may(Role.CONTRIBUTOR),
        links=links or {},
        anchors=anchors,
        entries=chronicle.entries(events),
    )


def drawn(result: Result, reached: Progress) -> Shown:
    gone = {each.rater.id for each in reached.standings if not each.is_awaited}
    voices = []
    for each in result.voices:
        low, likely, high = each.estimate
        rater = each.rater
        voices.append(Voice(rater.name, low, likely, high, rater.is_customer, rater.id in gone, each.reason))
    return Shown(result, marks(voices, result.spread.median if result.spread else None))
