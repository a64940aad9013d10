"""Where people of the demo put initiatives by hand."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.demo.content import Putting, airport
from backlog.demo.diary import Entry
from backlog.demo.people import People
from backlog.initiatives.initiative import Initiative
from backlog.ranking import overrides

NOON = 12 * 60  # minutes after midnight


def entries(people: People, today: dt.date) -> Iterator[Entry]:
    for number, putting in enumerate(airport().placed):
        yield Entry(putting.days_ago, NOON + number, partial(_put, putting=putting, people=people, today=today))


async def _put(session: AsyncSession, putting: Putting, people: People, today: dt.date) -> None:
    found = (await session.scalars(select(Initiative).where(Initiative.title == putting.initiative))).one()
    until = today + dt.timedelta(days=putting.ends_in)
    by = people[putting.by].actor
    await overrides.put(session, found, position=putting.position, reason=putting.reason, until=until, by=by)
