"""A diary: what was done when, replayed through the domain's own verbs so that history, scores and ranks follow."""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from backlog import history
from backlog.ranking import standings

Deed = Callable[[AsyncSession], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed, on so many days before today at so many minutes after midnight (UTC)."""

    days_ago: int
    minute: int
    deed: Deed = field(compare=False)

    def moment(self, today: dt.date) -> dt.datetime:
        midnight = dt.datetime.combine(today - dt.timedelta(days=self.days_ago), dt.time(), dt.UTC)
        return midnight + dt.timedelta(minutes=self.minute)


async def replay(session: AsyncSession, entries: Iterable[Entry], today: dt.date) -> None:
    """Do it all, oldest first, in one transaction; standings are settled when a day ends, as its commits would do."""
    in_order = sorted(entries, key=lambda entry: (-entry.days_ago, entry.minute))
    for _, day in groupby(in_order, key=lambda entry: entry.days_ago):
        for entry in day:
            with history.at(entry.moment(today)):
                await entry.deed(session)
                await session.flush()
        with history.at(entry.moment(today)):
            await session.run_sync(_settle)


def _settle(session: Session) -> None:
    if standings.NOTED in session.info:
        standings.settle(session)
