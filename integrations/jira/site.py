"""One Jira, signed in: sends a request, and answers JSON or raises what the answer means."""

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from backlog.errors import N_, Text
from integrations.errors import Missing, NoAccess, Unavailable
from integrations.http import ask, json_of
from integrations.jira.answers import read_as
from integrations.jira.dialect import Dialect
from integrations.jira.faults import fault
from integrations.jira.oauth import Tokens, is_oauth
from integrations.tracker import Access

PAGE = 100  # of a list; Jira may answer with fewer
PAGES = 200  # more than any list here has
ENDLESS = N_("Jira's list never ends.")
Params = Mapping[str, str | int]


@dataclass
class Site:
    """``tokens`` only for OAuth; the other ways sign each request with what was given."""

    http: httpx.AsyncClient
    access: Access
    dialect: Dialect
    tokens: Tokens | None = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.http, self.access) if is_oauth(self.access.credentials) else None

    def address(self, path: str) -> str:
        """Of a path that begins with a slash."""
        return self.access.base_url.rstrip("/") + path

    async def authorization(self) -> str:
        """E-mail and token as Basic; a token alone, of a service account or of Data Center, as Bearer."""
        if self.tokens is not None:
            return f"Bearer {await self.tokens.current()}"
        token, email = self.access.credentials.get("token", ""), self.access.credentials.get("email", "")
        if not email:
            return f"Bearer {token}"
        return f"Basic {base64.b64encode(f'{email}:{token}'.encode()).decode()}"

    async def answer(
        self, method: str, path: str, *, params: Params | None = None, body: Any = None, writes: bool = False
    ) -> httpx.Response:
        """A success, else a `TrackerError`. A refused access token is renewed once: nothing was carried out."""
        signed = await self.authorization()
        answer = await self._sent(signed, method, path, params, body, writes)
        if answer.status_code == 401 and self.tokens is not None:
            await self.tokens.renew(signed.removeprefix("Bearer "))
            answer = await self._sent(await self.authorization(), method, path, params, body, writes)
        if error := fault(answer, self.access.now(), writes=writes):
            raise error
        return answer

    async def _sent(
        self, signed: str, method: str, path: str, params: Params | None, body: Any, writes: bool
    ) -> httpx.Response:
        headers = {"Authorization": signed, "Accept": "application/json"}
        content = {"json": body} if body is not None else {}
        request = self.http.build_request(method, self.address(path), params=params, headers=headers, **content)
        return await ask(self.http, request, writes=writes)

    async def get(self, rest: str, **params: str | int) -> Any:
        """Of a path below the API: ``issue/10001``."""
        return json_of(await self.answer("GET", self.dialect.path(rest), params=params or None))

    async def post(self, rest: str, body: Any) -> Any:
        """A question too long for an address; changes nothing."""
        return json_of(await self.answer("POST", self.dialect.path(rest), body=body))

    async def paged(self, rest: str, names: tuple[str, ...], **params: str | int) -> AsyncIterator[list[Any]]:
        """Pages by ``startAt``; their entries stand under one of these names. The lists end by an empty or short page
        where Jira does not tell the total. Unavailable for one that never ends."""
        start = 0
        for _ in range(PAGES):
            page = await self.get(rest, startAt=start, maxResults=PAGE, **params)
            with read_as(rest):
                entries: list[Any] = next((page[name] for name in names if isinstance(page.get(name), list)), [])
                start += len(entries)
                is_last = page.get("isLast") is True or start >= int(page.get("total", start + 1))
            yield entries
            if not entries or is_last:
                return
        raise Unavailable(Text(ENDLESS))

    async def entries(self, rest: str, *names: str, **params: str | int) -> list[Any]:
        return [each async for page in self.paged(rest, names, **params) for each in page]

    async def is_seen(self, project: str) -> bool:
        """Whether the account can (still) see the project."""
        try:
            await self.answer("GET", self.dialect.path(f"project/{project}"))
        except (Missing, NoAccess):
            return False
        return True
