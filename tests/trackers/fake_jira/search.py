"""What a JQL finds, for whom: the meaning of `jql`, over issues as the index has them."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.trackers.fake_jira import jql, texts
from tests.trackers.fake_jira.issues import Issue
from tests.trackers.fake_jira.jql import Both, Clause, Either, Not, Query, Term
from tests.trackers.fake_jira.people import BROWSE, Account
from tests.trackers.fake_jira.refusals import Refusal
from tests.trackers.fake_jira.shapes import choices_of

if TYPE_CHECKING:
    from tests.trackers.fake_jira.site import Site

MOMENTS = {"created", "updated"}
TEXTS = {"summary", "description", "text", "comment"}
KEYS = {"key", "issuekey", "issue"}
WORDS = {"project", "labels", "status", "statuscategory", "issuetype", "type", "priority", "assignee", "reporter"}
KNOWN = MOMENTS | TEXTS | KEYS | WORDS | {"id"}
ORDERED = {"created", "updated", "key", "issuekey", "id", "priority", "rank", "summary"}
UNKNOWN_FIELD = "Field '{}' does not exist or you do not have permission to view it."
UNKNOWN_VALUE = "The value '{}' does not exist for the field '{}'."


@dataclass(frozen=True, slots=True)
class Search:
    """`asker` None is an anonymous one: it fails at nothing and sees nothing."""

    site: "Site"
    asker: Account | None

    def found(self, query: Query, issues: Iterable[Issue]) -> list[Issue]:
        """In the order asked for, else the newest key first; unknown names raise a 400 `Refusal`."""
        if self.asker is None:
            return []
        for clause in query.clauses():
            self.check(clause)
        seen = [each for each in issues if each.project in self.site.projects and self.asker.may(BROWSE, each.project)]
        hits = [issue for issue in seen if query.where is None or self.holds(query.where, issue)]
        return self.sorted(hits, query)

    def sorted(self, issues: list[Issue], query: Query) -> list[Issue]:
        issues = sorted(issues, key=lambda issue: issue.id, reverse=True)
        for sorting in reversed(query.order):
            if sorting.field not in ORDERED:
                raise Refusal(400, UNKNOWN_FIELD.format(sorting.field))
            issues = sorted(issues, key=_order(sorting.field), reverse=sorting.descending)
        return issues

    def check(self, clause: Clause) -> None:
        if clause.field not in KNOWN:
            raise Refusal(400, UNKNOWN_FIELD.format(clause.field))
        if clause.operator in ("is", "is not") or clause.operator in ("~", "!~"):
            return
        for value in clause.values:
            self.check_value(clause.field, value)

    def check_value(self, field: str, value: str) -> None:
        if field in KEYS and self.site.id_of(value) is None:
            raise Refusal(400, f"An issue with key '{value}' does not exist for field '{field}'.")
        if field == "project" and not self._visible(value):
            raise Refusal(400, UNKNOWN_VALUE.format(value, field))
        if field in ("status", "issuetype", "type", "priority") and value.lower() not in self._names(field):
            raise Refusal(400, UNKNOWN_VALUE.format(value, field))
        if field in MOMENTS and jql.since(value, self.site.clock(), dt.UTC) is None:
            text = f"Date value '{value}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm'"
            raise Refusal(
                400, f"{text}, 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d'."
            )

    def holds(self, term: Term, issue: Issue) -> bool:
        match term:
            case Both():
                return all(self.holds(part, issue) for part in term.parts)
            case Either():
                return any(self.holds(part, issue) for part in term.parts)
            case Not():
                return not self.holds(term.part, issue)
            case _:
                return self.matches(term, issue)

    def matches(self, clause: Clause, issue: Issue) -> bool:
        if clause.field in MOMENTS:
            return self._in_time(clause, issue)
        if clause.field in TEXTS:
            return _says(self._text(clause.field, issue), clause.values[0]) is (clause.operator != "!~")
        if clause.field in KEYS or clause.field == "id":
            return self._numbered(clause, issue)
        has = self._values(clause.field, issue)
        if clause.operator in ("is", "is not"):
            return (not has) is (clause.operator == "is")
        wanted = {value.lower() for value in clause.values}
        if clause.operator in ("!=", "not in"):
            # Jira's trap: an empty field matches neither = nor !=.
            return bool(has) and not has & wanted
        return bool(has & wanted)

    def _in_time(self, clause: Clause, issue: Issue) -> bool:
        assert self.asker is not None
        at = jql.since(clause.values[0], self.site.clock(), ZoneInfo(self.asker.time_zone))
        assert at is not None
        return _compare(clause.operator, getattr(issue, clause.field), at)

    def _numbered(self, clause: Clause, issue: Issue) -> bool:
        ids = [self.site.id_of(value) for value in clause.values]
        if clause.operator in ("=", "in", "!=", "not in"):
            return (issue.id in ids) is (clause.operator in ("=", "in"))
        if clause.field == "id":
            return _compare(clause.operator, issue.id, int(clause.values[0]))
        project, _, number = clause.values[0].rpartition("-")
        home = self.site.projects[issue.project]
        return project in (home.key, *home.old_keys) and _compare(clause.operator, issue.number, int(number))

    def _values(self, field: str, issue: Issue) -> set[str]:
        project, status = self.site.projects[issue.project], self.site.status_of(issue)
        match field:
            case "project":
                return {each.lower() for each in (project.key, project.name, str(project.id), *project.old_keys)}
            case "labels":
                return {label.lower() for label in issue.values.get("labels", [])}
            case "status":
                return {status.id, status.name.lower()}
            case "statuscategory":
                return {str(status.category.id), status.category.key, status.category.name.lower()}
            case "issuetype" | "type":
                return {issue.type, self.site.type_of(issue).name.lower()}
            case "priority":
                return {each for option in self._priorities(issue) for each in (option.id, option.name.lower())}
            case _:
                account = self.site.accounts.get(issue.values.get(field) or "")
                return {account.id.lower(), account.name.lower()} if account else set()

    def _priorities(self, issue: Issue) -> list[Any]:
        options = choices_of(self.site.fields["priority"])
        return [each for each in options if each.id == issue.values.get("priority")]

    def _text(self, field: str, issue: Issue) -> str:
        said = [texts.plain(comment.body) for comment in issue.comments]
        if field == "comment":
            return "\n".join(said)
        if field != "text":
            return texts.plain(issue.values.get(field))
        return "\n".join([issue.summary, texts.plain(issue.values.get("description")), *said])

    def _visible(self, value: str) -> bool:
        project = self.site.project_of(value)
        return project is not None and self.asker is not None and self.asker.may(BROWSE, project.id)

    def _names(self, field: str) -> set[str]:
        if field == "priority":
            found = [(each.id, each.name) for each in choices_of(self.site.fields["priority"])]
        elif field == "status":
            found = [(each.id, each.name) for project in self.site.projects.values() for each in project.statuses]
        else:
            found = [(each.id, each.name) for project in self.site.projects.values() for each in project.types]
        return {word.lower() for pair in found for word in pair}


def _compare(operator: str, left: Any, right: Any) -> bool:
    compared: dict[str, bool] = {
        ">=": left >= right,
        "<=": left <= right,
        ">": left > right,
        "<": left < right,
        "=": left == right,
        "!=": left != right,
    }
    if operator not in compared:
        raise Refusal(400, f"The operator '{operator}' is not supported here.")
    return compared[operator]


def _says(text: str, wanted: str) -> bool:
    """Every word is there, in any order; `word*` by its beginning, \"a phrase\" as it stands."""
    if wanted.startswith('"') and wanted.endswith('"'):
        return wanted.strip('"').lower() in text.lower()
    words = re.findall(r"\w+", text.lower())
    for word in re.findall(r"\w+\*?", wanted.lower()):
        if word.endswith("*") and not any(each.startswith(word[:-1]) for each in words):
            return False
        if not word.endswith("*") and word not in words:
            return False
    return True


def _order(field: str) -> Callable[[Issue], Any]:
    match field:
        case "created" | "updated":
            return lambda issue: getattr(issue, field)
        case "key" | "issuekey":
            return lambda issue: (issue.key.rpartition("-")[0], issue.number)
        case "priority":
            return lambda issue: -int(issue.values.get("priority") or 9)
        case "summary":
            return lambda issue: issue.summary
        case _:
            return lambda issue: issue.id
