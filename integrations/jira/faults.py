"""An answer that is not what was asked for, as the error it means."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import httpx

from backlog.errors import N_, Text
from integrations.errors import (
    NOT_JSON,
    Missing,
    NoAccess,
    Refused,
    TrackerError,
    Unauthorized,
    Unavailable,
    Unsupported,
)
from integrations.http import failed
from integrations.jira.limits import limited

OURS = {"summary": "title", "description": "block", "labels": "labels"}
"""Jira's names of fields that `Write.fields` calls otherwise."""
BLOCKED = N_(
    "Jira wants somebody to solve a picture puzzle (CAPTCHA) after too many failed sign-ins. Sign in to Jira once in a "
    "browser with this account, then check again."
)
WRONG_TOKEN = N_("Jira does not accept this sign-in: the token is wrong, expired or revoked. Give another one.")
SCOPED = N_(
    "Jira does not accept this sign-in. A token with scopes, or of a service account, works only at "
    "https://api.atlassian.com/ex/jira/{cloudId}: use that address, or a token without scopes; else the token is wrong, "
    "expired or revoked."
)

MAY_NOT_WRITE = N_("The account may read this but not change it.")


def fault(answer: httpx.Response, now: dt.datetime, *, writes: bool) -> TrackerError | None:
    """None for a success. Of a 404 nobody knows yet whether the project can still be seen: see `Client`."""
    status = answer.status_code
    if status < 300:
        return None
    if status == 429 or (status == 503 and "retry-after" in answer.headers and not writes):
        return limited(answer, now)  # of a write, a gateway's 503 does not say that nothing was carried out
    if status >= 500 or status in (408, 425):
        return failed(answer, writes=writes)
    if status < 400:
        return Unavailable(Text(NOT_JSON), detail=f"{status}", status=status)
    if is_captcha(answer):
        return Unauthorized(Text(BLOCKED), status=status)
    return _refusal(answer)


def _refusal(answer: httpx.Response) -> TrackerError:
    status, detail = answer.status_code, "; ".join(messages(answer))
    match status:
        case 401:
            return unauthorized(answer, detail)
        case 403:
            return NoAccess(Text(N_("The account may not do this in Jira.")), detail=detail, status=status)
        case 404:
            return Missing(Text(N_("Jira does not have it, or does not show it.")), detail=detail, status=status)
        case 405 | 410 | 501:
            return Unsupported(
                Text(N_("This Jira does not know what Waymark asks: its version is too old or too new.")),
                detail=detail,
                status=status,
            )
        case 409:
            return Unavailable(
                Text(N_("Jira was just changing the same issue. Waymark tries again.")), detail=detail, status=status
            )
        case _:
            return refused(answer, detail)


def refused(answer: httpx.Response, detail: str) -> Refused:
    fields = {OURS.get(name, name): text for name, text in errors(answer).items()}
    text = (
        Text(N_("Jira does not take %(fields)s as it is."), {"fields": ", ".join(fields)})
        if fields
        else Text(N_("Jira does not take this as it is."))
    )
    return Refused(text, fields, detail=detail, status=answer.status_code)


def unauthorized(answer: httpx.Response, detail: str) -> Unauthorized:
    host = answer.request.url.host
    text = SCOPED if host.endswith(".atlassian.net") or _is_basic_on_cloud(answer.request) else WRONG_TOKEN
    return Unauthorized(Text(text), detail=detail, status=answer.status_code)


def _is_basic_on_cloud(request: httpx.Request) -> bool:
    """A site under a domain of its own; tokens of Data Center are sent as Bearer."""
    path = request.url.path
    return request.headers.get("authorization", "").startswith("Basic ") and "/ex/jira/" not in path


def is_captcha(answer: httpx.Response) -> bool:
    denied = answer.headers.get("x-authentication-denied-reason", "") + answer.headers.get("x-seraph-loginreason", "")
    return answer.status_code in (401, 403) and ("CAPTCHA" in denied or "AUTHENTICATION_DENIED" in denied)


def errors(answer: httpx.Response) -> Mapping[str, str]:
    found = said(answer).get("errors")
    return {str(name): str(text) for name, text in found.items()} if isinstance(found, dict) else {}


def messages(answer: httpx.Response) -> list[str]:
    """Jira's own words: general ones, then field by field; nothing of a page."""
    body = said(answer)
    general = body.get("errorMessages")
    single = [
        body[name] for name in ("message", "errorMessage", "error_description") if isinstance(body.get(name), str)
    ]
    listed = [str(each) for each in general] if isinstance(general, list) else []
    return listed + single + [f"{name}: {text}" for name, text in errors(answer).items()]


def said(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = json.loads(answer.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
