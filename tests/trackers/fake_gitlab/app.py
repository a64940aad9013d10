"""The fake GitLab as an ASGI app, and its webhooks."""

import json
import uuid
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import httpx
from litestar.types import ASGIApp, Receive, Scope, Send

from tests.trackers.fake_gitlab import shapes
from tests.trackers.fake_gitlab.host import Host
from tests.trackers.fake_gitlab.records import Refusal, User
from tests.trackers.fake_gitlab.routes import Asked, Many, routed

API = "/api/v4"


def create_app(host: Host) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":  # type: ignore[comparison-overlap] # of ASGI, which litestar types apart
            await live(receive, send)
            return
        one: Any = scope
        body = (await receive())["body"]  # type: ignore[typeddict-item]
        status, said, headers = answer(host, one, body)
        content = b"" if said is None else json.dumps(said, ensure_ascii=False).encode()
        given = {"content-type": "application/json", **headers}
        raw = [(name.encode(), value.encode()) for name, value in given.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": content, "more_body": False})

    return app


async def live(receive: Receive, send: Send) -> None:
    for turn in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{turn}.complete"})  # type: ignore[typeddict-item]


def answer(host: Host, scope: Any, body: bytes) -> tuple[int, Any, dict[str, str]]:
    """Status, what is said, and further headers."""
    path = scope["raw_path"].decode().removeprefix(API)
    query = dict(parse_qsl(scope["query_string"].decode()))
    try:
        by = caller(host, {name.decode(): value.decode() for name, value in scope["headers"]})
        if scope["method"] != "GET" and "api" not in by.scopes:
            raise Refusal(
                403, {"error": "insufficient_scope", "error_description": "higher privileges", "scope": "api"}
            )
        call, found = routed(scope["method"], path)
        names = {name: unquote(value) for name, value in found.items()}
        status, said = call(Asked(host, by, names, query, json.loads(body or b"{}")))
    except Refusal as refusal:
        if "location" in refusal.headers:
            rest = "/".join(path.split("/")[3:])
            refusal.headers["location"] += f"/{rest}" if rest else ""
        return refusal.status, refusal.said, refusal.headers
    if isinstance(said, Many):
        return page(host, path, query, said.items)
    return status, said, {}


def caller(host: Host, headers: dict[str, str]) -> User:
    token = headers.get("private-token") or headers.get("authorization", "").removeprefix("Bearer ")
    if token not in host.users:
        raise Refusal(401, {"message": "401 Unauthorized"})
    return host.users[token]


def page(host: Host, path: str, query: dict[str, str], items: list[Any]) -> tuple[int, Any, dict[str, str]]:
    """One page; ``Link`` leads to the next."""
    number, size = int(query.get("page", 1)), min(int(query.get("per_page", 20)), 100)
    rest = {**query, "page": number + 1, "per_page": size}
    link = f'<{host.url}{API}{path}?{urlencode(rest)}>; rel="next"'
    more = {"link": link} if number * size < len(items) else {}
    return 200, items[(number - 1) * size : number * size], more


async def deliver(host: Host, http: httpx.AsyncClient) -> list[tuple[dict[str, str], bytes]]:
    """Tell every hook what happened; what was sent."""
    sent = []
    for place, about in host.outbox:
        for hook in place.hooks.values():
            content = json.dumps(shapes.event(host, place, about)).encode()
            headers = {
                "Content-Type": "application/json", "X-Gitlab-Event": f"{about['kind'].title()} Hook",
                "X-Gitlab-Token": hook.token, "X-Gitlab-Webhook-UUID": str(uuid.UUID(int=hook.id)),
                "X-Gitlab-Event-UUID": str(uuid.uuid4()), "Idempotency-Key": str(uuid.uuid4()),
            }  # fmt: skip
            await http.post(hook.url, content=content, headers=headers)
            sent.append((headers, content))
    host.outbox.clear()
    return sent
