"""What a phone shows of trackers: its top counts what is in trouble and leads to the words at the end of the page."""

import datetime as dt

from backlog import history
from backlog.people.roles import Role
from backlog.trackers.connections import ConnectionState
from backlog.trackers.link import LinkState
from tests.web.clients import Served
from tests.web.test_connections import plain
from tests.web.tracker_stand_in import connect, link, propose, stand_in

LONG_AGO = dt.timedelta(minutes=4)


async def test_the_top_counts_failures_for_everybody_and_leads_to_their_words(served: Served) -> None:
    stand_in(served)
    jira, initiative = await connect(served), await propose(served)
    browser = await served.client(Role.DEPARTMENT_LEAD)
    calm = (await browser.get("/backlog")).text

    await link(served, initiative, jira, state=LinkState.FAILED)
    await link(served, initiative, jira, 2300, state=LinkState.PARKED)
    text = (await browser.get("/backlog")).text

    top = text[: text.index("</header>")]
    assert "troubles" not in calm
    assert "statusbar--alarms" not in calm
    assert 'href="#statusbar"' in top
    assert "2 troubles with trackers" in plain(top)
    assert 'class="statusbar statusbar--alarms no-print" id="statusbar"' in text
    assert "Jira AIR 1 failed, 1 needs a person" in plain(text[text.index('id="statusbar"') :])


async def test_the_top_says_that_nobody_is_at_work_or_that_a_tracker_was_stopped(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira = await connect(served_sqlite)
    await connect(served_sqlite, "GitHub nordhafen", kind="github", state=ConnectionState.STOPPED)
    await connect(served_sqlite, "Parking", project="PARK", state=ConnectionState.PAUSED)
    due = history.now() - LONG_AGO
    await link(served_sqlite, await propose(served_sqlite), jira, state=LinkState.PENDING, due_at=due)
    browser = await served_sqlite.client(Role.VIEWER)

    text = (await browser.get("/backlog")).text

    assert "2 troubles with trackers" in plain(text[: text.index("</header>")])
    assert "Jira AIR nobody is at work" in plain(text[text.index('id="statusbar"') :])
