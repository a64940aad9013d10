"""OAuth 2.0 (3LO) of Jira Cloud: access tokens of an hour, and refresh tokens that each work once.

Two that refresh at once would lose the connection: the second token is refused and the first answer overwritten. So the
exchange runs inside `Access.save`, whose lock makes it the only one, and what it answers is kept before it is used.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from backlog.errors import N_, Text
from integrations.errors import Unauthorized, Unavailable
from integrations.http import ask, failed, json_of
from integrations.jira.faults import messages
from integrations.jira.limits import limited
from integrations.tracker import Access

GATEWAY = "api.atlassian.com"
TOKENS = "https://auth.atlassian.com/oauth/token"
EARLY = dt.timedelta(seconds=60)
"""Before it expires: a request takes up to 20 seconds, and clocks differ."""
HOUR = 3600
ENDED = N_("Jira does not renew this sign-in any more (%(why)s). Connect it again.")
Credentials = Mapping[str, str]
Answer = TypeVar("Answer")


def is_oauth(credentials: Credentials) -> bool:
    return bool(credentials.get("refresh_token"))


def token_address(base_url: str) -> str:
    """Atlassian's, and for another host (a gateway of one's own) the same path there."""
    parts = urlsplit(base_url)
    return TOKENS if parts.hostname == GATEWAY else f"{parts.scheme}://{parts.netloc}/oauth/token"


async def whole(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Ended also when whoever asked is cancelled, who waits for it: a refresh token is used up by asking, and the next
    one is lost unless it is kept."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # the one that waits no more has nothing to say of it
        raise


@dataclass
class Tokens:
    """The access token in use, renewed when it ends. ``kept`` is what is known of the credentials now."""

    http: httpx.AsyncClient
    access: Access
    kept: Credentials = field(init=False, repr=False)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        self.kept = dict(self.access.credentials)

    async def current(self) -> str:
        """Unauthorized when it can be renewed no more."""
        if not self.is_fresh(self.kept):
            await self.renew(self.kept.get("access_token", ""))
        return self.kept["access_token"]

    async def renew(self, stale: str) -> None:
        """Have another one than ``stale``; somebody else may have fetched it already."""
        async with self.lock:
            if self.kept.get("access_token", "") == stale:
                self.kept = await whole(self.saved(partial(self.changed, stale)))

    async def changed(self, stale: str, kept: Credentials) -> Credentials:
        """Of what is kept now, which the winner of a race has renewed already."""
        return kept if self.is_newer(kept, stale) else await self.exchanged(kept)

    def is_newer(self, kept: Credentials, stale: str) -> bool:
        return kept.get("access_token", "") not in ("", stale) and self.is_fresh(kept)

    def is_fresh(self, kept: Credentials) -> bool:
        if not kept.get("access_token"):
            return False
        try:
            return dt.datetime.fromisoformat(kept.get("expires_at", "")) - EARLY > self.access.now()
        except (ValueError, TypeError):
            return False

    async def saved(self, change: Callable[[Credentials], Awaitable[Credentials]]) -> Credentials:
        """What is kept after the change; without a place to keep it, in memory alone."""
        if self.access.save is None:
            return await change(self.kept)
        return dict(await self.access.save(change))

    async def exchanged(self, kept: Credentials) -> Credentials:
        """One refresh token for the next and an access token. Nothing of the request that needed it was sent yet, so no
        error here is ever Ambiguous."""
        body = {name: kept.get(name, "") for name in ("client_id", "client_secret", "refresh_token")}
        request = self.http.build_request(
            "POST", token_address(self.access.base_url), json={"grant_type": "refresh_token", **body}
        )
        answer = await ask(self.http, request)
        now = self.access.now()
        self.check(answer, now)
        found = json_of(answer)
        if not isinstance(found, dict) or not isinstance(found.get("access_token"), str):
            raise Unavailable(Text(N_("It answered with something that is not whole.")), status=answer.status_code)
        expires_at = now + dt.timedelta(seconds=float(found.get("expires_in") or HOUR))
        return {
            **kept,
            "access_token": found["access_token"],
            "refresh_token": found.get("refresh_token") or kept["refresh_token"],
            "expires_at": expires_at.isoformat(),
        }

    @staticmethod
    def check(answer: httpx.Response, now: dt.datetime) -> None:
        status = answer.status_code
        if status == 429 or (status == 503 and "retry-after" in answer.headers):
            raise limited(answer, now)
        if status >= 500:
            raise failed(answer, writes=False)
        if status >= 300:
            why = "; ".join(messages(answer)) or str(status)
            raise Unauthorized(Text(ENDED, {"why": why[:200]}), detail=why, status=status)
