"""What GitLab answers, as far as Waymark reads it; checked when it comes in."""

import datetime as dt
from typing import Any, TypeVar

import msgspec

from backlog.errors import N_, Text
from integrations.errors import Ambiguous, Unavailable

Shape = TypeVar("Shape")


class User(msgspec.Struct, frozen=True):
    """``is_admin`` is told to administrators only."""

    id: int
    username: str
    name: str = ""
    is_admin: bool | None = None


class Level(msgspec.Struct, frozen=True):
    """10 guest, 15 planner, 20 reporter, 30 developer, 40 maintainer, 50 owner."""

    access_level: int = 0


class Permissions(msgspec.Struct, frozen=True):
    """Memberships of the project and of its group; others (a group that was invited) are not among them."""

    project_access: Level | None = None
    group_access: Level | None = None


class Project(msgspec.Struct, frozen=True):
    id: int
    path_with_namespace: str
    name_with_namespace: str = ""
    web_url: str = ""
    archived: bool = False
    issues_enabled: bool | None = None
    permissions: Permissions | None = None


class Token(msgspec.Struct, frozen=True):
    """``scopes`` None where nothing is told."""

    scopes: tuple[str, ...] | None = None
    expires_at: dt.date | None = None


class Named(msgspec.Struct, frozen=True):
    """A label."""

    name: str


class Milestone(msgspec.Struct, frozen=True):
    id: int
    title: str


class References(msgspec.Struct, frozen=True):
    """``full`` is ``group/project#12``."""

    full: str


class Issue(msgspec.Struct, frozen=True):
    """``id`` is the same over all projects, ``iid`` counts in one. ``moved_to_id``: of the new issue that a move makes,
    while this one is closed. ``weight`` is left out where the plan has none. Some that speak like GitLab leave out where
    it is, and when it was made and changed."""

    id: int
    iid: int
    title: str
    state: str
    project_id: int | None = None
    web_url: str | None = None
    references: References | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    description: str | None = None
    author: User | None = None
    assignees: tuple[User, ...] | None = None
    labels: tuple[str, ...] | None = None
    milestone: Milestone | None = None
    due_date: str | None = None
    weight: float | None = None
    issue_type: str | None = None
    moved_to_id: int | None = None


class Note(msgspec.Struct, frozen=True):
    """``system``: GitLab itself says what somebody did. ``internal`` is for the team alone; ``confidential`` is what it
    was called before."""

    id: int
    body: str
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    author: User | None = None
    system: bool = False
    internal: bool | None = None
    confidential: bool | None = None

    @property
    def is_for_the_team_alone(self) -> bool:
        return bool(self.internal or self.confidential)


class Hook(msgspec.Struct, frozen=True):
    id: int
    url: str = ""


LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def times(of: Issue | Note) -> tuple[dt.datetime, dt.datetime]:
    """When it was made and last changed. What is not told is the other, or long ago: the same whenever it is read, so
    that nothing looks changed because it was looked at. What changed without telling is then found by a webhook, or
    by the daily look, but for comments: these come in with the first look alone."""
    made = of.created_at or of.updated_at or LONG_AGO
    return made, of.updated_at or made


def shaped(value: Any, shape: type[Shape], *, writes: bool = False) -> Shape:
    """Unavailable (of a write Ambiguous) when it is not what GitLab's documents promise."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        kind = Ambiguous if writes else Unavailable
        raise kind(Text(N_("GitLab answered with something Waymark cannot read.")), detail=str(error)) from error
