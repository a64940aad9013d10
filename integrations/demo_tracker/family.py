"""Sub-issues: one parent, many children, within one repository."""

from typing import TYPE_CHECKING

from integrations.demo_tracker import payloads
from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.issues import Issue
from integrations.demo_tracker.refusals import Refusal, not_found

if TYPE_CHECKING:
    from integrations.demo_tracker.repository import Repository

CHILDREN_LIMIT = 100


class Family:
    def __init__(self, repository: "Repository") -> None:
        self.repository = repository

    def children(self, number: int) -> list[Issue]:
        found = map(self.repository.issues.by_id, self.repository.issues.here(number).children)
        return [child for child in found if child is not None]

    def parent(self, number: int) -> Issue:
        """Raises Refusal: 404."""
        child = self.repository.issues.here(number)
        found = self.repository.issues.by_id(child.parent) if child.parent is not None else None
        if found is None:
            raise not_found()
        return found

    def add(self, number: int, child_id: int, *, by: Account, replace_parent: bool = False) -> Issue:
        """Answers the parent. Raises Refusal: 404, 422."""
        parent, child = self.repository.issues.here(number), self.child(child_id)
        self.check(parent, child, replace_parent)
        if child.parent is not None and (former := self.repository.issues.by_id(child.parent)) is not None:
            former.children.remove(child.id)
        now = self.repository.host.clock()
        parent.touch(now)
        child.touch(now)
        parent.children.append(child.id)
        child.parent = parent.id
        self.told("sub_issue_added", parent, child, by)
        return parent

    def remove(self, number: int, child_id: int, *, by: Account) -> Issue:
        """Answers the parent. Raises Refusal: 404."""
        parent, child = self.repository.issues.here(number), self.child(child_id)
        if child.id not in parent.children:
            raise not_found()
        now = self.repository.host.clock()
        parent.touch(now)
        child.touch(now)
        parent.children.remove(child.id)
        child.parent = None
        self.told("sub_issue_removed", parent, child, by)
        return parent

    def child(self, child_id: int) -> Issue:
        found = self.repository.issues.by_id(child_id)
        if found is None:
            raise Refusal(404, "The provided sub-issue does not exist")
        return found

    def check(self, parent: Issue, child: Issue, replace_parent: bool) -> None:
        refused = None
        if child.id in parent.children:
            refused = "Issue may not contain duplicate sub-issues"
        elif child.parent is not None and not replace_parent:
            refused = "Sub issue may only have one parent"
        elif child.id == parent.id or parent.parent == child.id:
            refused = "Sub issue cannot be its own ancestor"
        elif len(parent.children) >= CHILDREN_LIMIT:
            refused = "Parent cannot have more than 100 sub-issues"
        if refused is not None:
            raise Refusal(422, f"An error occurred while adding the sub-issue to the parent issue. {refused}")

    def told(self, action: str, parent: Issue, child: Issue, by: Account) -> None:
        said = {
            "action": action, "parent_issue_id": parent.id, "parent_issue": payloads.issue(self.repository, parent),
            "sub_issue_id": child.id, "sub_issue": payloads.issue(self.repository, child),
        }  # fmt: skip
        self.repository.hooks.announce("sub_issues", said, by)
        self.repository.save()
