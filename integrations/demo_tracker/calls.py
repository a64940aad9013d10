"""One request: who asks, what for, and the answer in the form GitHub gives it."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from litestar import Request, Response
from litestar.exceptions import HTTPException

from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.refusals import Refusal, not_found, person_may_not, token_may_not
from integrations.demo_tracker.repository import Repository

Call = Request[Any, Any, Any]
One = TypeVar("One")
JSON = "application/json; charset=utf-8"


async def body(request: Call) -> dict[str, Any]:
    """The JSON object sent. Raises Refusal: 400, 422."""
    try:
        sent = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise Refusal(400, "Problems parsing JSON") from error
    if not isinstance(sent, dict):
        raise Refusal(422, "Invalid request.\n\nFor 'links/0/schema', it is not an object.")
    return sent


def typed(sent: dict[str, Any], name: str, kind: type[One]) -> One | None:
    """A field or None when it is missing or null. Raises Refusal: 422 when it is of another kind."""
    given = sent.get(name)
    if given is None or (isinstance(given, kind) and not (kind is int and isinstance(given, bool))):
        return given
    raise Refusal(
        422, f"Invalid request.\n\nFor 'properties/{name}', {json.dumps(given)[:200]} is not a {kind.__name__}."
    )


def required(sent: dict[str, Any], name: str, kind: type[One]) -> One:
    """Raises Refusal: 422."""
    given = typed(sent, name, kind)
    if given is None:
        raise Refusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
    return given


def answered(request: Call, said: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """JSON with its ETag, or 304 without a body when the caller has it. The ETag differs from token to token."""
    content = json.dumps(said, ensure_ascii=False).encode()
    token = request.headers.get("authorization", "")
    etag = f'W/"{hashlib.sha256(token.encode() + content).hexdigest()}"'
    every = {"ETag": etag, "Cache-Control": "private, max-age=60, s-maxage=60", **(headers or {})}
    if request.method == "GET" and request.headers.get("if-none-match") == etag:
        caller: Account | None = request.state.get("caller")
        if caller is not None:
            request.app.state.host.limits.give_back(caller)
        return Response(b"", status_code=304, headers=every)
    return Response(content, status_code=status, headers=every, media_type=JSON)


def paged(
    request: Call, repository: Repository, items: Sequence[One], render: Callable[[Repository, One], Any]
) -> Response[bytes]:
    """One page and its Link header, whose addresses name the repository by number, as GitHub's do."""
    page, size = page_asked(request)
    start = (page - 1) * size
    last = max(1, -(-len(items) // size))
    link = links(request, repository, page, last)
    said = [render(repository, item) for item in items[start : start + size]]
    return answered(request, said, headers={"Link": link} if link else None)


def page_asked(request: Call) -> tuple[int, int]:
    """Page and size: nonsense counts as the default, sizes over 100 as 100."""

    def number(name: str, default: int) -> int:
        given = request.query_params.get(name, "")
        return int(given) if given.isdecimal() and int(given) > 0 else default

    return number("page", 1), min(100, number("per_page", 30))


def links(request: Call, repository: Repository, page: int, last: int) -> str:
    rest = "/" + "/".join(request.scope["path"].split("/")[4:])
    query = [(key, value) for key, value in parse_qsl(request.scope["query_string"].decode()) if key != "page"]
    wanted = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    shown = [
        name
        for name in wanted
        if (name in {"prev", "first"} and page > 1) or (name in {"next", "last"} and page < last)
    ]
    return ", ".join(
        f'<{repository.numbered_url}{rest}?{urlencode([*query, ("page", wanted[name])])}>; rel="{name}"'
        for name in shown
    )


def caller_of(request: Call) -> Account:
    """Raises Refusal: 401."""
    caller: Account | None = request.state.get("caller")
    if caller is None:
        raise Refusal(401, "Requires authentication")
    return caller


def may_read(request: Call, repository: Repository) -> Repository:
    """Raises Refusal: 404: what one may not read does not exist."""
    caller: Account | None = request.state.get("caller")
    if caller is None or not repository.may(caller, "pull"):
        raise not_found()
    return repository


def may_write(
    request: Call, repository: Repository, *, author: Account | None = None, permission: str = "push"
) -> Account:
    """Who writes: somebody with the permission, or the author. Raises Refusal: 401, 403."""
    caller = caller_of(request)
    if not caller.issues_write:
        raise token_may_not()
    own = author is not None and author.login == caller.login
    if not own and not repository.may(caller, permission):
        raise person_may_not()
    return caller


def refused(_: Call, refusal: Exception) -> Response[bytes]:
    """The answer to a Refusal."""
    known = refusal if isinstance(refusal, Refusal) else Refusal(500, "Server Error")
    content = json.dumps(known.json()).encode()
    return Response(content, status_code=known.status, headers=dict(known.headers), media_type=JSON)


def unknown(request: Call, error: HTTPException) -> Response[bytes]:
    """The router's own refusals in GitHub's form: an address nobody has, a method it does not take."""
    return refused(
        request, not_found() if error.status_code in {404, 405} else Refusal(error.status_code, error.detail)
    )
