"""What happens to issues: each deed changes the issue, writes its history, tells the index and the webhooks."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.trackers.fake_jira import texts
from tests.trackers.fake_jira.fields import MEDIUM, Field, Kind
from tests.trackers.fake_jira.issues import Change, Comment, Issue, Item
from tests.trackers.fake_jira.people import Account
from tests.trackers.fake_jira.projects import IssueType, Project, Transition
from tests.trackers.fake_jira.shapes import chosen

if TYPE_CHECKING:
    from tests.trackers.fake_jira.site import Site


def create(
    site: "Site",
    by: Account,
    project: Project,
    kind: IssueType,
    values: Mapping[str, Any],
    properties: Mapping[str, Any],
) -> Issue:
    """`values` are stored forms; the properties are there from the first moment."""
    now = site.clock()
    issue = Issue(
        id=site.next_id(),
        project=project.id,
        key=f"{project.key}-{project.next_number()}",
        type=kind.id,
        status=kind.workflow.initial.id,
        creator=by.id,
        created=now,
        updated=now,
        values={"priority": MEDIUM, "reporter": by.id, **values},
        properties=dict(properties),
    )
    site.issues[issue.id] = issue
    site.keys[issue.key] = issue.id
    site.index.put(issue)
    site.hooks.issue("jira:issue_created", issue, by, "issue_created")
    return issue


def edit(site: "Site", issue: Issue, by: Account, values: Mapping[str, Any]) -> None:
    """Nothing is written, and nobody told, when every value is what it was."""
    items = _items(site, issue, values)
    issue.values.update(values)
    kind = "issue_assigned" if [item.field for item in items] == ["assignee"] else "issue_updated"
    _changed(site, issue, by, items, kind)


def transit(site: "Site", issue: Issue, by: Account, transition: Transition, values: Mapping[str, Any]) -> None:
    old, new = site.status_of(issue), transition.to
    items = _items(site, issue, values)
    issue.values.update(values)
    if old != new:
        items = [*items, Item("status", "status", old.id, old.name, new.id, new.name)]
    issue.status = new.id
    _changed(site, issue, by, items, "issue_generic")


def comment(site: "Site", issue: Issue, by: Account, body: Any) -> Comment:
    now = site.clock()
    written = Comment(site.next_id(), by.id, body, now, now, by.id)
    issue.comments.append(written)
    _touched(site, issue)
    site.hooks.comment("comment_created", issue, written, by)
    return written


def rewrite(site: "Site", issue: Issue, written: Comment, by: Account, body: Any) -> None:
    written.body, written.updated, written.update_author = body, site.clock(), by.id
    _touched(site, issue)
    site.hooks.comment("comment_updated", issue, written, by)


def withdraw(site: "Site", issue: Issue, written: Comment, by: Account) -> None:
    issue.comments.remove(written)
    _touched(site, issue)
    site.hooks.comment("comment_deleted", issue, written, by)


def move(site: "Site", issue: Issue, by: Account, project: Project) -> None:
    """The id stays, the key is new; the type of the same name, else the first, and its initial status if need be."""
    old, old_key = site.projects[issue.project], issue.key
    kind = project.type(site.type_of(issue).name) or project.types[0]
    issue.project, issue.type = project.id, kind.id
    issue.key = f"{project.key}-{project.next_number()}"
    if issue.status not in {status.id for status in kind.workflow.statuses}:
        issue.status = kind.workflow.initial.id
    issue.values["components"] = []
    site.keys[issue.key] = issue.id
    items = [
        Item("project", "project", str(old.id), old.name, str(project.id), project.name),
        Item("Key", "issuekey", "", old_key, "", issue.key),
    ]
    _changed(site, issue, by, items, "issue_moved")


def rename_project_key(site: "Site", project: Project, key: str) -> None:
    """Every issue gets its new key; the old ones keep answering. No webhook of an issue says so."""
    project.old_keys.append(project.key)
    project.key = key
    for issue in site.issues.values():
        if issue.project == project.id:
            issue.key = f"{key}-{issue.number}"
            site.keys[issue.key] = issue.id
            site.index.put(issue)


def delete(site: "Site", issue: Issue, by: Account) -> None:
    site.hooks.issue("jira:issue_deleted", issue, by, "issue_deleted")
    del site.issues[issue.id]
    site.index.drop(issue)


def _changed(site: "Site", issue: Issue, by: Account, items: Sequence[Item], kind: str) -> None:
    if not items:
        return
    change = Change(site.next_id(), by.id, site.clock(), tuple(items))
    issue.changes.append(change)
    _touched(site, issue)
    site.hooks.issue("jira:issue_updated", issue, by, kind, change)


def _touched(site: "Site", issue: Issue) -> None:
    issue.updated = site.clock()
    site.index.put(issue)


def _items(site: "Site", issue: Issue, values: Mapping[str, Any]) -> list[Item]:
    changed = [name for name, value in values.items() if (issue.values.get(name) or None) != (value or None)]
    return [_item(site, site.fields[name], issue, values[name]) for name in changed]


def _item(site: "Site", field: Field, issue: Issue, value: Any) -> Item:
    name = field.name if field.custom else field.id
    (old, old_text), (new, new_text) = (_told(site, field, issue, each) for each in (issue.values.get(field.id), value))
    return Item(name, field.id, old, old_text, new, new_text, field.custom)


def _told(site: "Site", field: Field, issue: Issue, value: Any) -> tuple[str | None, str | None]:
    """The id and the words of a value, as a changelog tells them."""
    if value is None:
        return None, None
    match field.kind:
        case Kind.USER:
            return value, site.accounts[value].display_name
        case Kind.PRIORITY | Kind.RESOLUTION | Kind.OPTION:
            return value, chosen(field, value).name
        case Kind.LABELS:
            return "", " ".join(value)
        case Kind.COMPONENTS:
            names = [each.name for each in site.projects[issue.project].components if each.id in value]
            return ", ".join(value) or None, ", ".join(names)
        case Kind.TEXT:
            return None, texts.plain(value)
        case Kind.DATE:
            return value, value
        case _:
            return None, str(value)
