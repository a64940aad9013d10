"""Everything a repository remembers, as plain values that fit into a JSON file."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec

from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.issues import Issue


@dataclass(slots=True)
class Comment:
    id: int
    issue: int
    body: str
    author: Account
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True)
class Label:
    id: int
    name: str
    color: str = "ededed"
    description: str | None = None
    default: bool = False


@dataclass(slots=True)
class Milestone:
    id: int
    number: int
    title: str
    creator: Account
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    description: str | None = None
    due_on: datetime | None = None
    closed_at: datetime | None = None


@dataclass(slots=True)
class IssueType:
    id: int
    name: str
    description: str | None = None
    color: str = "gray"


@dataclass(slots=True)
class Hook:
    """``secret`` signs deliveries; "*" among the events means every one."""

    id: int
    url: str
    events: list[str]
    created_at: datetime
    updated_at: datetime
    secret: str | None = None
    active: bool = True
    content_type: str = "json"
    insecure_ssl: str = "0"


@dataclass(slots=True)
class Records:
    """``labels`` by lower-case name; ``moved``: old number -> API path of the issue's new place; ``gone``: deleted."""

    id: int
    owner: str
    name: str
    created_at: datetime
    former_names: list[str] = field(default_factory=list)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    types: list[IssueType] = field(default_factory=list)
    hooks: dict[int, Hook] = field(default_factory=dict)
    moved: dict[int, str] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    last_number: int = 0
    last_id: int = 0
    project_status: dict[int, str] = field(default_factory=dict)
    """Issue id -> option id of the project's Status field."""


def read(path: Path) -> Records | None:
    """What was saved; None when nothing was. Raises msgspec.ValidationError when the file is not ours."""
    return msgspec.json.decode(path.read_bytes(), type=Records) if path.exists() else None


def write(records: Records, path: Path) -> None:
    """At once or not at all: a half-written file never replaces a whole one. What an index may still show stays behind."""
    issues = {number: replace(issue, versions=[]) for number, issue in records.issues.items()}
    fresh = path.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(replace(records, issues=issues)))
    fresh.replace(path)
