"""Webhooks as they come in: what one says, and whether it is genuine."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from integrations.jira.issues import PROPERTY
from integrations.jira.people import shown_name
from integrations.prose import block_adf, block_wiki
from integrations.webhook import Hint

EVENTS = (
    "jira:issue_created", "jira:issue_updated", "jira:issue_deleted",
    "comment_created", "comment_updated", "comment_deleted",
)  # fmt: skip
MOVED = "issue_moved"
SIGNATURE = "x-hub-signature"
OF_ISSUE = re.compile(r"/issue/(\d+)/comment/")


def hint(headers: Mapping[str, str], body: bytes) -> Hint | None:
    """The same delivery for every try; a Jira that names none (before 10) is told by its body, which has the time."""
    said = read(body)
    event = said.get("webhookEvent")
    if not isinstance(event, str):
        raise ValueError("no webhookEvent")
    if event not in EVENTS:
        return None
    issue, told = mapping(said.get("issue")), {name.lower(): value for name, value in headers.items()}
    found = OF_ISSUE.search(str(mapping(said.get("comment")).get("self", "")))
    issue_id = issue.get("id") or (found and found[1])
    return Hint(
        delivery=told.get("x-atlassian-webhook-identifier") or hashlib.sha256(body).hexdigest(),
        event=MOVED if said.get("issue_event_type_name") == MOVED else event,
        issue_id=str(issue_id) if issue_id else None,
        key=str(issue["key"]) if issue.get("key") else None,
        marker=marker(issue),
        sender=sender(said),
    )


def read(body: bytes) -> dict[str, Any]:
    """ValueError (of which JSON's and Unicode's errors are kinds) for anything but an object."""
    said = json.loads(body)
    if not isinstance(said, dict):
        raise ValueError("no object")
    return said


def mapping(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def sender(said: Mapping[str, Any]) -> str:
    """Comments come without ``user``, with their authors. At most 200 characters."""
    wrote = mapping(said.get("comment"))
    who = mapping(said.get("user")) or mapping(wrote.get("updateAuthor")) or mapping(wrote.get("author"))
    return shown_name(who)[:200]


def marker(issue: Mapping[str, Any]) -> str | None:
    """Webhooks of Cloud have the description as wiki markup, newer ones as a document."""
    kept = mapping(mapping(issue.get("properties")).get(PROPERTY)).get("marker")
    if kept:
        return str(kept)
    native = mapping(issue.get("fields")).get("description")
    if not native:
        return None
    return block_wiki.marker_of(native) if isinstance(native, str) else block_adf.marker_of(native)


def is_genuine(secrets: Sequence[str], headers: Mapping[str, str], body: bytes) -> bool:
    """``X-Hub-Signature: method=signature``; only sha256 counts, whatever Jira may name one day."""
    told = {name.lower(): value for name, value in headers.items()}
    method, _, signature = told.get(SIGNATURE, "").strip().partition("=")
    if method.lower() != "sha256":
        return False
    given = signature.strip().lower().encode()
    return any(hmac.compare_digest(given, signed(secret, body)) for secret in secrets if secret)


def signed(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
