"""Conflicts: the queue, the decision, and the value that lost brought back."""

import datetime as dt
import re

import pytest

from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.trackers.conflicts import Disagreement, Side
from backlog.trackers.fields import Field
from backlog.trackers.link import LinkState
from tests.web.clients import Served
from tests.web.test_connections import plain
from tests.web.tracker_stand_in import connect, link, link_row, propose, stand_in

MORNING = dt.datetime(2026, 11, 19, 9, 12, tzinfo=dt.UTC)


async def conflict(served: Served, **values: object) -> tuple[int, int, int]:
    """Conflict, link and initiative: both sides moved the due date."""
    stand_in(served)
    initiative = await propose(served)
    tied = await link(served, initiative, await connect(served), state=LinkState.CONFLICT)
    known: dict[str, object] = {
        "field": Field.DUE, "base": ["2026-12-12", "2026-12-12"], "ours": "2027-01-15", "theirs": "2027-02-26",
        "ours_by": "Katharina Wiedenhöft", "ours_at": MORNING, "theirs_by": "Jan-Erik Thomsen", "theirs_at": MORNING,
    }  # fmt: skip
    async with served.database.writing() as session:
        row = Disagreement(link_id=tied, **known | values)
        session.add(row)
        await session.flush()
        return row.id, tied, initiative


async def one(served: Served, number: int) -> Disagreement:
    async with served.database.reading() as session:
        return await session.get_one(Disagreement, number)


async def test_the_queue_shows_both_values_and_whose_they_are(served: Served) -> None:
    _, _, initiative = await conflict(served)
    browser = await served.client(Role.DEPARTMENT_LEAD)

    words = plain((await browser.get("/conflicts")).text)

    assert f"CX-{initiative} · Due date" in words
    assert "Both said last: 12 Dec 2026" in words
    assert "Waymark 15 Jan 2027 Katharina Wiedenhöft" in words
    assert "Jira AIR 26 Feb 2027 Jan-Erik Thomsen" in words
    assert "Keep ours" in words


async def test_a_status_stands_as_the_stage_it_means(served_sqlite: Served) -> None:
    await conflict(served_sqlite, field=Field.STAGE, base=["1", "1"], ours="2", theirs="9")
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    words = plain((await browser.get("/conflicts")).text)

    assert "Both said last: Ready" in words
    assert "Waymark In delivery" in words
    assert "Jira AIR 9" in words


async def test_viewers_see_and_do_not_decide(served: Served) -> None:
    number, _, initiative = await conflict(served)
    browser = await served.client(Role.VIEWER)

    pages = [(await browser.get(path)).text for path in ("/conflicts", f"/initiatives/CX-{initiative}")]
    refused = await browser.post(f"/conflicts/{number}/decision", data={"side": "ours", "version": "1"})

    assert all("26 Feb 2027" in page and "Keep ours" not in page for page in pages)
    assert refused.status_code == 403


@pytest.mark.parametrize("side", list(Side))
async def test_a_decision_is_kept_and_the_link_is_looked_at(served: Served, side: Side) -> None:
    number, tied, initiative = await conflict(served)
    browser = await served.client(Role.DEPARTMENT_LEAD, name="Mina Dietz")

    answer = await browser.post(
        f"/conflicts/{number}/decision", data={"side": side.value, "version": "1", "back": "conflicts"}
    )

    found = await one(served, number)
    assert answer.headers["location"] == "/conflicts#conflicts"
    assert (found.decision, found.decided_by) == (side, "Mina Dietz")
    assert (await link_row(served, tied)).state is LinkState.PENDING
    words = plain((await browser.get(f"/initiatives/CX-{initiative}")).text)
    assert ("Lost: 26 Feb 2027" if side is Side.OURS else "Lost: 15 Jan 2027") in words
    assert "Due date” (AIR-2231)" in words


