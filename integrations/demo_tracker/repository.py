"""A repository: its state, its switches, and what people do in it."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec import UNSET

from integrations.demo_tracker import payloads, records
from integrations.demo_tracker.accounts import GHOST, Account
from integrations.demo_tracker.comments import Comments
from integrations.demo_tracker.family import Family
from integrations.demo_tracker.hooks import Hooks
from integrations.demo_tracker.host import Host
from integrations.demo_tracker.issue_list import IssueList
from integrations.demo_tracker.issues import Changes, Event, Issue, Reason, apply
from integrations.demo_tracker.labels import Labels
from integrations.demo_tracker.limits import Clock, now
from integrations.demo_tracker.milestones import Milestones
from integrations.demo_tracker.records import IssueType, Records


class Repository:
    """Switches, all off at first:

    ``index_lag``: seconds until the list shows a change, ``search_lag``: until search does (never below the former);
    ``push_access`` False takes push from everybody; ``has_issues`` False answers 410; ``blank_location`` sends the
    redirect of a transferred issue without an address; `Limits` of the host and `Mishaps` of the hooks have their own.
    """

    def __init__(
        self,
        full_name: str = "aurora-airport/passenger-services",
        *,
        host: Host | None = None,
        clock: Clock = now,
        accounts: dict[str, Account] | None = None,
        saved_in: Path | None = None,
    ) -> None:
        """``accounts`` by token. ``saved_in``: a JSON file to go on from and to write after each change."""
        self.host = host or Host(clock, accounts or {})
        self.saved_in = saved_in
        owner, _, name = full_name.partition("/")
        saved = records.read(saved_in) if saved_in else None
        self.records = saved or Records(self.host.new_id(), owner, name, self.host.clock())
        self.host.last_id = max(self.host.last_id, self.records.last_id, self.records.id + 1)
        self.host.repositories.append(self)
        self.index_lag = 0.0
        self.search_lag = 0.0
        self.push_access = True
        self.has_issues = True
        self.blank_location = False
        self.hooks = Hooks(self)
        self.issues = IssueList(self)
        self.comments = Comments(self)
        self.labels = Labels(self)
        self.milestones = Milestones(self)
        self.family = Family(self)

    def beside(self, full_name: str) -> "Repository":
        """Another repository at the same place, with the same people and limits."""
        return Repository(full_name, host=self.host)

    @property
    def full_name(self) -> str:
        return f"{self.records.owner}/{self.records.name}"

    @property
    def url(self) -> str:
        return f"{self.host.address}{self.host.api}/repos/{self.full_name}"

    @property
    def page(self) -> str:
        return f"{self.host.address}/{self.full_name}"

    @property
    def numbered_url(self) -> str:
        """As redirects and Link headers name it."""
        return f"{self.host.address}{self.host.api}/repositories/{self.records.id}"

    def new_id(self) -> int:
        self.records.last_id = self.host.new_id()
        return self.records.last_id

    def save(self) -> None:
        if self.saved_in is not None:
            records.write(self.records, self.saved_in)

    def may(self, account: Account, permission: str) -> bool:
        taken = not self.push_access and permission in {"push", "maintain", "admin"}
        return account.may(permission) and not taken

    def person(self, login: str) -> Account:
        return self.host.person(login) or GHOST

    def type_named(self, name: str) -> IssueType:
        return next(one for one in self.records.types if one.name.lower() == name.lower())

    def add_type(self, name: str, description: str | None = None) -> IssueType:
        self.records.types.append(IssueType(self.new_id(), name, description))
        return self.records.types[-1]

    def open_issue(
        self,
        title: str,
        *,
        by: Account,
        body: str | None = None,
        labels: Sequence[str] = (),
        assignees: Sequence[str] = (),
        milestone: int | None = None,
        type: str | None = None,  # noqa: A002 # GitHub's word
        pull_request: bool = False,
    ) -> Issue:
        """Labels nobody knows yet come into being, as on GitHub."""
        now = self.host.clock()
        self.records.last_number += 1
        issue = Issue(self.new_id(), self.records.last_number, title, body, by, now, now, pull_request=pull_request)
        issue.labels = [self.labels.known(name).name for name in labels]
        issue.assignees, issue.milestone, issue.type = list(assignees), milestone, type
        self.records.issues[issue.number] = issue
        every = [Event("opened"), *(Event("labeled", label=name) for name in issue.labels)]
        self.announce(issue, every, by)
        self.save()
        return issue

    def change(self, number: int, changes: Changes, *, by: Account) -> Issue:
        """Raises Refusal: 404, 410, 301."""
        issue = self.issues.get(number)
        events = apply(issue, changes, by=by, now=self.host.clock())
        self.announce(issue, events, by)
        self.save()
        return issue

    def edit(self, number: int, *, by: Account, title: str | None = None, body: str | None = None) -> Issue:
        """None leaves as it is; an empty body empties."""
        changes = Changes(title=UNSET if title is None else title, body=UNSET if body is None else body)
        return self.change(number, changes, by=by)

    def close(self, number: int, *, by: Account, reason: Reason = "completed") -> Issue:
        return self.change(number, Changes(state="closed", state_reason=reason), by=by)

    def reopen(self, number: int, *, by: Account) -> Issue:
        return self.change(number, Changes(state="open"), by=by)

    def label(self, number: int, *names: str, by: Account) -> Issue:
        """Add to those it has."""
        known = [self.labels.known(name).name for name in names]
        return self.change(number, Changes(labels=[*self.issues.get(number).labels, *known]), by=by)

    def unlabel(self, number: int, *names: str, by: Account) -> Issue:
        dropped = {name.lower() for name in names}
        kept = [name for name in self.issues.get(number).labels if name.lower() not in dropped]
        return self.change(number, Changes(labels=kept), by=by)

    def assign(self, number: int, *logins: str, by: Account) -> Issue:
        """Replace those it had."""
        return self.change(number, Changes(assignees=logins), by=by)

    def lock(self, number: int, *, by: Account, reason: str | None = None) -> None:
        self.set_lock(number, locked=True, reason=reason, by=by)

    def unlock(self, number: int, *, by: Account) -> None:
        self.set_lock(number, locked=False, reason=None, by=by)

    def set_lock(self, number: int, *, locked: bool, reason: str | None, by: Account) -> None:
        issue = self.issues.get(number)
        issue.touch(self.host.clock())
        issue.locked, issue.lock_reason = locked, reason
        self.announce(issue, [Event("locked" if locked else "unlocked")], by)
        self.save()

    def delete(self, number: int, *, by: Account) -> None:
        issue = self.issues.get(number)
        del self.records.issues[number]
        self.records.gone.add(number)
        self.announce(issue, [Event("deleted")], by)
        self.save()

    def transfer(self, number: int, to: "Repository", *, by: Account) -> Issue:
        """The new issue has an id and a number of its own; labels the new place does not know are left behind."""
        old = self.issues.get(number)
        known = [name for name in old.labels if name.lower() in to.records.labels]
        new = to.moved_in(old, known)
        for comment in self.comments.of(number):
            to.comments.moved_in(comment, new)
        before = payloads.issue(self, old)
        there = {"new_issue": payloads.issue(to, new), "new_repository": payloads.repository(to)}
        self.hooks.announce("issues", {"action": "transferred", "issue": before, "changes": there}, by)
        here = {"old_issue": before, "old_repository": payloads.repository(self)}
        to.hooks.announce("issues", {"action": "opened", "issue": there["new_issue"], "changes": here}, by)
        del self.records.issues[number]
        self.records.moved[number] = f"/repositories/{to.records.id}/issues/{new.number}"
        self.save()
        to.save()
        return new

    def moved_in(self, old: Issue, labels: list[str]) -> Issue:
        now = self.host.clock()
        self.records.last_number += 1
        new = Issue(self.new_id(), self.records.last_number, old.title, old.body, old.author, old.created_at, now)
        new.state, new.state_reason, new.closed_at, new.closed_by = (
            old.state,
            old.state_reason,
            old.closed_at,
            old.closed_by,
        )
        new.labels, new.assignees = labels, [*old.assignees]
        self.records.issues[new.number] = new
        return new

    def rename(self, name: str) -> None:
        """The old name goes on working by redirects."""
        self.records.former_names.append(self.full_name.lower())
        self.records.name = name
        self.save()

    def announce(self, issue: Issue, events: Sequence[Event], by: Account) -> None:
        for event in events if self.records.hooks else ():
            self.hooks.announce("issues", self.told(issue, event), by)

    def told(self, issue: Issue, event: Event) -> dict[str, Any]:
        """The payload of an ``issues`` event."""
        said: dict[str, Any] = {"action": event.action, "issue": payloads.issue(self, issue)}
        if event.changes is not None:
            said["changes"] = event.changes
        if event.label is not None:
            said["label"] = payloads.label(self, self.labels.named(event.label))
        if event.assignee is not None:
            said["assignee"] = payloads.account(self.host, self.person(event.assignee))
        if event.milestone is not None:
            said["milestone"] = payloads.milestone(self, self.records.milestones[event.milestone])
        if event.type is not None:
            said["type"] = payloads.issue_type(self.type_named(event.type))
        return said

    def lagging(self, *, search: bool = False) -> list[Issue]:
        """What list and search show: each issue as it was when the index last looked."""
        lag = max(self.index_lag, self.search_lag) if search else self.index_lag
        if lag <= 0:
            return list(self.records.issues.values())
        until = self.host.clock() - timedelta(seconds=lag)
        return [seen for issue in list(self.records.issues.values()) if (seen := issue.seen(until)) is not None]
