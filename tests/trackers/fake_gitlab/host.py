"""The server: who may sign in, the projects, and what happens to their issues."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.trackers.fake_gitlab.commands import extracted
from tests.trackers.fake_gitlab.records import PLANNER, Issue, Milestone, Note, Project, Refusal, User, not_found


@dataclass
class Host:
    """``users`` by token. ``lag`` seconds lists are behind; ``notes_a_minute`` of each user, 0 for as many as they like.
    ``outbox``: what happened, for hooks to tell."""

    clock: Callable[[], dt.datetime]
    users: dict[str, User]
    projects: list[Project] = field(default_factory=list)
    url: str = "http://gitlab.example"
    lag: float = 0.0
    notes_a_minute: int = 0
    last_id: int = 5000
    outbox: list[tuple[Project, dict[str, Any]]] = field(default_factory=list)

    def new_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def found(self, named: str) -> Project:
        """By its path or number. Refusal 301 for a former path."""
        for each in self.projects:
            if named in (str(each.id), each.path):
                return each
            if named in each.former:
                raise Refusal(301, {}, {"location": f"{self.url}/api/v4/projects/{each.id}"})
        raise not_found("Project")

    def issue(self, project: Project, iid: int) -> Issue:
        if iid not in project.issues:
            raise not_found("Issue")
        return project.issues[iid]

    def person(self, number: int) -> User | None:
        return next((each for each in self.users.values() if each.id == number), None)

    def open(self, project: Project, by: User, title: str, description: str | None = None, **values: Any) -> Issue:
        now = self.clock()
        project.last_iid += 1
        made = Issue(self.new_id(), project.last_iid, project.id, title, by, now, now)
        project.issues[made.iid] = made
        self.edit(project, made, by, description=description, **values)
        self.tell(project, "issue", "open", made, by)
        return made

    def edit(self, project: Project, issue: Issue, by: User, **values: Any) -> None:
        """What the role or the plan does not allow is left out without a word."""
        may = by.level >= PLANNER
        allowed = {"title", "description", "state_event"} if not may else set(values)
        if not project.is_premium:
            allowed -= {"weight"}
            if "assignee_ids" in values:
                values["assignee_ids"] = values["assignee_ids"][:1]
        for name, value in values.items():
            if name in allowed:
                self._set(project, issue, by, name, value)
        issue.updated_at = self.clock()

    def _set(self, project: Project, issue: Issue, by: User, name: str, value: Any) -> None:
        match name:
            case "description":
                kept, commands = extracted(value or "", issue.description or "")
                issue.description = kept or None
                self.carry_out(project, issue, by, commands)
            case "labels" | "add_labels":
                fresh = [each for each in value.split(",") if each and each not in issue.labels]
                issue.labels += fresh
                project.labels += [each for each in fresh if each not in project.labels]
            case "remove_labels":
                issue.labels = [each for each in issue.labels if each not in value.split(",")]
            case "state_event":
                issue.state = "closed" if value == "close" else "opened"
            case "assignee_ids":
                people = [self.person(each) for each in value if each]
                issue.assignees = [each for each in people if each]
            case "milestone_id":
                issue.milestone = next((each for each in project.milestones if each.id == value), None)
            case "due_date":
                issue.due_date = value or None
            case _:
                setattr(issue, name, value)

    def carry_out(self, project: Project, issue: Issue, by: User, commands: list[tuple[str, str]]) -> None:
        for name, _ in commands:
            if name in ("close", "reopen"):
                issue.state = "closed" if name == "close" else "opened"
            if name == "assign":
                issue.assignees = [by]

    def note(self, project: Project, issue: Issue, by: User, text: str, **about: bool) -> Note | None:
        """None when there were only commands in it."""
        now = self.clock()
        kept, commands = extracted(text)
        self.carry_out(project, issue, by, commands)
        issue.updated_at = now
        if not kept.strip():
            return None
        made = Note(self.new_id(), kept, by, now, now, **about)
        issue.notes.append(made)
        if not made.system:
            self.tell(project, "note", "create", issue, by, made)
        return made

    def move(self, project: Project, issue: Issue, to: Project, by: User) -> Issue:
        """Another issue is made there; this one is closed, and a note says where it went."""
        made = self.open(to, by, issue.title, issue.description)
        made.labels, made.created_at = list(issue.labels), issue.created_at
        issue.moved_to_id = made.id
        group, _, name = to.path.rpartition("/")
        place = name if group == project.path.rpartition("/")[0] else to.path
        self.note(project, issue, by, f"moved to {place}#{made.iid}", system=True)
        self.edit(project, issue, by, state_event="close")
        return made

    def milestone(self, project: Project, title: str) -> Milestone:
        project.milestones.append(Milestone(self.new_id(), len(project.milestones) + 1, title))
        return project.milestones[-1]

    def tell(self, project: Project, kind: str, action: str, issue: Issue, by: User, note: Note | None = None) -> None:
        about = {"kind": kind, "action": action, "issue": issue, "by": by, "note": note}
        self.outbox.append((project, about))
