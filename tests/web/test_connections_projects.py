"""Which project a connection is about: one there can be, and of no other connection."""

import pytest
from sqlalchemy import func, select

from backlog.people.roles import Role
from backlog.trackers.connections import Connection, ConnectionState
from tests.web.clients import Served
from tests.web.test_connections import plain
from tests.web.test_connections_wizard import FORM
from tests.web.tracker_stand_in import connect, row, stand_in

TAKEN = "“Jira AIR” is connected to this project already."
GIVEN = {
    "kind": "jira-cloud", "base_url": "https://nordhafen.atlassian.net", "name": "Jira of the gates",
    "token": "kept", "email": "sync@nordhafen.example",
}  # fmt: skip
NAMED = {"name": "Jira of the gates"}


async def counted(served: Served) -> int:
    async with served.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Connection)) or 0


async def test_a_project_is_connected_once(served: Served) -> None:
    stand_in(served)
    await connect(served)
    parking = await connect(served, "Jira PARK", project="PARK")
    browser, api = await served.client(Role.ADMINISTRATOR), await served.api(Role.ADMINISTRATOR)
    version = (await row(served, parking)).version
    place = {"name": "Jira PARK", "base_url": "https://nordhafen.atlassian.net", "project": "AIR", "version": version}

    added = await browser.post("/connections", data=FORM | NAMED | {"project": "air"})
    moved = await browser.post(f"/connections/{parking}/place", data=place)
    given = await api.post("/api/v1/connections", json=GIVEN | {"project": "AIR"})
    changed = await api.patch(f"/api/v1/connections/{parking}", json={"project": "AIR", "version": version})

    assert [each.status_code for each in (added, moved, given, changed)] == [422] * 4
    assert all(TAKEN in plain(each.text) for each in (added, moved))
    assert [each.json()["errors"] for each in (given, changed)] == [{"project": TAKEN}] * 2
    assert await counted(served) == 2


async def test_a_project_that_is_connected_cannot_be_chosen_in_the_third_step(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    await connect(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    created = await browser.post("/connections", data=FORM | NAMED)

    answer = await browser.post(created.headers["location"].replace("setup", "project"), data={"chosen": "AIR"})

    assert answer.status_code == 422
    assert TAKEN in plain(answer.text)


async def test_a_project_by_another_name_is_known_when_it_starts(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    await connect(served_sqlite, project_id="10001")
    second = await connect(served_sqlite, "Jira 10001", project="10001", state=ConnectionState.PAUSED)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    answer = await browser.post(f"/connections/{second}/start")

    assert answer.status_code == 409
    assert TAKEN in plain(answer.text)
    assert (await row(served_sqlite, second)).state is ConnectionState.PAUSED


@pytest.mark.parametrize(
    ("kind", "project", "help_"),
    [
        ("github", "noslash", "owner/name, as in the address of the repository"),
        ("gitlab", "noslash", "group/project, as in the address of the project"),
        ("jira-dc", "the airport", "The key of the project"),
    ],
)
async def test_what_no_project_is_called_is_refused(served_sqlite: Served, kind: str, project: str, help_: str) -> None:
    stand_in(served_sqlite)
    browser, api = await served_sqlite.client(Role.ADMINISTRATOR), await served_sqlite.api(Role.ADMINISTRATOR)
    given = {**GIVEN, "kind": kind, "project": project, "email": ""}
    form = {**FORM, "kind": kind, "project": project}

    by_api = await api.post("/api/v1/connections", json=given)
    by_page = await browser.post("/connections", data=form)

    assert (by_api.status_code, by_page.status_code) == (422, 422)
    assert help_ in by_api.json()["errors"]["project"]
    assert "No project can be called so." in by_page.text
    assert await counted(served_sqlite) == 0
