"""Requests to GitHub: signed, in one version of its interface, following it only within its own host."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import structlog

from backlog.errors import N_, Text
from integrations.errors import NoAccess, Unavailable, Unsupported
from integrations.github.apps import Installation, Personal, Signature
from integrations.github.faults import fault
from integrations.github.graphql import refused
from integrations.http import ask, json_of
from integrations.tracker import Access

log = structlog.get_logger()

VERSION = "2022-11-28"
"""Understood by github.com until 2028 at least, and by every Enterprise Server in use."""
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION}
REDIRECTS = frozenset({301, 302, 307, 308})
MOST_REDIRECTS = 3
Params = Mapping[str, str | int]


class Calls:
    """Of one connection. Paths begin with a slash and follow the base address."""

    def __init__(self, http: httpx.AsyncClient, access: Access) -> None:
        self._http, self._now = http, access.now
        self._base_url = access.base_url.rstrip("/")
        self._is_warned = False
        self.signature = _signature(http, access, self._base_url)

    async def get(self, path: str, params: Params | None = None) -> Any:
        return json_of(await self.answer("GET", path, params=params))

    async def pages(self, path: str, params: Params | None = None) -> AsyncIterator[Any]:
        """Every page that GitHub names as the next one; the addresses of pages are its own affair."""
        answer = await self.answer("GET", path, params=params)
        seen: set[str] = set()
        while True:
            yield json_of(answer)
            following = answer.links.get("next", {}).get("url", "")
            if not following or following in seen:
                return
            seen.add(following)
            answer = await self.answer("GET", self._inside(httpx.URL(self._base_url), following))

    async def write(self, method: str, path: str, body: Any = None, *, within: str = "") -> Any:
        """What it answered, None without a body. ``within``: the id of the repository a redirect may lead to."""
        answer = await self.answer(method, path, body=body, writes=True, within=within)
        return json_of(answer, writes=True) if answer.content and answer.status_code != 204 else None

    async def graphql(self, query: str, variables: Mapping[str, Any], *, writes: bool = False) -> Mapping[str, Any]:
        """The ``data``; raises what its ``errors`` mean."""
        body = {"query": query, "variables": dict(variables)}
        answer = await self.answer("POST", self.graphql_url, body=body, writes=writes)
        said = json_of(answer, writes=writes)
        if error := refused(said, answer.headers, self._now(), writes=writes):
            raise error
        data: Mapping[str, Any] = said["data"]
        return data

    @property
    def site(self) -> str:
        """Where people see it: beside api.github.com, on Enterprise Server above /api/v3."""
        server = self._base_url.removesuffix("/api/v3")
        return server if server != self._base_url else server.replace("://api.", "://", 1)

    @property
    def graphql_url(self) -> str:
        """Beside the REST interface on github.com; on Enterprise Server at /api/graphql."""
        return self._base_url.removesuffix("/v3") + "/graphql"

    async def answer(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Any = None,
        writes: bool = False,
        within: str = "",
    ) -> httpx.Response:
        """Below 300, redirects followed. Raises what any other means; a 404 is Missing whatever the reason."""
        url = httpx.URL(path if path.startswith("http") else self._base_url + path)
        url = url.copy_merge_params(dict(params)) if params else url
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._signed(method, url, body, writes)
            if answer.status_code not in REDIRECTS:
                if answer.status_code >= 400:
                    raise fault(answer, self._now(), writes=writes)
                return answer
            url = httpx.URL(self._inside(url, answer.headers.get("location", "")))
            if writes and f"/repositories/{within}/" not in f"{url.path}/":
                raise moved()
        raise Unavailable(Text(N_("GitHub sends Waymark round in circles.")))

    async def _signed(self, method: str, url: httpx.URL, body: Any, writes: bool) -> httpx.Response:
        answer = await self._once(method, url, body, writes)
        if answer.status_code == 401 and self.signature.forget():
            answer = await self._once(
                method, url, body, writes
            )  # a token of an app may be revoked before its hour ends
        return answer

    async def _once(self, method: str, url: httpx.URL, body: Any, writes: bool) -> httpx.Response:
        headers = {**HEADERS, "Authorization": f"Bearer {await self.signature.token()}"}
        request = self._http.build_request(method, url, json=body, headers=headers)
        answer = await ask(self._http, request, writes=writes)
        self._warn(answer)
        return answer

    def _inside(self, base: httpx.URL, location: str) -> str:
        """Where it leads, when that is the same host: the token goes nowhere else."""
        if not location:
            raise NoAccess(
                Text(N_("The issue was moved, and GitHub does not say where to. Link it again by its new address."))
            )
        try:
            url = base.join(location)
        except httpx.InvalidURL as error:
            raise Unavailable(Text(N_("GitHub sends Waymark to something that is no address."))) from error
        if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port):
            raise Unsupported(
                Text(N_("It sends Waymark on to %(host)s. The token is not taken there."), {"host": url.host})
            )
        return str(url)

    def _warn(self, answer: httpx.Response) -> None:
        """Once: this version of the interface will be switched off."""
        said = {name: answer.headers[name] for name in ("deprecation", "sunset") if name in answer.headers}
        if said and not self._is_warned:
            self._is_warned = True
            log.warning("github_version_ends", version=VERSION, **said)


def moved() -> NoAccess:
    return NoAccess(Text(N_("The issue is in another repository now. Nothing was written; read it again first.")))


def _signature(http: httpx.AsyncClient, access: Access, base_url: str) -> Signature:
    if access.credentials.get("private_key"):
        return Installation(http, base_url, access.credentials, HEADERS, access.now)
    return Personal(access.credentials.get("token", ""))
