"""What a tracker answers is bounded, can be kept, and never repeats what signs in there."""

import gzip
import json

import httpx
import pytest

from backlog.trackers.connections import wrong_credentials
from integrations import http
from integrations.addresses import Allowed
from integrations.errors import TrackerError, Unavailable
from integrations.http import Client, ask, json_of


def answering(content: bytes, **headers: str) -> Client:
    async def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "application/json", **headers}, content=content)

    client = Client(transport=httpx.MockTransport(answer))
    client.secrets = (b"tok-of-the-airport",)
    return client


async def asked(client: Client) -> httpx.Response:
    async with client:
        return await ask(client, client.build_request("GET", "https://tracker.example/issues"))


async def test_a_secret_the_tracker_repeats_is_not_repeated() -> None:
    answer = await asked(answering(b'{"message": "Bad credentials: Bearer tok-of-the-airport"}'))

    assert json_of(answer) == {"message": "Bad credentials: Bearer ***"}


async def test_a_word_as_short_as_a_password_stays_in_what_people_wrote() -> None:
    client = answering(b'{"title": "Patch the path to the gates"}')
    client.secrets = (b"path",)

    assert json_of(await asked(client)) == {"title": "Patch the path to the gates"}


async def test_what_is_packed_twice_is_not_unpacked() -> None:
    packed = gzip.compress(gzip.compress(b"[" + b" " * 1_000_000 + b"]"))

    with pytest.raises(Unavailable):
        await asked(answering(packed, **{"content-encoding": "gzip, gzip"}))


@pytest.mark.parametrize("said", ['{"title": "a\\ud800b\\u0000"}', '{"title": "a\\uDFFFb"}'])
async def test_signs_no_database_keeps_are_replaced(said: str) -> None:
    found = json_of(await asked(answering(said.encode())))

    assert found == {"title": "a\ufffdb"}


async def test_whole_characters_stay_as_they_are() -> None:
    said = {"title": "Queues 😀 – Schlange 王"}

    assert json_of(await asked(answering(json.dumps(said).encode()))) == said


async def test_what_is_nested_too_deeply_is_not_whole() -> None:
    with pytest.raises(TrackerError, match="not whole"):
        json_of(await asked(answering(b"[" * 200_000)))


def test_the_client_of_a_tracker_knows_what_it_must_not_repeat() -> None:
    client = http.client(Allowed(), ["tok-of-the-airport", ""])

    assert isinstance(client, Client)
    assert client.secrets == (b"tok-of-the-airport",)


@pytest.mark.parametrize("token", ["tok\nSECRET", "tok\0", "tokÉ", "x" * 10_001])
def test_a_token_has_no_signs_that_no_header_takes(token: str) -> None:
    assert wrong_credentials({"token": token})


def test_a_private_key_has_several_lines() -> None:
    assert (
        wrong_credentials({"token": "ghp_abc", "private_key": "-----BEGIN KEY-----\nabc\n-----END KEY-----\n"}) is None
    )
