"""Where the product would stand when Jira sends a webhook."""

import json
from typing import Any

import httpx


class Listener(httpx.AsyncBaseTransport):
    """Answers the statuses it is given, then 200; a 0 is no answer."""

    def __init__(self) -> None:
        self.heard: list[httpx.Request] = []
        self.statuses: list[int] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.heard.append(request)
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 0:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(status)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(each.content) for each in self.heard]

    @property
    def events(self) -> list[str]:
        return [each["webhookEvent"] for each in self.bodies]
