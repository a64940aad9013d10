"""Tokens, versions and limits of the demo tracker, as GitHub documents them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from integrations.demo_tracker.repository import Repository
from tests.trackers.fake_github import MARA, Clock, calling, created, github, repository
from tests.trackers.server import Server

QUEUES = "Shorter queues at security"
SIGNS = "Signs to the gates people can read"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tracked(clock: Clock) -> Repository:
    return repository(clock)


@pytest.fixture
async def server(tracked: Repository) -> AsyncIterator[Server]:
    """Serving; at the end nobody may have broken the contract."""
    async with github(tracked) as serving:
        yield serving
        assert serving.violations == []


@pytest.fixture
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(server) as client:
        yield client


@pytest.mark.parametrize(
    ("headers", "status", "message"),
    [
        ({"Authorization": "Bearer expired"}, 401, "Bad credentials"),
        ({"X-GitHub-Api-Version": "2021-01-01"}, 400, '"2021-01-01" is not a valid REST API version.'),
        ({"X-GitHub-Api-Version": "2022-11-28"}, 410, "The API version 2022-11-28 is no longer supported."),
        ({"User-Agent": ""}, 403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_every_request_is_said_first(
    server: Server, tracked: Repository, headers: dict[str, str], status: int, message: str
) -> None:
    tracked.host.retired = {"2022-11-28"}

    async with calling(server, **{"X-GitHub-Api-Version": "2026-03-10", **headers}) as http:
        answer = await http.get(f"{server.url}/user")

    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert answer.headers["x-github-request-id"]


async def test_a_version_about_to_end_says_when(server: Server, http: httpx.AsyncClient, tracked: Repository) -> None:
    tracked.host.sunset["2022-11-28"] = "Fri, 10 Mar 2028 00:00:00 GMT"

    answer = await http.get(f"{server.url}/user")

    assert (answer.json()["login"], answer.headers["sunset"]) == ("mara-delivery", "Fri, 10 Mar 2028 00:00:00 GMT")
    assert answer.headers["deprecation"]


async def test_a_narrow_token_and_a_mere_reader_are_told_apart(server: Server, tracked: Repository) -> None:
    tracked.open_issue(QUEUES, by=MARA)

    async with calling(server, "narrow") as narrow, calling(server, "reader") as reader:
        token = await narrow.post("/issues", json={"title": SIGNS})
        changed = await narrow.patch("/issues/1", json={"title": SIGNS})
        person = await reader.patch("/issues/1", json={"title": SIGNS})

    assert (token.status_code, token.headers["x-accepted-github-permissions"]) == (403, "issues=write")
    assert token.json()["message"] == changed.json()["message"] == "Resource not accessible by personal access token"
    assert (person.status_code, person.json()["message"]) == (403, "Must have admin rights to Repository.")


async def test_what_an_app_wrote_says_so(server: Server) -> None:
    async with calling(server, "ghs_9001_app") as app:
        said = await created(app, QUEUES)

    assert (said["user"]["type"], said["performed_via_github_app"]["slug"]) == ("Bot", "waymark")


async def test_the_primary_limit_counts_down_refuses_and_comes_back(
    server: Server, http: httpx.AsyncClient, tracked: Repository, clock: Clock
) -> None:
    first, second = await http.get("/issues"), await http.get("/issues")
    tracked.host.limits.exhaust(MARA, seconds=90)

    refused = await http.get("/issues")
    asked = (await http.get(f"{server.url}/rate_limit")).json()["resources"]["core"]
    clock.turn(91)
    healed = await http.get("/issues")

    left = [int(answer.headers["x-ratelimit-remaining"]) for answer in (first, second, refused, healed)]
    assert left == [4999, 4998, 0, 4999]
    assert (refused.status_code, refused.json()["message"]) == (403, "API rate limit exceeded for user ID 101.")
    assert int(refused.headers["x-ratelimit-reset"]) == int(clock().timestamp()) - 1 == asked["reset"]
    assert asked["remaining"] == 0


@pytest.mark.parametrize(("status", "retry_after"), [(403, None), (429, 30)])
async def test_a_secondary_limit_can_be_ordered_with_and_without_retry_after(
    http: httpx.AsyncClient, tracked: Repository, status: int, retry_after: int | None
) -> None:
    tracked.host.limits.refuse_next(status=status, retry_after=retry_after, method="POST")

    read = await http.get("/issues")
    refused = await http.post("/issues", json={"title": QUEUES})
    healed = await http.post("/issues", json={"title": QUEUES})

    assert (read.status_code, refused.status_code, healed.status_code) == (200, status, 201)
    assert refused.headers.get("retry-after") == (str(retry_after) if retry_after else None)
    assert "secondary rate limit" in refused.json()["message"]
    assert refused.headers["x-ratelimit-remaining"] != "0"


@pytest.mark.parametrize("enforced", [True, False])
async def test_writes_are_counted_and_the_eighty_first_of_a_minute_is_refused(
    http: httpx.AsyncClient, tracked: Repository, clock: Clock, enforced: bool
) -> None:
    limits = tracked.host.limits
    limits.enforced = enforced
    await created(http, QUEUES)
    clock.turn(0.5)
    for number in range(79):
        await http.patch("/issues/1", json={"title": f"{QUEUES} {number}"})

    over = await http.patch("/issues/1", json={"title": SIGNS})
    clock.turn(60)
    later = await http.patch("/issues/1", json={"title": SIGNS})

    assert (over.status_code, later.status_code) == (403 if enforced else 200, 200)
    assert (limits.busiest(60), limits.refused, limits.closest()) == (80 if enforced else 81, int(enforced), 0.0)
    assert over.headers.get("retry-after") == ("60" if enforced else None)


async def test_five_hundred_writes_fill_an_hour(http: httpx.AsyncClient, tracked: Repository, clock: Clock) -> None:
    tracked.host.limits.writes = [clock()] * 500
    clock.turn(3599)

    within = await http.post("/issues", json={"title": QUEUES})
    clock.turn(1)
    after = await http.post("/issues", json={"title": QUEUES})

    assert (within.status_code, after.status_code) == (403, 201)
