"""The fake Jira keeps to what Jira does; the tests of the synchronisation stand on it."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, cast

import httpx
import pytest

from tests.trackers.fake_jira import Site, create_app
from tests.trackers.fake_jira.airport import opened

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
TASK = {"project": {"key": "GATE"}, "issuetype": {"name": "Task"}}


@dataclass
class Clock:
    """Stands still until it is put forward."""

    now: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


def adf(text: str) -> dict[str, Any]:
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "version": 1, "content": [paragraph]}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(clock: Clock) -> Site:
    return opened(clock=clock)


@pytest.fixture
async def jira(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """The integration at the door of the Cloud site."""
    async with at(site, "/rest/api/3", ("waymark@airport.example", "classic")) as client:
        yield client


def at(site: Site, path: str, basic: tuple[str, str] | None = None, bearer: str = "") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(cast(Any, create_app(site)))
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return httpx.AsyncClient(
        transport=transport, base_url="https://airport.atlassian.net" + path, auth=basic, headers=headers
    )


async def test_a_created_issue_reads_back_as_it_was_sent(jira: httpx.AsyncClient) -> None:
    sent = {**TASK, "summary": "Queue at gate B12", "labels": ["cxsync-7"], "description": adf("Two lanes are shut.")}

    made = await jira.post("/issue", json={"fields": sent, "properties": [{"key": "waymark", "value": {"id": 7}}]})

    assert made.status_code == 201
    assert made.json()["key"] == "GATE-1"
    read = (
        await jira.get("/issue/GATE-1", params={"fields": "summary,labels,description", "properties": "waymark"})
    ).json()
    assert read["fields"] == {
        "summary": "Queue at gate B12",
        "labels": ["cxsync-7"],
        "description": adf("Two lanes are shut."),
    }
    assert read["properties"] == {"waymark": {"id": 7}}
