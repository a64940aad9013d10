"""The fake Jira as an ASGI app: the same routes at the site's door and, on Cloud, at the gateway's."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.datastructures import MutableScopeHeaders
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import Message, Scope

from tests.trackers.fake_jira import comment_routes, issue_routes, search_routes
from tests.trackers.fake_jira.calls import Asked, Call, called
from tests.trackers.fake_jira.refusals import Refusal
from tests.trackers.fake_jira.site import Site

HANDLERS = [
    search_routes.bulkfetch,
    search_routes.jql_get,
    search_routes.jql_post,
    search_routes.old_get,
    search_routes.old_post,
    search_routes.count,
    issue_routes.create,
    issue_routes.read,
    issue_routes.edit,
    issue_routes.remove,
    issue_routes.editmeta,
    issue_routes.transitions,
    issue_routes.transition,
    comment_routes.listed,
    comment_routes.write,
    comment_routes.read,
    comment_routes.rewrite,
    comment_routes.withdraw,
    comment_routes.changelog,
]
PAUSE = 0.02  # seconds between two looks at the webhooks' outbox


def create_app(site: Site) -> Litestar:
    """Answers below `site.context_path`; while it is served it also sends the site's webhooks."""

    async def call(request: Asked) -> Call:
        asking = called(site, request)
        account = asking.account.id if asking.account else ""
        request.state["limits"] = site.rates.request(request.method, request.url.path, account)
        return asking

    paths = [f"{site.context_path}/rest/api/{{version:str}}"]
    if site.cloud:
        paths.append("/ex/jira/{cloud_id:str}/rest/api/{version:str}")

    @asynccontextmanager
    async def sending(_: Litestar) -> AsyncIterator[None]:
        task = asyncio.create_task(_send_forever(site))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    return Litestar(
        [Router(path, route_handlers=HANDLERS) for path in paths],
        dependencies={"call": Provide(call)},
        exception_handlers={Refusal: _refused, HTTPException: _unknown},
        before_send=[_say_limits],
        lifespan=[sending],
        debug=True,  # a fake that breaks should say where
        openapi_config=None,
        logging_config=None,
    )


async def _send_forever(site: Site) -> None:
    while True:
        await site.hooks.deliver()
        await asyncio.sleep(PAUSE)


async def _say_limits(message: Message, scope: Scope) -> None:
    """Limits are told on answers that went well too."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in scope.get("state", {}).get("limits", {}).items():
            headers[name] = value


def _refused(_: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    media_type = "text/html" if isinstance(refusal.content, str) else "application/json"
    return Response(refusal.content, status_code=refusal.status, headers=refusal.headers, media_type=media_type)


def _unknown(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What no route answers."""
    body = {"message": f"{error.detail} for uri: {request.url.path}", "status-code": error.status_code}
    return Response(body, status_code=error.status_code)
