"""Since when an issue has been as it is, for a Jira that does not tell when it was changed."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Sightings:
    """An issue that looks as it did when it was met last was not changed since: else it would never be at rest."""

    now: Callable[[], dt.datetime]
    met: dict[str, tuple[int, dt.datetime]] = field(default_factory=dict)

    def since(self, issue_id: str, fields: Mapping[str, Any]) -> dt.datetime:
        looks = hash(json.dumps(fields, sort_keys=True))
        if issue_id not in self.met or self.met[issue_id][0] != looks:
            self.met[issue_id] = looks, self.now()
        return self.met[issue_id][1]

    def dated(self, issue_id: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """The fields with both times."""
        if fields.get("created") and fields.get("updated"):
            return fields
        updated = fields.get("updated") or self.since(issue_id, fields).isoformat()
        return {**fields, "updated": updated, "created": fields.get("created") or updated}
