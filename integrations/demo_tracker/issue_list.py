"""A repository's issues: found by number or id, listed and filtered as GitHub does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from integrations.demo_tracker.issues import Issue
from integrations.demo_tracker.refusals import deleted, invalid, issues_disabled, moved, not_found

if TYPE_CHECKING:
    from integrations.demo_tracker.repository import Repository


class IssueList:
    def __init__(self, repository: "Repository") -> None:
        self.repository = repository

    def every(self) -> list[Issue]:
        return list(self.repository.records.issues.values())

    def get(self, number: int) -> Issue:
        """Raises Refusal: 301 when transferred, 410 when deleted or issues are off, 404 when there never was one."""
        records = self.repository.records
        if not self.repository.has_issues:
            raise issues_disabled()
        if number in records.moved:
            host = self.repository.host
            url = f"{host.address}{host.api}{records.moved[number]}"
            raise moved(url, location="" if self.repository.blank_location else None)
        if number in records.gone:
            raise deleted()
        if number not in records.issues:
            raise not_found()
        return records.issues[number]

    def here(self, number: int) -> Issue:
        """For addresses below an issue: those of a transferred one are 404, only the issue itself redirects."""
        if number in self.repository.records.moved:
            raise not_found()
        return self.get(number)

    def by_id(self, issue_id: int) -> Issue | None:
        return next((issue for issue in self.every() if issue.id == issue_id), None)

    def listed(self, wanted: "Wanted") -> list[Issue]:
        """Filtered and sorted; pull requests are issues here, too."""
        if not self.repository.has_issues:
            raise issues_disabled()
        found = [issue for issue in self.repository.lagging() if wanted.meets(issue, self.repository)]
        return wanted.sorted(found)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The query of a list. ``labels``: all of them. ``milestone``: a number, "none" or "*"."""

    state: str = "open"
    labels: frozenset[str] = frozenset()
    creator: str | None = None
    assignee: str | None = None
    milestone: str | None = None
    type: str | None = None
    since: datetime | None = None
    sort: str = "created"
    direction: str = "desc"

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Wanted":
        """Raises Refusal: 422."""
        state, sort, direction = (query.get(name) for name in ("state", "sort", "direction"))
        for name, given, known in (
            ("state", state, {"open", "closed", "all"}),
            ("sort", sort, {"created", "updated", "comments"}),
            ("direction", direction, {"asc", "desc"}),
        ):
            if given is not None and given not in known:
                raise invalid("Issue", name, "invalid", value=given)
        labels = frozenset(name.strip().lower() for name in query.get("labels", "").split(",") if name.strip())
        filters = {name: query.get(name) for name in ("creator", "assignee", "milestone", "type")}
        since = moment(query["since"]) if "since" in query else None
        return cls(
            state or "open", labels, **filters, since=since, sort=sort or "created", direction=direction or "desc"
        )

    def meets(self, issue: Issue, repository: "Repository") -> bool:
        return (
            self.state in {"all", issue.state}
            and self.labels <= {name.lower() for name in issue.labels}
            and self.creator in {None, issue.author.login}
            and among(self.assignee, issue.assignees)
            and among(self.milestone, [str(issue.milestone)] if issue.milestone else [])
            and among(self.type, [issue.type] if issue.type else [])
            and (self.since is None or issue.updated_at.replace(microsecond=0) >= self.since)
        )

    def sorted(self, issues: Iterable[Issue]) -> list[Issue]:
        def key(issue: Issue) -> tuple[object, int]:
            first = {"created": issue.created_at, "updated": issue.updated_at, "comments": issue.comments}[self.sort]
            return first, issue.number

        return sorted(issues, key=key, reverse=self.direction == "desc")


def among(wanted: str | None, given: list[str]) -> bool:
    """ "none": without any, "*": with any."""
    if wanted in {None, ""}:
        return True
    if wanted in {"none", "*"}:
        return bool(given) == (wanted == "*")
    return wanted in given


def moment(text: str) -> datetime:
    """ISO 8601 with its zone. Raises Refusal: 422."""
    try:
        return datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise invalid("Issue", "since", "invalid", value=text) from error
