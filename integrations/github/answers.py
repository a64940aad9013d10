"""What GitHub answers, as far as Waymark reads it; checked when it comes in.

Of the singular ``assignee`` and of ``rate`` nothing is read: the interface of 2026-03-10 has dropped them.
"""

import datetime as dt
from typing import Any, TypeVar

import msgspec

from backlog.errors import N_, Text
from integrations.errors import Ambiguous, Unavailable

Shape = TypeVar("Shape")


class User(msgspec.Struct, frozen=True):
    login: str


class Owner(msgspec.Struct, frozen=True):
    login: str
    type: str = "User"


class Permissions(msgspec.Struct, frozen=True):
    pull: bool = False
    triage: bool = False
    push: bool = False
    maintain: bool = False
    admin: bool = False


class Repository(msgspec.Struct, frozen=True):
    id: int
    full_name: str
    html_url: str = ""
    owner: Owner | None = None
    permissions: Permissions = Permissions()
    has_issues: bool = True
    archived: bool = False


class Label(msgspec.Struct, frozen=True):
    name: str | None = None


class Milestone(msgspec.Struct, frozen=True):
    number: int
    title: str


class IssueType(msgspec.Struct, frozen=True):
    name: str
    is_enabled: bool = True


class Children(msgspec.Struct, frozen=True):
    total: int = 0
    completed: int = 0


class Issue(msgspec.Struct, frozen=True):
    """``pull_request`` is there when it is none of an issue."""

    id: int
    number: int
    title: str
    state: str
    html_url: str
    repository_url: str
    created_at: dt.datetime
    updated_at: dt.datetime
    node_id: str = ""
    state_reason: str | None = None
    body: str | None = None
    user: User | None = None
    assignees: tuple[User, ...] | None = None
    labels: tuple[Label | str, ...] = ()
    milestone: Milestone | None = None
    type: IssueType | None = None
    sub_issues_summary: Children | None = None
    parent_issue_url: str | None = None
    pull_request: dict[str, Any] | None = None

    @property
    def label_names(self) -> tuple[str, ...]:
        names = (each if isinstance(each, str) else each.name for each in self.labels)
        return tuple(name for name in names if name)

    @property
    def logins(self) -> tuple[str, ...]:
        return tuple(each.login for each in self.assignees or ())


class Found(msgspec.Struct, frozen=True):
    """Of a search."""

    items: tuple[Issue, ...]


class Comment(msgspec.Struct, frozen=True):
    id: int
    created_at: dt.datetime
    updated_at: dt.datetime
    user: User | None = None
    body: str | None = None


class HookConfig(msgspec.Struct, frozen=True):
    url: str = ""


class Hook(msgspec.Struct, frozen=True):
    id: int
    config: HookConfig = HookConfig()


class Delivery(msgspec.Struct, frozen=True):
    """``guid`` is the same when it is sent again, ``id`` is not."""

    id: int
    guid: str
    delivered_at: dt.datetime
    status_code: int = 0

    @property
    def arrived(self) -> bool:
        return 200 <= self.status_code < 300


class InstallationToken(msgspec.Struct, frozen=True):
    token: str
    expires_at: dt.datetime
    permissions: dict[str, str] = {}


class App(msgspec.Struct, frozen=True):
    slug: str


class Repositories(msgspec.Struct, frozen=True):
    repositories: tuple[Repository, ...]


def shaped(value: Any, shape: type[Shape], *, writes: bool = False) -> Shape:
    """Unavailable (of a write Ambiguous) when it is not what GitHub's documents promise."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        kind = Ambiguous if writes else Unavailable
        raise kind(Text(N_("GitHub answered with something Waymark cannot read.")), detail=str(error)) from error
