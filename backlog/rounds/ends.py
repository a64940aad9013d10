"""The end of a rating round: only now what was said becomes ratings, all of it in one transaction."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import Database, find
from backlog.errors import N_, Conflict, Text
from backlog.history import WAYMARK, Actor
from backlog.initiatives import ratings, suggestions
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.ratings import Given, RatedInput
from backlog.rounds import progress, rounds
from backlog.rounds.rounds import SUBJECT, RatingRound, RoundRater, RoundRating

COMPLETE = N_("Everybody has rated.")
DUE = N_("Its last day is over.")


async def close(session: AsyncSession, found: RatingRound, *, version: int | None, by: Actor) -> None:
    """End it though somebody has not rated yet. The round is locked. Conflict when it has ended already; VersionMissing,
    Stale."""
    if found.closed_at is not None:
        raise Conflict(Text(N_("This rating round has ended already; %(name)s closed it."), {"name": found.closed_by}))
    found.expect(version)
    await _end(session, found, by)


async def end_when_complete(session: AsyncSession, found: RatingRound) -> bool:
    """End it when nobody is awaited any more; whether it was."""
    if not (await progress.of(session, found)).is_complete:
        return False
    await _end(session, found, WAYMARK, COMPLETE)
    return True


async def end_due(database: Database) -> None:
    """End those whose last day is over, and those that waited only for people who are gone. Each in a transaction of its
    own that locks the round before its initiatives, as the last rater's does: neither waits for the other in a circle."""
    async with database.reading() as session:
        opened = select(RatingRound.id).where(RatingRound.closed_at.is_(None)).order_by(RatingRound.id)
        numbers = list(await session.scalars(opened))
        over = [number for number in numbers if await _is_over(session, await rounds.get(session, number))]
    for number in over:
        async with database.writing() as session:
            await _end_if_over(session, await rounds.get(session, number, for_change=True))


async def _is_over(session: AsyncSession, found: RatingRound) -> bool:
    return found.is_due or (await progress.of(session, found)).is_complete


async def _end_if_over(session: AsyncSession, found: RatingRound) -> None:
    if found.is_due:
        await _end(session, found, WAYMARK, DUE)
    elif found.closed_at is None:
        await end_when_complete(session, found)


async def _end(session: AsyncSession, found: RatingRound, by: Actor, why: str = "") -> None:
    found.closed_at, found.closed_by = history.now(), by.name
    reached = await progress.of(session, found)
    told = {"title": found.title, "rated": reached.done, "awaited": reached.awaited}
    history.record(session, by, "closed the round", SUBJECT, found.id, told | ({"reason": why} if why else {}))
    changed: list[int] = []
    for initiative_id, given in sorted((await _given(session, found)).items()):
        initiative = await find(session, Initiative, initiative_id, for_change=True)
        if initiative is not None and await ratings.take_over(
            session, initiative, given, round_id=found.id, title=found.title
        ):
            changed.append(initiative_id)
    await suggestions.refresh(session, changed)


async def _given(session: AsyncSession, found: RatingRound) -> dict[int, list[Given]]:
    """By initiative, what each rater said of it in numbers, raters by name."""
    said: dict[tuple[int, int], list[RoundRating]] = defaultdict(list)
    invited = {each.id: each for each in await rounds.raters(session, found.id)}
    for answer in await _answers(session, list(invited)):
        said[answer.initiative_id, answer.rater_id].append(answer)
    given: dict[int, list[Given]] = defaultdict(list)
    for rater in invited.values():
        for initiative_id in {each for each, of in said if of == rater.id}:
            given[initiative_id].append(_of_rater(rater, said[initiative_id, rater.id]))
    return given


def _of_rater(rater: RoundRater, answers: Sequence[RoundRating]) -> Given:
    estimates = {RatedInput(each.input): each.estimate for each in answers}
    known = {name: estimate for name, estimate in estimates.items() if estimate is not None}
    return Given(rater.actor, rater.is_customer, known, next((each.reason for each in answers if each.reason), ""))


async def _answers(session: AsyncSession, rater_ids: Sequence[int]) -> Sequence[RoundRating]:
    found = select(RoundRating).where(RoundRating.rater_id.in_(rater_ids)).order_by(RoundRating.id)
    return (await session.scalars(found)).all()
