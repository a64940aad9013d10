"""OAuth 2.0 (3LO): codes, access tokens of an hour, refresh tokens that are good for one use."""

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.trackers.fake_jira.people import Kind, Token
from tests.trackers.fake_jira.refusals import Refusal

HOUR = dt.timedelta(hours=1)
SCOPES = frozenset({"read:jira-work", "write:jira-work", "read:jira-user", "manage:jira-webhook", "offline_access"})


@dataclass(frozen=True, slots=True)
class Grant:
    """That one app may act for one person."""

    app: str
    account: str
    scopes: frozenset[str]


@dataclass(slots=True)
class OAuth:
    """`apps` are client ids with their secrets; `refreshes` counts the refreshes that were granted."""

    clock: Callable[[], dt.datetime]
    tokens: dict[str, Token]
    apps: dict[str, str] = field(default_factory=dict)
    codes: dict[str, Grant] = field(default_factory=dict)
    refresh_tokens: dict[str, Grant] = field(default_factory=dict)
    refreshes: int = 0
    consenting: str = ""  # the account that says yes at /authorize without being asked
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def consent(self, app: str, account: str, scopes: frozenset[str] = SCOPES) -> str:
        """The code that the person's browser carries back to the app."""
        code = f"code-{next(self._numbers)}"
        self.codes[code] = Grant(app, account, scopes)
        return code

    def issue(self, asked: dict[str, str]) -> dict[str, object]:
        """The answer of /oauth/token; `Refusal` in OAuth's own form."""
        if self.apps.get(asked.get("client_id", "")) != asked.get("client_secret"):
            raise _refused(401, "access_denied", "Unauthorized")
        match asked.get("grant_type"):
            case "authorization_code":
                grant = self.codes.pop(asked.get("code", ""), None)
            case "refresh_token":
                grant = self.refresh_tokens.pop(asked.get("refresh_token", ""), None)
                self.refreshes += grant is not None
            case _:
                raise _refused(403, "unsupported_grant_type", "The grant type is not supported.")
        if grant is None or grant.app != asked["client_id"]:
            raise _refused(403, "invalid_grant", "Unknown or invalid refresh token.")
        return self._pair(grant)

    def _pair(self, grant: Grant) -> dict[str, object]:
        number = next(self._numbers)
        token = Token(f"access-{number}", grant.account, Kind.OAUTH, self.clock() + HOUR, grant.scopes, grant.app)
        self.tokens[token.text] = token
        self.refresh_tokens[f"refresh-{number}"] = grant
        return {
            "access_token": token.text,
            "refresh_token": f"refresh-{number}",
            "expires_in": int(HOUR.total_seconds()),
            "token_type": "Bearer",
            "scope": " ".join(sorted(grant.scopes)),
        }


def _refused(status: int, error: str, text: str) -> Refusal:
    return Refusal(status, body={"error": error, "error_description": text})
