"""What GitHub answers, as far as Waymark reads it; checked when it comes in.

Of the singular ``assignee`` and of ``rate`` nothing is read: the interface of 2026-03-10 has dropped them.
"""

import datetime as dt
from typing import Any, TypeVar

import msgspec

from backlog.errors import N_, Text
from integrations.errors import Ambiguous, Unavailable
from integrations.github.keys import Key, key_of, parsed, reference, repository_of

Shape = TypeVar("Shape")
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


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
    """``permissions`` of who asks; GitHub does not promise to tell them."""

    id: int
    full_name: str
    html_url: str = ""
    owner: Owner | None = None
    permissions: Permissions | None = None
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
    """``pull_request`` is there when it is none of an issue. Some that speak like GitHub leave out where it is, and
    when it was made and changed."""

    id: int
    number: int
    title: str
    state: str
    url: str | None = None
    html_url: str | None = None
    repository_url: str | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    node_id: str | None = ""
    state_reason: str | None = None
    body: str | None = None
    user: User | None = None
    assignees: tuple[User, ...] | None = None
    labels: tuple[Label | str, ...] | None = None
    milestone: Milestone | None = None
    type: IssueType | None = None
    sub_issues_summary: Children | None = None
    parent_issue_url: str | None = None
    pull_request: dict[str, Any] | None = None

    @property
    def repository(self) -> str:
        """Its owner and name; empty where none of its addresses tells."""
        key = key_of(self.url or "") or parsed(reference(self.html_url or "") or "")
        return repository_of(self.repository_url or "") or (key.repository if key else "")

    def is_at(self, key: Key) -> bool:
        """Whether it is where it was asked for; GitHub leads on to where an issue was moved."""
        return (self.repository or key.repository).lower() == key.repository.lower() and self.number == key.number

    @property
    def label_names(self) -> tuple[str, ...]:
        names = (each if isinstance(each, str) else each.name for each in self.labels or ())
        return tuple(name for name in names if name)

    @property
    def logins(self) -> tuple[str, ...]:
        return tuple(each.login for each in self.assignees or ())


class Found(msgspec.Struct, frozen=True):
    """Of a search."""

    items: tuple[Issue, ...]


class Comment(msgspec.Struct, frozen=True):
    id: int
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
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
    permissions: dict[str, str] | None = None


class App(msgspec.Struct, frozen=True):
    slug: str


class Repositories(msgspec.Struct, frozen=True):
    repositories: tuple[Repository, ...]


def times(of: Issue | Comment) -> tuple[dt.datetime, dt.datetime]:
    """When it was made and last changed. What is not told is the other, or long ago: the same whenever it is read, so
    that nothing looks changed because it was looked at. What changed without telling is then found by a webhook, or
    by the daily look, but for comments: these come in with the first look alone."""
    made = of.created_at or of.updated_at or LONG_AGO
    return made, of.updated_at or made


def shaped(value: Any, shape: type[Shape], *, writes: bool = False) -> Shape:
    """Unavailable (of a write Ambiguous) when it is not what GitHub's documents promise."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        kind = Ambiguous if writes else Unavailable
        raise kind(Text(N_("GitHub answered with something Waymark cannot read.")), detail=str(error)) from error
