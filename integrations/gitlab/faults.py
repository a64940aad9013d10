"""What an answer that is a refusal means: one `TrackerError` for each."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from backlog.errors import N_, Text
from integrations import retry_after
from integrations.errors import (
    NOT_JSON,
    Limited,
    Missing,
    NoAccess,
    Refused,
    TrackerError,
    Unauthorized,
    Unavailable,
    Unsupported,
)
from integrations.http import failed

FIELDS: Mapping[str, str] = {
    "description": "block", "add_labels": "labels", "remove_labels": "labels", "state_event": "status",
    "milestone": "milestone_id", "assignees": "assignee_ids", "issue_type": "type",
}  # fmt: skip
"""GitLab's name of a field -> the name in `Write.fields`, where they differ."""

REFUSED = N_("GitLab does not take this: %(why)s")
NOT_VISIBLE = N_(
    "The project cannot be seen with this token: it was deleted, renamed, made private, or the token lost it."
)
NOT_LISTED = N_(
    "The project can be seen, but its issues cannot be listed: perhaps they are switched off in it, or the token may not "
    "read them."
)
MAY_NOT_WRITE = N_("The account may read this but not change it.")
SCOPE = N_("The token lacks the scope api: make a new one that has it.")


def fault(answer: httpx.Response, now: dt.datetime, *, writes: bool = False) -> TrackerError:
    """Of an answer with status 400 or above. That something is not found is Missing; whether the project can be seen at
    all is for the caller to look."""
    status = answer.status_code
    said = _said(answer)
    detail = _detail(said)
    if status == 429:  # the limit of the whole server speaks plain text
        until = retry_after.until(answer.headers, now, "ratelimit-reset")
        return Limited(Text(N_("GitLab asks to wait: too many requests.")), until, detail=detail, status=status)
    if status >= 500:
        return failed(answer, writes=writes)
    if not said and answer.content:
        return Unavailable(Text(NOT_JSON), detail=answer.headers.get("content-type", ""), status=status)
    return _refusal(status, said, detail)


def _refusal(status: int, said: Mapping[str, Any], detail: str) -> TrackerError:
    match status:
        case 401:
            return Unauthorized(
                Text(N_("GitLab does not know the token: it is wrong, expired or revoked.")),
                detail=detail,
                status=status,
            )
        case 403 if said.get("error") == "insufficient_scope":
            return NoAccess(Text(SCOPE), detail=detail, status=status)
        case 403 | 451:
            return NoAccess(
                Text(N_("The account may not do this: %(why)s"), {"why": detail}), detail=detail, status=status
            )
        case 404:
            return Missing(Text(N_("There is no such issue any more.")), detail=detail, status=status)
        case 410:
            return Unsupported(
                Text(N_("This GitLab no longer knows the interface that Waymark uses.")), detail=detail, status=status
            )
        case 408 | 409 | 425:
            return Unavailable(Text(N_("GitLab was busy with something else.")), detail=detail, status=status)
        case _:
            return Refused(Text(REFUSED, {"why": detail}), _fields(said), detail=detail, status=status)


def _said(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        said = json.loads(answer.content)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _detail(said: Mapping[str, Any]) -> str:
    """``message`` is a text, a list or an object of lists by field; ``error`` and ``error_description`` are texts."""
    parts = [*_words(said.get("message")), *_words(said.get("error")), *_words(said.get("error_description"))]
    return " · ".join(dict.fromkeys(parts))[:500]


def _words(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        for name, value in said.items():
            yield from (f"{name} {each}" if name not in ("base", "error") else each for each in _words(value))
    elif isinstance(said, list):
        for each in said:
            yield from _words(each)
    elif said:
        yield str(said)


def _fields(said: Mapping[str, Any]) -> dict[str, str]:
    """By the object of ``message``; a parameter of the wrong form is named in ``error``: "due_date is invalid"."""
    message, error = said.get("message"), str(said.get("error") or "")
    if isinstance(message, dict):
        named = {name: "; ".join(_words(value)) for name, value in message.items() if name not in ("base", "error")}
    else:
        named = {part.split()[0]: part for part in error.split(", ") if part.endswith(("is invalid", "is missing"))}
    return {FIELDS.get(name, name): why for name, why in named.items()}
