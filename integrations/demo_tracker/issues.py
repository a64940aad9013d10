"""Issues as the tracker keeps them, and what one change does to one: the events it causes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from msgspec import UNSET, UnsetType

from integrations.demo_tracker.accounts import Account

State = Literal["open", "closed"]
Reason = Literal["completed", "not_planned", "duplicate", "reopened"]
TITLE_LIMIT = 256
BODY_LIMIT = 65536
VERSIONS_KEPT = 50


@dataclass(slots=True)
class Issue:
    """``labels`` are names, ``assignees`` logins, ``milestone`` a number; ``parent`` and ``children`` are issue ids."""

    id: int
    number: int
    title: str
    body: str | None
    author: Account
    created_at: datetime
    updated_at: datetime
    state: State = "open"
    state_reason: Reason | None = None
    closed_at: datetime | None = None
    closed_by: Account | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    milestone: int | None = None
    type: str | None = None
    locked: bool = False
    lock_reason: str | None = None
    comments: int = 0
    parent: int | None = None
    children: list[int] = field(default_factory=list)
    pull_request: bool = False
    versions: "list[Issue]" = field(default_factory=list)
    """As it was before each of the last changes: what an index that lags still shows."""

    def touch(self, now: datetime) -> None:
        """Before any change: keep what the index goes on showing, and move the time of the last change."""
        self.versions.append(replace(self, labels=[*self.labels], assignees=[*self.assignees], versions=[]))
        del self.versions[:-VERSIONS_KEPT]
        self.updated_at = now

    def seen(self, until: datetime) -> "Issue | None":
        """As an index shows it that knows everything up to a time; None when it did not know the issue yet."""
        if self.updated_at <= until:
            return self
        return next((version for version in reversed(self.versions) if version.updated_at <= until), None)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be different; UNSET stays as it is. ``labels`` and ``assignees`` replace the set."""

    title: str | UnsetType = UNSET
    body: str | UnsetType | None = UNSET
    state: State | UnsetType = UNSET
    state_reason: Reason | UnsetType | None = UNSET
    labels: Sequence[str] | UnsetType = UNSET
    assignees: Sequence[str] | UnsetType = UNSET
    milestone: int | UnsetType | None = UNSET
    type: str | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True)
class Event:
    """One webhook to come: ``about`` names what the payload carries beside issue, repository and sender."""

    action: str
    changes: dict[str, Any] | None = None
    label: str | None = None
    assignee: str | None = None
    milestone: int | None = None
    type: str | None = None


def apply(issue: Issue, changes: Changes, *, by: Account, now: datetime) -> list[Event]:
    """Change an issue. One change can cause several events; none when nothing is different."""
    before = replace(issue, labels=[*issue.labels], assignees=[*issue.assignees])
    wanted = after(before, changes)
    if wanted == before:
        return []
    issue.touch(now)
    for name in ("title", "body", "labels", "assignees", "milestone", "type", "state", "state_reason"):
        setattr(issue, name, getattr(wanted, name))
    if wanted.state != before.state:
        issue.closed_at, issue.closed_by = (now, by) if wanted.state == "closed" else (None, None)
    return list(events(before, wanted))


def after(before: Issue, changes: Changes) -> Issue:
    """The fields as wanted, not yet written. ``state_reason`` is ignored unless the state changes, as GitHub says."""
    wanted = replace(before)
    for name in ("title", "body", "milestone", "type", "state"):
        if (given := getattr(changes, name)) is not UNSET:
            setattr(wanted, name, given)
    if changes.labels is not UNSET:
        wanted.labels = distinct(changes.labels)
    if changes.assignees is not UNSET:
        wanted.assignees = distinct(changes.assignees)
    if wanted.state != before.state:
        usual: Reason = "completed" if wanted.state == "closed" else "reopened"
        given = changes.state_reason
        fits = given not in {UNSET, None} and (given == "reopened") == (wanted.state == "open")
        wanted.state_reason = given if fits and not isinstance(given, UnsetType) else usual
    return wanted


def distinct(names: Sequence[str]) -> list[str]:
    """In the order given, each once without regard to case, as GitHub keeps names."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.lower(), name)
    return list(first.values())


def events(before: Issue, now: Issue) -> Iterator[Event]:
    edited = {
        name: {"from": getattr(before, name) or ""}
        for name in ("title", "body")
        if getattr(before, name) != getattr(now, name)
    }
    if edited:
        yield Event("edited", changes=edited)
    yield from (Event("labeled", label=name) for name in now.labels if name not in before.labels)
    yield from (Event("unlabeled", label=name) for name in before.labels if name not in now.labels)
    yield from (Event("assigned", assignee=login) for login in now.assignees if login not in before.assignees)
    yield from (Event("unassigned", assignee=login) for login in before.assignees if login not in now.assignees)
    if before.milestone != now.milestone:
        if before.milestone is not None:
            yield Event("demilestoned", milestone=before.milestone)
        if now.milestone is not None:
            yield Event("milestoned", milestone=now.milestone)
    if before.type != now.type:
        if before.type is not None:
            yield Event("untyped", type=before.type)
        if now.type is not None:
            yield Event("typed", type=now.type)
    if before.state != now.state:
        yield Event("closed" if now.state == "closed" else "reopened")
