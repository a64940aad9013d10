"""What a network can answer, and what a tracker that answers too much is asked next."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from backlog.errors import Text
from integrations import http
from integrations.addresses import Allowed, Forbidden, checked_url, resolved
from integrations.errors import Ambiguous, TrackerError, Unavailable
from integrations.http import TooLarge, ask, paged


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


def garbled(request: httpx.Request) -> httpx.Response:
    class Garbled(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"no gzip at all"

    return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Garbled())


def huge(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b" " * (http.LARGEST + 1))


@pytest.mark.parametrize("answer", [garbled, huge])
@pytest.mark.parametrize(("writes", "error"), [(True, Ambiguous), (False, Unavailable)])
async def test_an_answer_that_cannot_be_read_leaves_a_write_unknown(
    answer: Callable[[httpx.Request], httpx.Response], writes: bool, error: type[TrackerError]
) -> None:
    async with answering(answer) as client:
        request = client.build_request("GET", "https://github.com/")
        with pytest.raises(error):
            await ask(client, request, writes=writes)


@pytest.mark.parametrize("host", ["a..example", f"{'a' * 64}.example"])
async def test_a_name_no_network_can_have_is_not_known(host: str) -> None:
    with pytest.raises(OSError, match="label"):
        await resolved(host, 443, Allowed())
    with pytest.raises(Forbidden):
        checked_url(f"https://{host}", Allowed())


async def test_a_page_that_is_too_large_is_asked_for_in_smaller_pages() -> None:
    asked: list[int] = []

    async def listed(size: int) -> AsyncIterator[list[int]]:
        asked.append(size)
        yield [1]
        if size > 1:
            raise TooLarge(Text("It answered with more than Waymark reads."))
        yield [2]

    seen = {issue async for page in paged(listed) for issue in page}

    assert seen == {1, 2}
    assert asked == [50, 6, 1]
