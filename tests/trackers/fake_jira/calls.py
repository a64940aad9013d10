"""One request: who asks, by which door, in which version; checked before any handler sees it."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import SerializationException
from litestar.params import SkipValidation

from tests.trackers.fake_jira.fields import Setting
from tests.trackers.fake_jira.issues import Issue
from tests.trackers.fake_jira.people import BROWSE, Account, Kind, Token
from tests.trackers.fake_jira.projects import Project
from tests.trackers.fake_jira.refusals import NO_ISSUE, NO_ISSUE_DC, NOT_SIGNED_IN, Refusal
from tests.trackers.fake_jira.shapes import Json, Shapes
from tests.trackers.fake_jira.site import Site

Asked = Request[Any, Any, State]
CAPTCHA_AFTER = 3  # wrong passwords, Data Center


@dataclass(frozen=True, slots=True)
class Call:
    """`account` None is an anonymous one. `base` is the address that `self` links begin with."""

    site: Site
    request: Asked
    version: int
    base: str
    account: Account | None
    token: Token | None

    @property
    def shapes(self) -> Shapes:
        return Shapes(self.site, self.version, self.base)

    @property
    def signed_in(self) -> Account:
        """The account; an anonymous one is refused with 401."""
        if self.account is None:
            raise Refusal(401, NOT_SIGNED_IN, headers={"WWW-Authenticate": 'OAuth realm="https%3A%2F%2Fairport"'})
        return self.account

    async def body(self) -> Json:
        try:
            sent = await self.request.json()
        except SerializationException:
            sent = None
        if not isinstance(sent, dict):
            raise Refusal(400, "Invalid request payload. Refer to the REST API documentation and try again.")
        return sent

    def words(self, name: str) -> list[str]:
        """A query parameter that may come repeated or with commas."""
        return [word for each in self.request.query_params.getall(name, []) for word in each.split(",") if word]

    def word(self, name: str, default: str = "") -> str:
        return str(self.request.query_params.get(name, default))

    def number(self, name: str, default: int) -> int:
        sent = self.word(name)
        if not sent:
            return default
        if not sent.isdecimal():
            raise Refusal(400, f"The '{name}' query parameter must be a non-negative number.")
        return int(sent)

    def flag(self, name: str) -> bool:
        return self.word(name).lower() == "true"

    def expands(self, name: str) -> bool:
        return name in self.words("expand")

    def may(self, permission: str, project: int) -> bool:
        return self.account is not None and self.account.may(permission, project)

    def issue(self, id_or_key: str) -> Issue:
        """404 both for an unknown one and for one that the asker may not see."""
        number = self.site.id_of(id_or_key)
        if number is None or not self.may(BROWSE, self.site.issues[number].project):
            raise Refusal(404, NO_ISSUE if self.site.cloud else NO_ISSUE_DC)
        return self.site.issues[number]

    def project(self, id_or_key: str) -> Project:
        found = self.site.project_of(id_or_key)
        if found is None or not self.may(BROWSE, found.id):
            raise Refusal(404, f"No project could be found with key '{id_or_key}'.")
        return found

    def need(self, permission: str, issue: Issue, status: int, text: str) -> Account:
        if not self.signed_in.may(permission, issue.project):
            raise Refusal(status, text)
        return self.signed_in

    def setting(self, project: Project) -> Setting:
        return Setting(self.site.cloud, self.version, project, self.site.accounts)

    def page(self, name: str, items: Iterable[Any], *, size: int = 50) -> Json:
        """A PageBean; `name` is where the items stand in it (`values` in most)."""
        everything, start = list(items), self.number("startAt", 0)
        most = min(self.number("maxResults", size), 1000)
        shown = everything[start : start + most]
        page: Json = {"startAt": start, "maxResults": most, "total": len(everything), name: shown}
        return {**page, "isLast": start + len(shown) >= len(everything)} if name == "values" else page


Asking = NamedDependency[SkipValidation[Call]]


def called(site: Site, request: Asked) -> Call:
    """Who asks; raises 401, 404 of the wrong version, and 429."""
    at_gateway = request.path_params.get("cloud_id") is not None
    if at_gateway and request.path_params["cloud_id"] != site.cloud_id:
        raise Refusal(404, body={"code": 404, "message": "Not Found"})
    token = _token(site, request, at_gateway)
    account = site.accounts[token.account] if token else None
    version = _version(site, str(request.path_params.get("version", "latest")))
    return Call(site, request, version, site.gateway if at_gateway else site.url, account, token)


def _version(site: Site, named: str) -> int:
    if named in ("2", "latest"):
        return 2
    if named == "3" and site.cloud:
        return 3
    raise Refusal(404, body={"message": "null for uri", "status-code": 404})


def _token(site: Site, request: Asked, at_gateway: bool) -> Token | None:
    header = request.headers.get("authorization", "")
    scheme, _, rest = header.partition(" ")
    if not header:
        if at_gateway:
            raise Refusal(401, body={"code": 401, "message": "Unauthorized"})
        return None
    name, secret = _basic(rest) if scheme.lower() == "basic" else ("", rest.strip())
    token = site.tokens.get(secret)
    if token is None or not _good(site, token, scheme.lower(), name, at_gateway):
        if site.cloud and not at_gateway and site.switches.broken_token_is_anonymous:
            return None
        raise _unknown(site, name, at_gateway)
    site.failed_sign_ins.pop(name, None)
    if at_gateway:
        _check_scopes(token, request)
    return token


def _basic(encoded: str) -> tuple[str, str]:
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def _good(site: Site, token: Token, scheme: str, name: str, at_gateway: bool) -> bool:
    """Each kind of token has its scheme and its door."""
    account = site.accounts[token.account]
    doors = {
        Kind.CLASSIC: ("basic", account.email, False),
        Kind.SCOPED: ("basic", account.email, True),
        Kind.OAUTH: ("bearer", "", True),
        Kind.PERSONAL: ("bearer", "", False),
        Kind.PASSWORD: ("basic", account.name, False),
    }
    fits = doors[token.kind] == (scheme, name, at_gateway)
    locked = token.kind is Kind.PASSWORD and site.failed_sign_ins.get(name, 0) >= CAPTCHA_AFTER
    return fits and account.active and not locked and (token.expires_at is None or site.clock() < token.expires_at)


def _unknown(site: Site, name: str, at_gateway: bool) -> Refusal:
    if at_gateway:
        return Refusal(401, body={"code": 401, "message": "Unauthorized"})
    failed = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    if site.cloud:
        return Refusal(401, NOT_SIGNED_IN, headers=failed)
    if name:
        site.failed_sign_ins[name] = site.failed_sign_ins.get(name, 0) + 1
        if site.failed_sign_ins[name] > CAPTCHA_AFTER:
            login = f"CAPTCHA_CHALLENGE; login-url={site.url}/login.jsp"
            return Refusal(403, headers={"X-Authentication-Denied-Reason": login}, body=_html(403, "Forbidden"))
    return Refusal(401, headers=failed, body=_html(401, "Unauthorized"))


def _html(status: int, text: str) -> str:
    """Data Center's servlet container answers in a page, not in JSON."""
    return f"<html><head><title>{text} ({status})</title></head><body><h1>{text} ({status})</h1></body></html>"


def _check_scopes(token: Token, request: Asked) -> None:
    if token.scopes is None:
        return
    path = request.scope["path"]
    if "/webhook" in path:
        needed = "manage:jira-webhook"
    elif path.endswith("/myself") or "/user/" in path:
        needed = "read:jira-user"
    else:
        needed = "read:jira-work" if _reads(request.method, path) else "write:jira-work"
    if needed not in token.scopes:
        raise Refusal(401, body={"code": 401, "message": "Unauthorized; scope does not match"})


def _reads(method: str, path: str) -> bool:
    return method == "GET" or path.endswith(("/search/jql", "/bulkfetch", "/approximate-count"))
