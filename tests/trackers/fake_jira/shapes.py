"""How things look on the wire. Cloud and Data Center differ in people and texts, and in nothing else here."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.trackers.fake_jira import texts
from tests.trackers.fake_jira.fields import PRIORITIES, RESOLUTIONS, Choice, Field, Kind
from tests.trackers.fake_jira.issues import Change, Comment, Issue, Item
from tests.trackers.fake_jira.people import Account
from tests.trackers.fake_jira.projects import Component, IssueType, Project, Status, Transition

if TYPE_CHECKING:
    from tests.trackers.fake_jira.site import Site

Json = dict[str, Any]
CUSTOM = "com.atlassian.jira.plugin.system.customfieldtypes"
CUSTOM_TYPES = {
    Kind.LINE: f"{CUSTOM}:textfield",
    Kind.TEXT: f"{CUSTOM}:textarea",
    Kind.NUMBER: f"{CUSTOM}:float",
    Kind.OPTION: f"{CUSTOM}:select",
    Kind.DATE: f"{CUSTOM}:datepicker",
    Kind.USER: f"{CUSTOM}:userpicker",
    Kind.LABELS: f"{CUSTOM}:labels",
}
TYPES = {
    Kind.LINE: "string",
    Kind.TEXT: "string",
    Kind.LABELS: "array",
    Kind.COMPONENTS: "array",
    Kind.DATE: "date",
    Kind.READ_ONLY: "any",
}
ITEMS = {Kind.LABELS: "string", Kind.COMPONENTS: "component"}
OPERATIONS = {Kind.LABELS: ["add", "set", "remove"], Kind.COMPONENTS: ["add", "set", "remove"]}


def moment(value: dt.datetime) -> str:
    """Jira writes +0000 without the colon of RFC 3339."""
    utc = value.astimezone(dt.UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}+0000"


@dataclass(frozen=True, slots=True)
class Shapes:
    """`base` is the address below which /rest/api lies; `version` 2 or 3 chooses the form of texts."""

    site: "Site"
    version: int
    base: str

    def url(self, *parts: object) -> str:
        return "/".join((f"{self.base}/rest/api/{self.version}", *(str(each) for each in parts)))

    def account(self, account: Account | str | None, *, own: bool = False) -> Json | None:
        if isinstance(account, str):
            account = self.site.accounts[account]
        if account is None:
            return None
        shared = {"displayName": account.display_name, "active": account.active, "timeZone": account.time_zone}
        if not self.site.cloud:
            identity = {"name": account.name, "key": account.id, "emailAddress": account.email}
            return {"self": f"{self.url('user')}?username={account.name}", **identity, **shared}
        identity = {"accountId": account.id, "accountType": account.account_type}
        mail = {"emailAddress": account.email} if own else {}
        return {"self": f"{self.url('user')}?accountId={account.id}", **identity, **mail, **shared}

    def status(self, status: Status) -> Json:
        category = status.category
        return {
            "self": self.url("status", status.id),
            "id": status.id,
            "name": status.name,
            "description": "",
            "statusCategory": {
                "self": self.url("statuscategory", category.id),
                "id": category.id,
                "key": category.key,
                "name": category.name,
                "colorName": category.colour,
            },
        }

    def issue_type(self, kind: IssueType) -> Json:
        return {
            "self": self.url("issuetype", kind.id),
            "id": kind.id,
            "name": kind.name,
            "description": "",
            "subtask": kind.subtask,
        }

    def component(self, component: Component) -> Json:
        return {"self": self.url("component", component.id), "id": component.id, "name": component.name}

    def choice(self, kind: Kind, choice: Choice) -> Json:
        if kind is Kind.OPTION:
            return {"self": self.url("customFieldOption", choice.id), "id": choice.id, "value": choice.name}
        return {"self": self.url(kind.value, choice.id), "id": choice.id, "name": choice.name}

    def project_tie(self, project: Project) -> Json:
        return {
            "self": self.url("project", project.id),
            "id": str(project.id),
            "key": project.key,
            "name": project.name,
        }

    def project(self, project: Project) -> Json:
        return {
            **self.project_tie(project),
            "projectTypeKey": "software",
            "issueTypes": [self.issue_type(each) for each in project.types],
            "components": [self.component(each) for each in project.components],
        }

    def value(self, field: Field, stored: Any, project: Project) -> Any:
        if stored is None:
            return None
        match field.kind:
            case Kind.TEXT:
                return texts.shown(stored, version=self.version)
            case Kind.USER:
                return self.account(stored)
            case Kind.COMPONENTS:
                return [self.component(each) for each in project.components if each.id in stored]
            case Kind.PRIORITY | Kind.RESOLUTION | Kind.OPTION:
                return self.choice(field.kind, chosen(field, stored))
            case _:
                return stored

    def fields(self, issue: Issue) -> Json:
        """Every field of the issue, null where empty, as `fields=*all` answers."""
        project = self.site.projects[issue.project]
        kind = self.site.type_of(issue)
        own = {
            each.id: self.value(each, issue.values.get(each.id), project)
            for each in self.site.fields.values()
            if each.kind is not Kind.READ_ONLY and (not each.custom or each.id in kind.screen)
        }
        return {
            **own,
            "labels": issue.values.get("labels", []),
            "components": own.get("components") or [],
            "project": self.project_tie(project),
            "issuetype": self.issue_type(kind),
            "status": self.status(self.site.status_of(issue)),
            "creator": self.account(issue.creator),
            "created": moment(issue.created),
            "updated": moment(issue.updated),
            "comment": self.comments(issue, issue.comments, 0, len(issue.comments)),
        }

    def issue(self, issue: Issue, wanted: Iterable[str], properties: Iterable[str] = ()) -> Json:
        """Only the wanted fields; `*all` and `*navigable` mean every one, `-name` takes one away."""
        shown = _wanted(self.fields(issue), list(wanted))
        body: Json = {"id": str(issue.id), "key": issue.key, "self": self.url("issue", issue.id)}
        if shown is not None:
            body["fields"] = shown
        names = list(properties)
        if names:
            body["properties"] = {k: v for k, v in issue.properties.items() if k in names or "*all" in names}
        return body

    def comment(self, issue: Issue, comment: Comment) -> Json:
        return {
            "self": self.url("issue", issue.id, "comment", comment.id),
            "id": str(comment.id),
            "author": self.account(comment.author),
            "updateAuthor": self.account(comment.update_author),
            "body": texts.shown(comment.body, version=self.version),
            "created": moment(comment.created),
            "updated": moment(comment.updated),
        }

    def comments(self, issue: Issue, page: Iterable[Comment], start: int, size: int) -> Json:
        shown = [self.comment(issue, each) for each in page]
        return {"comments": shown, "startAt": start, "maxResults": size, "total": len(issue.comments)}

    def transition(self, transition: Transition, project: Project, *, fields: bool) -> Json:
        body: Json = {
            "id": transition.id,
            "name": transition.name,
            "to": self.status(transition.to),
            "hasScreen": bool(transition.screen),
            "isGlobal": not transition.sources,
            "isInitial": False,
            "isConditional": False,
        }
        if self.site.cloud:
            body |= {"isAvailable": True, "looped": False}
        if fields:
            body["fields"] = self.metadata(transition.screen, transition.required, project)
        return body

    def metadata(self, screen: Iterable[str], required: frozenset[str], project: Project) -> Json:
        """What may be set on a screen, by field id: of editmeta and of transitions.fields."""
        return {name: self.meta(self.site.fields[name], name in required, project) for name in screen}

    def meta(self, field: Field, required: bool, project: Project) -> Json:
        body: Json = {
            "required": required,
            "schema": self.schema(field),
            "name": field.name,
            "key": field.id,
            "hasDefaultValue": field.kind is Kind.PRIORITY,
            "operations": OPERATIONS.get(field.kind, ["set"]),
        }
        if field.kind is Kind.COMPONENTS:
            body["allowedValues"] = [self.component(each) for each in project.components]
        elif choices := choices_of(field):
            body["allowedValues"] = [self.choice(field.kind, each) for each in choices]
        return body if self.site.cloud else {**body, "fieldId": field.id}

    def schema(self, field: Field) -> Json:
        body: Json = {"type": TYPES.get(field.kind, field.kind.value)}
        if field.kind in ITEMS:
            body["items"] = ITEMS[field.kind]
        if field.number is None:
            return {**body, "system": field.id}
        return {**body, "custom": CUSTOM_TYPES[field.kind], "customId": field.number}

    def item(self, item: Item) -> Json:
        body = {
            "field": item.field,
            "fieldtype": "custom" if item.custom else "jira",
            "from": item.old,
            "fromString": item.old_text,
            "to": item.new,
            "toString": item.new_text,
        }
        return {**body, "fieldId": item.field_id} if self.site.cloud else body

    def change(self, change: Change) -> Json:
        return {
            "id": str(change.id),
            "author": self.account(change.author),
            "created": moment(change.created),
            "items": [self.item(each) for each in change.items],
        }


def choices_of(field: Field) -> tuple[Choice, ...]:
    return field.options or {Kind.PRIORITY: PRIORITIES, Kind.RESOLUTION: RESOLUTIONS}.get(field.kind, ())


def chosen(field: Field, stored: str) -> Choice:
    return next(each for each in choices_of(field) if each.id == stored)


def _wanted(fields: Json, wanted: list[str]) -> Json | None:
    """None when not one field was asked for: the body then has no `fields` at all."""
    if not wanted or wanted == ["id"]:
        return None
    without = {name[1:] for name in wanted if name.startswith("-")}
    every = not {"*all", "*navigable"}.isdisjoint(wanted) or without == {name.lstrip("-") for name in wanted}
    return {name: value for name, value in fields.items() if (every or name in wanted) and name not in without}
