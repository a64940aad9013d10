"""A connection that is given another address or project: its webhook is taken out of the old place and follows it."""

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from backlog import history
from backlog.errors import Text
from backlog.people.roles import Role
from backlog.trackers.connections import Connection
from integrations.errors import Unavailable
from integrations.webhook import Hook
from tests.web.clients import Served
from tests.web.tracker_stand_in import StandIn, connect, row, standing

OLD, NEW = "https://nordhafen.atlassian.net", "https://aurora.atlassian.net"
TOKEN = {"password_email": "sync@nordhafen.example", "password_token": "sesame-opens"}


class Placed(StandIn):
    """Knows at which places it was told what of webhooks."""

    def __init__(self) -> None:
        super().__init__(hook=Hook("78"))
        self.places: list[tuple[str, str, str]] = []
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    def note(self, what: str) -> None:
        self.places.append((what, self.opened[-1].base_url, self.opened[-1].project))

    async def remove_hook(self, hook: Hook) -> None:
        await super().remove_hook(hook)
        self.note(f"removed {hook.id}")

    async def register_hook(self, url: str, secret: str) -> Hook | None:
        self.note("registered")
        then, self.meanwhile = self.meanwhile, None
        if then is not None:
            await then()
        return await super().register_hook(url, secret)


async def hooked(served: Served) -> tuple[Placed, int]:
    """A connection whose webhook, number 77, told something a while ago."""
    tracker = standing(served, Placed())
    then = history.now() - dt.timedelta(hours=1)
    return tracker, await connect(served, hook_id="77", hook_at=then, hook_expires_at=then + dt.timedelta(days=30))


async def move_by_page(served: Served, connection: Connection, **to: str) -> None:
    browser = await served.client(Role.ADMINISTRATOR)
    form = {"name": connection.name, "base_url": connection.base_url, "project": connection.project, **to}
    answer = await browser.post(f"/connections/{connection.id}/place", data=form | {"version": str(connection.version)})
    assert answer.status_code == 303, answer.text


async def move_in_setup(served: Served, connection: Connection, **to: str) -> None:
    browser = await served.client(Role.ADMINISTRATOR)
    form = {"name": connection.name, "base_url": connection.base_url, "project": connection.project, **to, **TOKEN}
    path = f"/connections/{connection.id}/setup/sign-in"
    answer = await browser.post(path, data=form | {"version": str(connection.version)})
    assert answer.status_code == 303, answer.text


async def choose_project(served: Served, connection: Connection, **to: str) -> None:
    browser = await served.client(Role.ADMINISTRATOR)
    assert (await browser.post(f"/connections/{connection.id}/project", data=to)).status_code == 303


async def move_by_api(served: Served, connection: Connection, **to: str) -> None:
    api = await served.api(Role.ADMINISTRATOR)
    answer = await api.patch(f"/api/v1/connections/{connection.id}", json={**to, "version": connection.version})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("move", [move_by_page, move_in_setup, choose_project, move_by_api])
async def test_its_webhook_follows_it_into_another_project(served_sqlite: Served, move: Any) -> None:
    tracker, jira = await hooked(served_sqlite)

    await move(served_sqlite, await row(served_sqlite, jira), project="PARK")

    found = await row(served_sqlite, jira)
    assert (found.project, found.hook_id, found.hook_at, found.hook_expires_at) == ("PARK", "78", None, None)
    assert tracker.places == [("removed 77", OLD, "AIR"), ("registered", OLD, "PARK")]


async def test_its_webhook_follows_it_to_another_address_with_the_new_token(served_sqlite: Served) -> None:
    tracker, jira = await hooked(served_sqlite)
    to = {"base_url": NEW, "email": "sync@aurora.example", "token": "new"}

    await move_by_api(served_sqlite, await row(served_sqlite, jira), **to)

    assert tracker.places == [("removed 77", OLD, "AIR"), ("registered", NEW, "AIR")]
    tokens = [each.credentials["token"] for each in tracker.opened]
    assert tokens == ["kept", "new"]


async def test_at_another_address_its_webhook_waits_for_the_token(served_sqlite: Served) -> None:
    tracker, jira = await hooked(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    await move_by_page(served_sqlite, await row(served_sqlite, jira), base_url=NEW)
    without = await row(served_sqlite, jira)
    page = (await browser.get(f"/connections/{jira}")).text
    await browser.post(f"/connections/{jira}/token", data=TOKEN)

    assert (without.hook_id, without.hook_at) == ("", None)
    assert "changes there arrive at once" not in page
    assert (await row(served_sqlite, jira)).hook_id == "78"
    assert tracker.places == [("removed 77", OLD, "AIR"), ("registered", NEW, "AIR")]


async def test_a_tracker_that_does_not_answer_keeps_no_connection_from_moving(served_sqlite: Served) -> None:
    tracker, jira = await hooked(served_sqlite)
    tracker.trouble = Unavailable(Text("It cannot be reached."))

    await move_by_page(served_sqlite, await row(served_sqlite, jira), project="PARK")

    found = await row(served_sqlite, jira)
    assert (found.project, found.hook_id, found.hook_at) == ("PARK", "", None)


async def test_a_webhook_that_was_registered_too_late_is_taken_away_again(served_sqlite: Served) -> None:
    tracker = standing(served_sqlite, Placed())
    jira = await connect(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    async def move() -> None:
        await move_by_page(served_sqlite, await row(served_sqlite, jira), project="PARK")

    tracker.meanwhile = move
    answer = await browser.post(f"/connections/{jira}/hook")

    assert "Somebody else changed this in the meantime." in answer.text
    assert ((await row(served_sqlite, jira)).hook_id, tracker.places[-1]) == ("", ("removed 78", OLD, "AIR"))


async def test_what_is_refused_leaves_the_webhook_where_it_is(served_sqlite: Served) -> None:
    tracker, jira = await hooked(served_sqlite)
    await connect(served_sqlite, "Jira PARK", project="PARK")
    api = await served_sqlite.api(Role.ADMINISTRATOR)

    answer = await api.patch(f"/api/v1/connections/{jira}", json={"project": "PARK", "version": 1})

    assert answer.status_code in (409, 422)
    assert ((await row(served_sqlite, jira)).hook_id, tracker.places) == ("77", [])


async def test_another_name_or_token_leaves_the_webhook_where_it_is(served_sqlite: Served) -> None:
    tracker, jira = await hooked(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    await move_by_page(served_sqlite, await row(served_sqlite, jira), name="Jira of the airport")
    await browser.post(f"/connections/{jira}/token", data=TOKEN)

    assert ((await row(served_sqlite, jira)).hook_id, tracker.places) == ("77", [])
