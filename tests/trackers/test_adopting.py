"""What is offered to become initiatives: the newest changes, and only issues of this project."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from backlog.database import Database
from backlog.errors import Invalid
from integrations import adopting, pushing
from integrations.issue import Category, Issue, Project, Status
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import linked
from tests.trackers.office import KIM, NOON
from web.speech import voice

GATES = Project("1", "GATE", "Gates")
EVERY = dt.timedelta(minutes=20)


@dataclass
class OldestFirst:
    """Outside of Waymark there is a tracker that lists the oldest change first, one every twenty minutes."""

    database: Database
    pages: list[int] = field(default_factory=list)

    @asynccontextmanager
    async def opened(self, connection: Any) -> AsyncIterator["OldestFirst"]:
        yield self

    async def changed(self, since: dt.datetime) -> AsyncIterator[Sequence[Issue]]:
        moments = [since + EVERY * number for number in range(1, int((NOON - since) / EVERY) + 1)]
        for start in range(0, len(moments), 50):
            self.pages.append(start)
            yield [issue(moment) for moment in moments[start : start + 50]]


@pytest.fixture(params=["github", "jira-cloud"])
def place(request: pytest.FixtureRequest, sqlite_database: Database) -> tuple[str, Database]:
    return request.param, sqlite_database


def issue(moment: dt.datetime) -> Issue:
    number = str(int(moment.timestamp()))
    return Issue(number, f"GATE-{number}", "", GATES, "Lane 4", Status("1", "Open", Category.TODO), moment, moment)


async def test_the_newest_are_offered_by_a_tracker_that_lists_the_oldest_first(both: Both) -> None:
    outside = OldestFirst(both.office.database)

    offered = await adopting.offered(outside, await both.office.connection(both.connection_id))  # type: ignore[arg-type]

    assert len(offered) == adopting.LISTED
    assert [each.updated_at for each in offered[:2]] == [NOON, NOON - EVERY]
    assert len(outside.pages) < 12


async def test_issues_that_stand_elsewhere_are_not_adopted(both: Both) -> None:
    await linked(both)
    here = both.ground.open("Signs to the trains")
    there = both.ground.move(both.ground.open("Prices of the shops"))
    connection = await both.office.connection(both.connection_id)

    (read,) = await adopting.read(both.office.outside, connection, [here])
    with pytest.raises(Invalid):
        await adopting.read(both.office.outside, connection, [there])

    assert read.title == "Signs to the trains"


async def adopted(both: Both, text: str) -> tuple[int, str]:
    """An initiative made of an issue, and the key of the issue."""
    await linked(both)  # so that the connection knows its mapping
    key = both.ground.open("Signs to the trains", text)
    outside, connection = both.office.outside, await both.office.connection(both.connection_id)
    found = await adopting.read(outside, connection, [key])
    writing = pushing.writing_of(outside, connection, voice("en"), both.office.worker.address)
    async with both.office.database.writing() as session:
        (number,) = await adopting.adopt(session, connection, found, writing, by=KIM)
    await both.office.work(60, step=20)
    return number, key


async def test_what_an_adopted_issue_says_is_not_said_again_below_it_until_it_changes_here(both: Both) -> None:
    number, key = await adopted(both, "Nobody finds the trains.")

    assert (await both.office.initiative(number)).problem == "Nobody finds the trains."
    assert both.ground.text(key).count("Nobody finds the trains.") == 1
    assert "Rank" in both.ground.text(key)

    await both.office.change(number, problem="Nobody finds the trains after ten.")
    await both.office.work(10)

    assert "Nobody finds the trains after ten." in both.ground.text(key)
    assert both.ground.text(key).count("Nobody finds the trains.") == 1
