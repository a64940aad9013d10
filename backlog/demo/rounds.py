"""The demo's rating rounds: one that has ended and left something to talk about, one that is open."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.demo.content import Asking, airport
from backlog.demo.diary import Entry
from backlog.demo.people import People
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.keys import key_of
from backlog.initiatives.ratings import RatedInput
from backlog.rounds import answers, openings, rounds
from backlog.rounds.answers import Answers
from backlog.rounds.openings import GuestGiven, Invited, Proposal
from backlog.rounds.rounds import RatingRound

MORNING = 10 * 60  # minutes after midnight


def entries(people: People, today: dt.date) -> Iterator[Entry]:
    """Somebody rates each day after a round was opened."""
    for number, asking in enumerate(airport().rounds):
        yield Entry(asking.days_ago, MORNING + number, partial(_open, asking=asking, people=people, today=today))
        for day, rater in enumerate(asking.said):
            ago = max(asking.days_ago - 1 - day, 1)
            yield Entry(ago, MORNING + 20 + day, partial(_say, asking=asking, rater=rater, people=people))


async def _open(session: AsyncSession, asking: Asking, people: People, today: dt.date) -> None:
    invited = Invited(
        [people[key].id for key in asking.people],
        for_customers=[people[key].id for key in asking.for_customers],
        guests=[GuestGiven(each.name, each.organisation, each.kind) for each in asking.guests],
    )
    closes_on = None if asking.closes_in is None else today + dt.timedelta(days=asking.closes_in)
    keys = [key_of(await _initiative(session, title)) for title in asking.initiatives]
    wanted = Proposal(asking.title, asking.inputs, keys, invited, asking.message, closes_on)
    await openings.open_round(session, wanted, by=people[asking.by].actor)


async def _initiative(session: AsyncSession, title: str) -> int:
    return (await session.scalars(select(Initiative.id).where(Initiative.title == title))).one()


async def _say(session: AsyncSession, asking: Asking, rater: str, people: People) -> None:
    found = (await session.scalars(select(RatingRound).where(RatingRound.title == asking.title))).one()
    name = people[rater].name if rater in people else rater
    own = next(each for each in await rounds.raters(session, found.id) if each.name.startswith(name))
    rated = await rounds.initiatives_of(session, found.id)
    values = {
        (initiative.id, RatedInput(name)): estimate
        for initiative, said in zip(rated, asking.said[rater], strict=False)
        for name, estimate in said.items()
    }
    await answers.keep(session, found, own, Answers(values), version=own.version)
