"""The issues of an initiative: pushed, linked, searched, unlinked, and their state in words."""

import datetime as dt

import pytest
from sqlalchemy import select, update

from backlog import history
from backlog.errors import Text
from backlog.people.roles import Role
from backlog.trackers.connections import ConnectionState
from backlog.trackers.link import Link, LinkState, Question
from integrations.errors import Unavailable
from tests.web.clients import Served
from tests.web.test_connections import plain
from tests.web.tracker_stand_in import connect, issue, link, link_row, propose, stand_in


async def all_links(served: Served) -> list[Link]:
    async with served.database.reading() as session:
        return list(await session.scalars(select(Link).order_by(Link.id)))


async def rested(served: Served, key: str) -> None:
    """It was looked at since its initiative got further issues."""
    async with served.database.writing() as session:
        await session.execute(update(Link).where(Link.external_key == key).values(due_at=None))


async def test_without_a_tracker_nothing_is_said_of_trackers(served_sqlite: Served) -> None:
    initiative = await propose(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    page = await browser.get(f"/initiatives/CX-{initiative}")

    assert 'id="tracker"' not in page.text


async def test_an_initiative_is_pushed(served: Served) -> None:
    stand_in(served)
    jira, initiative = await connect(served), await propose(served)
    browser = await served.client(Role.DEPARTMENT_LEAD)

    before = plain((await browser.get(f"/initiatives/CX-{initiative}")).text)
    answer = await browser.post(f"/initiatives/CX-{initiative}/links", data={"connection": str(jira)})
    again = await browser.post(f"/initiatives/CX-{initiative}/links", data={"connection": str(jira)})

    assert "It is in no tracker yet." in before
    assert "Push to Jira AIR" in before
    assert answer.headers["location"] == f"/initiatives/CX-{initiative}#tracker"
    assert again.status_code == 409
    assert "It has its issue there already: on its way." in again.text
    assert [(each.state, each.is_main) for each in await all_links(served)] == [(LinkState.PENDING, True)]
    words = plain((await browser.get(f"/initiatives/CX-{initiative}")).text)
    assert "a new issue Jira AIR about to be made" in words
    assert "had an issue made in “Jira AIR”" in words


async def test_a_further_issue_needs_a_title(served: Served) -> None:
    stand_in(served)
    jira, initiative = await connect(served), await propose(served)
    await link(served, initiative, jira)
    browser = await served.client(Role.PRODUCT_OWNER)
    form = {"connection": str(jira)}

    without = await browser.post(f"/initiatives/CX-{initiative}/links", data=form | {"title": " "})
    answer = await browser.post(
        f"/initiatives/CX-{initiative}/links", data=form | {"title": "Screen text at belts 1 to 6"}
    )

    assert without.status_code == 422
    assert 'id="f-title-error"' in without.text
    assert answer.status_code == 303
    assert [(each.title, each.is_main) for each in await all_links(served)] == [
        ("", True), ("Screen text at belts 1 to 6", False),
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["AIR-2011", "https://nordhafen.atlassian.net/browse/AIR-2011", "2011"])
async def test_an_issue_is_linked_by_what_people_paste(served: Served, typed: str) -> None:
    tracker = stand_in(served)
    tracker.issues = [issue(2011, "Scan feed from belt controllers")]
    jira, initiative = await connect(served), await propose(served)
    browser = await served.client(Role.DEPARTMENT_LEAD)

    answer = await browser.post(f"/initiatives/CX-{initiative}/links", data={"connection": str(jira), "issue": typed})

    assert answer.status_code == 303
    assert [each.external_key for each in await all_links(served)] == ["AIR-2011"]


@pytest.mark.parametrize(
    ("typed", "said"), [("belts", "Paste the address of an issue, or its key."), ("AIR-9", "There is no such issue")]
)
async def test_what_is_no_issue_stays_in_its_field(served_sqlite: Served, typed: str, said: str) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    answer = await browser.post(f"/initiatives/CX-{initiative}/links", data={"connection": str(jira), "issue": typed})

    assert answer.status_code in (409, 422)
    assert said in answer.text
    assert f'value="{typed}"' in answer.text
    assert await all_links(served_sqlite) == []


async def test_an_unreachable_tracker_says_so_beside_the_field(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.trouble = Unavailable(Text("It could not be reached."), detail="connection refused")
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    answer = await browser.post(
        f"/initiatives/CX-{initiative}/links", data={"connection": str(jira), "issue": "AIR-2011"}
    )

    assert answer.status_code == 409
    assert "It could not be reached." in answer.text
    assert "connection refused" in answer.text


async def test_issues_are_searched_and_say_when_they_are_taken(served: Served) -> None:
    tracker = stand_in(served)
    tracker.issues = [issue(2231), issue(2011, "Bags scanned at the belt")]
    jira, initiative = await connect(served), await propose(served)
    await link(served, initiative, jira)
    browser = await served.client(Role.DEPARTMENT_LEAD)

    words = plain((await browser.get(f"/initiatives/CX-{initiative}/links/search?connection={jira}&q=bag")).text)
    nothing = await browser.get(f"/initiatives/CX-{initiative}/links/search?connection={jira}&q=parking")

    assert f"AIR-2231 Bag tracking for passengers In Progress linked with CX-{initiative}" in words
    assert "AIR-2011 Bags scanned at the belt In Progress Link it" in words
    assert "Nothing found" in nothing.text


async def test_without_a_choice_of_tracker_it_is_asked_for(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    await connect(served_sqlite)
    await connect(served_sqlite, "GitHub nordhafen", kind="github")
    initiative = await propose(served_sqlite)
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    answer = await browser.post(f"/initiatives/CX-{initiative}/links", data={})

    assert answer.status_code == 422
    assert "Choose a tracker." in answer.text


async def test_each_state_stands_in_words(served: Served) -> None:
    stand_in(served)
    jira, initiative = await connect(served), await propose(served)
    now = history.now()
    await link(served, initiative, jira, 2011, synced_at=now, facts={
        "title": "Scan feed from belt controllers", "status": "Done", "children": 14, "done": 5,
        "assignees": ["Jan-Erik Thomsen"], "labels": ["waymark", "baggage"], "milestone": "Winter",
    })  # fmt: skip
    await link(
        served, initiative, jira, None, title="Pier A", state=LinkState.UNKNOWN, due_at=now + dt.timedelta(seconds=30)
    )
    await link(served, initiative, jira, 3, state=LinkState.FAILED, last_error=Text("It refused the due date."))
    await link(served, initiative, jira, 4, state=LinkState.PARKED, question=Question.MOVED, facts={
        "moved": {"id": "9", "key": "OPS-9", "url": "", "project": "2"},
    })  # fmt: skip
    await rested(served, "AIR-2011")
    browser = await served.client(Role.DEPARTMENT_LEAD)

    words = plain((await browser.get(f"/initiatives/CX-{initiative}")).text)

    assert "AIR-2011 Jira AIR in step" in words
    assert "5 of 17 done" in words
    assert "5 of 14 parts done · Jan-Erik Thomsen · Winter" in words
    assert "may have been made; looked for again" in words
    assert "failed · It refused the due date." in words
    assert "The issue was moved to another project." in words
    assert "Follow it to OPS-9" in words


async def test_a_connection_that_is_off_says_so_at_its_links(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite, state=ConnectionState.PAUSED), await propose(served_sqlite)
    await link(served_sqlite, initiative, jira, state=LinkState.PENDING)
    browser = await served_sqlite.client(Role.VIEWER)

    words = plain((await browser.get(f"/initiatives/CX-{initiative}")).text)

    assert "waits: the connection is off" in words
    assert "Unlink" not in words
    assert "Push to" not in words


async def test_an_issue_is_unlinked_and_the_history_knows_it(served: Served) -> None:
    stand_in(served)
    jira, initiative = await connect(served), await propose(served)
    tied = await link(served, initiative, jira)
    browser = await served.client(Role.DEPARTMENT_LEAD)

    answer = await browser.post(f"/links/{tied}/removal")

    assert answer.status_code == 303
    assert await all_links(served) == []
    words = plain((await browser.get(f"/initiatives/CX-{initiative}")).text)
    assert "unlinked AIR-2231 in “Jira AIR”" in words


async def test_a_moved_issue_is_followed(served: Served) -> None:
    stand_in(served)
    jira, initiative = await connect(served), await propose(served)
    moved = {"id": "9", "key": "OPS-9", "url": "https://nordhafen.example/browse/OPS-9", "project": "2"}
    tied = await link(served, initiative, jira, state=LinkState.PARKED, question=Question.MOVED, facts={"moved": moved})
    browser = await served.client(Role.DEPARTMENT_LEAD)

    answer = await browser.post(f"/links/{tied}/answer", data={"answer": "follow"})

    assert answer.headers["location"] == f"/initiatives/CX-{initiative}#tracker"
    assert (await link_row(served, tied)).external_key == "OPS-9"


@pytest.mark.parametrize(("answer", "status"), [("perhaps", 422), ("anew", 409)])
async def test_what_is_no_answer_changes_nothing(served_sqlite: Served, answer: str, status: int) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    tied = await link(served_sqlite, initiative, jira, state=LinkState.PARKED, question=Question.TRIES)
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    refused = await browser.post(f"/links/{tied}/answer", data={"answer": answer})

    assert refused.status_code == status
    assert (await link_row(served_sqlite, tied)).state is LinkState.PARKED
