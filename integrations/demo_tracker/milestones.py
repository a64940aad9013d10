"""Milestones: what a delivery team plans for when."""

from datetime import datetime
from typing import TYPE_CHECKING

from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.records import Milestone
from integrations.demo_tracker.refusals import invalid, not_found

if TYPE_CHECKING:
    from integrations.demo_tracker.repository import Repository


class Milestones:
    def __init__(self, repository: "Repository") -> None:
        self.repository = repository

    def every(self) -> list[Milestone]:
        return list(self.repository.records.milestones.values())

    def get(self, number: int) -> Milestone:
        """Raises Refusal: 404."""
        found = self.repository.records.milestones.get(number)
        if found is None:
            raise not_found()
        return found

    def create(
        self, title: str, *, by: Account, description: str | None = None, due_on: datetime | None = None
    ) -> Milestone:
        """Raises Refusal: 422 when there is one of this title."""
        if any(one.title == title for one in self.every()):
            raise invalid("Milestone", "title", "already_exists")
        now = self.repository.host.clock()
        number = max(self.repository.records.milestones, default=0) + 1
        one = Milestone(self.repository.new_id(), number, title, by, now, now, "open", description, due_on)
        self.repository.records.milestones[number] = one
        self.repository.save()
        return one

    def set_state(self, number: int, state: str) -> Milestone:
        one, now = self.get(number), self.repository.host.clock()
        one.state, one.closed_at, one.updated_at = state, now if state == "closed" else None, now
        self.repository.save()
        return one
