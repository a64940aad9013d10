"""Issues as Jira answers them, and what is sent to make or change one."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backlog.errors import N_, Text
from integrations.issue import NOWHERE, Category, Choice, Issue, Project, Status, Value
from integrations.jira import texts
from integrations.jira.dialect import Dialect
from integrations.jira.fields import Values
from integrations.jira.people import account
from integrations.prose.block import Found
from integrations.prose.markdown import plain
from integrations.writes import Edit, Write

PROPERTY = "waymark"
"""Of an issue, set in the same request that makes it: ``{"marker": ...}``."""
WANTED = ("*all", "-comment", "-attachment", "-worklog", "-issuelinks", "-votes", "-watches")
"""All fields, since a mapping may name any; without what is long and never needed."""
APART = frozenset(
    {"summary", "description", "labels", "status", "project", "issuetype", "created", "updated", "creator", "parent",
     "subtasks", "comment", "attachment", "worklog", "issuelinks", "votes", "watches", "progress", "aggregateprogress",
     "timetracking", "statuscategorychangedate", "lastViewed", "workratio"}
)  # fmt: skip
LISTS = ("components", "fixVersions", "versions")
CATEGORIES = {"new": Category.TODO, "indeterminate": Category.DOING, "done": Category.DONE}


def status(found: Mapping[str, Any]) -> Status:
    """A category unknown here (``undefined`` exists) is the first one; a status that is not told is nowhere."""
    key = str((found.get("statusCategory") or {}).get("key", ""))
    return Status(str(found.get("id") or NOWHERE), str(found.get("name") or "?"), CATEGORIES.get(key, Category.TODO))


def kind(found: Mapping[str, Any]) -> Choice | None:
    """The type of an issue; None when it is not told."""
    name = str(found.get("name") or found.get("id") or "")
    return Choice(str(found.get("id") or name), name) if name else None


def time(text: str) -> dt.datetime:
    """Jira writes 2027-01-31T10:00:00.000+0000."""
    told = dt.datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=dt.UTC)


def issue_address(home: str, key: str) -> str:
    return f"{home}/browse/{key}"


def project(found: Mapping[str, Any], home: str) -> Project:
    key = str(found["key"])
    return Project(str(found["id"]), key, str(found.get("name", key)), f"{home}/browse/{key}")


@dataclass(frozen=True)
class Reading:
    """``home`` is the address people open, ``us`` our own account as fields name it."""

    dialect: Dialect
    values: Values
    home: str
    us: str

    def issue(self, found: Mapping[str, Any]) -> Issue:
        """Whose project and times are told, see `Client.issue`. ValueError, KeyError, TypeError or AttributeError when it
        is no issue: without a title nobody knows what else of it was left out."""
        fields, key = found["fields"], str(found["key"])
        native = fields.get("description")
        property_marker = marker(found)
        block = self.dialect.found(native, property_marker) if native else None
        below = [status((each.get("fields") or {}).get("status") or {}) for each in fields.get("subtasks") or ()]
        return Issue(
            id=str(found["id"]),
            key=key,
            url=issue_address(self.home, key),
            project=project(fields["project"], self.home),
            title=str(fields["summary"] or ""),
            status=status(fields.get("status") or {}),
            updated_at=time(fields["updated"]),
            created_at=time(fields["created"]),
            native=native,
            text=texts.said(self.dialect, self.dialect.without(native, block.marker) if block else native),
            sections=sections(block),
            marker=property_marker or (block.marker if block else None),
            values=self.other(fields),
            type=kind(fields.get("issuetype") or {}),
            author=account(fields.get("creator"), self.us),
            assignees=tuple(each for each in (account(fields.get("assignee"), self.us),) if each),
            labels=tuple(fields.get("labels") or ()),
            parent_id=str(parent["id"]) if (parent := fields.get("parent") or {}).get("id") else None,
            children=len(below),
            done=sum(each.category is Category.DONE for each in below),
        )

    def other(self, fields: Mapping[str, Any]) -> Mapping[str, Value]:
        """Every other field that holds something."""
        read = {name: self.values.read(name, raw) for name, raw in fields.items() if name not in APART}
        return {name: value for name, value in read.items() if value is not None}


def sections(block: Found | None) -> Mapping[str, str] | None:
    return None if block is None else {name: plain(text, issues=False) for name, text in block.sections.items()}


def marker(found: Mapping[str, Any]) -> str | None:
    """From the property, which a copy of the issue does not have, unlike the block in its description."""
    kept = (found.get("properties") or {}).get(PROPERTY)
    return str(kept["marker"]) if isinstance(kept, dict) and kept.get("marker") else None


@dataclass(frozen=True)
class Writing:
    """``key`` of the project. Values of custom fields stay as the mapping has them until `Client.send` knows their
    kinds."""

    dialect: Dialect
    key: str

    def creation(self, edit: Edit, marker: str) -> Write:
        """One request with everything, so that nothing of it can be lost alone."""
        fields: dict[str, Any] = {"project": {"key": self.key}, "summary": texts.title(edit.title or "")}
        if edit.type:
            fields["issuetype"] = named(edit.type)
        if edit.block is not None:
            fields["description"] = texts.described(self.dialect, None, edit.block)
        if labels := list(dict.fromkeys(map(texts.label, edit.labels_added))):
            fields["labels"] = labels
        fields |= edit.values
        properties = [{"key": PROPERTY, "value": {"marker": marker}}]
        return Write(
            "POST",
            self.dialect.path("issue"),
            {"fields": fields, "properties": properties},
            Text(N_("Make the issue “%(title)s”"), {"title": fields["summary"]}),
            changed(edit),
            is_creation=True,
        )

    def edit(self, issue: Issue, edit: Edit) -> Write | None:
        """Everything but the status in one request; None when nothing else changes."""
        fields: dict[str, Any] = dict(edit.values)
        if edit.title is not None and (title := texts.title(edit.title)) != issue.title:
            fields["summary"] = title
        if edit.block is not None:
            fields |= self.description(issue, edit)
        if edit.type and edit.type not in ((issue.type and (issue.type.id, issue.type.name)) or ()):
            fields["issuetype"] = named(edit.type)
        update: dict[str, Any] = {
            name: [{"add": {"id": fields.pop(name)}}] for name in LISTS if self.is_one_more(issue, fields, name)
        }
        if labels := self.labels(issue, edit):
            update["labels"] = labels
        if not fields and not update:
            return None
        body = {"fields": fields} | ({"update": update} if update else {})
        names = sent((*fields, *update))
        what = Text(N_("Change %(key)s: %(fields)s"), {"key": issue.key, "fields": ", ".join(names)})
        return Write("PUT", self.dialect.path(f"issue/{issue.id}"), body, what, names, issue.id)

    @staticmethod
    def is_one_more(issue: Issue, fields: Mapping[str, Any], name: str) -> bool:
        """One choice joins those people chose; several replace them."""
        return isinstance(fields.get(name), str) and bool(fields[name]) and bool(issue.values.get(name))

    def description(self, issue: Issue, edit: Edit) -> dict[str, Any]:
        """Nothing when it would stay as it is."""
        assert edit.block is not None  # noqa: S101 - asked by `edit`
        native = texts.described(self.dialect, issue.native, edit.block)
        return {} if native == issue.native else {"description": native}

    @staticmethod
    def labels(issue: Issue, edit: Edit) -> list[dict[str, Any]]:
        """One by one, so that those of people stay; without what is so already."""
        removed = [each for each in map(texts.label, edit.labels_removed) if each in issue.labels]
        added = [each for each in map(texts.label, edit.labels_added) if each not in issue.labels]
        return [{"add": each} for each in dict.fromkeys(added)] + [{"remove": each} for each in dict.fromkeys(removed)]


def named(choice: str) -> dict[str, str]:
    return {"id": choice} if choice.isdecimal() else {"name": choice}


def sent(names: Iterable[str]) -> tuple[str, ...]:
    """By the names of `Write.fields`."""
    ours = {"summary": "title", "description": "block", "issuetype": "type"}
    return tuple(ours.get(name, name) for name in names)


def changed(edit: Edit) -> tuple[str, ...]:
    there = {"title": edit.title, "block": edit.block, "type": edit.type, "labels": edit.labels_added}
    return (*(name for name, value in there.items() if value), *edit.values)
