"""What kinds of custom fields there are, and values in the form that their kinds want."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.catalogue import Kind
from integrations.jira.answers import read_as
from integrations.jira.catalogue import KINDS_OF_FIELDS, Wishes
from integrations.jira.fields import Values, kind_of
from integrations.jira.site import Site

DRESSED = ("summary", "description", "project", "issuetype", "labels", "parent")
"""What the plan of a write already put into Jira's form."""


@dataclass
class Kinds:
    """They hardly change and are asked once."""

    site: Site
    known: Mapping[str, Kind] | None = field(default=None, init=False)

    async def custom(self) -> Mapping[str, Kind]:
        """By the ids of their fields; none where Jira does not tell them."""
        if self.known is None:
            found = await Wishes().of(KINDS_OF_FIELDS, self.site.get("field"))
            with read_as("field"):
                kinds = {str(each["id"]): kind_of(str(each["id"]), each.get("schema") or {}) for each in found}
            self.known = {name: kind for name, kind in kinds.items() if kind is not None}
        return self.known

    async def reading(self) -> Values:
        """Cloud's texts show by themselves that they are texts."""
        return Values(self.site.dialect, {} if self.site.dialect.is_cloud else await self.custom())

    async def dressed(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """As they are sent; the kinds are asked for only when there are custom fields."""
        is_custom = any(name.startswith("customfield_") for name in fields)
        values = Values(self.site.dialect, await self.custom() if is_custom else {})
        return {name: worn(values, name, value) for name, value in fields.items()}


def worn(values: Values, name: str, value: Any) -> Any:
    if name in DRESSED or isinstance(value, dict):
        return value
    return values.dressed(name, tuple(value) if isinstance(value, list) else value)
