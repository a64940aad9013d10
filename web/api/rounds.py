"""/api/v1/rating-rounds: open one, see how far it is, rate in it blind, close it, read what came out."""

from functools import partial
from typing import Annotated, Any

from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import Body, FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Forbidden, Invalid, Text
from backlog.history import Actor
from backlog.initiatives.keys import number_of
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.people.tokens import Token
from backlog.rounds import answers, ends, links, openings, progress, rounds
from backlog.rounds.answers import Answers, Place
from backlog.rounds.openings import RATERS_MOST, GuestGiven, Invited, Proposal
from backlog.rounds.progress import Count, Progress
from backlog.rounds.rounds import RatingRound, RoundRater
from web.api import round_results
from web.api.paging import PAGING, Listing, Page, part
from web.api.ratings import Estimate
from web.api.round_shapes import (
    ClosingGiven,
    LinkShown,
    OwnGiven,
    OwnShown,
    RatedShown,
    RaterShown,
    RoundGiven,
    RoundListed,
    RoundOpened,
    RoundShown,
)
from web.api.versions import based_on, changing
from web.pages.rounds_raters import address

Asked = Request[Any, Any, Any]


@get(
    "/api/v1/rating-rounds",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listRatingRounds",
    summary="Rating rounds, the open ones first",
    tags=["rating-rounds"],
)
async def index(database: NamedDependency[Database], page: NamedDependency[Page]) -> Listing[RoundListed]:
    async with database.reading() as session:
        rows, total = await part(session, page, rounds.listed())
        found = rows.scalars().all()
        reached = await progress.counts(session, found)
    return Listing([RoundListed(**_listed(each, reached[each.id])) for each in found], total)


@get(
    "/api/v1/rating-rounds/{round_id:int}",
    opt={"role": Role.VIEWER},
    operation_id="getRatingRound",
    summary="A rating round: how far it is, and once it has ended what came out",
    tags=["rating-rounds"],
)
async def show(request: Asked, database: NamedDependency[Database], round_id: FromPath[int]) -> RoundShown:
    async with database.reading() as session:
        return await one(session, round_id, request.user.actor)


@post(
    "/api/v1/rating-rounds",
    opt={"role": Role.DEPARTMENT_LEAD},
    operation_id="openRatingRound",
    summary="Open a rating round; the answer has the guests' links, this once",
    tags=["rating-rounds"],
)
async def create(
    request: Asked, database: NamedDependency[Database], data: Annotated[RoundGiven, Body()]
) -> RoundOpened:
    by = request.user.actor
    async with database.writing() as session:
        found = await openings.open_round(session, await _proposal(session, data), by=by)
        secrets = await links.make_links(session, found, by=by)
        names = {each.id: each.name for each in await rounds.raters(session, found.id)}
    shown = [LinkShown(names[rater_id], address(request, secret)) for rater_id, secret in secrets.items()]
    async with database.reading() as session:
        return RoundOpened(await one(session, found.id, by), shown)


@put(
    "/api/v1/rating-rounds/{round_id:int}/ratings/own",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="rateInRound",
    summary="Say or change what one rates in an open round; nobody else sees it before it ends",
    tags=["rating-rounds"],
)
async def rate(
    request: Asked, database: NamedDependency[Database], round_id: FromPath[int], data: Annotated[OwnGiven, Body()]
) -> Response[RoundShown]:
    by = request.user.actor
    async with changing(database, partial(one, round_id=round_id, by=by)) as session:
        found = await rounds.get(session, round_id, for_change=True)
        rater = await rounds.rater_of(session, round_id, by)
        if rater is None:
            raise Forbidden(N_("You are not invited to this rating round."))
        await answers.keep(session, found, rater, _said(data), version=based_on(request, data.version))
    async with database.reading() as session:
        return Response(await one(session, round_id, by))


