"""A GitHub App's tokens, which live an hour."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.errors import Unauthorized
from integrations.github.apps import Installation
from integrations.github.client import GitHub
from integrations.tracker import Access
from tests.trackers.github.airport import Clock

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
).decode()
CREDENTIALS = {"app_id": "4711", "installation_id": "99", "private_key": PEM}
BASE = "https://api.github.com"


@dataclass
class Door:
    """Where an app asks for tokens. ``revoked``: tokens answered 401; ``refuses``: the status tokens are refused with;
    ``tells``: what is said of the permissions of a token."""

    clock: Clock = field(default_factory=Clock)
    asked: list[httpx.Request] = field(default_factory=list)
    revoked: set[str] = field(default_factory=set)
    refuses: int | None = None
    tells: dict[str, dict[str, str]] = field(default_factory=lambda: {"permissions": {"issues": "write"}})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path = request.url.path
        if path == "/app/installations/99/access_tokens":
            return self.token()
        if path == "/app":
            return httpx.Response(200, json={"slug": "waymark-airport"})
        if request.headers["authorization"].removeprefix("Bearer ") in self.revoked:
            return httpx.Response(401, json={"message": "Bad credentials"})
        said = {"id": 7, "full_name": "aurora-airport/lanes", "permissions": {"pull": True}}
        if path == "/installation/repositories":
            return httpx.Response(200, json={"total_count": 1, "repositories": [said]})
        return httpx.Response(200, json=[] if path.endswith("/issues") else said)

    def token(self) -> httpx.Response:
        if self.refuses is not None:
            return httpx.Response(self.refuses, json={"message": "No."})
        number = len(self.signed)
        expires_at = (self.clock() + dt.timedelta(hours=1)).isoformat()
        said = {"token": f"ghs_4711_{'x' * 400}{number}", "expires_at": expires_at, **self.tells}
        return httpx.Response(201, json=said)

    @property
    def signed(self) -> list[httpx.Request]:
        return [each for each in self.asked if each.url.path.endswith("access_tokens")]


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
async def http(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(door)) as client:
        yield client


def installation(http: httpx.AsyncClient, door: Door, **credentials: str) -> Installation:
    return Installation(http, BASE, {**CREDENTIALS, **credentials}, {}, door.clock)


def app(http: httpx.AsyncClient, door: Door) -> GitHub:
    return GitHub(http, Access(BASE, "aurora-airport/lanes", CREDENTIALS, now=door.clock))


async def test_the_app_signs_with_its_key_for_less_than_ten_minutes(http: httpx.AsyncClient, door: Door) -> None:
    await installation(http, door).token()

    token = door.signed[0].headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, KEY.public_key(), algorithms=["RS256"])
    assert claims["iss"] == "4711"
    assert claims["exp"] - claims["iat"] <= 600


async def test_a_long_token_is_kept_until_five_minutes_before_its_end(http: httpx.AsyncClient, door: Door) -> None:
    one = installation(http, door)

    first = await one.token()
    door.clock.forward(minutes=54)
    same = await one.token()
    door.clock.forward(minutes=2)
    second = await one.token()

    assert len(first) > 400
    assert first == same != second


async def test_a_token_revoked_before_its_hour_ends_is_replaced_once(http: httpx.AsyncClient, door: Door) -> None:
    github = app(http, door)
    await github.newest()
    door.revoked.add(door.asked[-1].headers["authorization"].removeprefix("Bearer "))

    assert await github.newest() == ""

    assert len(door.signed) == 2


async def test_an_app_is_known_by_its_name_and_its_own_permissions(http: httpx.AsyncClient, door: Door) -> None:
    github = app(http, door)

    me, checks = await github.me(), await github.check()

    assert (me.id, me.is_us) == ("waymark-airport[bot]", True)
    assert [each.name.message for each in checks if not each.ok] == ["may register webhooks"]


async def test_permissions_of_an_app_that_are_not_told_are_not_known(http: httpx.AsyncClient, door: Door) -> None:
    door.tells = {}

    checks = await app(http, door).check()

    assert [each.ok for each in checks] == [True, *[None] * 5]


async def test_an_app_sees_where_it_is_installed(http: httpx.AsyncClient, door: Door) -> None:
    assert [each.key for each in await app(http, door).projects("lanes")] == ["aurora-airport/lanes"]


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_an_app_that_is_not_installed_is_unauthorized(http: httpx.AsyncClient, door: Door, status: int) -> None:
    door.refuses = status

    with pytest.raises(Unauthorized):
        await installation(http, door).token()


async def test_a_key_pasted_in_one_line_is_read(http: httpx.AsyncClient, door: Door) -> None:
    assert await installation(http, door, private_key=PEM.replace("\n", "\\n")).token()


@pytest.mark.parametrize("key", ["", "not a key", PEM[:200]])
async def test_a_key_that_cannot_be_read_is_told(http: httpx.AsyncClient, door: Door, key: str) -> None:
    with pytest.raises(Unauthorized, match="PEM"):
        await installation(http, door, private_key=key).token()
