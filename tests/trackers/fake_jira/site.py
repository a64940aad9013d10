"""One Jira site in memory: its people, projects, fields and issues, and what people do in it."""

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.trackers.fake_jira import fields, work
from tests.trackers.fake_jira.fields import Field, Kind, Setting
from tests.trackers.fake_jira.hooks import Hooks
from tests.trackers.fake_jira.index import Index
from tests.trackers.fake_jira.issues import Comment, Issue
from tests.trackers.fake_jira.oauth import OAuth
from tests.trackers.fake_jira.people import Account, Token
from tests.trackers.fake_jira.projects import IssueType, Project, Status
from tests.trackers.fake_jira.rates import Rates

Clock = Callable[[], dt.datetime]


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(slots=True)
class Switches:
    """Counts of requests still to be answered so, and habits that hold until switched off."""

    conflicts: int = 0  # PUT of an issue: 409
    refusals_consume_a_key: bool = False  # a 400 on create leaves a gap in the numbers
    broken_token_is_anonymous: bool = False  # Cloud: a wrong token reads as nobody instead of 401
    page_size: int = 5000  # the most that one page of a search holds


@dataclass(slots=True)
class Site:
    """`url` is the site's own address with the context path, as it stands in `self` links and webhooks."""

    deployment: Literal["Cloud", "Data Center", "Server"] = "Cloud"
    context_path: str = ""
    clock: Clock = now
    host: str = "https://airport.atlassian.net"
    cloud_id: str = "11223344-a1b2-3b33-c444-def123456789"
    accounts: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    projects: dict[int, Project] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=lambda: {each.id: each for each in fields.SYSTEM})
    switches: Switches = field(default_factory=Switches)
    rates: Rates = field(init=False)
    index: Index = field(init=False)
    hooks: Hooks = field(init=False)
    oauth: OAuth = field(init=False)
    failed_sign_ins: dict[str, int] = field(default_factory=dict)
    page_tokens: dict[str, tuple[str, int, dt.datetime]] = field(default_factory=dict)  # JQL, start, end of its life
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(10_001))

    def __post_init__(self) -> None:
        self.index = Index(self.clock)
        self.hooks = Hooks(self)
        self.rates = Rates(self.clock, self.cloud)
        self.oauth = OAuth(self.clock, self.tokens)

    @property
    def cloud(self) -> bool:
        return self.deployment == "Cloud"

    @property
    def url(self) -> str:
        return self.host + self.context_path

    @property
    def gateway(self) -> str:
        """The address below which scoped tokens work; the same host here, api.atlassian.com in life."""
        return f"{self.host}/ex/jira/{self.cloud_id}"

    def next_id(self) -> int:
        return next(self._ids)

    def add_account(self, account: Account) -> Account:
        self.accounts[account.id] = account
        return account

    def add_token(self, token: Token) -> Token:
        self.tokens[token.text] = token
        return token

    def add_project(self, project: Project) -> Project:
        self.projects[project.id] = project
        return project

    def add_field(self, added: Field) -> Field:
        self.fields[added.id] = added
        return added

    def id_of(self, id_or_key: str) -> int | None:
        """Of an issue that exists or once did: by id, key or an old key, in any letter case."""
        number = int(id_or_key) if id_or_key.isdecimal() else self.keys.get(id_or_key.upper())
        return number if number in self.issues else None

    def issue(self, id_or_key: str) -> Issue:
        """Raises KeyError when there is none."""
        number = self.id_of(id_or_key)
        if number is None:
            raise KeyError(id_or_key)
        return self.issues[number]

    def project_of(self, id_or_key: str) -> Project | None:
        """By id, key, old key or name, as JQL and paths name it."""
        for project in self.projects.values():
            if id_or_key.upper() in (str(project.id), project.key, *project.old_keys) or id_or_key == project.name:
                return project
        return None

    def type_of(self, issue: Issue) -> IssueType:
        return next(each for each in self.projects[issue.project].types if each.id == issue.type)

    def status_of(self, issue: Issue) -> Status:
        return next(each for each in self.type_of(issue).workflow.statuses if each.id == issue.status)

    def create(self, project: str, by: Account, type: str = "", **values: Any) -> Issue:  # noqa: A002 # Jira's word
        """What somebody files by hand; values as in `edit`."""
        home = self._project(project)
        kind = home.type(type) or home.types[0]
        return work.create(self, by, home, kind, self._stored(home, values), {})

    def edit(self, key: str, by: Account, **values: Any) -> None:
        """Texts as plain strings, people by account id or name, choices and components by name; None empties."""
        issue = self.issue(key)
        work.edit(self, issue, by, self._stored(self.projects[issue.project], values))

    def transition(self, key: str, to: str, by: Account, **values: Any) -> None:
        """By the name of the status or of the transition."""
        issue = self.issue(key)
        found = self.type_of(issue).workflow.from_status(issue.status)
        way = next(each for each in found if to in (each.to.name, each.name))
        work.transit(self, issue, by, way, self._stored(self.projects[issue.project], values))

    def comment(self, key: str, by: Account, text: str) -> Comment:
        stored = self._stored(self._home(key), {"description": text})["description"]
        return work.comment(self, self.issue(key), by, stored)

    def edit_comment(self, key: str, comment: int, by: Account, text: str) -> None:
        issue = self.issue(key)
        stored = self._stored(self._home(key), {"description": text})["description"]
        work.rewrite(self, issue, next(each for each in issue.comments if each.id == comment), by, stored)

    def delete_comment(self, key: str, comment: int, by: Account) -> None:
        issue = self.issue(key)
        work.withdraw(self, issue, next(each for each in issue.comments if each.id == comment), by)

    def move(self, key: str, to_project: str, by: Account) -> Issue:
        issue = self.issue(key)
        work.move(self, issue, by, self._project(to_project))
        return issue

    def delete(self, key: str, by: Account) -> None:
        work.delete(self, self.issue(key), by)

    def rename_project_key(self, old: str, new: str) -> None:
        work.rename_project_key(self, self._project(old), new)

    def delete_project(self, key: str, by: Account) -> None:
        project = self._project(key)
        for issue in [each for each in self.issues.values() if each.project == project.id]:
            work.delete(self, issue, by)
        del self.projects[project.id]

    def _home(self, key: str) -> Project:
        return self.projects[self.issue(key).project]

    def _project(self, key: str) -> Project:
        found = self.project_of(key)
        if found is None:
            raise KeyError(key)
        return found

    def _stored(self, project: Project, values: dict[str, Any]) -> dict[str, Any]:
        return {name: self._said(project, self.fields[name], value) for name, value in values.items()}

    def _said(self, project: Project, named: Field, value: Any) -> Any:
        """A plain word becomes what version 2 or 3 would be sent for it."""
        version = 3 if isinstance(value, dict) and named.kind is Kind.TEXT else 2
        setting = Setting(self.cloud, version, project, self.accounts)
        match named.kind:
            case Kind.USER if isinstance(value, str):
                account = next(each for each in self.accounts.values() if value in (each.id, each.name))
                value = {"accountId": account.id, "name": account.name}
            case Kind.PRIORITY | Kind.RESOLUTION if isinstance(value, str):
                value = {"name": value}
            case Kind.OPTION if isinstance(value, str):
                value = {"value": value}
            case Kind.COMPONENTS:
                value = [{"name": each} for each in value or []]
            case _:
                pass
        return setting.accept(named, value)
