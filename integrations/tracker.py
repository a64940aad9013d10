"""What every tracker can be asked, and how it answers: values and one protocol.

A tracker is one folder: a module ``kind`` that describes it (see `integrations.kinds`) and a client that fulfils
`Tracker`. Texts of people are Markdown here, whatever form the tracker keeps them in.
"""

import datetime as dt
import enum
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from backlog.errors import N_, Text
from backlog.trackers.budgets import Limit
from backlog.trackers.fields import FieldMapping
from integrations.prose.block import Block

Value = str | float | tuple[str, ...] | None
"""Of a field as the tracker has it: a text, a number, a day as 2027-01-31, the id of a choice, or several of these."""


URL_MOST = 1000  # characters


class Category(enum.StrEnum):
    """What a status means, whatever it is called."""

    TODO = "to do"
    DOING = "doing"
    DONE = "done"


class Kind(enum.StrEnum):
    """Of a field of the tracker."""

    TEXT = "text"
    PROSE = "prose"
    NUMBER = "number"
    DAY = "day"
    CHOICE = "choice"
    CHOICES = "choices"
    LABELS = "labels"
    ACCOUNT = "account"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody in the tracker; ``is_us``: the account this connection signs in with. ``expires_at``: when its token
    ends, where `Tracker.me` is told."""

    id: str
    name: str
    is_us: bool = False
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of a field: a priority, a component, a milestone, a type of issue."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Status:
    """``id`` stays when it is renamed; ``category`` is what it means."""

    id: str
    name: str
    category: Category


@dataclass(frozen=True, slots=True)
class Project:
    """Where issues are kept: ``id`` never changes, ``key`` is what people write: owner/repo, AIR."""

    id: str
    key: str
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class TrackerField:
    """A field of issues of one type; ``choices`` where it has any; ``is_required`` when an issue is made;
    ``is_editable``: it stands on the screen on which issues are edited."""

    id: str
    name: str
    kind: Kind
    is_required: bool = False
    is_editable: bool = True
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What there is to choose from in one project, read from the tracker. ``boards`` of GitHub."""

    project: Project
    types: tuple[Choice, ...] = ()
    fields: tuple[TrackerField, ...] = ()
    statuses: tuple[Status, ...] = ()
    priorities: tuple[Choice, ...] = ()
    accounts: tuple[Account, ...] = ()
    boards: tuple[Choice, ...] = ()

    def field(self, name: str) -> TrackerField | None:
        return next((each for each in self.fields if each.id == name), None)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing a connection needs: ``name`` says what it may do, ``problem`` why not and what to do about it."""

    name: Text
    problem: Text | None = None
    is_needed: bool = True

    @property
    def ok(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as it is now. ``id`` never changes, ``key`` may (moved, transferred). ``text`` is the description
    without our block, as Markdown; ``sections`` are those of our block, None where it has none. ``native`` is the
    description as the tracker keeps it. ``values``: every other field by its id. ``done`` of ``children`` issues
    below it are done."""

    id: str
    key: str
    url: str
    project: Project
    title: str
    status: Status
    updated_at: dt.datetime
    created_at: dt.datetime
    native: Any = field(default=None, repr=False)
    text: str = field(default="", repr=False)
    sections: Mapping[str, str] | None = field(default=None, repr=False)
    marker: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    type: Choice | None = None
    author: Account | None = None
    assignees: tuple[Account, ...] = ()
    labels: tuple[str, ...] = ()
    milestone: str = ""
    parent_id: str | None = None
    children: int = 0
    done: int = 0

    def __post_init__(self) -> None:
        """An address people are led to is one of the web, of a length that can be kept; any other is left out."""
        if not self.url.startswith(("https://", "http://")) or len(self.url) > URL_MOST:
            object.__setattr__(self, "url", "")

    @property
    def is_done(self) -> bool:
        return self.status.category is Category.DONE


@dataclass(frozen=True, slots=True)
class Comment:
    """``marker`` is that of the comment of ours it was made from, None for what people wrote in the tracker."""

    id: str
    author: Account
    text: str
    written_at: dt.datetime
    edited_at: dt.datetime
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to become of an issue; what is None or not named stays as it is. ``status`` by its id. ``values`` by the
    ids of the tracker's fields; labels of people are never touched, so they are added and taken away one by one."""

    title: str | None = None
    block: Block | None = None
    status: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    labels_added: tuple[str, ...] = ()
    labels_removed: tuple[str, ...] = ()
    type: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Edit()


