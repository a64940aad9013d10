"""What an initiative's page says of its issues while something waits to be carried over."""

import datetime as dt
import re

import pytest

from backlog import history
from backlog.history import WAYMARK
from backlog.initiatives import initiatives
from backlog.people.roles import Role
from backlog.trackers.link import LinkState
from tests.web.clients import Served
from tests.web.test_connections import plain
from tests.web.test_initiative_links_live import live, show
from tests.web.tracker_stand_in import connect, link, propose, stand_in

LONG_AGO = dt.timedelta(minutes=4)


def tie(text: str) -> str:
    """What the page says of the first issue."""
    found = re.search(r'<li class="tie.*?</li>', text, re.DOTALL)
    assert found is not None
    return found[0]


async def test_an_issue_is_not_in_step_from_the_moment_its_initiative_was_changed(served: Served) -> None:
    stand_in(served)
    jira, initiative = await connect(served), await propose(served)
    await link(served, initiative, jira, synced_at=history.now())
    browser = await served.client(Role.VIEWER)
    before = tie(await show(browser, initiative))

    async with served.database.writing() as session:
        row = await initiatives.by_key(session, initiative, for_change=True)
        await initiatives.change(session, row, {"title": "Bags on the app"}, version=row.version, by=WAYMARK)
    after = tie(await show(browser, initiative))

    assert "tie--ok" in before
    assert "tie--pending" in after
    assert "in step · " in plain(before)
    assert "pending · in step until" in plain(after)
    assert "nobody is at work" not in plain(after)


@pytest.mark.parametrize("state", [LinkState.IN_STEP, LinkState.PENDING])
async def test_an_issue_that_is_left_lying_says_that_nobody_is_at_work(served: Served, state: LinkState) -> None:
    stand_in(served)
    jira, initiative = await connect(served), await propose(served)
    tied = await link(served, initiative, jira, state=state, due_at=history.now() - LONG_AGO)
    browser = await served.client(Role.VIEWER)

    text = await show(browser, initiative)

    assert "nobody is at work" in plain(tie(text))
    assert live(text)[1] == "soon"
    assert f'id="link-{tied}"' in text


async def test_an_issue_that_is_not_made_yet_is_not_said_to_be_looked_at(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    await link(served_sqlite, initiative, jira, None)
    browser = await served_sqlite.client(Role.VIEWER)

    words = plain(tie(await show(browser, initiative)))

    assert "a new issue Jira AIR about to be made" in words
    assert "looked at" not in words


async def test_the_activity_says_which_issue_was_asked_for(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    await link(served_sqlite, initiative, jira)
    await link(served_sqlite, initiative, jira, None, title="Scan feed from belt controllers", is_main=False)
    browser = await served_sqlite.client(Role.VIEWER)

    words = plain(await show(browser, initiative))

    assert "had the issue “Scan feed from belt controllers” made in “Jira AIR”" in words