@post(
    "/api/v1/rating-rounds/{round_id:int}/closing",
    opt={"role": Role.DEPARTMENT_LEAD},
    operation_id="closeRatingRound",
    summary="Close a round before everybody has rated; what was rated counts from then on",
    tags=["rating-rounds"],
    status_code=200,
)
async def close(
    request: Asked,
    database: NamedDependency[Database],
    round_id: FromPath[int],
    data: Annotated[ClosingGiven | None, Body()] = None,
) -> RoundShown:
    by = request.user.actor
    async with changing(database, partial(one, round_id=round_id, by=by)) as session:
        found = await rounds.get(session, round_id, for_change=True)
        version = based_on(request, data.version if data else None)
        await ends.close(session, found, version=version, by=by)
    async with database.reading() as session:
        return await one(session, round_id, by)


async def one(session: AsyncSession, round_id: int, by: Actor) -> RoundShown:
    found = await rounds.get(session, round_id)
    reached = await progress.of(session, found)
    rater = await rounds.rater_of(session, round_id, by)
    raters = [
        RaterShown(
            each.rater.name,
            each.rater.guest_id is not None,
            each.rater.is_customer,
            each.answered,
            each.asked,
            each.is_awaited,
        )
        for each in reached.standings
    ]
    rated = await rounds.initiatives_of(session, round_id)
    return RoundShown(
        **_listed(found, reached),
        message=found.message,
        initiatives=[each.key for each in rated],
        raters=raters,
        results=await round_results.shown(session, found),
        own=await _own(session, rater, rated) if rater else None,
    )


def _listed(found: RatingRound, reached: Progress | Count) -> dict[str, Any]:
    names = [name for name in RoundListed.__struct_fields__ if name not in ("rated", "awaited")]
    return {name: getattr(found, name) for name in names} | {"rated": reached.done, "awaited": reached.awaited}


async def _own(session: AsyncSession, rater: RoundRater, rated: Any) -> OwnShown:
    keys = {each.id: each.key for each in rated}
    said = await answers.of(session, rater)
    items = [
        RatedShown(keys[number], name.value, Estimate(*answer.estimate) if answer.estimate else None, answer.reason)
        for (number, name), answer in sorted(said.items())
    ]
    return OwnShown(items, rater.version)


def _said(data: OwnGiven) -> Answers:
    values: dict[Place, tuple[float, float, float] | None] = {}
    reasons: dict[int, str] = {}
    for each in data.items:
        place = (number_of(each.key) or 0, each.input)
        if place in values:
            raise Invalid({answers.named(each.input, place[0]): Text(N_("This is rated twice. Say it once."))})
        values[place] = None if each.estimate is None else (each.estimate.low, each.estimate.likely, each.estimate.high)
        if each.reason and reasons.setdefault(place[0], each.reason) != each.reason:
            raise Invalid({f"reason_{place[0]}": Text(N_("There is one reason for each initiative. Say it once."))})
    return Answers(values, reasons)


async def _proposal(session: AsyncSession, data: RoundGiven) -> Proposal:
    """With those who are not known by name, which opening a round refuses."""
    emails = [each.email.strip().lower() for each in data.people]
    people = select(Person.email, Person.id).where(Person.email.in_(emails[:RATERS_MOST]))
    by_email = {row.email: row.id for row in await session.execute(people)}
    tokens = select(Token.name, Token.id).where(Token.name.in_(data.tokens[:RATERS_MOST]))
    by_name = {row.name: row.id for row in await session.execute(tokens)}
    for_customers = [email for email, each in zip(emails, data.people, strict=True) if each.for_customers]
    invited = Invited(
        [by_email[email] for email in emails if email in by_email],
        [by_name[name] for name in data.tokens if name in by_name],
        [by_email[each] for each in for_customers if each in by_email],
        [GuestGiven(each.name, each.organisation, each.kind) for each in data.guests],
        [email for email in emails if email not in by_email] + [name for name in data.tokens if name not in by_name],
    )
    inputs = [name.value for name in data.inputs]
    return Proposal(data.title, inputs, data.initiatives, invited, data.message, data.closes_on)


ROUTES = [index, show, create, rate, close]
