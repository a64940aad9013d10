"""The demo tracker over HTTP: GitHub's API, and plain pages for people."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, cast
from uuid import uuid4

from litestar import Litestar, Router
from litestar.datastructures import MutableScopeHeaders, State
from litestar.di import NamedDependency, Provide
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.types import LifeSpanReceive, LifeSpanScope, LifeSpanSend, Message, Receive, Scope, Send

from integrations.demo_tracker import pages
from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.api import (
    comments,
    hooks,
    issues,
    labels,
    milestones,
    projects,
    repositories,
    search,
    sub_issues,
)
from integrations.demo_tracker.calls import Call, may_read, refused, unknown
from integrations.demo_tracker.hooks import deliver_always
from integrations.demo_tracker.host import Host
from integrations.demo_tracker.refusals import Refusal, moved
from integrations.demo_tracker.repository import Repository

ENTERPRISE = "/api/v3"
"""Where an Enterprise Server has its API; the same is served at the root, as on github.com."""
API = "demo_tracker.api"
"""Key of the scope: below which path the caller asked."""
OF_A_REPOSITORY: Sequence[HTTPRouteHandler] = [
    handler
    for noun in (repositories, issues, comments, labels, sub_issues, milestones, hooks)
    for handler in noun.handlers
]
OF_THE_HOST: Sequence[HTTPRouteHandler] = [*repositories.beside, *search.handlers, *projects.handlers]


class DemoTracker(Litestar):
    """Knows three names of one address, and routes them all as one: a route for each would take thrice as long to build."""

    async def __call__(
        self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend
    ) -> None:
        if scope["type"] == ScopeType.HTTP:
            asked = cast("dict[str, Any]", scope)
            asked[API] = ENTERPRISE if asked["path"].startswith("/api/") else ""
            asked["path"] = usual(self.state.host, asked["path"])
        await super().__call__(scope, receive, send)


def usual(host: Host, path: str) -> str:
    """As on github.com, and by the repository's name."""
    path = path.removeprefix(ENTERPRISE) if path.startswith(f"{ENTERPRISE}/") else path
    path = "/graphql" if path == "/api/graphql" else path
    for one in host.repositories:
        numbered = f"/repositories/{one.records.id}"
        if path == numbered or path.startswith(f"{numbered}/"):
            return f"/repos/{one.full_name}{path.removeprefix(numbered)}"
    return path


def create_app(repository: Repository) -> Litestar:
    """Serves the repository and all beside it, also those added later."""
    host = repository.host
    named = Router(
        "/repos/{owner:str}/{repo:str}", route_handlers=OF_A_REPOSITORY, dependencies={"repository": Provide(by_name)}
    )
    api = Router("/", route_handlers=[named, *OF_THE_HOST], before_request=admit)
    return DemoTracker(
        route_handlers=[api, pages.router],
        dependencies={"host": Provide(lambda: host, sync_to_thread=False)},
        exception_handlers={Refusal: refused, HTTPException: unknown},
        before_send=[finish],
        lifespan=[delivering],
        state=State({"host": host}),
        openapi_config=None,
        logging_config=None,
    )


async def admit(request: Call) -> None:
    """Who asks, in which version, within which limits. Raises Refusal: 400, 401, 403, 410, 429."""
    host: Host = request.app.state.host
    host.address = str(request.base_url).rstrip("/")
    host.api = cast("dict[str, Any]", request.scope)[API]
    if not request.headers.get("user-agent"):
        raise Refusal(
            403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
        )
    caller = host.account(request.headers.get("authorization"))
    request.state["caller"] = caller
    request.state["version"] = host.serve_version(request.headers.get("x-github-api-version"))
    if caller is not None:
        host.limits.admit(caller, request.method, request.scope["path"])


async def by_name(request: Call, host: NamedDependency[Host], owner: FromPath[str], repo: FromPath[str]) -> Repository:
    """By its name of today; a former one redirects. Raises Refusal: 301, 307, 404."""
    former = host.formerly(owner, repo)
    if former is None:
        return may_read(request, host.repository(owner, repo))
    rest = request.scope["path"].split("/", 4)[4:]
    query = request.scope["query_string"].decode()
    url = "/".join([former.numbered_url, *rest]) + (f"?{query}" if query else "")
    raise moved(url, status=301 if request.method == "GET" else 307)


async def finish(message: Message, scope: Scope) -> None:
    """What every answer carries, refusals included."""
    if message["type"] != "http.response.start":
        return
    state, host = scope["state"], scope["app"].state.host
    headers = MutableScopeHeaders.from_message(message)
    headers["X-GitHub-Request-Id"] = str(uuid4()).upper()
    caller: Account | None = state.get("caller")
    if caller is not None:
        for name, value in host.limits.headers(caller).items():
            headers[name] = value
    if version := state.get("version"):
        headers["X-GitHub-Media-Type"] = "github.v3; format=json"
        headers["X-GitHub-Api-Version-Selected"] = version
        if version in host.sunset:
            headers["Deprecation"], headers["Sunset"] = host.sunset[version], host.sunset[version]


@asynccontextmanager
async def delivering(app: Litestar) -> AsyncIterator[None]:
    """Webhooks go out while the app runs."""
    host: Host = app.state.host
    task = asyncio.create_task(deliver_always(host))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
