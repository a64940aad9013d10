"""Webhooks of the demo tracker: signed, in GitHub's form, and astray when ordered."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from litestar import Litestar, Request, post
from litestar.response import Response

from integrations.demo_tracker.hooks import signature
from integrations.demo_tracker.issues import Changes
from integrations.demo_tracker.repository import Repository
from tests.trackers.contracts import DOCUMENTS
from tests.trackers.fake_github import JONAS, MARA, Clock, calling, github, repository
from tests.trackers.server import Server, served

QUEUES = "Shorter queues at security"
SIGNS = "Signs to the gates people can read"
SECRET = "tell nobody at the gate"
SAMPLES = DOCUMENTS / "webhooks" / "github"
PATIENCE = 5.0


@dataclass
class Inbox:
    """Where deliveries arrive, as (event, action, GUID, raw body, headers); ``status`` is its answer."""

    url: str = ""
    status: int = 200
    arrived: list[tuple[str, str | None, str, bytes, dict[str, str]]] = field(default_factory=list)

    @property
    def told(self) -> list[str]:
        """ "issues opened", and so on."""
        return [f"{event} {action}" for event, action, *_ in self.arrived]

    def payload(self, told: str) -> dict[str, Any]:
        """Of the last event of this name and action."""
        said: dict[str, Any] = json.loads(self.arrived[len(self.told) - 1 - self.told[::-1].index(told)][3])
        return said

    async def holds(self, count: int) -> None:
        """Wait until so many have arrived."""
        async with asyncio.timeout(PATIENCE):
            while len(self.arrived) < count:  # noqa: ASYNC110 # what is waited for comes over the wire
                await asyncio.sleep(0.01)


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    box = Inbox()

    @post("/webhooks/github/1")
    async def receive(request: Request[Any, Any, Any]) -> Response[str]:
        raw = await request.body()
        headers = dict(request.headers.items())
        event, guid = headers["x-github-event"], headers["x-github-delivery"]
        action = json.loads(raw).get("action") if headers["content-type"] == "application/json" else None
        box.arrived.append((event, action, guid, raw, headers))
        return Response("", status_code=box.status)

    async with served(Litestar([receive], openapi_config=None)) as server:
        box.url = f"{server.url}/webhooks/github/1"
        yield box


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tracked(clock: Clock) -> Repository:
    return repository(clock)


@pytest.fixture
async def server(tracked: Repository) -> AsyncIterator[Server]:
    async with github(tracked) as serving:
        yield serving
        assert serving.violations == []


@pytest.fixture
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(server) as client:
        yield client


Hooked = Callable[[], Coroutine[Any, Any, int]]


@pytest.fixture
def hooked(http: httpx.AsyncClient, inbox: Inbox) -> Hooked:
    """Registers the hook and waits for its ping; gives its id."""

    async def register() -> int:
        config = {"url": inbox.url, "content_type": "json", "secret": SECRET}
        answer = await http.post("/hooks", json={"name": "web", "config": config, "events": ["*"]})
        assert answer.status_code == 201
        await inbox.holds(1)
        made: int = answer.json()["id"]
        return made

    return register


def test_the_signature_is_the_one_of_the_documentation() -> None:
    signed = signature("It's a Secret to Everybody", b"Hello, World!")

    assert signed == "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


async def test_a_new_hook_is_pinged_and_its_secret_never_told(
    hooked: Hooked, inbox: Inbox, http: httpx.AsyncClient
) -> None:
    hook = await hooked()

    shown = (await http.get(f"/hooks/{hook}")).json()
    again = await http.post("/hooks", json={"config": {"url": inbox.url, "content_type": "json"}})
    pinged = await http.post(f"/hooks/{hook}/pings")
    await inbox.holds(2)

    assert inbox.told == ["ping None", "ping None"]
    assert (shown["config"]["secret"], again.status_code, pinged.status_code) == ("********", 422, 204)


async def test_a_delivery_is_signed_over_its_raw_body_and_names_itself(
    hooked: Hooked, inbox: Inbox, tracked: Repository
) -> None:
    hook = await hooked()

    tracked.open_issue(QUEUES, by=MARA, body="Überfüllt um 7 Uhr")
    await inbox.holds(2)

    event, _, guid, raw, headers = inbox.arrived[1]
    assert (event, len(guid), headers["x-github-hook-id"]) == ("issues", 36, str(hook))
    assert headers["x-hub-signature-256"] == signature(SECRET, raw)
    assert headers["user-agent"].startswith("GitHub-Hookshot/")


async def test_a_form_hook_carries_the_json_within_and_signs_the_form(
    http: httpx.AsyncClient, inbox: Inbox, tracked: Repository
) -> None:
    await http.post("/hooks", json={"config": {"url": inbox.url, "content_type": "form", "secret": SECRET}})
    await inbox.holds(1)

    _, _, _, raw, headers = inbox.arrived[0]

    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert json.loads(parse_qs(raw.decode())["payload"][0])["repository"]["full_name"] == tracked.full_name
    assert headers["x-hub-signature-256"] == signature(SECRET, raw)


async def test_one_change_gives_one_delivery_for_each_thing_it_changes(
    hooked: Hooked, inbox: Inbox, tracked: Repository
) -> None:
    await hooked()
    tracked.milestones.create("Summer 2027", by=MARA)
    tracked.add_type("Improvement")
    tracked.open_issue(QUEUES, by=MARA, labels=["cx"])
    tracked.labels.create("security")

    tracked.change(
        1,
        Changes(
            title=SIGNS, labels=["security"], assignees=["jonas-ramp"], milestone=1, type="Improvement", state="closed"
        ),
        by=JONAS,
    )
    await inbox.holds(10)

    assert inbox.told[1:] == [
        "issues opened", "issues labeled", "issues edited", "issues labeled", "issues unlabeled", "issues assigned",
        "issues milestoned", "issues typed", "issues closed",
    ]  # fmt: skip
    edited = inbox.payload("issues edited")
    assert (edited["changes"], edited["sender"]["login"]) == ({"title": {"from": QUEUES}}, "jonas-ramp")


async def test_people_s_doings_each_have_their_event(hooked: Hooked, inbox: Inbox, tracked: Repository) -> None:
    await hooked()
    first, second = tracked.open_issue(QUEUES, by=MARA), tracked.open_issue(SIGNS, by=MARA)
    comment = tracked.comments.write(1, "Two lanes closed", by=JONAS)
    tracked.comments.edit(comment.id, "Three lanes closed", by=JONAS)
    tracked.comments.delete(comment.id, by=JONAS)
    tracked.family.add(1, second.id, by=MARA)
    tracked.family.remove(1, second.id, by=MARA)
    tracked.lock(1, by=MARA)
    tracked.unlock(1, by=MARA)
    tracked.close(1, by=MARA)
    tracked.reopen(1, by=MARA)
    tracked.transfer(1, tracked.beside("aurora-airport/baggage"), by=MARA)
    tracked.delete(2, by=MARA)
    await inbox.holds(14)

    assert inbox.told[3:] == [
        "issue_comment created", "issue_comment edited", "issue_comment deleted", "sub_issues sub_issue_added",
        "sub_issues sub_issue_removed", "issues locked", "issues unlocked", "issues closed", "issues reopened",
        "issues transferred", "issues deleted",
    ]  # fmt: skip
    moved = inbox.payload("issues transferred")
    assert (moved["issue"]["id"], moved["changes"]["new_repository"]["name"]) == (first.id, "baggage")
    assert inbox.payload("issue_comment edited")["changes"] == {"body": {"from": "Two lanes closed"}}


@pytest.mark.parametrize(
    "name",
    [
        "ping", "issues.opened", "issues.edited", "issues.labeled", "issues.unlabeled", "issues.assigned",
        "issues.milestoned", "issues.locked", "issues.reopened", "issues.deleted", "issues.transferred",
        "issues.opened.with-transfer", "issue_comment.created", "issue_comment.edited", "issue_comment.deleted",
    ],
)  # fmt: skip
async def test_a_payload_holds_everything_a_real_one_holds(name: str, clock: Clock) -> None:
    real = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))

    ours = payloads_of_everything(clock)[name]

    assert list(lacking(real, ours)) == []


def payloads_of_everything(clock: Clock) -> dict[str, Any]:
    """By the names of the samples, of a repository in which everything happens once."""
    tracked = repository(clock)
    baggage = tracked.beside("aurora-airport/baggage")
    for one in (tracked, baggage):
        one.hooks.create("http://127.0.0.1:9/hooks", events=["*"])
    tracked.milestones.create("Summer 2027", by=MARA)
    tracked.open_issue(QUEUES, by=MARA)
    tracked.edit(1, by=MARA, body="42 minutes")
    tracked.label(1, "cx", by=MARA)
    tracked.assign(1, "jonas-ramp", by=MARA)
    tracked.change(1, Changes(milestone=1), by=MARA)
    tracked.close(1, by=MARA)
    tracked.reopen(1, by=MARA)
    tracked.lock(1, by=MARA)
    tracked.unlabel(1, "cx", by=MARA)
    comment = tracked.comments.write(1, "Two lanes closed", by=JONAS)
    tracked.comments.edit(comment.id, "Three lanes closed", by=JONAS)
    tracked.comments.delete(comment.id, by=JONAS)
    tracked.transfer(1, baggage, by=MARA)
    tracked.open_issue(SIGNS, by=MARA)
    tracked.delete(2, by=MARA)
    said: dict[str, Any] = {}
    for sent in tracked.hooks.deliveries:
        said.setdefault(f"{sent.event}.{sent.action}" if sent.action else sent.event, json.loads(sent.payload))
    return said | {"issues.opened.with-transfer": json.loads(baggage.hooks.deliveries[-1].payload)}


NOT_HELD = {"installation", "organization", "changes", "pull_request", "starred_at", "user_view_type"}
"""What depends on how a hook was made or what was changed, not on the form."""


def lacking(real: Any, ours: Any, place: str = "$") -> list[str]:
    """Places of a real payload that ours lacks, or fills with another kind of value."""
    if isinstance(real, dict) and isinstance(ours, dict):
        kept = {name: value for name, value in real.items() if name not in NOT_HELD or name in ours}
        absent = [f"{place}.{name}" for name in kept if name not in ours]
        return absent + [
            one for name, value in kept.items() if name in ours for one in lacking(value, ours[name], f"{place}.{name}")
        ]
    if real is None or ours is None or isinstance(real, list):
        return []
    return [] if type(real) is type(ours) else [f"{place}: {type(ours).__name__}, not {type(real).__name__}"]


async def test_a_hook_hears_only_what_it_listens_to_and_only_while_active(
    http: httpx.AsyncClient, inbox: Inbox, tracked: Repository, hooked: Hooked
) -> None:
    hook = await hooked()
    changed = await http.patch(f"/hooks/{hook}", json={"events": ["issue_comment"], "add_events": ["issues"]})
    await http.patch(f"/hooks/{hook}", json={"remove_events": ["issues"]})
    tracked.open_issue(QUEUES, by=MARA)
    tracked.comments.write(1, "Two lanes closed", by=JONAS)
    await inbox.holds(2)
    await http.patch(f"/hooks/{hook}", json={"active": False})
    tracked.comments.write(1, "Open again", by=JONAS)

    removed = await http.delete(f"/hooks/{hook}")
    listed = (await http.get("/hooks")).json()

    assert changed.json()["events"] == ["issue_comment", "issues"]
    assert inbox.told == ["ping None", "issue_comment created"]
    assert (removed.status_code, listed, not tracked.hooks.waiting) == (204, [], True)


async def test_hooks_are_for_administrators(server: Server, inbox: Inbox) -> None:
    async with calling(server, "jonas") as http:
        answers = [await http.get("/hooks"), await http.post("/hooks", json={"config": {"url": inbox.url}})]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_a_lost_delivery_is_listed_as_failed_and_delivered_again_with_the_same_guid(
    http: httpx.AsyncClient, inbox: Inbox, tracked: Repository, hooked: Hooked
) -> None:
    hook = await hooked()
    tracked.hooks.mishaps.lose = 1.0
    tracked.open_issue(QUEUES, by=MARA)

    failed = (await http.get(f"/hooks/{hook}/deliveries", params={"status": "failure"})).json()
    whole = (await http.get(f"/hooks/{hook}/deliveries/{failed[0]['id']}")).json()
    again = await http.post(f"/hooks/{hook}/deliveries/{failed[0]['id']}/attempts")
    await inbox.holds(2)
    await settled(tracked)
    every = (await http.get(f"/hooks/{hook}/deliveries")).json()

    assert (len(failed), failed[0]["status"], again.status_code) == (1, "failed to connect to host", 202)
    assert whole["request"]["payload"]["issue"]["title"] == QUEUES
    assert inbox.arrived[1][2] == failed[0]["guid"] == every[0]["guid"]
    assert (every[0]["redelivery"], every[0]["status"], every[0]["id"] != failed[0]["id"]) == (True, "OK", True)


async def test_an_answer_that_is_no_2xx_is_a_failure_and_never_tried_again_by_itself(
    http: httpx.AsyncClient, inbox: Inbox, tracked: Repository, hooked: Hooked
) -> None:
    hook = await hooked()
    inbox.status = 503
    tracked.open_issue(QUEUES, by=MARA)
    await inbox.holds(2)
    await settled(tracked)
    await asyncio.sleep(0.2)

    failed = (await http.get(f"/hooks/{hook}/deliveries", params={"status": "failure"})).json()

    assert [one["status_code"] for one in failed] == [503]
    assert len(inbox.arrived) == 2


async def test_deliveries_are_doubled_with_one_guid(inbox: Inbox, tracked: Repository, hooked: Hooked) -> None:
    await hooked()
    tracked.hooks.mishaps.double = 1.0

    tracked.open_issue(QUEUES, by=MARA)
    await inbox.holds(3)

    assert inbox.told == ["ping None", "issues opened", "issues opened"]
    assert inbox.arrived[1][2] == inbox.arrived[2][2]


async def test_deliveries_come_out_of_order(inbox: Inbox, tracked: Repository, hooked: Hooked) -> None:
    await hooked()
    tracked.hooks.mishaps.reorder = True
    tracked.open_issue(QUEUES, by=MARA)

    for minute in range(10):
        tracked.edit(1, by=MARA, title=f"Shorter queues: {minute} minutes")
    await inbox.holds(12)

    titles = [json.loads(raw)["issue"]["title"] for *_, raw, _ in inbox.arrived[1:]]
    assert sorted(titles) == sorted([QUEUES, *(f"Shorter queues: {minute} minutes" for minute in range(10))])
    assert titles != sorted(titles)


async def test_a_delayed_delivery_waits_for_the_clock(
    inbox: Inbox, tracked: Repository, hooked: Hooked, clock: Clock
) -> None:
    await hooked()
    tracked.hooks.mishaps.delay = 120
    tracked.open_issue(QUEUES, by=MARA)
    await asyncio.sleep(0.2)
    early = len(inbox.arrived)

    clock.turn(120)
    await inbox.holds(2)

    assert (early, inbox.told[1]) == (1, "issues opened")


async def settled(tracked: Repository) -> None:
    """Until every delivery knows how it went."""
    async with asyncio.timeout(PATIENCE):
        while any(one.status == "pending" for one in tracked.hooks.deliveries):  # noqa: ASYNC110 # as above
            await asyncio.sleep(0.01)