async def test_after_a_decision_the_next_in_the_queue_has_the_focus(served: Served) -> None:
    first, tied, _ = await conflict(served, found_at=MORNING)
    async with served.database.writing() as session:
        more = [
            Disagreement(link_id=tied, field=name, base=["a", "a"], ours="b", theirs="c", found_at=MORNING + wait)
            for name, wait in ((Field.TITLE, dt.timedelta(hours=2)), (Field.PROBLEM, dt.timedelta(0)))
        ]
        session.add_all(more)
        await session.flush()
        title, problem = (each.id for each in more)
    browser = await served.client(Role.DEPARTMENT_LEAD)
    form = {"side": "ours", "version": "1", "back": "conflicts"}

    led = [
        (await browser.post(f"/conflicts/{number}/decision", data=form)).headers["location"]
        for number in (problem, title, first)
    ]
    page = (await browser.get(led[0])).text

    assert led == [
        f"/conflicts?at={title}#conflict-{title}",
        f"/conflicts?at={first}#conflict-{first}",
        "/conflicts#conflicts",
    ]
    assert 'id="conflicts" tabindex="-1" aria-describedby="toasts"' in page
    assert "Ours is kept; the tracker is told." in page


async def test_the_conflict_that_was_gone_to_is_the_one_keys_decide(served_sqlite: Served) -> None:
    first, tied, _ = await conflict(served_sqlite)
    async with served_sqlite.database.writing() as session:
        later = Disagreement(link_id=tied, field=Field.TITLE, base=["a", "a"], ours="b", theirs="c")
        session.add(later)
        await session.flush()
        second = later.id
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    at = [re.findall(r'conflictbox is-at" id="conflict-(\d+)" data-row="\d+" tabindex="-1"', (await browser.get(path)).text)
          for path in ("/conflicts", f"/conflicts?at={second}", "/conflicts?at=999999")]  # fmt: skip

    assert at == [[str(first)], [str(second)], [str(first)]]


async def test_what_was_not_shown_is_not_decided(served: Served) -> None:
    number, _, initiative = await conflict(served)
    browser = await served.client(Role.DEPARTMENT_LEAD)
    async with served.database.writing() as session:
        (await session.get_one(Disagreement, number)).theirs = "2027-03-31"

    answer = await browser.post(f"/conflicts/{number}/decision", data={"side": "theirs", "version": "1"})

    assert answer.status_code == 409
    assert "31 Mar 2027" in plain(answer.text)
    assert f"CX-{initiative}" in answer.text
    assert (await one(served, number)).decision is None


async def test_a_decision_needs_a_side_and_is_made_once(served_sqlite: Served) -> None:
    number, *_ = await conflict(served_sqlite)
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    without = await browser.post(f"/conflicts/{number}/decision", data={"version": "1", "back": "conflicts"})
    await browser.post(f"/conflicts/{number}/decision", data={"side": "ours", "version": "1"})
    again = await browser.post(
        f"/conflicts/{number}/decision", data={"side": "theirs", "version": "2", "back": "conflicts"}
    )

    assert without.status_code == 422
    assert again.status_code == 409
    assert "This was decided already" in again.text
    assert (await one(served_sqlite, number)).decision is Side.OURS


async def test_the_value_that_lost_comes_back(served: Served) -> None:
    number, _, initiative = await conflict(served)
    browser = await served.client(Role.PRODUCT_OWNER)
    await browser.post(f"/conflicts/{number}/decision", data={"side": "ours", "version": "1"})

    answer = await browser.post(f"/conflicts/{number}/restoration")

    assert answer.headers["location"] == f"/initiatives/CX-{initiative}#tracker"
    async with served.database.reading() as session:
        assert (await session.get_one(Initiative, initiative)).due_on == dt.date(2027, 2, 26)
    words = plain((await browser.get(answer.headers["location"])).text)
    assert "brought back what had lost in “Due date” (AIR-2231): 2027-02-26" in words


async def test_nothing_comes_back_before_a_decision(served_sqlite: Served) -> None:
    number, *_ = await conflict(served_sqlite)
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)

    answer = await browser.post(f"/conflicts/{number}/restoration", data={"back": "conflicts"})

    assert answer.status_code == 409
    assert "Nothing is decided yet." in answer.text


async def test_without_conflicts_there_is_nothing_to_decide(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.VIEWER)

    assert "Nothing to decide" in (await browser.get("/conflicts")).text
