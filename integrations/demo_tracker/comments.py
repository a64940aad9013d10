"""Comments on issues."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from integrations.demo_tracker import payloads
from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.issues import Issue
from integrations.demo_tracker.records import Comment
from integrations.demo_tracker.refusals import not_found

if TYPE_CHECKING:
    from integrations.demo_tracker.repository import Repository


class Comments:
    def __init__(self, repository: "Repository") -> None:
        self.repository = repository

    def of(self, number: int) -> list[Comment]:
        """Oldest first."""
        return [one for one in list(self.repository.records.comments.values()) if one.issue == number]

    def get(self, comment_id: int) -> Comment:
        """Raises Refusal: 404."""
        found = self.repository.records.comments.get(comment_id)
        if found is None or found.issue not in self.repository.records.issues:
            raise not_found()
        return found

    def write(self, number: int, body: str, *, by: Account) -> Comment:
        issue = self.repository.issues.here(number)
        now = self.repository.host.clock()
        comment = Comment(self.repository.new_id(), number, body, by, now, now)
        self.repository.records.comments[comment.id] = comment
        self.told(issue, comment, "created", by)
        return comment

    def edit(self, comment_id: int, body: str, *, by: Account) -> Comment:
        comment = self.get(comment_id)
        before = comment.body
        comment.body, comment.updated_at = body, self.repository.host.clock()
        self.told(self.repository.issues.here(comment.issue), comment, "edited", by, changes={"body": {"from": before}})
        return comment

    def delete(self, comment_id: int, *, by: Account) -> None:
        comment = self.get(comment_id)
        del self.repository.records.comments[comment_id]
        self.told(self.repository.issues.here(comment.issue), comment, "deleted", by)

    def moved_in(self, comment: Comment, issue: Issue) -> None:
        """With the issue it belongs to, from another repository."""
        moved = replace(comment, id=self.repository.new_id(), issue=issue.number)
        self.repository.records.comments[moved.id] = moved
        issue.comments += 1

    def told(self, issue: Issue, comment: Comment, action: str, by: Account, **more: Any) -> None:
        """Comments move the issue's time of the last change, and are events of their own."""
        issue.touch(self.repository.host.clock())
        issue.comments = len(self.of(issue.number))
        said = {"action": action, "issue": payloads.issue(self.repository, issue)}
        about = {"comment": payloads.comment(self.repository, comment)}
        self.repository.hooks.announce("issue_comment", {**said, **about, **more}, by)
        self.repository.save()
