"""What the address of the matrix asks for: the filters of the backlog, the chosen initiative, and intervals."""

from dataclasses import dataclass
from typing import Any

from backlog.initiatives.keys import key_of, number_of
from web.pages import backlog_asked


@dataclass(frozen=True)
class Asked(backlog_asked.Asked):
    """``at`` is the key of the chosen initiative, empty when none is; ``intervals``: they are drawn."""

    at: str = ""
    intervals: bool = False

    @property
    def trying(self) -> dict[str, Any]:
        """What stays when filters change; ``at`` comes last."""
        return {"intervals": 1 if self.intervals else None, "at": self.at}


def read(query: Any, at: str | None = None) -> Asked:
    """From a query string already parsed into many values by name."""
    number = number_of(query.get("at", "")[:40]) if at is None else number_of(at)
    return Asked(
        filters=backlog_asked.read(query).filters,
        at="" if number is None else key_of(number),
        intervals=query.get("intervals", "") == "1",
    )
