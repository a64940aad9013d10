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
    """Every client it opens is closed at its end."""

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
            transport=httpx.ASGITransport(cast(Any, create_app(site))),
            base_url=base + (path or f"/rest/api/{3 if site.cloud else 2}"),
            headers={"Authorization": f"Bearer {bearer}"} if bearer else {},
            auth=basic,
        )
        self.push_async_callback(client.aclose)
        return client
