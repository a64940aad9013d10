"""Clients of the fake without a network between, and what they send."""

from contextlib import AsyncExitStack
from typing import Any, cast

import httpx

from tests.trackers.fake_jira.app import create_app
from tests.trackers.fake_jira.site import Site

TASK = {"project": {"key": "GATE"}, "issuetype": {"name": "Task"}}


def adf(text: str) -> dict[str, Any]:
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


class Visitors(AsyncExitStack):
    """Every client it opens is closed at its end. One app per site: making one costs as much as forty requests."""

    def __init__(self) -> None:
        super().__init__()
        self.doors: dict[int, httpx.ASGITransport] = {}

    def door(self, site: Site) -> httpx.ASGITransport:
        if id(site) not in self.doors:
            self.doors[id(site)] = httpx.ASGITransport(cast(Any, create_app(site)))
        return self.doors[id(site)]

    def at(
        self,
        site: Site,
        *,
        basic: tuple[str, str] | None = None,
        bearer: str = "",
        path: str = "",
        gateway: bool = False,
    ) -> httpx.AsyncClient:
        """`path` is /rest/api/3 on Cloud and /rest/api/2 on Data Center unless told."""
        base = site.gateway if gateway else site.url
        client = httpx.AsyncClient(
            transport=self.door(site),
            base_url=base + (path or f"/rest/api/{3 if site.cloud else 2}"),
            headers={"Authorization": f"Bearer {bearer}"} if bearer else {},
            auth=basic,
        )
        self.push_async_callback(client.aclose)
        return client
