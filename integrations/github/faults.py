"""What an answer that is a refusal means: one `TrackerError` for each."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import httpx

from backlog.errors import N_, Text
from integrations.errors import (
    NOT_JSON,
    Gone,
    Limited,
    Missing,
    NoAccess,
    Refused,
    TrackerError,
    Unauthorized,
    Unavailable,
    Unsupported,
)
from integrations.github import limits
from integrations.http import failed

FIELDS: Mapping[str, str] = {
    "title": "title", "body": "block", "labels": "labels", "label": "labels", "assignees": "assignees",
    "assignee": "assignees", "milestone": "milestone", "state": "status", "state_reason": "status", "type": "type",
}  # fmt: skip
"""GitHub's name of a field -> the name in `Write.fields`."""
WORDS = {
    "missing": "does not exist",
    "missing_field": "is missing",
    "invalid": "is not valid",
    "already_exists": "exists already",
    "unprocessable": "cannot be taken",
}
"""What the codes mean, from GitHub's documentation of its errors."""

REFUSED = N_("GitHub does not take this: %(why)s")
ISSUES_OFF = N_("Issues are switched off in this repository. Somebody who administers it can switch them on.")
NOT_VISIBLE = N_(
    "The repository cannot be seen with this token: it was deleted, renamed, made private, or the token lost it."
)
NOT_LISTED = N_(
    "The repository can be seen, but its issues cannot be listed: perhaps they are switched off in it, or the token "
    "may not read them."
)
MAY_NOT_WRITE = N_("The account may read this but not change it.")


def fault(answer: httpx.Response, now: dt.datetime, *, writes: bool = False) -> TrackerError:
    """Of an answer with status 400 or above. That something is not found is Missing; whether the repository can be
    seen at all is for the caller to look."""
    said = _said(answer)
    message = str(said.get("message") or "")
    detail, status = _detail(said), answer.status_code
    if limits.is_limit(status, answer.headers, message):
        until = limits.until(answer.headers, now)
        return Limited(Text(N_("GitHub asks to wait: too many requests.")), until, detail=detail, status=status)
    if status >= 500:
        return failed(answer, writes=writes)
    if not said and answer.content:
        return Unavailable(Text(NOT_JSON), detail=answer.headers.get("content-type", ""), status=status)
    if "version" in message.lower() and status in (400, 410):
        return Unsupported(
            Text(N_("GitHub no longer speaks the version of its interface that Waymark uses.")),
            detail=detail,
            status=status,
        )
    return _refusal(answer, said, detail)


def _refusal(answer: httpx.Response, said: Mapping[str, Any], detail: str) -> TrackerError:
    status = answer.status_code
    match status:
        case 401:
            return Unauthorized(
                Text(N_("GitHub does not know the token: it is wrong, expired or revoked.")),
                detail=detail,
                status=status,
            )
        case 403 | 451:
            return NoAccess(_forbidden(answer.headers, detail), detail=detail, status=status)
        case 404:
            return Missing(Text(N_("There is no such issue any more.")), detail=detail, status=status)
        case 410 if "disabled" in detail.lower():
            return NoAccess(Text(ISSUES_OFF), detail=detail, status=status)
        case 410:
            return Gone(Text(N_("The issue was deleted.")), detail=detail, status=status)
        case 408 | 409 | 425:
            return Unavailable(Text(N_("GitHub was busy with something else.")), detail=detail, status=status)
        case _:
            return Refused(Text(REFUSED, {"why": detail}), _fields(said), detail=detail, status=status)


def _said(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        said = json.loads(answer.content)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _errors(said: Mapping[str, Any]) -> list[Any]:
    errors = said.get("errors")
    return errors if isinstance(errors, list) else []


def _words(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    code = str(error.get("code") or "")
    words = f"{error.get('field') or error.get('resource') or ''} {WORDS.get(code, code)}".strip()
    return str(error.get("message") or words)


def _detail(said: Mapping[str, Any]) -> str:
    return " · ".join(part for part in (str(said.get("message") or ""), *map(_words, _errors(said))) if part)[:500]


def _fields(said: Mapping[str, Any]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for error in _errors(said):
        if isinstance(error, dict):
            name = str(error.get("field") or "").split("[")[0]
            name = "labels" if error.get("resource") == "Label" else FIELDS.get(name, name)
            if name:
                fields[name] = _words(error)
    return fields


def _forbidden(headers: Mapping[str, str], detail: str) -> Text:
    if headers.get("x-github-sso", "").startswith("required"):
        return Text(
            N_("The organisation wants the token authorised for its single sign-on, on GitHub's page of tokens.")
        )
    needs = headers.get("x-accepted-github-permissions")
    if needs and "not accessible" in detail.lower():
        return Text(N_("The token may not do this. GitHub says it needs one of: %(needs)s."), {"needs": needs})
    return Text(N_("The account may not do this: %(why)s"), {"why": detail})
