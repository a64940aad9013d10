"""An open page of an initiative: what is news there, what is held back, what differs on purpose, and unlinking."""

import datetime as dt
import re
from typing import Any

import httpx
import msgspec

from backlog import history
from backlog.errors import N_, Text
from backlog.history import WAYMARK
from backlog.initiatives import initiatives
from backlog.initiatives.stages import NEEDS
from backlog.people.roles import Role
from backlog.trackers.fields import Direction, Field, Rule
from backlog.trackers.link import LinkState, Question
from backlog.trackers.undelivered import End, Undelivered
from integrations.errors import Unavailable
from tests.web.clients import Served
from tests.web.test_connections import plain
from tests.web.tracker_stand_in import MAPPING, connect, issue, link, link_row, propose, stand_in

LIVE = re.compile(r'data-live="([^"]+)" data-pace="(\w+)"')


def live(text: str) -> tuple[str, str]:
    """Where the part asks for itself, and how often."""
    found = LIVE.search(text)
    assert found is not None
    return found[1].replace("&amp;", "&"), found[2]


async def show(browser: httpx.AsyncClient, initiative: int, query: str = "") -> str:
    return (await browser.get(f"/initiatives/CX-{initiative}{query}")).text


async def change_link(served: Served, tied: int, **columns: Any) -> None:
    async with served.database.writing() as session:
        row = await session.get_one(type(await link_row(served, tied)), tied)
        for name, value in columns.items():
            setattr(row, name, value)


async def refused(served: Served, tied: int, field: Field, value: Any, reason: Text, **columns: Any) -> int:
    async with served.database.writing() as session:
        made = Undelivered(link_id=tied, field=field, value=value, reason=reason, **columns)
        session.add(made)
        await session.flush()
        return made.id


