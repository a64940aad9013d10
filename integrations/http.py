"""The one place that speaks HTTP to the outside: checked addresses, time limits, bounded answers, no secrets in logs."""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, TypeVar

import httpx

from backlog.errors import N_, Text
from integrations.addresses import Allowed, Forbidden, resolved
from integrations.errors import NOT_JSON, Ambiguous, TrackerError, Unavailable

DEADLINE = 20.0  # seconds for one request, from the first packet to the last
UNMISTAKABLE = 16  # bytes; tokens of all trackers are longer
LARGEST = 16 * 1024 * 1024  # bytes of an answer; an issue of GitLab with the longest description has a fifth of it
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
NEVER_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL,
)  # fmt: skip
UNKEPT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""NUL and halves of characters, as JSON writes them."""
NAME = "Waymark (customer-experience backlog)"


PAGE = 50  # issues of one page of a list
Part = TypeVar("Part")


class TooLarge(Unavailable):
    """The answer is longer than `LARGEST`: fewer at once may do."""


class Checked(httpx.AsyncBaseTransport):
    """Resolves the host, checks where it leads and connects there; certificates are those of the host."""

    def __init__(self, allowed: Allowed, inner: httpx.AsyncBaseTransport) -> None:
        self._allowed, self._inner = allowed, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            address = await resolved(host, port, self._allowed)
        except OSError as error:
            raise httpx.ConnectError(f"{host} is not known ({error.strerror})", request=request) from error
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Client(httpx.AsyncClient):
    """``secrets``: what it signs in with. A tracker that repeats it is not repeated."""

    secrets: tuple[bytes, ...] = ()


def client(allowed: Allowed, secrets: Iterable[str] = ()) -> httpx.AsyncClient:
    """For one tracker: follows no redirects, sends no cookies, reads no proxy from the environment."""
    inner = httpx.AsyncHTTPTransport(verify=ssl.create_default_context(), limits=httpx.Limits(max_connections=8))
    headers = {"User-Agent": NAME, "Accept-Encoding": "gzip"}
    made = Client(transport=Checked(allowed, inner), timeout=TIMEOUT, headers=headers, trust_env=False)
    made.secrets = tuple(each.encode() for each in secrets if each)
    return made


async def ask(http: httpx.AsyncClient, request: httpx.Request, *, writes: bool = False) -> httpx.Response:
    """The answer with its whole body, whatever its status. Unavailable when there is none and the tracker carried
    nothing out; Ambiguous when a write may have been carried out all the same (see `ambiguous`)."""
    try:
        async with asyncio.timeout(DEADLINE):
            return await _read(http, request)
    except Forbidden as error:
        raise Unavailable(error.text) from error
    except NEVER_SENT as error:
        raise Unavailable(_unreached(error), detail=str(error)) from error
    except TooLarge as error:
        raise (Ambiguous(error.text) if writes else error) from None
    except (TimeoutError, httpx.RequestError) as error:
        said = "" if isinstance(error, httpx.LocalProtocolError) else str(error)  # that one quotes our headers
        raise (Ambiguous if writes else Unavailable)(_unanswered(error), detail=said) from error


async def _read(http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    answer = await http.send(request, stream=True)
    try:
        if "," in answer.headers.get("content-encoding", ""):
            raise httpx.DecodingError("it is packed more than once", request=request)
        body = bytearray()
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > LARGEST:
                raise TooLarge(Text(N_("It answered with more than Waymark reads.")))
    finally:
        await answer.aclose()
    headers = [(name, value) for name, value in answer.headers.multi_items() if name != "content-encoding"]
    content = _redacted(http, bytes(body), is_error=answer.is_error)
    return httpx.Response(answer.status_code, headers=headers, content=content, request=request)


def _redacted(http: httpx.AsyncClient, body: bytes, *, is_error: bool) -> bytes:
    """Without what we sign in with, which some servers quote. What is kept of issues is whole: people may write a word
    that is as short as somebody's password."""
    for secret in http.secrets if isinstance(http, Client) else ():
        if is_error or len(secret) >= UNMISTAKABLE:
            body = body.replace(secret, b"***")
    return body


async def paged(listed: Callable[[int], AsyncIterator[Part]], most: int = PAGE) -> AsyncIterator[Part]:
    """A list page by page; from its beginning with fewer to a page when one was `TooLarge`, so that some come twice."""
    for size in (most, max(1, most // 8)):
        try:
            async for page in listed(size):
                yield page
            return
        except TooLarge:
            continue
    async for page in listed(1):
        yield page


def _unreached(error: Exception) -> Text:
    if isinstance(error.__cause__, ssl.SSLError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Text(N_("Its certificate cannot be trusted. Nothing was sent; have its administrator renew it."))
    return Text(N_("It cannot be reached. Waymark tries again by itself."))


def _unanswered(error: Exception) -> Text:
    if isinstance(error, httpx.DecodingError):
        return Text(N_("It answered with something that is not whole."))
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return Text(N_("It did not answer in time."))
    return Text(N_("The connection broke before it had answered."))


def json_of(answer: httpx.Response, *, writes: bool = False) -> Any:
    """What it says. Unavailable (of a write Ambiguous) when that is a page or no whole JSON."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    error: type[TrackerError] = Ambiguous if writes else Unavailable
    if not (kind.endswith("json") or kind == ""):
        raise error(Text(NOT_JSON), detail=f"{kind}", status=answer.status_code)
    try:
        return _keepable(answer.content, json.loads(answer.content))
    except (ValueError, RecursionError) as problem:
        raise error(
            Text(N_("It answered with something that is not whole.")), detail=str(problem), status=answer.status_code
        ) from problem


def _keepable(content: bytes, said: Any) -> Any:
    """Without NUL and half characters, which no database keeps; they are rare, so they are looked for first."""
    return _without_them(said) if UNKEPT.search(content) else said


def _without_them(said: Any) -> Any:
    if isinstance(said, str):
        return said.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(said, list):
        return [_without_them(each) for each in said]
    if isinstance(said, dict):
        return {_without_them(name): _without_them(each) for name, each in said.items()}
    return said


def failed(answer: httpx.Response, *, writes: bool) -> TrackerError:
    """For a status of 500 and above: of a write nobody knows whether it was carried out."""
    error: type[TrackerError] = Ambiguous if writes else Unavailable
    return error(
        Text(N_("It has trouble of its own (%(status)s)."), {"status": answer.status_code}), status=answer.status_code
    )
