"""An initiative and its issue, compared by the rules of a connection. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from backlog.trackers.conflicts import Side
from backlog.trackers.fields import Field, Rule
from backlog.trackers.wanted import Wanted
from integrations.engine import content
from integrations.engine.content import Writing
from integrations.engine.reconciling import Base, Plan, Values, plan
from integrations.issue import Issue


def compared(
    base: Base,
    wanted: Wanted,
    issue: Issue,
    writing: Writing,
    decided: Callable[[Values, Values], Mapping[Field, Side]] | None = None,
) -> tuple[Plan, dict[Field, Any], dict[Field, Any]]:
    """The plan, and what both sides say; ``decided`` answers what people decided about that."""
    ours = content.ours(wanted, writing)
    theirs, lacking = content.theirs(issue, writing, ours)
    rules: dict[Field, Rule] = {
        name: rule for name, rule in writing.mapping.fields.items() if name is not Field.COMMENTS
    }
    decisions = decided(ours, theirs) if decided else {}
    return plan(base, ours, theirs, rules, lacking=lacking, decisions=decisions), ours, theirs
