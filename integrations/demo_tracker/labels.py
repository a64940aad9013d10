"""The labels a repository knows."""

from typing import TYPE_CHECKING
from zlib import crc32

from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.records import Label
from integrations.demo_tracker.refusals import invalid, not_found

if TYPE_CHECKING:
    from integrations.demo_tracker.repository import Repository

NAME_LIMIT = 50


class Labels:
    def __init__(self, repository: "Repository") -> None:
        self.repository = repository

    def every(self) -> list[Label]:
        return sorted(self.repository.records.labels.values(), key=lambda label: label.name.lower())

    def get(self, name: str) -> Label:
        """Without regard to case. Raises Refusal: 404."""
        found = self.repository.records.labels.get(name.lower())
        if found is None:
            raise not_found()
        return found

    def named(self, name: str) -> Label:
        """As it is or, when it was deleted meanwhile, as it was called."""
        return self.repository.records.labels.get(name.lower()) or Label(0, name)

    def known(self, name: str) -> Label:
        """As it is, or made now with a colour of its own: GitHub makes labels an issue names. Raises Refusal: 422."""
        found = self.repository.records.labels.get(name.lower())
        return found or self.create(name, f"{crc32(name.encode()) & 0xFFFFFF:06x}")

    def create(self, name: str, color: str = "ededed", description: str | None = None) -> Label:
        """Raises Refusal: 422."""
        self.check(name)
        if name.lower() in self.repository.records.labels:
            raise invalid("Label", "name", "already_exists")
        label = Label(self.repository.new_id(), name, color, description)
        self.repository.records.labels[name.lower()] = label
        self.repository.save()
        return label

    def change(self, name: str, *, new_name: str | None, color: str | None, description: str | None) -> Label:
        """Issues keep the label under its new name."""
        label = self.get(name)
        if new_name is not None and new_name != label.name:
            self.check(new_name)
            self.rename(label, new_name)
        label.color = label.color if color is None else color
        label.description = label.description if description is None else description
        self.repository.save()
        return label

    def rename(self, label: Label, name: str) -> None:
        records, before = self.repository.records, label.name
        if name.lower() != before.lower() and name.lower() in records.labels:
            raise invalid("Label", "name", "already_exists")
        del records.labels[before.lower()]
        label.name = name
        records.labels[name.lower()] = label
        for issue in records.issues.values():
            issue.labels = [name if one == before else one for one in issue.labels]

    def delete(self, name: str, *, by: Account) -> None:
        label = self.get(name)
        for issue in self.repository.issues.every():
            if label.name in issue.labels:
                self.repository.unlabel(issue.number, label.name, by=by)
        del self.repository.records.labels[name.lower()]
        self.repository.save()

    def check(self, name: str) -> None:
        if not name.strip():
            raise invalid("Label", "name", "missing_field")
        if len(name) > NAME_LIMIT:
            raise invalid("Label", "name", "invalid", f"name is too long (maximum is {NAME_LIMIT} characters)")
