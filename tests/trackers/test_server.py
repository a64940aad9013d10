"""Each fault as the other side of the wire sees it."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from litestar import Litestar, get, post
from litestar.types import ASGIApp

from tests.trackers.contracts import Answered, Asked, Contract
from tests.trackers.faults import HUGE, Fault, Faults, Kind, When
from tests.trackers.server import Server, served, served_apart

TITLE = "Shorter queues at security"


def tracker() -> tuple[Litestar, list[str]]:
    """Creates and tells issues; the list holds what was created."""
    created: list[str] = []

    @post("/issues", sync_to_thread=False)
    def create() -> dict[str, str]:
        created.append(TITLE)
        return {"title": TITLE}

    @get("/issues", sync_to_thread=False)
    def listed() -> list[str]:
        return created

    return Litestar([create, listed], openapi_config=None), created


def client(server: Server, patience: float = 5) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, timeout=patience)


async def test_without_faults_the_application_answers_and_both_sides_are_recorded() -> None:
    app, created = tracker()

    async with served(app) as server, client(server) as http:
        answer = await http.post("/issues?as=me", content=b"{}", headers={"X-Marker": "aurora"})
        again = await http.get("/issues")

    assert (answer.status_code, answer.json(), again.json()) == (201, {"title": TITLE}, [TITLE])
    first = server.exchanges[0]
    assert (first.method, first.path, first.query, first.body) == ("POST", "/issues", "as=me", b"{}")
    assert first.asked.header("x-marker") == "aurora"
    assert (first.status, first.answered, first.fault, created) == (201, True, None, [TITLE])


@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("drop", httpx.RemoteProtocolError),
        ("reset", httpx.ReadError),
        ("black_hole", httpx.ReadTimeout),
        ("cut", httpx.RemoteProtocolError),
    ],
)
async def test_a_lost_answer_says_nothing_about_the_effect(
    kind: Kind, error: type[Exception], when: When, effects: int
) -> None:
    app, created = tracker()

    async with served(app, Faults(Fault(kind, when))) as server, client(server, 0.3) as http:
        with pytest.raises(error):
            await http.post("/issues")

    assert len(created) == effects
    assert (server.exchanges[0].fault, server.exchanges[0].answered) == (kind, kind == "cut")


@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
async def test_a_status_stands_in_for_the_answer(when: When, effects: int) -> None:
    app, created = tracker()
    fault = Fault("status", when, status=502, headers={"Content-Type": "text/html"}, body=b"<h1>Bad gateway</h1>")

    async with served(app, Faults(fault)) as server, client(server) as http:
        answer = await http.post("/issues")

    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (
        502,
        "<h1>Bad gateway</h1>",
        "text/html",
    )
    assert len(created) == effects
    assert (server.exchanges[0].effect is not None) == bool(effects)


async def test_a_limit_comes_with_the_headers_given() -> None:
    app, created = tracker()
    faults = Faults(Fault("rate_limited", status=403, headers={"Retry-After": "60", "X-RateLimit-Remaining": "0"}))

    async with served(app, faults) as server, client(server) as http:
        answer = await http.post("/issues")

    assert (answer.status_code, answer.headers["retry-after"], answer.headers["x-ratelimit-remaining"]) == (
        403,
        "60",
        "0",
    )
    assert "secondary rate limit" in answer.json()["message"]
    assert created == []


@pytest.mark.parametrize("when", ["before", "after"])
async def test_latency_delays_the_answer_on_either_side_of_the_effect(when: When) -> None:
    app, created = tracker()
    patience = 0.15

    async with served(app, Faults(Fault("latency", when, seconds=0.4))) as server, client(server, patience) as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.post("/issues")
        during = len(created)
        await asyncio.sleep(0.5)

    assert (during, len(created)) == ((0, 1) if when == "before" else (1, 1))


async def test_a_slow_body_arrives_whole_in_pieces() -> None:
    app, _ = tracker()

    async with served(app, Faults(Fault("slow", seconds=0.03))) as server, client(server) as http:
        begun = time.monotonic()
        answer = await http.post("/issues")

    assert answer.json() == {"title": TITLE}
    assert time.monotonic() - begun > 0.25


async def test_broken_json_keeps_its_content_type() -> None:
    app, created = tracker()

    async with served(app, Faults(Fault("bad_json", "after"))) as server, client(server) as http:
        answer = await http.post("/issues")

    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json; charset=utf-8")
    with pytest.raises(ValueError, match="Unterminated string"):
        answer.json()
    assert created == [TITLE]


async def test_a_login_page_answers_200() -> None:
    app, _ = tracker()

    async with served(app, Faults(Fault("html"))) as server, client(server) as http:
        answer = await http.get("/issues")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Sign in" in answer.text


async def test_a_huge_answer_is_huge_and_may_be_left_halfway() -> None:
    app, _ = tracker()

    async with served(app, Faults(Fault("huge"))) as server, client(server) as http:
        async with http.stream("GET", "/issues") as left:
            await anext(left.aiter_bytes())
        whole = await http.get("/issues")

    assert len(whole.content) == HUGE
    assert server.violations == []


async def test_faults_meet_method_and_path_so_many_times_and_by_their_share() -> None:
    app, _ = tracker()
    faults = Faults(
        Fault("status", status=500, method="GET", path=r"^/issues$", times=2),
        Fault("status", status=429, method="POST", share=0.5),
        seed=7,
    )

    async with served(app, faults) as server, client(server) as http:
        read = [(await http.get("/issues")).status_code for _ in range(4)]
        written = [(await http.post("/issues")).status_code for _ in range(40)]
        faults.clear()
        healed = await http.post("/issues")

    assert read == [500, 500, 200, 200]
    assert 10 < written.count(429) < 30
    assert healed.status_code == 201


async def test_one_connection_serves_many_requests() -> None:
    app, created = tracker()

    async with served(app) as server, client(server) as http:
        for _ in range(20):
            await http.post("/issues")
        connections = len(server.connections)

    assert (len(created), connections) == (20, 1)


def test_a_server_apart_serves_tests_without_a_loop() -> None:
    app, created = tracker()
    faults = Faults(Fault("drop", "after", times=1))

    with served_apart(app, faults) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(f"{server.url}/issues")
        answer = httpx.get(f"{server.url}/issues")

    assert answer.json() == created == [TITLE]


async def test_the_application_wakes_and_sleeps_with_the_server() -> None:
    turns: list[str] = []
    app = Litestar([], on_startup=[lambda: turns.append("awake")], on_shutdown=[lambda: turns.append("asleep")])

    async with served(app):
        during = list(turns)

    assert (during, turns) == (["awake"], ["awake", "asleep"])


async def test_breaches_of_the_contract_are_collected_from_both_sides() -> None:
    app = answering(201, {"number": "one"})

    async with served(app, contract=Contract.read("github-issues")) as server, client(server) as http:
        await http.post("/repos/aurora-airport/passenger-services/issues", json={"titel": TITLE})
        await http.get("/repos/aurora-airport/passenger-services/isues")

    assert any("request $: 'title' is a required property" in breach for breach in server.violations)
    assert any("answer 201" in breach and "'labels' is a required property" in breach for breach in server.violations)
    assert server.violations[-1] == "GET /repos/aurora-airport/passenger-services/isues: no document has this operation"


async def test_a_faulty_answer_is_not_held_to_the_contract_but_the_request_is() -> None:
    faults = Faults(Fault("bad_json"))

    async with served(answering(201, {}), faults, Contract.read("github-issues")) as server, client(server) as http:
        await http.post("/repos/aurora-airport/passenger-services/issues", json={"title": TITLE})
        right = list(server.violations)
        await http.post("/repos/aurora-airport/passenger-services/issues", json={})

    assert right == []
    assert len(server.violations) == 1


def test_a_thousand_checks_take_seconds_not_minutes() -> None:
    contract = Contract.read("github-issues")
    headers = (("content-type", "application/json"),)
    asked = Asked(
        "POST", "/repos/aurora-airport/passenger-services/issues/1/labels", "", headers, b'{"labels": ["cx"]}'
    )
    answered = Answered(200, headers, b"[]")
    contract.check(asked, answered)

    begun = time.process_time()
    breaches = [contract.check(asked, answered) for _ in range(200)]

    assert not any(breaches)
    assert time.process_time() - begun < 2  # 200 of them; 0.3 s when measured


def test_a_prefix_may_stand_before_the_documented_paths_and_addresses_beside_them_are_let_be() -> None:
    contract = Contract.read("github-extra", prefix="/api/v3", beside=r"/aurora-airport/")

    below, bare, page = (contract.check(Asked("GET", path)) for path in ("/api/v3/user", "/user", "/aurora-airport/x"))

    assert (below, bare, page) == ([], [], [])


def answering(status: int, said: Mapping[str, Any]) -> ASGIApp:
    """Answers everything alike."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        answer = httpx.Response(status, json=said)
        headers = [(name.lower(), value) for name, value in answer.headers.raw]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.content})

    return app
