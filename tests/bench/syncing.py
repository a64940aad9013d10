"""What keeping in step costs: at rest, from a change to the tracker, taking webhooks in, and comparing three ways."""

import asyncio
import datetime as dt
import hashlib
import hmac
import json
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from sqlalchemy import insert, select

from backlog import history
from backlog.database import Database
from backlog.history import WAYMARK
from backlog.initiatives.initiative import Initiative
from backlog.people import tokens
from backlog.people.roles import Role
from backlog.simulation.ranges import RankRange
from backlog.trackers import connections
from backlog.trackers.connections import SWEPT_EVERY
from backlog.trackers.fields import Direction, Field, Rule
from backlog.trackers.link import Link, LinkState
from backlog.trackers.sealing import Seal
from integrations.demo_tracker.accounts import ADMIN, Account
from integrations.demo_tracker.app import create_app
from integrations.demo_tracker.repository import Repository
from integrations.engine.reconciling import plan
from tests import databases
from tests.bench import backlogs
from tests.bench.backlogs import table
from tests.bench.measuring import ask, calls, cpu_seconds, settle, signed_in
from tests.bench.table import Row
from tests.serving import Served, served
from tests.trackers.faults import Fault, Faults
from tests.trackers.server import Server, served_apart

LINKS = 10_000
SECRET = "a secret of the bench"
HOOK = "a secret of the webhooks"
NAME = "aurora-airport/passenger-services"
US = Account("waymark[bot]", 9001, "Bot", ADMIN)
MARA = Account("mara-delivery", 101, permissions=ADMIN)
ANSWERS_IN = 0.05  # seconds
CHANGES = 8
HOOKS, AT_ONCE = 1_000, 8
FIELDS = (Field.TITLE, Field.PROBLEM, Field.NEXT_STEP, Field.EVIDENCE, Field.STANDING, Field.STAGE, Field.LABELS)


def measure(folder: Path) -> Iterator[Row]:
    yield comparing()
    faults, repository = Faults(), Repository(NAME, accounts={"ours": US, "mara": MARA})
    home = folder / "home"
    home.mkdir()
    with served_apart(create_app(repository), faults) as tracker:
        session, token = asyncio.run(prepare(home, tracker, repository))
        with served(home, DEMO="0", SECRET=SECRET, TRACKER_HOSTS=f"127.0.0.1:{tracker.port}") as product:
            yield from resting(product, tracker, token)
            yield changing(product, tracker, repository, token, faults)
            yield from hooking(product, session)


def comparing() -> Row:
    """The plan of 10,000 links in step, against comparing the same values field by field."""
    chance = random.Random(7)
    rules = {name: Rule(Direction.BOTH) for name in FIELDS}
    sides = [{name: f"{name} {chance.random()}" for name in FIELDS} for _ in range(LINKS)]
    bases = [{name.value: [value, value] for name, value in side.items()} for side in sides]

    def planned() -> None:
        for base, side in zip(bases, sides, strict=True):
            plan(base, side, side, rules)

    def raw() -> None:
        for base, side in zip(bases, sides, strict=True):
            for name in FIELDS:
                known = base[name]
                assert side[name] == known[0] and side[name] == known[1]  # noqa: PT018 - as it would be written

    ours, plain = calls(planned, 5), calls(raw, 5)
    return Row("plan of 10,000 links in step, to a raw comparison", ours.wall, "ms", baseline=plain.wall, limit=6)


async def prepare(home: Path, tracker: Server, repository: Repository) -> tuple[str, str]:
    """10,000 links in step; the secret of a session and that of an API token."""
    url = databases.sqlite_url(home / "waymark.db")
    session_secret = await backlogs.prepared(url, LINKS)
    database, seal = Database(url), Seal(SECRET)
    async with database.writing() as session:
        token = await tokens.add_token(session, name="bench", role=Role.ADMINISTRATOR, by=WAYMARK)
        made = await connections.add(
            session, seal, kind="github", name="GitHub", base_url=f"{tracker.url}/api/v3", project=NAME,
            credentials={"token": "ours"}, hook_secret=HOOK, by=WAYMARK,
        )  # fmt: skip
        made.project_id, made.account_id = str(repository.records.id), str(US.id)
        made.mapping = {"fields": {"title": {"direction": "both"}, "standing": {"direction": "out"}}}
        made.swept_to = made.sweep_at = history.now()
        await session.flush()
        clock = repository.host.clock
        repository.host.clock = lambda: clock() - dt.timedelta(hours=12)  # nothing of it is news to a sweep
        issues = [repository.open_issue(backlogs.title_of(number), by=US) for number in range(1, LINKS + 1)]
        repository.host.clock = clock
        now = history.now() + dt.timedelta(seconds=5)
        ranked = select(Initiative.id, Initiative.points, RankRange.tier).join(RankRange, isouter=True)
        told = {
            row.id: {"at": now.isoformat(), "tier": row.tier and row.tier.value, "points": row.points}
            for row in await session.execute(ranked)
        }
        rows = [
            {
                "initiative_id": number, "connection_id": made.id, "is_main": True, "title": "", "marker": f"m{number}",
                "external_id": str(issue.id), "external_key": f"{NAME}#{issue.number}", "url": "", "changes": 0,
                "state": LinkState.IN_STEP, "base": {"title": [issue.title, issue.title]}, "is_done": False,
                "facts": {"told": told[number]}, "due_at": None, "attempts": 0, "detail": "", "after_key": "", "looks": 0,
                "theirs_at": issue.updated_at, "synced_at": now, "created_at": now, "created_by": "bench",
            }
            for number, issue in enumerate(issues, 1)
        ]  # fmt: skip
        await session.execute(insert(table(Link)), rows)
    await database.close()
    return session_secret, token


