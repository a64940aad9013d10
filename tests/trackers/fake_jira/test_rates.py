"""Limits of the fake: which are enforced, which a switch puts up, and what their headers say."""

import httpx
import pytest

from tests.trackers.fake_jira import Site
from tests.trackers.fake_jira.airport import TOM
from tests.trackers.fake_jira.clock import HandClock
from tests.trackers.fake_jira.rates import Bucket, Limit, burst, gateway, global_quota, quota


@pytest.mark.parametrize(
    ("limit", "headers"),
    [
        (
            burst(2),
            {"retry-after": "2", "ratelimit-reason": "jira-burst-based", "x-ratelimit-reset": "2026-11-22T12:00:02Z"},
        ),
        (quota(1800), {"retry-after": "1800", "x-ratelimit-limit": "65000", "x-ratelimit-reset": "2026-11-22T12:30Z"}),
        (global_quota(60), {"ratelimit-policy": '"global-app-quota";q=65000;w=3600', "x-ratelimit-remaining": "0"}),
        (gateway(5), {"x-ratelimit-reset": "2026-11-22T12:00:05Z"}),
        (Limit("", "Sun, 22 Nov 2026 12:01:00 GMT"), {"retry-after": "Sun, 22 Nov 2026 12:01:00 GMT"}),
    ],
)
async def test_a_limit_put_up_is_told_once_in_its_own_headers(
    jira: httpx.AsyncClient, site: Site, limit: Limit, headers: dict[str, str]
) -> None:
    site.rates.answer_next(limit)

    refused, passed = await jira.get("/myself"), await jira.get("/myself")

    assert (refused.status_code, passed.status_code) == (429, 200)
    assert {name: refused.headers[name] for name in headers} == headers
    assert ("retry-after" in refused.headers) is (limit.retry_after is not None)


async def test_a_limit_can_be_aimed_at_one_endpoint(jira: httpx.AsyncClient, site: Site) -> None:
    site.rates.answer_next(burst(), path="/field")

    assert (await jira.get("/myself")).status_code == 200
    assert (await jira.get("/field")).status_code == 429


async def test_a_wall_stands_until_its_time_is_over(jira: httpx.AsyncClient, site: Site, clock: HandClock) -> None:
    site.rates.shut(quota(1847))

    before = await jira.get("/myself")
    clock.forward(seconds=1847)

    assert before.status_code == 429
    assert (await jira.get("/myself")).status_code == 200
    assert site.rates.refused["jira-quota-tenant-based"] == 1


async def test_an_issue_takes_20_writes_in_2_seconds_and_100_in_30(
    jira: httpx.AsyncClient, site: Site, clock: HandClock
) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    site.create("GATE", site.accounts[TOM], summary="Lounge too loud")

    async def write(issue: str, number: int) -> httpx.Response:
        return await jira.put(f"/issue/{issue}", json={"fields": {"summary": f"Wave {number}"}})

    short = [await write("GATE-1", number) for number in range(21)]
    other = await write("GATE-2", 0)
    for _ in range(4):
        clock.forward(seconds=2)
        for number in range(20):
            assert (await write("GATE-1", number)).status_code == 204
    clock.forward(seconds=2)
    long = await write("GATE-1", 0)

    assert [each.status_code for each in short] == [204] * 20 + [429]
    assert (short[20].headers["retry-after"], short[20].headers["ratelimit-reason"]) == ("2", "jira-per-issue-on-write")
    assert other.status_code == 204
    assert (long.status_code, long.headers["retry-after"]) == (429, "20")
    assert site.rates.refused["jira-per-issue-on-write"] == 2


async def test_a_near_limit_is_told_on_good_answers(jira: httpx.AsyncClient, site: Site) -> None:
    site.rates.near = True

    assert (await jira.get("/myself")).headers["x-ratelimit-nearlimit"] == "true"


async def test_data_center_counts_tokens_of_a_bucket(
    server: httpx.AsyncClient, data_center: Site, clock: HandClock
) -> None:
    data_center.rates.bucket = Bucket(size=2, fill=1, interval=10)

    answers = [await server.get("/myself") for _ in range(3)]
    clock.forward(seconds=10)
    refilled = await server.get("/myself")

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert [each.headers["x-ratelimit-remaining"] for each in answers] == ["1", "0", "0"]
    assert [each.headers["retry-after"] for each in answers] == ["0", "0", "10"]
    assert answers[0].headers["x-ratelimit-interval-seconds"] == "10"
    assert refilled.status_code == 200
