"""Requests to GitLab: signed, following it only within its own host."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from backlog.errors import N_, Text
from integrations.errors import NoAccess, Unavailable, Unsupported
from integrations.gitlab.faults import fault
from integrations.http import ask, json_of
from integrations.tracker import Access

REDIRECTS = frozenset({301, 302, 307, 308})
MOST_REDIRECTS = 3
Params = Mapping[str, str | int]


class Calls:
    """Of one connection. Paths begin with a slash and follow the base address."""

    def __init__(self, http: httpx.AsyncClient, access: Access) -> None:
        self._http, self._now = http, access.now
        self._base_url = access.base_url.rstrip("/")
        self._headers = {"Accept": "application/json", "Authorization": f"Bearer {access.credentials.get('token', '')}"}

    async def get(self, path: str, params: Params | None = None) -> Any:
        return json_of(await self._answer("GET", path, params=params))

    async def pages(self, path: str, params: Params | None = None) -> AsyncIterator[Any]:
        """Every page that GitLab names as the next one, whichever way of paging that is."""
        answer = await self._answer("GET", path, params=params)
        seen: set[str] = set()
        while True:
            yield json_of(answer)
            following = answer.links.get("next", {}).get("url", "")
            if not following or following in seen:
                return
            seen.add(following)
            answer = await self._answer("GET", self._inside(httpx.URL(self._base_url), following))

    async def write(self, method: str, path: str, body: Any = None) -> Any:
        """What it answered, None without a body. It follows nowhere: paths with a project's number need not."""
        answer = await self._answer(method, path, body=body, writes=True)
        return json_of(answer, writes=True) if answer.content and answer.status_code != 204 else None

    async def _answer(
        self, method: str, path: str, *, params: Params | None = None, body: Any = None, writes: bool = False
    ) -> httpx.Response:
        """Below 300. A project by a name it had before leads on to its number (since 16.7). Raises what any other
        means; a 404 is Missing whatever the reason."""
        url = httpx.URL(path if path.startswith("http") else self._base_url + path)
        url = url.copy_merge_params(dict(params)) if params else url
        for _ in range(MOST_REDIRECTS + 1):
            request = self._http.build_request(method, url, json=body, headers=self._headers)
            answer = await ask(self._http, request, writes=writes)
            if answer.status_code not in REDIRECTS:
                if answer.status_code >= 400:
                    raise fault(answer, self._now(), writes=writes)
                return answer
            if writes:
                raise NoAccess(
                    Text(N_("The project is elsewhere now. Nothing was written.")), status=answer.status_code
                )
            url = httpx.URL(self._inside(url, answer.headers.get("location", "")))
        raise Unavailable(Text(N_("GitLab sends Waymark round in circles.")))

    def _inside(self, base: httpx.URL, location: str) -> str:
        """Where it leads, when that is the same host: the token goes nowhere else."""
        try:
            url = base.join(location)
        except httpx.InvalidURL as error:
            raise Unavailable(Text(N_("GitLab sends Waymark to something that is no address."))) from error
        if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port):
            place = f"{url.scheme}://{url.host}"
            raise Unsupported(
                Text(N_("It sends Waymark on to %(host)s. The token is not taken there."), {"host": place})
            )
        return str(url)
