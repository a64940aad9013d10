"""Rows 5 to 8 and 26: a tracker that says it is too much is left alone as long as it says, and no attempt is lost."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from email.utils import format_datetime

from backlog.trackers.link import LinkState
from integrations.kinds import KINDS
from tests.trackers.conftest import Both
from tests.trackers.connection import Exchange
from tests.trackers.failures.rows import row
from tests.trackers.failures.steps import (
    fail,
    fail_change,
    fresh,
    in_step,
    linked,
    seen,
    state_of,
    waits,
    writes,
)  # fmt: skip
from tests.trackers.office import Office

GITHUB_ONLY = "its limits are those of row 7"
JIRA_ONLY = "it names no reason"


def reset_in(both: Both, seconds: float) -> str:
    """The second in which a window ends, as GitHub and GitLab say it."""
    return str(int((both.office.now + dt.timedelta(seconds=seconds)).timestamp()))


@row(5, "limit of the hour reached", "everything waits until the reset, no attempt is used, then it goes on",
     jira_cloud=GITHUB_ONLY, jira_dc=GITHUB_ONLY)  # fmt: skip
async def primary(both: Both) -> None:
    tied = await linked(both)
    body = b'{"message": "API rate limit exceeded for user ID 9001."}'
    fail(both, "rate_limited", status=429, body=body, headers={
        "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset_in(both, 600),
        "ratelimit-remaining": "0", "ratelimit-reset": reset_in(both, 600),
    })  # fmt: skip
    before = seen(both)

    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(590, step=118)
    link = await both.office.link(tied.link_id)

    assert seen(both) - before == 1
    assert (link.attempts, link.state) == (0, LinkState.IN_STEP)
    assert (await both.office.connection(both.connection_id)).waits_because is not None

    both.ground.faults.clear()
    await both.office.work(30)

    assert both.ground.title(tied.key) == "Queues under ten minutes"


@row(6, "too many writes, without a word how long to wait", "nothing is sent for a minute at least")
async def secondary(both: Both) -> None:
    tied = await linked(both)
    body = b'{"message": "You have exceeded a secondary rate limit."}'
    fail_change(both, "rate_limited", status=403 if both.ground.kind == "github" else 429, body=body, times=2)

    await both.office.change(tied.number, title="Queues under ten minutes")
    before = seen(both)
    await both.office.work(59, step=20)
    asked = writes(both, before)
    await both.office.work(600, step=60)

    assert len(asked) == 1
    assert both.ground.title(tied.key) == "Queues under ten minutes"
    await in_step(both, tied)


@row(7, "burst and quota", "the connection waits as long as it says",
     github=JIRA_ONLY, gitlab=JIRA_ONLY)  # fmt: skip
async def quota(both: Both) -> None:
    for reason in ("jira-burst-based", "jira-quota-tenant-based", "jira-quota-global-based", "jira-something-new"):
        tied = await linked(both, f"Shorter queues whatever {reason} means")
        fail(both, "rate_limited", headers={"RateLimit-Reason": reason, "Retry-After": "1847"}, times=1)

        await both.office.change(tied.number, next_step="Open lane 4.")
        await both.office.work()
        wait = await waits(both)
        await both.office.work(1860, step=60)

        assert 1847 < wait <= 1849
        await in_step(both, tied)


@row(7, "one issue written too often", "that issue waits, others go on", github=JIRA_ONLY, gitlab=JIRA_ONLY)
async def per_issue(both: Both) -> None:
    first, second = await linked(both), await linked(both, "Signs that people read")
    fail(both, "rate_limited", method="PUT", path=f"/issue/{first.issue_id}", times=1, headers={
        "RateLimit-Reason": "jira-per-issue-on-write", "Retry-After": "30",
    })  # fmt: skip

    await both.office.change(first.number, title="Queues under ten minutes")
    await both.office.change(second.number, title="Signs in four languages")
    await both.office.work()

    assert both.ground.title(second.key) == "Signs in four languages"
    assert await waits(both) == 0
    assert both.ground.title(first.key) == "Shorter queues at security"

    await both.office.work(40)

    assert both.ground.title(first.key) == "Queues under ten minutes"


@row(8, "waits said in every way there is", "between a second and an hour, and never shorter than was said")
async def said_in_every_way(both: Both) -> None:
    tied = await linked(both)
    ways: list[tuple[dict[str, str], float, float]] = [
        ({}, 59, 65),
        ({"Retry-After": "30"}, 30, 32),
        ({"Retry-After": "-5"}, 1, 3),
        ({"Retry-After": "0"}, 1, 3),
        ({"Retry-After": "99999999999999999999"}, 59, 3602),
        ({"Retry-After": "soon"}, 59, 3602),
        ({"Retry-After": "100000"}, 3600, 3602),
    ]
    for at, (headers, least, most) in enumerate(ways):
        fail(both, "rate_limited", headers=headers, times=1)
        await both.office.change(tied.number, title=f"Queues under {at} minutes")
        await both.office.work()
        wait = await waits(both)
        await both.office.work(wait + 5, step=600)

        assert least <= wait <= most, headers
        await in_step(both, tied)
    date = format_datetime(both.office.now + dt.timedelta(seconds=90), usegmt=True)
    now = format_datetime(both.office.now, usegmt=True)
    fail(both, "rate_limited", headers={"Retry-After": date, "Date": now}, times=1)
    await both.office.change(tied.number, title="Queues under a minute")
    await both.office.work()

    assert 89 <= await waits(both) <= 93


@row(8, "limit after limit", "no attempt is used, nothing is lost, and each wait is kept")
async def limit_after_limit(both: Both) -> None:
    tied = await linked(both)
    fail_change(both, "rate_limited", headers={"Retry-After": "20"}, times=15)
    before = len(writes(both))

    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(400, step=10)
    tried = len(writes(both)) - before

    assert 10 <= tried <= 15
    assert await state_of(both, tied) == (LinkState.IN_STEP, None)
    await both.office.work(400, step=20)
    assert both.ground.title(tied.key) == "Queues under ten minutes"


async def passes(office: Office) -> None:
    """Time, by itself."""
    while True:
        await asyncio.sleep(0.01)
        office.now += dt.timedelta(seconds=0.01)


def heard(both: Both) -> list[tuple[dt.datetime, Exchange]]:
    """When each request came to the tracker, from now on."""
    server, found = both.ground.server, list[tuple[dt.datetime, Exchange]]()
    record = server.record

    def heard_of(exchange: Exchange) -> None:
        found.append((both.office.now, exchange))
        record(exchange)

    server.record = heard_of  # type: ignore[method-assign]
    return found


async def work_together(both: Both, is_done: Callable[[], Awaitable[bool]]) -> None:
    """Three workers at once, within the limits of the tracker, while time passes by itself."""
    limited = Office(both.office.database, both.ground.server, limited=True)
    both.office.outside, before = limited.outside, both.office.outside
    workers = [fresh(both) for _ in range(3)]
    passing = asyncio.create_task(passes(both.office))  # workers wait for their turns
    async with asyncio.timeout(30):
        while not await is_done():
            await asyncio.gather(*(each.finish() for each in workers))
            await asyncio.sleep(0.05)
    passing.cancel()
    both.office.outside = before
    for each in workers:
        await each.close()


@row(26, "every worker starts at once with much to do", "together they stay within the limits of the tracker",
     jira_cloud="limits are per issue", jira_dc="limits are per issue")  # fmt: skip
async def thundering(both: Both) -> None:
    tied = [await linked(both, f"Shorter queues at gate {gate}") for gate in range(2)]
    numbers = [await both.office.propose(f"Signs at gate {gate}") for gate in range(2)]
    for number in numbers:
        await both.office.push(number, both.connection_id)
    for each in tied:
        await both.office.change(each.number, title=f"Queues under {each.number} minutes")
        await both.office.comment(each.number, "Lane 4 opens in May.")
    fail(both, "latency", method="GET", seconds=0.3)
    asked, before = heard(both), seen(both)

    async def is_done() -> bool:
        edited = all(both.ground.title(each.key).startswith("Queues under") for each in tied)
        said = all(both.ground.comments(each.key) for each in tied)
        return edited and said and len(both.ground.keys()) == len(tied) + len(numbers)

    await work_together(both, is_done)

    written = writes(both, before)
    moments = [moment for moment, exchange in asked if any(exchange is each for each in written)]
    assert len(moments) >= 6
    for limit in (each for each in KINDS[both.ground.kind].limits if not each.per_issue):
        for earlier, again in zip(moments, moments[limit.writes :], strict=False):
            assert (again - earlier).total_seconds() >= limit.seconds, limit
