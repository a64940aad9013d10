"""What every tracker can be asked, and how a kind of tracker is described: one protocol.

A tracker is one folder: a module ``kind`` that describes it (see `integrations.kinds`) and a client that fulfils
`Tracker`. Texts of people are Markdown here, whatever form the tracker keeps them in.
"""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from backlog.errors import Text
from backlog.trackers.budgets import Limit
from backlog.trackers.fields import FieldMapping
from integrations.catalogue import Catalogue
from integrations.issue import Account, Comment, Issue, Project
from integrations.webhook import Hint, Hook
from integrations.writes import Edit, Sent, Write


@dataclass(frozen=True, slots=True)
class Check:
    """One thing a connection needs: ``name`` says what it may do, ``problem`` why not and what to do about it;
    ``unasked`` why nobody knows."""

    name: Text
    problem: Text | None = None
    is_needed: bool = True
    unasked: Text | None = None

    @property
    def ok(self) -> bool | None:
        """None when it could not be asked, which is no "no"."""
        return None if self.problem is None and self.unasked is not None else self.problem is None


class Tracker(Protocol):
    """One project of one tracker, signed in. Every method raises a `TrackerError`; reads never raise Ambiguous.

    What writes is planned first and sent one by one, so that each can wait for its turn, and a dry run is the plan.
    """

    async def me(self) -> Account: ...

    async def check(self) -> Sequence[Check]:
        """What the account may do in the project, each thing named: read, write, label, transition, comment, hooks."""
        ...

    async def project(self) -> Project:
        """Ours, looked at anew: another one may stand under its name by now. NoAccess when it cannot be seen."""
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

    def closing(self, issue: Issue) -> Write:
        """Close one of two issues that were made by mistake."""
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
    is_project: Callable[[str], bool]
    """Whether a project may be called so."""
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
    hook_signature: str
    """The header, in lower case, that signs the body; empty where headers alone tell who sends, whatever the body."""
    hook_most: int
    """Bytes. No webhook about an issue is larger, with all its texts as long as they may be and every sign escaped."""
    reference: Callable[[str], str | None]
    """The key in what people paste: an address of an issue or a key; None when it is neither."""
    numbered: Callable[[str, int], str]
    """The key of an issue of a project by its number."""
    reads_by_id: bool = False
    """`Tracker.read` takes ids too, which survive a move."""
