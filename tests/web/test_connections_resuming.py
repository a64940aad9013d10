"""Going on with a connection: only what can sign in does, and what was let go of is taken up again."""

import datetime as dt

import pytest

from backlog import history
from backlog.errors import Text
from backlog.people.roles import Role
from backlog.trackers.connections import ConnectionState
from integrations.errors import Unauthorized, Unavailable
from integrations.webhook import Hook
from tests.web.clients import Served
from tests.web.test_connections import plain
from tests.web.tracker_stand_in import connect, link, link_row, propose, row, stand_in

WRONG = Unauthorized(Text("The token is not valid any more."), detail="Bad credentials", status=401)
FORM = {"password_email": "sync@nordhafen.example", "password_token": "sesame-opens"}


async def test_connecting_again_registers_the_webhook_and_looks_at_every_link(served: Served) -> None:
    tracker = stand_in(served)
    jira = await connect(served, hook_id="77", hook_at=history.now() - dt.timedelta(days=1))
    tied = await link(served, await propose(served), jira)
    browser = await served.client(Role.ADMINISTRATOR)
    await browser.post(f"/connections/{jira}/disconnection")

    off = plain((await browser.get(f"/connections/{jira}")).text)
    tracker.hook, tracker.trouble = Hook("78"), WRONG
    await browser.post(f"/connections/{jira}/token", data=FORM)
    await browser.post(f"/connections/{jira}/resuming")
    tracker.trouble = None
    await browser.post(f"/connections/{jira}/token", data=FORM)
    await browser.post(f"/connections/{jira}/resuming")

    found, due_at = await row(served, jira), (await link_row(served, tied)).due_at
    assert "changes there arrive at once" not in off
    assert (found.state, found.hook_id) == (ConnectionState.ACTIVE, "78")
    assert due_at is not None
    assert due_at <= history.now()


async def test_connecting_again_by_the_api_registers_the_webhook_too(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.hook = Hook("78")
    jira = await connect(served_sqlite, hook_id="77")
    api = await served_sqlite.api(Role.ADMINISTRATOR)
    path = f"/api/v1/connections/{jira}"
    await api.post(f"{path}/disconnect")
    version = (await api.get(path)).json()["version"]
    await api.patch(path, json={"token": "new", "email": "sync@nordhafen.example", "version": version})

    resumed = await api.post(f"{path}/resume")

    assert (resumed.status_code, resumed.json()["state"]) == (200, "active")
    assert (await row(served_sqlite, jira)).hook_id == "78"


async def test_a_webhook_set_up_by_hand_outlives_a_connection_that_is_off(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    jira = await connect(served_sqlite, hook_at=history.now())
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    await browser.post(f"/connections/{jira}/disconnection")
    await browser.post(f"/connections/{jira}/token", data=FORM)
    await browser.post(f"/connections/{jira}/resuming")

    assert (await row(served_sqlite, jira)).hook_at is not None
    assert tracker.secrets == []


@pytest.mark.parametrize("state", [ConnectionState.PAUSED, ConnectionState.STOPPED, ConnectionState.DISCONNECTED])
async def test_what_cannot_sign_in_does_not_go_on(served: Served, state: ConnectionState) -> None:
    tracker = stand_in(served)
    tracker.trouble = WRONG
    first, second = await connect(served, state=state), await connect(served, "GitHub", kind="jira-dc", state=state)
    browser, api = await served.client(Role.ADMINISTRATOR), await served.api(Role.ADMINISTRATOR)

    page = await browser.post(f"/connections/{first}/resuming")
    answer = await api.post(f"/api/v1/connections/{second}/resume")

    assert (page.status_code, answer.status_code) == (409, 502)
    assert "It does not go on: it cannot sign in. The token is not valid any more." in plain(page.text)
    assert "The token is not valid any more." in (await browser.get("/connections")).text
    for each in (first, second):
        found = await row(served, each)
        assert (found.state, found.detail) == (state, "Bad credentials")


async def test_a_tracker_that_is_away_for_a_moment_keeps_nobody_from_going_on(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.trouble = Unavailable(Text("It cannot be reached."))
    jira = await connect(served_sqlite, state=ConnectionState.PAUSED)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    answer = await browser.post(f"/connections/{jira}/resuming", follow_redirects=True)

    assert "does not answer just now" in plain(answer.text)
    assert (await row(served_sqlite, jira)).state is ConnectionState.ACTIVE


async def test_a_new_token_is_tried_at_once(served: Served) -> None:
    tracker = stand_in(served)
    jira = await connect(served, state=ConnectionState.PAUSED)
    browser = await served.client(Role.ADMINISTRATOR)

    tracker.trouble = WRONG
    wrong = await browser.post(f"/connections/{jira}/token", data=FORM)
    listed = await browser.get("/connections")
    tracker.trouble = None
    right = await browser.post(f"/connections/{jira}/token", data=FORM, follow_redirects=True)

    assert wrong.status_code == 409
    assert "The new token is kept, but it cannot sign in. The token is not valid any more." in plain(wrong.text)
    assert "The token is not valid any more." in listed.text
    assert "it signs in as “waymark-sync”. Resume the connection to go on." in plain(right.text)
    assert (await row(served, jira)).problem is None