@dataclass(frozen=True, slots=True)
class Write:
    """One request that changes something in the tracker, not yet sent. ``what`` tells people; ``fields`` are the
    tracker's names of what it changes (``title``, ``block``, ``status``, ``labels``, else ids of fields); ``issue_id``
    None for a new one. ``is_creation``: sending it twice would make two of it."""

    method: str
    path: str
    body: Any
    what: Text
    fields: tuple[str, ...] = ()
    issue_id: str | None = None
    is_creation: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What a write that made something answered: the id and, of an issue, the key."""

    id: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """What a webhook says happened, to be read again. ``delivery`` is the same when it is sent twice; ``issue_id`` and
    ``key`` None where it is about something else; ``marker`` of our block where its description came along."""

    delivery: str
    event: str
    issue_id: str | None = None
    key: str | None = None
    marker: str | None = None
    sender: str = ""

    def __post_init__(self) -> None:
        """ValueError for what names no issue: longer than any id or key is, or with signs that cannot be kept."""
        for name, most in (("delivery", 200), ("event", 100), ("issue_id", 100), ("key", 200), ("sender", 200)):
            text = getattr(self, name)
            if text is not None and (len(text) > most or "\0" in text or (not text.isascii() and not _is_whole(text))):
                raise ValueError(f"a webhook's {name} is none")


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook registered in the tracker; ``expires_at`` None where it stays."""

    id: str
    expires_at: dt.datetime | None = None


class Scope(enum.StrEnum):
    """What has to wait when the tracker says it is too much."""

    CONNECTION = "connection"
    ISSUE = "issue"


class TrackerError(Exception):
    """The tracker did not do it. ``text`` says what happened and what to do; ``detail`` are the tracker's own words,
    without secrets, at most 500 characters; ``status`` of its answer."""

    def __init__(self, text: Text, *, detail: str = "", status: int | None = None) -> None:
        super().__init__(f"{text} {detail}".strip())
        self.text, self.detail, self.status = text, detail[:500], status


class Refused(TrackerError):
    """It will never take this as it is (400, 422). ``fields``: what it said of which field, by `Write.fields`."""

    def __init__(
        self, text: Text, fields: Mapping[str, str] | None = None, *, detail: str = "", status: int | None = None
    ) -> None:
        super().__init__(text, detail=detail, status=status)
        self.fields = dict(fields or {})


class Unreachable(TrackerError):
    """The wished status cannot be reached from the one it has; ``needs``: names of the fields its screen asks for."""

    def __init__(self, text: Text, needs: Sequence[str] = (), *, detail: str = "", status: int | None = None) -> None:
        super().__init__(text, detail=detail, status=status)
        self.needs = tuple(needs)


class Unauthorized(TrackerError):
    """The token is wrong, expired or revoked (401): nothing works until somebody gives another one."""


class NoAccess(TrackerError):
    """The account may not do this (403), or the project cannot be seen any more."""


class Missing(TrackerError):
    """There is no such issue, though its project can be seen (404)."""


class Gone(TrackerError):
    """The issue was deleted, and the tracker says so (410)."""


class Limited(TrackerError):
    """Too many requests. Nothing was carried out; wait until ``until`` (None: it did not say)."""

    def __init__(
        self,
        text: Text,
        until: dt.datetime | None,
        scope: Scope = Scope.CONNECTION,
        *,
        detail: str = "",
        status: int | None = None,
    ) -> None:
        super().__init__(text, detail=detail, status=status)
        self.until, self.scope = until, scope


class Unavailable(TrackerError):
    """It could not be reached or did not answer sensibly, and surely carried nothing out."""


class Ambiguous(TrackerError):
    """The answer to a write was lost: it may have been carried out or not."""


class Unsupported(TrackerError):
    """This version of the tracker does not know what we asked (a retired address or version): trying again is in vain."""


