"""What a webhook of GitHub says: that something happened to an issue. What it is now is read from GitHub itself."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from integrations.github import texts
from integrations.github.keys import repository_of
from integrations.webhook import Hint

FORM = "application/x-www-form-urlencoded"
"""What GitHub's page of settings offers first; the payload is then one of its fields."""
SIGNATURE = "x-hub-signature-256"
COMMON = frozenset({"opened", "edited", "deleted", "closed", "reopened", "transferred"})
ACTIONS: Mapping[str, frozenset[str]] = {
    "issues": COMMON
    | {"labeled", "unlabeled", "assigned", "unassigned", "milestoned", "demilestoned", "typed", "untyped"}
    | {"locked", "unlocked", "pinned", "unpinned", "field_added", "field_removed"},
    "issue_comment": frozenset({"created", "edited", "deleted"}),
    "sub_issues": frozenset({"sub_issue_added", "sub_issue_removed", "parent_issue_added", "parent_issue_removed"}),
    "issue_dependencies": frozenset({"blocked_by_added", "blocked_by_removed", "blocking_added", "blocking_removed"}),
}
"""Those known. New ones appear at any time; what they tell, the sweep finds."""


def hint(headers: Mapping[str, str], body: bytes) -> Hint | None:
    """Names of headers in lower case. ValueError for what is no webhook of GitHub."""
    event, delivery = headers.get("x-github-event", ""), headers.get("x-github-delivery", "")
    if not event or not delivery:
        raise ValueError("no X-GitHub-Event or no X-GitHub-Delivery")
    payload = _payload(headers, body)
    action = str(payload.get("action") or "")
    issue = _issue(event, payload)
    if action not in ACTIONS.get(event, frozenset()) or not issue or "pull_request" in issue:
        return None
    return Hint(
        delivery=delivery,
        event=f"{event}.{action}",
        issue_id=str(issue["id"]) if "id" in issue else None,
        key=_key(issue, payload),
        marker=texts.marker_of(str(issue.get("body") or "")),
        sender=str(_part(payload, "sender").get("login") or ""),
    )


def _payload(headers: Mapping[str, str], body: bytes) -> Mapping[str, Any]:
    if headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
        body = parse_qs(body.decode()).get("payload", [""])[0].encode()
    payload = json.loads(body)
    if not isinstance(payload, dict):
        raise ValueError("the payload is no object")
    return payload


def _part(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = payload.get(name)
    return part if isinstance(part, dict) else {}


def _issue(event: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one that changed. A pair names both; whose number of children changed is the parent."""
    match event:
        case "sub_issues":
            return _part(payload, "parent_issue")
        case "issue_dependencies":
            return _part(payload, "blocked_issue")
        case _:
            return _part(payload, "issue")


def _key(issue: Mapping[str, Any], payload: Mapping[str, Any]) -> str | None:
    """Where it was when it happened; from a transferred one GitHub leads on to where it is."""
    repository = repository_of(str(issue.get("repository_url") or "")) or str(
        _part(payload, "repository").get("full_name") or ""
    )
    return f"{repository}#{issue['number']}" if repository and "number" in issue else None


def is_genuine(secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> bool:
    """By ``X-Hub-Signature-256``, the HMAC of the body as it came. While a secret is changed there are two."""
    given = headers.get(SIGNATURE, "").encode()
    signatures = [
        b"sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
        for secret in secrets
        if secret
    ]
    return any([hmac.compare_digest(given, each) for each in signatures])  # noqa: C419 - every one, in constant time
