"""Access tokens end after an hour; refresh tokens work once, so that exactly one may be used at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import pytest

from integrations.errors import Limited, Unauthorized, Unavailable
from integrations.jira.client import Client
from integrations.jira.kind import CLOUD
from integrations.jira.oauth import token_address
from tests.trackers.fake_jira.airport import INTEGRATION
from tests.trackers.jira.sites import Jira, jira_of

GATEWAY = "/ex/jira/11223344-a1b2-3b33-c444-def123456789"
Credentials = Mapping[str, str]


@dataclass
class Kept:
    """Credentials in a database, changed under a lock."""

    credentials: dict[str, str]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    saved: list[str] = field(default_factory=list)

    async def save(self, change: Callable[[Credentials], Awaitable[Credentials]]) -> Credentials:
        async with self.lock:
            self.credentials = dict(await change(dict(self.credentials)))
            self.saved.append(self.credentials["refresh_token"])
            return self.credentials


@pytest.fixture
async def jira() -> AsyncIterator[Jira]:
    async with jira_of(CLOUD, prefix=GATEWAY) as opened:
        yield opened


@pytest.fixture
def kept(jira: Jira) -> Kept:
    """As it is after somebody has consented once."""
    code = jira.site.oauth.consent("waymark-app", INTEGRATION)
    app = {"client_id": "waymark-app", "client_secret": "app-secret"}
    answer = jira.site.oauth.issue({**app, "grant_type": "authorization_code", "code": code})
    return Kept({**app, "refresh_token": str(answer["refresh_token"])})


def opened(jira: Jira, kept: Kept) -> Client:
    return jira.door(dict(kept.credentials), base_url=jira.site.gateway, save=kept.save)


async def test_a_refresh_token_becomes_an_access_token_that_is_kept_and_used_for_an_hour(
    jira: Jira, kept: Kept
) -> None:
    tracker = opened(jira, kept)

    for _ in range(3):
        await tracker.site.get("myself")

    assert jira.site.oauth.refreshes == 1
    assert kept.credentials["access_token"].startswith("access-")
    jira.clock.forward(minutes=59, seconds=30)
    await tracker.site.get("myself")
    assert jira.site.oauth.refreshes == 2


async def test_the_new_refresh_token_is_kept_before_the_access_token_is_used(jira: Jira, kept: Kept) -> None:
    jira.fault("drop", path="/myself")

    with pytest.raises(Unavailable):
        await opened(jira, kept).me()

    assert kept.credentials["refresh_token"] in jira.site.oauth.refresh_tokens


async def test_two_that_refresh_at_once_use_the_refresh_token_once(jira: Jira, kept: Kept) -> None:
    ours, others = opened(jira, kept), opened(jira, kept)

    names = await asyncio.gather(*(each.me() for each in (ours, others, ours, others)))

    assert {each.name for each in names} == {"Waymark"}
    assert jira.site.oauth.refreshes == 1


async def test_who_lost_the_race_long_ago_reads_what_was_kept(jira: Jira, kept: Kept) -> None:
    late = opened(jira, kept)
    await opened(jira, kept).me()

    await late.me()

    assert jira.site.oauth.refreshes == 1


async def test_an_access_token_that_is_refused_early_is_renewed_once(jira: Jira, kept: Kept) -> None:
    tracker = opened(jira, kept)
    await tracker.me()
    del jira.site.tokens[kept.credentials["access_token"]]

    await tracker.site.get("project/GATE")

    assert jira.site.oauth.refreshes == 2


async def test_a_refresh_token_that_was_used_up_ends_the_sign_in(jira: Jira, kept: Kept) -> None:
    jira.site.oauth.refresh_tokens.clear()

    with pytest.raises(Unauthorized, match="Unknown or invalid refresh token"):
        await opened(jira, kept).me()


async def test_a_wrong_secret_ends_the_sign_in(jira: Jira, kept: Kept) -> None:
    kept.credentials["client_secret"] = "wrong"

    with pytest.raises(Unauthorized):
        await opened(jira, kept).me()


@pytest.mark.parametrize("kind", ["drop", "reset", "cut", "html", "bad_json", "status"])
async def test_trouble_while_renewing_is_never_ambiguous(jira: Jira, kept: Kept, kind: str) -> None:
    jira.fault(kind, path="/oauth/token", times=1)
    tracker = opened(jira, kept)

    with pytest.raises(Unavailable):
        await tracker.site.answer("POST", "/rest/api/3/issue", body={}, writes=True)

    assert not jira.asked(path="/issue")


async def test_a_pause_while_renewing_is_a_pause(jira: Jira, kept: Kept) -> None:
    jira.fault("rate_limited", path="/oauth/token", headers={"Retry-After": "30"}, times=1)

    with pytest.raises(Limited):
        await opened(jira, kept).me()


async def test_without_a_place_to_keep_it_the_token_is_kept_in_memory(jira: Jira, kept: Kept) -> None:
    tracker = jira.door(dict(kept.credentials), base_url=jira.site.gateway)

    await asyncio.gather(*(tracker.site.get("myself") for _ in range(4)))

    assert jira.site.oauth.refreshes == 1


async def test_people_are_sent_to_the_site_not_to_the_gateway(jira: Jira, kept: Kept) -> None:
    assert (await opened(jira, kept).own.address()) == jira.site.url


def test_atlassians_own_server_hands_out_tokens_for_its_gateway() -> None:
    assert token_address("https://api.atlassian.com/ex/jira/1-2") == "https://auth.atlassian.com/oauth/token"
    assert (
        token_address("https://gateway.airport.example:8443/ex") == "https://gateway.airport.example:8443/oauth/token"
    )


async def test_a_token_is_kept_even_when_nobody_waits_for_it_any_more(jira: Jira, kept: Kept) -> None:
    jira.fault("latency", when="after", path="/oauth/token", seconds=0.3)
    tracker = opened(jira, kept)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await tracker.me()

    assert kept.credentials["refresh_token"] in jira.site.oauth.refresh_tokens
