"""Webhooks of the fake: what is told, signed how, tried again when, and how they get lost."""

import datetime as dt
import hashlib
import hmac

import httpx
import pytest

from tests.trackers.fake_jira import Site
from tests.trackers.fake_jira.airport import INTEGRATION, TOM
from tests.trackers.fake_jira.clock import HandClock
from tests.trackers.fake_jira.listener import Listener
from tests.trackers.fake_jira.visitors import Visitors

URL = "http://waymark.airport.example/webhooks/jira-cloud/1"
EVENTS = (
    "jira:issue_created",
    "jira:issue_updated",
    "jira:issue_deleted",
    "comment_created",
    "comment_updated",
    "comment_deleted",
)


@pytest.fixture
def listener(site: Site) -> Listener:
    heard = Listener()
    site.hooks.transport = heard
    site.hooks.register(URL, EVENTS, INTEGRATION, jql="project in (GATE, SHOP)", secret="It's a Secret to Everybody")
    return heard


@pytest.fixture
async def app(site: Site, visitors: Visitors) -> httpx.AsyncClient:
    """An OAuth app at the gateway."""
    code = site.oauth.consent("waymark-app", INTEGRATION)
    asked = {
        "client_id": "waymark-app",
        "client_secret": "app-secret",
        "grant_type": "authorization_code",
        "code": code,
    }
    return visitors.at(site, bearer=str(site.oauth.issue(asked)["access_token"]), gateway=True)


async def test_the_life_of_an_issue_is_told_in_order(site: Site, listener: Listener) -> None:
    tom = site.accounts[TOM]
    site.create("GATE", tom, summary="Queue at gate B12", description="Two lanes are shut")
    site.edit("GATE-1", tom, summary="Shorter queue", labels=["winter"])
    site.transition("GATE-1", "In Progress", by=tom)
    said = site.comment("GATE-1", tom, "Staffing plan attached")
    site.edit_comment("GATE-1", said.id, tom, "Staffing plan is here")
    site.delete_comment("GATE-1", said.id, tom)
    site.move("GATE-1", "SHOP", by=tom)
    site.delete("SHOP-1", by=tom)

    await site.hooks.deliver()

    assert listener.events == [
        "jira:issue_created",
        "jira:issue_updated",
        "jira:issue_updated",
        "comment_created",
        "comment_updated",
        "comment_deleted",
        "jira:issue_updated",
        "jira:issue_deleted",
    ]
    created, edited, transited, commented, *_, moved, _ = listener.bodies
    assert created["issue"]["fields"]["description"] == "Two lanes are shut"
    assert created["user"]["accountType"] == "atlassian"
    assert [(each["fieldId"], each["toString"]) for each in edited["changelog"]["items"]] == [
        ("summary", "Shorter queue"),
        ("labels", "winter"),
    ]
    assert (edited["timestamp"], "changelog" in created) == (1_795_348_800_000, False)
    assert transited["changelog"]["items"][0]["toString"] == "In Progress"
    assert commented["comment"]["body"] == "Staffing plan attached"
    assert commented["issue"]["key"] == "GATE-1"
    assert moved["issue_event_type_name"] == "issue_moved"
    assert [(each["field"], each["fromString"]) for each in moved["changelog"]["items"]] == [
        ("project", "Gates and lounges"),
        ("Key", "GATE-1"),
    ]


async def test_a_secret_signs_the_raw_body(site: Site, listener: Listener) -> None:
    site.create("GATE", site.accounts[TOM], summary="Schlange an Gate B12, Käse aus")

    await site.hooks.deliver()

    (request,) = listener.heard
    digest = hmac.new(b"It's a Secret to Everybody", request.content, hashlib.sha256).hexdigest()
    assert request.headers["x-hub-signature"] == f"sha256={digest}"
    assert request.headers["x-atlassian-webhook-flow"] == "Primary"


async def test_a_failed_delivery_is_tried_again_under_the_same_identifier(
    site: Site, listener: Listener, clock: HandClock
) -> None:
    listener.statuses = [503, 0, 429]
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")

    for _ in range(6):
        await site.hooks.deliver()
        clock.forward(seconds=1)

    assert len(listener.heard) == 4
    assert len({each.headers["x-atlassian-webhook-identifier"] for each in listener.heard}) == 1
    assert [each.headers.get("x-atlassian-webhook-retry") for each in listener.heard] == [None, "1", "2", "3"]


@pytest.mark.parametrize(("statuses", "tries"), [([500] * 9, 6), ([404], 1), ([302], 1)])
async def test_a_delivery_is_given_up_after_five_retries_or_a_plain_refusal(
    site: Site, listener: Listener, clock: HandClock, statuses: list[int], tries: int
) -> None:
    listener.statuses = statuses
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")

    for _ in range(9):
        await site.hooks.deliver()
        clock.forward(seconds=1)

    assert len(listener.heard) == tries
    assert len(site.hooks.failed) == 1


