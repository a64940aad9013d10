"""Adding a tracker step by step, without scripts and without ever seeing a token again."""

import re

import pytest
from sqlalchemy import select

from backlog.errors import Text
from backlog.people.roles import Role
from backlog.trackers.connections import Connection, ConnectionState
from integrations.errors import NoAccess, Unauthorized
from integrations.tracker import Check
from integrations.webhook import Hook
from tests.web.clients import Served
from tests.web.test_connections import plain
from tests.web.tracker_stand_in import connect, row, stand_in

FORM = {
    "kind": "jira-cloud",
    "way": "token",
    "name": "Jira AIR",
    "base_url": "https://nordhafen.atlassian.net/",
    "password_email": "sync@nordhafen.example",
    "password_token": "sesame-opens",
}


async def only(served: Served) -> Connection:
    async with served.database.reading() as session:
        return (await session.scalars(select(Connection))).one()


def version_in(page: str) -> str:
    return str(re.findall(r'name="version" value="(\d+)"', page)[0])


async def test_every_kind_is_offered_with_what_it_signs_in_with(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    choice = await browser.get("/connections/new")
    token = await browser.get("/connections/new?kind=github")
    app = await browser.get("/connections/new?kind=github&way=app")

    assert all(name in choice.text for name in ("GitHub", "Jira Cloud", "Jira Data Center"))
    assert 'name="password_token" type="password"' in token.text
    assert 'name="password_private_key"' in app.text
    assert "https://api.github.com" in token.text


async def test_a_tracker_is_added_from_the_first_step_to_the_last(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)

    created = await browser.post("/connections", data=FORM)
    made = await only(served)
    projects = await browser.get(created.headers["location"])
    chosen = await browser.post(f"/connections/{made.id}/project", data={"chosen": "AIR"})
    tested = await browser.get(chosen.headers["location"])
    started = await browser.post(f"/connections/{made.id}/start")

    assert (made.state, made.project, made.base_url) == (ConnectionState.PAUSED, "", "https://nordhafen.atlassian.net")
    assert "sesame" not in made.credentials + created.text + projects.text + tested.text
    assert "Parking" in projects.text
    assert "can write" in plain(tested.text)
    assert "as waymark-sync in AIR" in plain(tested.text)
    assert started.headers["location"] == f"/connections/{made.id}"
    found = await row(served, made.id)
    assert (found.state, found.project_id, found.account_name) == (ConnectionState.ACTIVE, "10001", "waymark-sync")
    assert found.maps.fields


async def test_what_is_wrong_stands_beside_its_field_and_no_token_comes_back(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)

    answer = await browser.post("/connections", data=FORM | {"base_url": "http://10.0.0.1", "password_token": ""})
    unnamed = await browser.post("/connections", data=FORM | {"name": ""})

    assert (answer.status_code, unnamed.status_code) == (422, 422)
    assert 'id="f-base_url-error"' in answer.text
    assert 'id="f-password_token-error"' in answer.text
    assert 'id="f-name-error"' in unnamed.text
    assert "sesame" not in unnamed.text
    async with served.database.reading() as session:
        assert list(await session.scalars(select(Connection))) == []


async def test_a_kind_nobody_knows_is_refused(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    answer = await browser.post("/connections", data=FORM | {"kind": "spreadsheet"})

    assert answer.status_code == 422
    assert "Waymark knows these trackers" in answer.text


async def test_a_name_is_given_once(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    await connect(served_sqlite)

    answer = await browser.post("/connections", data=FORM)

    assert answer.status_code == 422
    assert "Another connection has this name." in answer.text


async def test_a_token_that_may_not_list_projects_leaves_them_to_be_typed(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    created = await browser.post("/connections", data=FORM)
    tracker.trouble = NoAccess(Text("The account may not list projects."), detail="403 Forbidden")

    page = await browser.get(created.headers["location"])
    made = await only(served_sqlite)
    typed = await browser.post(f"/connections/{made.id}/project", data={"project": " AIR "})

    assert "The account may not list projects." in page.text
    assert typed.status_code == 303
    assert (await row(served_sqlite, made.id)).project == "AIR"


@pytest.mark.parametrize("form", [{}, {"project": "x" * 201}])
async def test_without_a_project_it_does_not_go_on(served_sqlite: Served, form: dict[str, str]) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    await browser.post("/connections", data=FORM)
    made = await only(served_sqlite)

    answer = await browser.post(f"/connections/{made.id}/project", data=form)

    assert answer.status_code == 422
    assert 'id="f-project-error"' in answer.text


async def test_projects_are_found_by_their_words(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    await browser.post("/connections", data=FORM)
    made = await only(served_sqlite)

    page = await browser.get(f"/connections/{made.id}/setup?choose=1&q=park")

    assert 'value="PARK"' in page.text
    assert 'value="AIR"' not in page.text


async def test_a_test_that_fails_lets_nobody_believe_it_works(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.checks = (Check(Text("can write"), Text("The account may only read.")),)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    await browser.post("/connections", data=FORM | {"project": "AIR"})
    made = await only(served_sqlite)

    page = await browser.get(f"/connections/{made.id}/setup")
    tracker.trouble = NoAccess(Text("The project cannot be seen."))
    started = await browser.post(f"/connections/{made.id}/start")

    assert "The account may only read." in page.text
    assert "Start all the same" in page.text
    assert started.status_code == 409
    assert "The project cannot be seen." in started.text
    assert (await row(served_sqlite, made.id)).state is ConnectionState.PAUSED


async def test_a_wrong_token_is_entered_once_more_and_all_else_is_kept(served: Served) -> None:
    tracker = stand_in(served)
    tracker.trouble = Unauthorized(Text("The token is not valid."), detail="Bad credentials", status=401)
    browser = await served.client(Role.ADMINISTRATOR)
    await browser.post("/connections", data=FORM | {"project": "AIR"})
    made = await only(served)

    tested = await browser.get(f"/connections/{made.id}/setup")
    again = await browser.get(tested.headers["location"])
    listed = await browser.get("/connections")
    tracker.trouble = None
    form = FORM | {"password_token": "another-one", "project": "", "version": version_in(again.text)}
    kept = await browser.post(f"/connections/{made.id}/setup/sign-in", data=form)

    assert tested.headers["location"] == f"/connections/{made.id}/setup/sign-in"
    assert "It cannot sign in so. The token is not valid. The tracker's own words: “Bad credentials”" in plain(
        again.text
    )
    assert '<li aria-current="step">Address and token' in again.text
    assert "The token is not valid." in listed.text
    assert all(
        each in again.text for each in ('value="Jira AIR"', 'value="https://nordhafen.atlassian.net"', 'value="AIR"')
    )
    assert "sesame" not in again.text
    assert kept.headers["location"] == f"/connections/{made.id}/setup"
    found = await row(served, made.id)
    assert (found.project, found.state) == ("AIR", ConnectionState.PAUSED)
    assert served.app.state.outside.seal.open(found.credentials)["token"] == "another-one"
    assert "can write" in plain((await browser.get(kept.headers["location"])).text)


async def test_what_is_wrong_at_the_second_try_stands_beside_its_field(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    await browser.post("/connections", data=FORM | {"project": "AIR"})
    made = await only(served_sqlite)
    before = made.credentials

    form = FORM | {"password_token": "", "name": "Jira of the airport"}
    answer = await browser.post(f"/connections/{made.id}/setup/sign-in", data=form)

    assert answer.status_code == 422
    assert 'id="f-password_token-error"' in answer.text
    assert 'value="Jira of the airport"' in answer.text
    assert ((await only(served_sqlite)).name, (await only(served_sqlite)).credentials) == ("Jira AIR", before)


async def test_no_address_of_a_page_says_where_a_token_is_sent(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)
    query = "base_url=https://api.gïthub.example&name=GitHub&project=nordhafen"

    new = await browser.get(f"/connections/new?kind=github&{query}")
    anew = await browser.get(f"/connections/{jira}/setup/sign-in?way=token&{query}")

    assert [each.status_code for each in (new, anew)] == [200, 200]
    assert "gïthub" not in new.text + anew.text
    assert 'value="https://nordhafen.atlassian.net"' in anew.text


async def test_who_signs_in_anew_sees_what_somebody_else_changed(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)
    page = (await browser.get(f"/connections/{jira}/setup/sign-in")).text
    form = FORM | {"base_url": "https://nordhafen.atlassian.net", "project": "AIR", "version": version_in(page)}

    path = f"/connections/{jira}/setup/sign-in"
    first = await browser.post(path, data=form | {"name": "Jira of the airport"})
    second = await browser.post(path, data=form | {"name": "Jira Nordhafen"})
    blind = await browser.post(path, data={name: value for name, value in form.items() if name != "version"})

    assert [each.status_code for each in (first, second, blind)] == [303, 409, 428]
    assert "Name is now: Jira of the airport" in plain(second.text)
    assert 'value="Jira Nordhafen"' in second.text
    assert (await row(served_sqlite, jira)).name == "Jira of the airport"


@pytest.mark.parametrize("may", [True, False])
async def test_the_last_step_registers_the_webhook_where_the_account_may(served_sqlite: Served, may: bool) -> None:
    tracker = stand_in(served_sqlite)
    tracker.hook = Hook("77") if may else None
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    await browser.post("/connections", data=FORM | {"project": "AIR"})
    made = await only(served_sqlite)

    started = await browser.post(f"/connections/{made.id}/start", follow_redirects=True)

    found = await row(served_sqlite, made.id)
    assert (found.state, found.hook_id) == (ConnectionState.ACTIVE, "77" if may else "")
    assert ("registered; changes there arrive at once" in plain(started.text)) is may
