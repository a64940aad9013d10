"""New issues that did not get the type they were to have: some trackers drop it in silence, others are asked again
without what they refused."""

from collections.abc import Mapping
from typing import Any

from backlog.trackers.fields import FieldMapping
from integrations.issue import Issue

SENT, UNTYPED = "sent_type", "untyped"
"""In the facts of a link: the type its issue was to be made with, until it is compared; then the one it did not get."""


def sent(mapping: FieldMapping) -> dict[str, str]:
    """What to note before an issue is made."""
    return {SENT: mapping.issue_type} if mapping.issue_type else {}


def told(facts: Mapping[str, Any], issue: Issue, mapping: FieldMapping) -> dict[str, str]:
    """What is still to be told: nothing once the issue has the type, or new ones are to have another."""
    wished = facts.get(SENT) or facts.get(UNTYPED) or ""
    has_it = issue.type is not None and issue.type.is_called(wished)
    return {} if has_it or not wished or wished != mapping.issue_type else {UNTYPED: wished}
