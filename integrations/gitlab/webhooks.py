"""What a webhook of GitLab says: that something happened to an issue. What it is now is read from GitLab itself."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from integrations.gitlab import texts
from integrations.webhook import Hint

KINDS = frozenset({"issue", "work_item", "note"})
"""Incidents and tasks are work items; notes are of anything."""


def hint(headers: Mapping[str, str], body: bytes) -> Hint | None:
    """Names of headers in lower case. ValueError for what is no webhook of GitLab."""
    if not headers.get("x-gitlab-event"):
        raise ValueError("no X-Gitlab-Event")
    payload = json.loads(body)
    if not isinstance(payload, dict):
        raise ValueError("the payload is no object")
    kind = str(payload.get("object_kind") or "")
    about = _part(payload, "object_attributes")
    issue = _part(payload, "issue") if kind == "note" else about
    path = str(_part(payload, "project").get("path_with_namespace") or "")
    if kind not in KINDS or not path or "id" not in issue or "iid" not in issue:
        return None
    return Hint(
        delivery=_delivery(headers, body),
        event=f"{kind}.{about.get('action') or 'changed'}",
        issue_id=str(issue["id"]),
        key=f"{path}#{issue['iid']}",
        marker=texts.marker_of(str(issue.get("description") or "")),
        sender=str(_part(payload, "user").get("name") or ""),
    )


def _delivery(headers: Mapping[str, str], body: bytes) -> str:
    """``Idempotency-Key`` (since 17.4) stays when it is sent again. Before, an event has a UUID, but several that one
    request causes share it (from memory); what they say tells them apart. ``X-Gitlab-Webhook-UUID`` is the webhook's."""
    if key := headers.get("idempotency-key"):
        return key
    return f"{headers.get('x-gitlab-event-uuid', '')}-{hashlib.sha256(body).hexdigest()[:32]}"


def _part(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = payload.get(name)
    return part if isinstance(part, dict) else {}


def is_genuine(secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> bool:
    """GitLab sends the secret itself, in ``X-Gitlab-Token``. While a secret is changed there are two."""
    given = headers.get("x-gitlab-token", "").encode()
    return any([hmac.compare_digest(given, each.encode()) for each in secrets if each])  # noqa: C419 - every one, in constant time