async def test_deliveries_are_lost_doubled_turned_round_and_late(
    site: Site, listener: Listener, clock: HandClock
) -> None:
    tom = site.accounts[TOM]
    site.hooks.mischief.lose = 1
    site.create("GATE", tom, summary="Queue at gate B12")
    await site.hooks.deliver()
    lost = len(listener.heard)

    site.hooks.mischief.reverse, site.hooks.mischief.delay = True, dt.timedelta(seconds=30)
    site.edit("GATE-1", tom, summary="Shorter queue")
    site.comment("GATE-1", tom, "Staffing plan attached")
    await site.hooks.deliver()
    early = len(listener.heard)
    clock.forward(seconds=30)
    site.hooks.mischief.double = 1
    await site.hooks.deliver()

    assert (lost, early) == (0, 0)
    assert listener.events == ["comment_created", "comment_created", "jira:issue_updated"]
    first, second, _ = [each.headers["x-atlassian-webhook-identifier"] for each in listener.heard]
    assert first == second


async def test_a_comment_may_come_without_its_issue(site: Site, listener: Listener) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    site.hooks.mischief.comment_without_issue = True
    site.comment("GATE-1", site.accounts[TOM], "Staffing plan attached")

    await site.hooks.deliver()

    assert "issue" not in listener.bodies[-1]


async def test_a_filter_keeps_other_issues_out(site: Site, app: httpx.AsyncClient) -> None:
    site.hooks.transport = heard = Listener()
    asked = {"url": URL, "webhooks": [{"events": ["jira:issue_created"], "jqlFilter": "project = SHOP"}]}
    await app.post("/webhook", json=asked)
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    site.create("SHOP", site.accounts[TOM], summary="Nothing to eat after ten")

    await site.hooks.deliver()

    (body,) = heard.bodies
    assert body["issue"]["key"] == "SHOP-1"
    assert body["matchedWebhookIds"] == [1]
    assert "x-hub-signature" not in heard.heard[0].headers


async def test_an_api_token_cannot_register_a_dynamic_webhook(jira: httpx.AsyncClient) -> None:
    answer = await jira.post("/webhook", json={"url": URL, "webhooks": []})

    assert answer.status_code == 403
    assert answer.json()["errorMessages"] == ["Only Connect and OAuth 2.0 apps can use this operation."]


async def test_a_dynamic_webhook_falls_silent_after_30_days_unless_refreshed(
    site: Site, app: httpx.AsyncClient, clock: HandClock
) -> None:
    site.hooks.transport = heard = Listener()
    wanted = [{"events": ["jira:issue_created"], "jqlFilter": f"project = {key}"} for key in ("GATE", "SHOP")]
    made = (await app.post("/webhook", json={"url": URL, "webhooks": wanted})).json()["webhookRegistrationResult"]
    numbers = [each["createdWebhookId"] for each in made]

    clock.forward(minutes=59)
    refreshed = await app.put("/webhook/refresh", json={"webhookIds": numbers[:1]})
    clock.forward(days=29, hours=23, minutes=2)
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    site.create("SHOP", site.accounts[TOM], summary="Nothing to eat after ten")
    await site.hooks.deliver()

    assert refreshed.json()["expirationDate"] == int((clock.now + dt.timedelta(minutes=58)).timestamp() * 1000)
    assert [each["issue"]["key"] for each in heard.bodies] == ["GATE-1"]


async def test_an_app_has_five_webhooks_at_most_and_hears_what_failed(
    site: Site, app: httpx.AsyncClient, clock: HandClock
) -> None:
    site.hooks.transport = heard = Listener()
    heard.statuses = [404]
    wanted = [{"events": ["jira:issue_created"], "jqlFilter": "project = GATE"}] * 6
    results = (await app.post("/webhook", json={"url": URL, "webhooks": wanted})).json()["webhookRegistrationResult"]
    await app.request("DELETE", "/webhook", json={"webhookIds": [2, 3, 4, 5]})

    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    await site.hooks.deliver()
    failed = (await app.get("/webhook/failed")).json()["values"]
    left = (await app.get("/webhook")).json()["values"]
    clock.forward(hours=73)

    assert ["errors" in each for each in results] == [False] * 5 + [True]
    assert [each["id"] for each in left] == [1]
    assert [each["url"] for each in failed] == [URL]
    assert site.hooks.lately_failed("waymark-app") == []


async def test_an_administrator_registers_one_with_a_secret(data_center: Site, visitors: Visitors) -> None:
    data_center.hooks.transport = heard = Listener()
    admin = visitors.at(data_center, bearer="personal", path="/rest/webhooks/1.0")
    tom = visitors.at(data_center, bearer="tom-personal", path="/rest/webhooks/1.0")
    wanted = {"name": "Waymark", "url": URL, "events": ["jira:issue_created"], "secret": "s3cret"}

    made, refused = await admin.post("/webhook", json=wanted), await tom.post("/webhook", json=wanted)
    data_center.create(
        "GATE", data_center.accounts[TOM], summary="Queue at gate B12", description="h2. Why\n*Two* lanes"
    )
    await data_center.hooks.deliver()

    assert (made.status_code, refused.status_code) == (201, 403)
    assert heard.bodies[0]["issue"]["fields"]["description"] == "h2. Why\n*Two* lanes"
    assert heard.heard[0].headers["x-hub-signature"].startswith("sha256=")
    assert "x-atlassian-webhook-flow" not in heard.heard[0].headers
