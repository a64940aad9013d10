"""What signs a request: a person's token, or a GitHub App's token for one installation."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import httpx
import jwt

from backlog.errors import N_, Text
from integrations.errors import Missing, NoAccess, Unauthorized
from integrations.github.answers import App, InstallationToken, shaped
from integrations.github.faults import fault
from integrations.http import ask, json_of

BEFORE_EXPIRY = dt.timedelta(minutes=5)
CLOCK_SLACK = 60
"""Seconds: GitHub advises to date a JWT back by a minute against clocks that differ."""
JWT_LIFE = 540
"""Seconds; GitHub takes at most 600."""


class Signature(Protocol):
    """``permissions`` of the token by their names, None where GitHub does not tell them."""

    permissions: Mapping[str, str] | None

    async def token(self) -> str: ...

    def forget(self) -> bool:
        """The token was refused; whether another can be had."""
        ...


class Personal:
    """A token somebody made by hand; what it may do is not said anywhere."""

    permissions: Mapping[str, str] | None = None

    def __init__(self, token: str) -> None:
        self._token = token.strip()

    async def token(self) -> str:
        return self._token

    def forget(self) -> bool:
        return False


class Installation:
    """An app where it is installed. Its tokens live an hour and stay in memory; their form is GitHub's affair (those
    since 2026-04-27 are longer than 40 characters)."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        base_url: str,
        credentials: Mapping[str, str],
        headers: Mapping[str, str],
        now: Callable[[], dt.datetime],
    ) -> None:
        self._http, self._base_url, self._headers, self._now = http, base_url, headers, now
        self._app_id = credentials["app_id"].strip()
        self._installation_id = credentials.get("installation_id", "").strip()
        self._key = credentials["private_key"].strip()
        self._current: InstallationToken | None = None
        self._asking = asyncio.Lock()
        self.permissions: Mapping[str, str] | None = None

    async def token(self) -> str:
        async with self._asking:
            current = self._current
            if current is None or current.expires_at - BEFORE_EXPIRY <= self._now():
                current = self._current = await self._fresh()
                self.permissions = current.permissions
            return current.token

    def forget(self) -> bool:
        self._current = None
        return True

    async def login(self) -> str:
        """The account as which the app writes."""
        return f"{shaped(await self._ask('GET', '/app'), App).slug}[bot]"

    async def _fresh(self) -> InstallationToken:
        try:
            said = await self._ask("POST", f"/app/installations/{self._installation_id}/access_tokens")
        except Missing as error:
            raise Unauthorized(
                Text(N_("The app is not installed there: compare the id of the installation, or install it again.")),
                detail=error.detail,
                status=error.status,
            ) from error
        except NoAccess as error:
            raise Unauthorized(
                Text(N_("The installation of the app is suspended.")), detail=error.detail, status=error.status
            ) from error
        return shaped(said, InstallationToken)

    async def _ask(self, method: str, path: str) -> Any:
        headers = {**self._headers, "Authorization": f"Bearer {self._signed()}"}
        answer = await ask(self._http, self._http.build_request(method, self._base_url + path, headers=headers))
        if answer.status_code >= 400:
            raise fault(answer, self._now())
        return json_of(answer)

    def _signed(self) -> str:
        issued = int(time.time())  # of this machine: GitHub compares it with its own
        claims = {"iat": issued - CLOCK_SLACK, "exp": issued + JWT_LIFE, "iss": self._app_id}
        try:
            return jwt.encode(claims, self._key.replace("\\n", "\n"), algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Unauthorized(
                Text(N_("The private key of the app cannot be read. Paste the whole PEM file as GitHub gave it."))
            ) from error
