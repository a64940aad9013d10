"""After somebody let go of a change: nothing is called failed any more, and the connection tells what differs."""

import re

from backlog.errors import Text
from backlog.people.roles import Role
from backlog.trackers import status_names
from backlog.trackers.fields import Field
from backlog.trackers.link import LinkState
from tests.web.clients import Served
from tests.web.test_connections import plain
from tests.web.test_initiative_links_live import refused, show
from tests.web.tracker_stand_in import connect, link, link_row, propose, stand_in

REFUSED = Text("It refused the field.")


async def test_letting_go_is_asked_about_and_ends_the_failure_everywhere(served: Served) -> None:
    stand_in(served)
    jira, initiative = await connect(served), await propose(served)
    base = {"due": ["2026-12-10", "2026-12-12"]}
    tied = await link(served, initiative, jira, state=LinkState.FAILED, base=base)
    item = await refused(served, tied, Field.DUE, "2026-12-10", REFUSED)
    browser = await served.client(Role.ADMINISTRATOR)

    before = await show(browser, initiative)
    await browser.post(f"/undelivered/{item}/discard")
    after = plain(await show(browser, initiative))
    health = plain((await browser.get(f"/connections/{jira}")).text)

    asked = re.search(rf'<details[^>]* id="discard-{item}">.*?</details>', before, re.DOTALL)
    assert asked is not None
    assert "Both sides keep their value until either changes. Discard this change" in plain(asked[0])
    assert before.count(f"/undelivered/{item}/discard") == 1
    assert "failed" not in after
    assert f"1 value differs on purpose: CX-{initiative}" in health


async def test_what_failed_otherwise_or_is_still_held_back_stays_failed(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    base = {"due": ["2026-12-10", "2026-12-12"]}
    tied = await link(served_sqlite, initiative, jira, state=LinkState.FAILED, base=base)
    first = await refused(served_sqlite, tied, Field.DUE, "2026-12-10", REFUSED)
    await refused(served_sqlite, tied, Field.TITLE, "Bags on the app", REFUSED)
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    await browser.post(f"/undelivered/{first}/discard")

    assert (await link_row(served_sqlite, tied)).state is LinkState.FAILED


async def test_a_refused_stage_is_called_as_the_tracker_calls_its_status_too(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    tied = await link(served_sqlite, initiative, jira, state=LinkState.FAILED)
    await refused(served_sqlite, tied, Field.STAGE, "3", REFUSED, inward=True)
    await refused(served_sqlite, tied, Field.STAGE, "9", REFUSED, inward=True)
    async with served_sqlite.database.writing() as session:
        await status_names.keep(session, jira, {"3": "In Review", "9": "Blocked"})
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    words = plain(await show(browser, initiative))

    assert "Stage: In delivery (In Review): It refused" in words
    assert "Stage: Blocked: It refused" in words