def resting(product: Served, tracker: Server, token: str) -> Iterator[Row]:
    """Whole intervals with a sweep each, against the same process while the connection is paused."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{product.url}/api/v1/connections/1", headers=headers) as client:
        client.post("/pause").raise_for_status()
        paused = share_of_a_core(product, SWEPT_EVERY.total_seconds() / 2)
        client.post("/resume").raise_for_status()
    asked = len(tracker.exchanges)
    working = share_of_a_core(product, SWEPT_EVERY.total_seconds() + 5)
    yield Row("10,000 links in step: share of a core at rest, sweeps included", 100 * working, "%")
    yield Row("the same, more than with the connection paused", 100 * (working - paused), "%", limit=1)
    yield Row("the same, requests to the tracker", len(tracker.exchanges) - asked, "requests")


def share_of_a_core(product: Served, seconds: float) -> float:
    settle(product)
    began, used = time.monotonic(), cpu_seconds(product)
    time.sleep(seconds)
    return (cpu_seconds(product) - used) / (time.monotonic() - began)


def changing(product: Served, tracker: Server, repository: Repository, token: str, faults: Faults) -> Row:
    """From the answer to a change until the tracker has it."""
    faults.add(Fault("latency", seconds=ANSWERS_IN))
    seconds = []
    with httpx.Client(base_url=product.url, headers={"Authorization": f"Bearer {token}"}) as client:
        for number in range(1, CHANGES + 1):
            title = f"Changed {number}"
            version = client.get(f"/api/v1/initiatives/{number}").json()["version"]
            began = time.perf_counter()
            answer = client.patch(f"/api/v1/initiatives/{number}", json={"title": title, "version": version})
            assert answer.status_code == 200, answer.text
            seconds.append(until(repository, number, title, began))
            time.sleep(1)
    faults.clear()
    return Row("from a change to a tracker that answers in 50 ms", max(seconds), "s", limit=2)


def until(repository: Repository, number: int, title: str, began: float) -> float:
    while repository.issues.get(number).title != title:
        assert time.perf_counter() - began < 30, "the change never arrived"
        time.sleep(0.005)
    return time.perf_counter() - began


def hooking(product: Served, secret: str) -> Iterator[Row]:
    """1,000 webhooks, eight at a time, and what a page takes meanwhile."""
    alone = pages(product, secret, 20)
    with ThreadPoolExecutor(AT_ONCE + 1) as threads:
        walking = threads.submit(pages, product, secret, 40)
        seconds = sorted(
            second for part in threads.map(lambda start: post(product, start), range(AT_ONCE)) for second in part
        )
        meanwhile = walking.result()
    yield Row("a webhook accepted, p99 of 1,000", 1000 * seconds[int(0.99 * len(seconds))], "ms", limit=100)
    yield Row("a page while they come in, p95", 1000 * meanwhile, "ms", limit=500)
    yield Row("the same page alone, p95", 1000 * alone, "ms")


def post(product: Served, start: int) -> Sequence[float]:
    seconds = []
    with httpx.Client(base_url=product.url) as client:
        for number in range(start, HOOKS, AT_ONCE):
            body = json.dumps(
                {
                    "action": "edited",
                    "issue": {"id": 10_000_000 + number, "number": number, "body": ""},
                    "repository": {"full_name": NAME},
                    "sender": {"login": "mara"},
                }
            ).encode()
            signature = hmac.new(HOOK.encode(), body, hashlib.sha256).hexdigest()
            headers = {
                "X-GitHub-Event": "issues",
                "X-GitHub-Delivery": f"d-{number}",
                "X-Hub-Signature-256": f"sha256={signature}",
                "Content-Type": "application/json",
            }
            began = time.perf_counter()
            answer = client.post("/webhooks/github/1", content=body, headers=headers)
            seconds.append(time.perf_counter() - began)
            assert answer.status_code == 202, answer.text
    return seconds


def pages(product: Served, secret: str, count: int) -> float:
    """p95 in seconds."""
    seconds = []
    with signed_in(secret) as client:
        for _ in range(count):
            began = time.perf_counter()
            ask(client, f"{product.url}/backlog")
            seconds.append(time.perf_counter() - began)
    return statistics.quantiles(seconds, n=20)[-1]
