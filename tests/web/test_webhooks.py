"""What comes in from trackers, or from anybody: nobody is believed, or held in memory, for long without a signature."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from backlog.people.roles import Role
from backlog.trackers.hooks import HookDelivery
from integrations.kinds import KINDS
from tests.web.clients import Served
from tests.web.tracker_stand_in import connect, row
from web import webhooks
from web.webhooks import Room


async def secret_of(served: Served, connection_id: int) -> str:
    return str(served.app.state.outside.seal.open((await row(served, connection_id)).hook_secrets)["now"])


async def signed(served: Served, connection_id: int, *, delivery: str = "d1", size: int = 0) -> dict[str, Any]:
    """A webhook of GitHub, signed, with a body of so many bytes at least."""
    issue = {"id": 41, "number": 7, "body": "x" * size}
    body = json.dumps({"action": "edited", "issue": issue, "repository": {"full_name": "aurora/gates"}}).encode()
    sign = hmac.new((await secret_of(served, connection_id)).encode(), body, hashlib.sha256).hexdigest()
    event = {"x-github-event": "issues", "x-github-delivery": delivery, "x-hub-signature-256": f"sha256={sign}"}
    return {"content": body, "headers": event}


async def post(served: Served, path: str, **sent: Any) -> httpx.Response:
    return await served.visitor(csrf=False).post(f"/webhooks/{path}", **sent)


async def count(served: Served) -> int:
    async with served.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(HookDelivery)) or 0


class Endless:
    """A body of many megabytes, of which ``read`` pieces were asked for."""

    def __init__(self) -> None:
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(1000):
            self.read += 1
            yield b" " * 65_536


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_what_nobody_signed_is_refused_before_it_is_read(served_sqlite: Served, kind: str) -> None:
    connection, body = await connect(served_sqlite, kind=kind), Endless()

    answer = await post(served_sqlite, f"{kind}/{connection}", content=aiter(body))

    assert (answer.status_code, body.read) == (401, 0)


async def test_a_wrong_secret_in_a_header_is_refused_before_the_body_is_read(served_sqlite: Served) -> None:
    connection, body = await connect(served_sqlite, kind="gitlab"), Endless()

    answer = await post(
        served_sqlite, f"gitlab/{connection}", content=aiter(body), headers={"x-gitlab-token": "guessed"}
    )

    assert (answer.status_code, body.read) == (401, 0)


async def test_no_more_is_read_than_a_webhook_of_an_issue_can_have(served_sqlite: Served) -> None:
    connection, body = await connect(served_sqlite, kind="github"), Endless()

    answer = await post(
        served_sqlite, f"github/{connection}", content=aiter(body), headers={"x-hub-signature-256": "sha256=guessed"}
    )

    assert answer.status_code == 413
    assert body.read <= KINDS["github"].hook_most / 65_536 + 1


async def test_a_webhook_with_the_longest_texts_is_taken(served_sqlite: Served) -> None:
    connection = await connect(served_sqlite, kind="github")

    answer = await post(served_sqlite, f"github/{connection}", **await signed(served_sqlite, connection, size=2**22))

    assert (answer.status_code, answer.json()) == (202, {"status": "taken"})


async def test_without_room_it_is_to_be_sent_again_and_room_is_free_again_afterwards(served_sqlite: Served) -> None:
    connection = await connect(served_sqlite, kind="github")
    served_sqlite.app.state["room_of_webhooks"] = Room(3000)
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x" * 2000
        begun.set()
        await goes_on.wait()
        yield b"x"

    guessed = {"x-hub-signature-256": "sha256=guessed"}
    stranger = asyncio.create_task(post(served_sqlite, f"github/{connection}", content=slow(), headers=guessed))
    await begun.wait()
    first = await signed(served_sqlite, connection, size=2000)
    refused = await post(served_sqlite, f"github/{connection}", **first)
    goes_on.set()
    unsigned = await stranger
    again = [(await post(served_sqlite, f"github/{connection}", **first)).json()["status"] for _ in range(2)]

    assert (refused.status_code, unsigned.status_code) == (503, 401)
    assert again == ["taken", "known"]
    assert await count(served_sqlite) == 1
    assert served_sqlite.app.state["room_of_webhooks"].left == 3000


async def test_who_does_not_go_on_holds_no_room_for_long(
    served_sqlite: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await connect(served_sqlite, kind="github")
    monkeypatch.setattr(webhooks, "PATIENCE", 0.05)
    served_sqlite.app.state["room_of_webhooks"] = Room(3000)

    async def silent() -> AsyncIterator[bytes]:
        yield b"x" * 2000
        await asyncio.Event().wait()

    guessed = {"x-hub-signature-256": "sha256=guessed"}
    answer = await post(served_sqlite, f"github/{connection}", content=silent(), headers=guessed)

    assert (answer.status_code, served_sqlite.app.state["room_of_webhooks"].left) == (408, 3000)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"issue"', b"\xff\xfe", b"[" * 100_000])
async def test_what_is_signed_but_nothing_a_tracker_says_is_told_so_in_json(served_sqlite: Served, body: bytes) -> None:
    connection = await connect(served_sqlite, kind="github")
    sign = hmac.new((await secret_of(served_sqlite, connection)).encode(), body, hashlib.sha256).hexdigest()
    event = {"x-github-event": "issues", "x-github-delivery": "d1", "x-hub-signature-256": f"sha256={sign}"}

    answer = await post(served_sqlite, f"github/{connection}", content=body, headers=event)

    assert (answer.status_code, answer.json()) == (400, {"status": "unreadable"})
    assert await count(served_sqlite) == 0


async def test_a_secret_is_changed_by_the_api_and_the_one_before_stays_good_for_once(served_sqlite: Served) -> None:
    number = await connect(served_sqlite, kind="github")
    api = await served_sqlite.api(Role.ADMINISTRATOR)
    first = await signed(served_sqlite, number, delivery="first")

    async def change(secret: str) -> dict[str, Any]:
        version = (await api.get(f"/api/v1/connections/{number}")).json()["version"]
        answer = await api.patch(f"/api/v1/connections/{number}", json={"webhook_secret": secret, "version": version})
        return dict(answer.json())

    given = await change("chosen by the airport")
    second = await signed(served_sqlite, number, delivery="second")
    answers = [(await post(served_sqlite, f"github/{number}", **each)).status_code for each in (first, second)]
    made = await change("")
    third = await signed(served_sqlite, number, delivery="third")
    later = [(await post(served_sqlite, f"github/{number}", **each)).status_code for each in (first, second, third)]

    assert (given["webhook_secret"], made["webhook_secret"]) == (None, await secret_of(served_sqlite, number))
    assert (answers, later) == ([202, 202], [401, 202, 202])
