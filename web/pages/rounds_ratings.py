"""Rating in a round as somebody who is signed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Forbidden, Invalid, Stale, Text, VersionMissing
from backlog.initiatives import anchors
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.rounds import answers, rounds
from backlog.rounds.rounds import RatingRound, RoundRater
from web.answers import see_other
from web.forms import version_of
from web.pages.rounds_forms import Said, places
from web.templating import page

Asked = Request[Any, Any, Any]


@dataclass(frozen=True)
class Sheet:
    """What a rater has before them: the round, what is rated in it, and what they have said so far."""

    round: RatingRound
    rater: RoundRater
    initiatives: Sequence[Initiative]
    said: Said

    @property
    def ids(self) -> list[int]:
        return [each.id for each in self.initiatives]


@dataclass(frozen=True)
class Refusal:
    """Why it was not kept; ``said`` is what was typed; ``is_unversioned``: without what tells it from older forms."""

    status: int = 200
    said: Said | None = None
    errors: Mapping[str, Text] = field(default_factory=dict)
    stale: Text | None = None
    is_unversioned: bool = False


KEPT = Refusal()


async def sheet(session: AsyncSession, found: RatingRound, rater: RoundRater) -> Sheet:
    said = Said.of(await answers.of(session, rater))
    return Sheet(found, rater, await rounds.initiatives_of(session, found.id), said)


async def keep(database: Database, known: Sheet, said: Said, version: int | None) -> bool:
    """Whether that ended the round."""
    given = said.answers(places(known.round.asked, known.initiatives), known.ids)
    async with database.writing() as session:
        found = await rounds.get(session, known.round.id, for_change=True)
        rater = await session.get_one(RoundRater, known.rater.id)
        return await answers.keep(session, found, rater, given, version=version)


async def typed_into(request: Asked, known: Sheet) -> tuple[Said, int | None]:
    form = await request.form()
    said = Said.read(form, places(known.round.asked, known.initiatives), known.ids)
    return said, version_of({"version": str(form.get("version", ""))})


@get("/rounds/{round_id:int}/ratings", name="rounds.rate", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def show(request: Asked, database: NamedDependency[Database], round_id: FromPath[int]) -> Response[Any]:
    known = await _own(request, database, round_id)
    if not known.round.is_open:
        return see_other(request, "rounds.show", toast=N_("This rating round has ended."), round_id=round_id)
    return shown(request, known)


@post("/rounds/{round_id:int}/ratings", name="rounds.keep", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def update(request: Asked, database: NamedDependency[Database], round_id: FromPath[int]) -> Response[Any]:
    known = await _own(request, database, round_id)
    said, version = await typed_into(request, known)
    try:
        ended = await keep(database, known, said, version)
    except Invalid as invalid:
        return shown(request, known, Refusal(422, said, invalid.fields))
    except Stale as stale:
        return shown(request, await _own(request, database, round_id), Refusal(409, said, stale=stale.text))
    except VersionMissing:
        return shown(request, known, Refusal(428, said, is_unversioned=True))
    toast = N_("Your ratings are kept, and the round has ended.") if ended else N_("Your ratings are kept.")
    return see_other(request, "rounds.show", toast=toast, round_id=round_id)


def shown(request: Asked, known: Sheet, refusal: Refusal = KEPT) -> Response[str]:
    said = refusal.said or known.said
    return page(
        request, "rounds/rate.html", status=refusal.status, sheet=known, said=said, refusal=refusal, anchors=anchors
    )


async def _own(request: Asked, database: Database, round_id: int) -> Sheet:
    """Forbidden when they are not invited."""
    async with database.reading() as session:
        found = await rounds.get(session, round_id)
        rater = await rounds.rater_of(session, round_id, request.user.actor)
        if rater is None:
            raise Forbidden(N_("You are not invited to this rating round."))
        return await sheet(session, found, rater)


ROUTES = [show, update]