class Tracker(Protocol):
    """One project of one tracker, signed in. Every method raises a `TrackerError`; reads never raise Ambiguous.

    What writes is planned first and sent one by one, so that each can wait for its turn, and a dry run is the plan.
    """

    async def me(self) -> Account: ...

    async def check(self) -> Sequence[Check]:
        """What the account may do in the project, each thing named: read, write, label, transition, comment, hooks."""
        ...

    async def projects(self, text: str = "") -> Sequence[Project]:
        """Those the account can see, at most 50."""
        ...

    async def catalogue(self, issue_type: str = "") -> Catalogue: ...

    async def read(self, key: str) -> Issue:
        """By id where the tracker reads by id, else by key. An issue that moved is answered from where it is now:
        compare ``id``, ``key`` and ``project``. Missing, Gone, NoAccess."""
        ...

    def changed(self, since: dt.datetime) -> AsyncIterator[Sequence[Issue]]:
        """Page by page what changed in the project since then, with overlap; may be behind by `TrackerKind.lag`."""
        ...

    async def search(self, text: str) -> Sequence[Issue]:
        """At most 20 issues of the project by their title or key, the newest first."""
        ...

    async def find(self, marker: str, since: dt.datetime, after: str) -> Sequence[Issue]:
        """Every issue with this marker made since then, also those the index does not know yet: the keys that follow
        ``after`` (the newest known before) are read one by one."""
        ...

    async def newest(self) -> str:
        """The key of the newest issue; empty without any."""
        ...

    def creation(self, edit: Edit, marker: str) -> Write: ...

    async def writes(self, issue: Issue, edit: Edit) -> Sequence[Write]:
        """What makes the issue so, in order. Unreachable when the status cannot be set."""
        ...

    async def send(self, write: Write) -> Sent:
        """Ambiguous when the answer was lost; any other error: surely not carried out."""
        ...

    async def comments(self, issue: Issue, since: dt.datetime | None = None) -> Sequence[Comment]: ...

    def comment(self, issue: Issue, text: str, marker: str) -> Write: ...

    def nesting(self, parent: Issue, child: Issue) -> Write | None:
        """Make one a sub-issue of the other; None where the tracker knows no such thing."""
        ...

    def closing(self, issue: Issue, reason: str) -> Sequence[Write]:
        """Close one of two issues that were made by mistake, saying why."""
        ...

    async def register_hook(self, url: str, secret: str) -> Hook | None:
        """None where this account cannot: a person has to, by `TrackerKind.hook_help`."""
        ...

    async def renew_hook(self, hook: Hook) -> Hook: ...

    async def remove_hook(self, hook: Hook) -> None: ...

    async def redeliveries(self, hook: Hook, since: dt.datetime) -> Sequence[Write]:
        """What has it send again what could not be delivered since then; nothing where it cannot be asked."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Credential:
    """One thing a connection signs in with, as the form asks for it."""

    name: str
    label: str
    is_secret: bool = True
    is_required: bool = True
    help: str = ""


@dataclass(frozen=True)
class Way:
    """One of the ways to sign in: a token, an app."""

    name: str
    label: str
    credentials: tuple[Credential, ...]


@dataclass(frozen=True)
class Access:
    """What a client is opened with. ``save`` keeps new credentials before they are used, under a lock: it is given
    what changes those now kept, which may be newer than ``credentials``."""

    base_url: str
    project: str
    credentials: Mapping[str, str] = field(repr=False)
    board: str = ""
    save: (
        Callable[[Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]]], Awaitable[Mapping[str, str]]] | None
    ) = None
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class TrackerKind:
    """A kind of tracker. ``limits`` it sets on writes; ``lag`` seconds its lists may be behind; ``title_most``
    characters; ``hook_help`` how a person sets up a webhook."""

    name: str
    label: str
    base_url: str
    base_url_help: str
    project_help: str
    ways: tuple[Way, ...]
    limits: tuple[Limit, ...]
    lag: float
    title_most: int
    hook_help: str
    open: Callable[[httpx.AsyncClient, Access], Tracker]
    defaults: Callable[[Catalogue], FieldMapping]
    hint: Callable[[Mapping[str, str], bytes], Hint | None]
    """What a webhook says; None for what is not about issues. ValueError for what is no webhook of this tracker."""
    is_genuine: Callable[[Sequence[str], Mapping[str, str], bytes], bool]
    """Whether one of these secrets signed this body; names of headers are in lower case."""
    reference: Callable[[str], str | None]
    """The key in what people paste: an address of an issue or a key; None when it is neither."""
    numbered: Callable[[str, int], str]
    """The key of an issue of a project by its number."""
    reads_by_id: bool = False
    """`Tracker.read` takes ids too, which survive a move."""


NOT_JSON = N_("It answered with a page instead of data: a sign-in page, a proxy or maintenance. Check the address.")
