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

from tests.trackers.fake_jira import (
    comment_routes,
    hook_routes,
    issue_routes,
    people_routes,
    project_routes,
    property_routes,
    search_routes,
)
from tests.trackers.fake_jira.calls import Asked, Call, called
from tests.trackers.fake_jira.oauth_routes import oauth_router
from tests.trackers.fake_jira.refusals import Refusal
from tests.trackers.fake_jira.site import Site

HANDLERS = [
    *issue_routes.HANDLERS,
    *comment_routes.HANDLERS,
    *property_routes.HANDLERS,
    *search_routes.HANDLERS,
    *project_routes.HANDLERS,
    *people_routes.HANDLERS,
    *hook_routes.HANDLERS,
]
PAUSE = 0.02  # seconds between two looks at the webhooks' outbox


def create_app(site: Site) -> Litestar:
    """Answers below `site.context_path`; while it is served it also sends the site's webhooks."""

    async def call(request: Asked) -> Call:
        asking = called(site, request)
        account = asking.account.id if asking.account else ""
        request.state["limits"] = site.rates.request(request.method, request.url.path, account)
        return asking

    routers = [
        Router(f"{site.context_path}/rest/api/{{version:str}}", route_handlers=HANDLERS),
        Router(f"{site.context_path}/rest/webhooks/1.0", route_handlers=hook_routes.ADMIN_HANDLERS),
    ]
    if site.cloud:
        routers.append(Router("/ex/jira/{cloud_id:str}/rest/api/{version:str}", route_handlers=HANDLERS))
        routers.append(oauth_router(site))

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
        routers,
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