async def test_an_open_page_hears_of_its_issue_and_of_nothing_while_nothing_happens(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    tied = await link(served_sqlite, initiative, jira, None)
    browser = await served_sqlite.client(Role.VIEWER)
    address, pace = live(await show(browser, initiative))

    before = await browser.get(address)
    await change_link(
        served_sqlite, tied, state=LinkState.IN_STEP, due_at=None, external_id="1", external_key="AIR-2240"
    )
    after = await browser.get(address)
    later = await browser.get(live(after.text)[0])

    assert (before.status_code, before.text, pace) == (204, "", "soon")
    assert after.status_code == 200
    assert "AIR-2240 Jira AIR in step" in plain(after.text)
    assert "<html" not in after.text
    assert live(after.text)[1] == "seldom"
    assert "Something has changed" not in after.text
    assert later.status_code == 204


async def test_an_open_page_says_when_the_initiative_itself_was_changed(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    await link(served_sqlite, initiative, jira)
    browser = await served_sqlite.client(Role.VIEWER)
    address, _ = live(await show(browser, initiative))

    async with served_sqlite.database.writing() as session:
        row = await initiatives.by_key(session, initiative, for_change=True)
        await initiatives.change(session, row, {"title": "Bags on the app"}, version=row.version, by=WAYMARK)
    after = await browser.get(address)
    later = await browser.get(live(after.text)[0])

    assert "Something has changed here since this page was opened. Show it" in plain(after.text)
    assert later.status_code == 204
    assert "Something has changed" not in await show(browser, initiative)


async def test_all_that_is_held_back_is_shown_by_direction_beside_a_conflict_too(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    tied = await link(served_sqlite, initiative, jira, state=LinkState.CONFLICT)
    missing = Text(N_("Before this step it needs: %(missing)s."), {"missing": Text(NEEDS["effect"])})
    await refused(served_sqlite, tied, Field.STAGE, "4", missing, inward=True, tries=3)
    await refused(served_sqlite, tied, Field.DUE, "2026-12-12", Text("It refused the field."), detail="not on screen")
    unmapped = Text(N_("The status “%(status)s” means no stage. Map it to one, then try again."), {"status": "8"})
    await refused(served_sqlite, tied, Field.STAGE, "8", unmapped, inward=True)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    words = plain(await show(browser, initiative))

    assert "Not taken over from there · Stage: 4: Before this step it needs: the expected effect. Fill in" in words
    assert "tried 3 times" in words
    assert "Not delivered · Due date: 12 Dec 2026: It refused the field." in words
    assert "means no stage. Map it to one, then try again. Map it" in words
    assert "Retry once the cause is gone." in words


async def test_what_a_person_let_go_of_is_said_to_differ_and_can_be_tried_again(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    tied = await link(served_sqlite, initiative, jira, base={"due": ["2026-12-10", "2026-12-12"]})
    item = await refused(served_sqlite, tied, Field.DUE, "2026-12-10", Text("It refused the field."))
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    await browser.post(f"/undelivered/{item}/discard")
    await change_link(served_sqlite, tied, due_at=None)
    words = plain(await show(browser, initiative))
    again = await browser.post(f"/undelivered/{item}/retry")

    assert "in step but for 1 value that differs on purpose" in words
    assert "Due date · here 10 Dec 2026, there 12 Dec 2026 let go of by " in words
    assert again.headers["location"] == f"/initiatives/CX-{initiative}#tracker"
    assert (await link_row(served_sqlite, tied)).base == {"due": ["2026-12-12", "2026-12-12"]}
    assert "differs on purpose" not in plain(await show(browser, initiative))
    async with served_sqlite.database.reading() as session:
        assert (await session.get_one(Undelivered, item)).end is End.RETRIED


async def test_before_unlinking_it_is_said_what_stays_and_afterwards_that_no_issue_is_the_main_one(
    served_sqlite: Served,
) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    main = await link(served_sqlite, initiative, jira)
    await link(served_sqlite, initiative, jira, 2232)
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    before = await show(browser, initiative)
    asked = plain(await show(browser, initiative, f"?unlink={main}"))
    await browser.post(f"/links/{main}/removal")
    after = plain(await show(browser, initiative))

    assert f'action="/links/{main}/removal"' not in before
    assert f'href="/initiatives/CX-{initiative}?unlink={main}#link-{main}"' in before
    assert "Unlink AIR-2231? The issue stays in “Jira AIR” as it is" in asked
    assert "It is the main issue: 1 other stays linked as a part, and none is the main one then." in asked
    assert "AIR-2231 is unlinked. The issue stays as it is. It was the main one" in after
    assert "In “Jira AIR” only parts are linked and none is the main issue" in after
    assert "Push to Jira AIR" in after


async def test_what_may_have_been_made_is_not_unlinked_and_the_page_says_why(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    tied = await link(served_sqlite, initiative, jira, None)
    row = await link_row(served_sqlite, tied)
    await change_link(served_sqlite, tied, intent_at=row.created_at, state=LinkState.UNKNOWN)
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    offered = await show(browser, initiative, f"?unlink={tied}")
    answer = await browser.post(f"/links/{tied}/removal")

    assert "Unlink" not in offered
    assert answer.status_code == 409
    assert "Nobody knows yet whether the issue was made." in plain(answer.text)
    assert 'id="tracker"' in answer.text


async def test_an_open_page_asks_often_only_for_what_is_due_soon(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    tied = await link(served_sqlite, initiative, jira)
    browser = await served_sqlite.client(Role.VIEWER)

    paces = []
    for minutes in (24 * 60, 2):
        due = history.now() + dt.timedelta(minutes=minutes)
        await change_link(served_sqlite, tied, state=LinkState.PARKED, question=Question.DELETED, due_at=due)
        paces.append(live(await show(browser, initiative))[1])

    assert paces == ["seldom", "soon"]


async def test_what_the_tracker_said_of_an_issue_stands_where_the_page_is_not_brought_up_to_date(
    served_sqlite: Served,
) -> None:
    tracker = stand_in(served_sqlite)
    tracker.trouble = Unavailable(Text("It could not be reached."), detail="connection refused")
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    form = {"connection": str(jira), "issue": "AIR-2011"}
    page = (await browser.post(f"/initiatives/CX-{initiative}/links", data=form)).text

    kept = re.search(r'<details[^>]* id="linking" hx-morph-skip open>.*?</details>', page, re.DOTALL)
    assert kept is not None
    assert "connection refused" in kept[0]
    assert page.count("connection refused") == 1


async def test_what_the_mapping_carries_no_more_differs_and_is_not_offered_again(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    due = Rule(Direction.OUT, target="duedate")
    mapping = msgspec.structs.replace(MAPPING, fields={**MAPPING.fields, Field.DUE: due})
    jira, initiative = await connect(served_sqlite, mapping=mapping), await propose(served_sqlite)
    tied = await link(served_sqlite, initiative, jira, base={"due": ["2026-12-10", "2026-12-12"]})
    let_go: dict[str, Any] = {"inward": True, "end": End.DISCARDED, "ended_by": "Kim Weber", "ended_at": history.now()}
    item = await refused(served_sqlite, tied, Field.DUE, "2026-12-12", Text("The round is closed."), **let_go)
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    words = plain(await show(browser, initiative))
    again = await browser.post(f"/undelivered/{item}/retry")

    assert "Due date · here 10 Dec 2026, there 12 Dec 2026 let go of by Kim Weber" in words
    assert "Try it again" not in words
    assert again.status_code == 409
    assert (await link_row(served_sqlite, tied)).base == {"due": ["2026-12-10", "2026-12-12"]}


async def test_a_former_label_the_tracker_keeps_is_told_with_its_reason(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    tied = await link(served_sqlite, initiative, jira)
    await change_link(served_sqlite, tied, facts={"left": {"lead:security": "Validation Failed", "lead:gates": ""}})
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    words = plain(await show(browser, initiative))

    assert "The tracker does not take the former label lead:security away: “Validation Failed”" in words
    assert "lead:gates" not in words


async def test_a_type_that_an_issue_did_not_get_is_told(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    initiative = await propose(served_sqlite)
    await link(served_sqlite, initiative, await connect(served_sqlite), facts={"untyped": "Feature"})
    browser = await served_sqlite.client(Role.VIEWER)

    words = plain(await show(browser, initiative))

    assert "It was not made as “Feature”: the tracker has no such type of issue" in words


async def test_a_person_says_which_issue_it_is_where_nobody_knows(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.issues = (issue(2300, "Signs in four languages"),)
    jira, initiative = await connect(served_sqlite), await propose(served_sqlite)
    main = await link(served_sqlite, initiative, jira)
    part = await link(served_sqlite, initiative, jira, None, title="Signs to the trains")
    asked: dict[str, Any] = {"state": LinkState.PARKED, "question": Question.STILL_UNKNOWN, "due_at": None}
    await change_link(served_sqlite, part, intent_at=history.now(), **asked)
    browser = await served_sqlite.client(Role.DEPARTMENT_LEAD)
    path, form = f"/initiatives/CX-{initiative}/links", {"connection": str(jira), "settles": str(part)}

    offered = await show(browser, initiative)
    wrong = (await browser.post(path, data=form | {"issue": "AIR-9"})).text
    other = await browser.post(path, data=form | {"issue": "AIR-2300", "settles": str(main)})
    answer = await browser.post(path, data=form | {"issue": "AIR-2300"})

    assert f'id="settling-{part}" hx-morph-skip>' in offered
    assert f'id="settling-{part}" hx-morph-skip open>' in wrong
    assert 'id="linking" hx-morph-skip>' in wrong
    assert wrong.count("There is no such issue") == 1
    assert (other.status_code, answer.status_code) == (409, 303)
    assert (await link_row(served_sqlite, part)).external_key == "AIR-2300"
    assert f"settling-{part}" not in await show(browser, initiative)
