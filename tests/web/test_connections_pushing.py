"""Many at once: pushed after a rehearsal that lists every write, and imported from what is there."""

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from backlog.errors import Text
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.trackers.link import Link, LinkState
from integrations.errors import Unavailable
from tests.web.clients import Served
from tests.web.test_connections import plain
from tests.web.test_initiative_links import all_links
from tests.web.tracker_stand_in import MAPPING, connect, issue, link, propose, row, stand_in
from web.pages import connections_mapping_forms as forms


async def test_only_what_has_no_issue_there_is_offered(served: Served) -> None:
    stand_in(served)
    jira = await connect(served)
    linked, free = await propose(served, "Shorter queues"), await propose(served, "Quieter gates")
    await link(served, linked, jira)
    browser = await served.client(Role.ADMINISTRATOR)

    page = await browser.get(f"/connections/{jira}/pushing")
    filtered = await browser.get(f"/connections/{jira}/pushing?stage=ready")

    assert f'name="initiative" value="{free}"' in page.text
    assert f'name="initiative" value="{linked}"' not in page.text
    assert "Nothing to push" in filtered.text


async def test_a_rehearsal_lists_every_write_and_sends_none(served: Served) -> None:
    stand_in(served)
    jira = await connect(served)
    first, second = await propose(served, "Shorter queues"), await propose(served, "Quieter gates")
    await link(served, second, jira)
    browser = await served.client(Role.ADMINISTRATOR)

    answer = await browser.post(
        f"/connections/{jira}/pushing/rehearsal", data={"initiative": [str(first), str(second)]}
    )

    words = plain(answer.text)
    assert "1 issue would be made in Jira AIR." in words
    assert "1 has its issue there already and is passed over." in words
    assert "Shorter queues" in words
    assert "POST" in words
    assert len(await all_links(served)) == 1


async def test_a_rehearsal_says_that_the_type_of_new_issues_is_not_there(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    usual = await connect(served_sqlite, mapping=replace(MAPPING, issue_type="Story"))
    other = await connect(
        served_sqlite, "Jira PARK", project="PARK", mapping=replace(MAPPING, issue_type="Nonexistent")
    )
    chosen = {"initiative": [str(await propose(served_sqlite))]}
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    fitting = await browser.post(f"/connections/{usual}/pushing/rehearsal", data=chosen)
    lacking = await browser.post(f"/connections/{other}/pushing/rehearsal", data=chosen)
    mapped = await browser.get(f"/connections/{other}")

    said = "The account sees no type of issue “Nonexistent” there."
    assert "The account sees no type" not in plain(fitting.text)
    assert said in plain(lacking.text)
    assert said in plain(mapped.text)


async def test_what_is_pushed_is_on_its_way_and_says_how_far(served: Served) -> None:
    stand_in(served)
    jira = await connect(served)
    first, second = await propose(served, "Shorter queues"), await propose(served, "Quieter gates")
    browser = await served.client(Role.ADMINISTRATOR)

    answer = await browser.post(
        f"/connections/{jira}/pushing", data={"initiative": [str(first), str(second), "999999"]}
    )
    async with served.database.writing() as session:
        made = (await session.scalars(select(Link).where(Link.initiative_id == first))).one()
        made.external_id, made.state = "1", LinkState.IN_STEP
    page = await browser.get(answer.headers["location"])
    part = await browser.get(answer.headers["location"], headers={"hx-request": "true"})

    assert answer.status_code == 303
    assert "1 of 2" in plain(page.text)
    assert "every 2s" in part.text
    assert "<html" not in part.text


@pytest.mark.parametrize("form", [{}, {"initiative": "many"}, {"initiative": [str(n) for n in range(1, 502)]}])
@pytest.mark.parametrize("resource", ["pushing", "pushing/rehearsal"])
async def test_a_push_needs_a_choice(served_sqlite: Served, form: dict[str, str], resource: str) -> None:
    stand_in(served_sqlite)
    jira = await connect(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    answer = await browser.post(f"/connections/{jira}/{resource}", data=form)

    assert answer.status_code == 422
    assert "Choose at" in answer.text


async def test_issues_become_initiatives(served: Served) -> None:
    tracker = stand_in(served)
    tracker.issues = [issue(2231), issue(2011, "Bags scanned at the belt", text="Nobody knows where bags are.")]
    jira = await connect(served)
    await link(served, await propose(served), jira)
    browser = await served.client(Role.ADMINISTRATOR)

    page = await browser.get(f"/connections/{jira}/adopting?q=bag")
    answer = await browser.post(f"/connections/{jira}/adopting", data={"issue": ["AIR-2011"]})

    assert 'value="AIR-2011"' in page.text
    assert 'value="AIR-2231"' not in page.text
    assert answer.headers["location"].startswith("/")
    async with served.database.reading() as session:
        made = (await session.scalars(select(Initiative).where(Initiative.title == "Bags scanned at the belt"))).one()
    assert made.problem.strip() == "Nobody knows where bags are."
    assert [each.external_key for each in await all_links(served)] == ["AIR-2231", "AIR-2011"]


async def test_all_that_is_chosen_is_imported_or_nothing(served: Served) -> None:
    tracker = stand_in(served)
    tracker.issues = [issue(2231), issue(2011)]
    jira = await connect(served)
    await link(served, await propose(served), jira)
    browser = await served.client(Role.ADMINISTRATOR)

    answer = await browser.post(f"/connections/{jira}/adopting", data={"issue": ["AIR-2011", "AIR-2231"]})

    assert answer.status_code == 409
    assert "is linked with CX-1 already" in answer.text
    async with served.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Initiative)) == 1


async def test_an_import_needs_a_choice_and_a_tracker_that_answers(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    jira = await connect(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    without = await browser.post(f"/connections/{jira}/adopting?q=bag", data={})
    tracker.trouble = Unavailable(Text("It could not be reached."))
    silent = await browser.post(f"/connections/{jira}/adopting?q=bag", data={"issue": "AIR-1"})

    assert (without.status_code, silent.status_code) == (422, 409)
    assert "Choose at least one issue." in without.text
    assert "It could not be reached." in silent.text


async def test_a_dry_run_says_what_a_mapping_would_change_and_keeps_nothing(served: Served) -> None:
    tracker = stand_in(served)
    tracker.issues = [issue(2231, "Bag tracking for passengers")]
    jira, initiative = await connect(served), await propose(served, "Tell passengers where their bag is")
    title = "Tell passengers where their bag is"
    await link(served, initiative, jira, base={"title": [title, title]})
    browser = await served.client(Role.ADMINISTRATOR)
    found = await row(served, jira)
    form = {name: value for name, value in forms.kept(MAPPING, "en", []).items() if not name.startswith("means-")}
    form |= {"version": str(found.version), "direction-title": "out"}

    answer = await browser.post(f"/connections/{jira}/mapping/rehearsal", data=form)

    words = plain(answer.text)
    assert answer.status_code == 200
    assert "Title Bag tracking for passengers → Tell passengers where their bag is" in words
    assert "1 linked issue was looked at; 1 would change." in words
    assert (await row(served, jira)).maps == MAPPING
