"""The table: one row for each failure of the catalogue, with what happens in it and what has to come of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tests.trackers.conftest import Both

Play = Callable[[Both], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Row:
    """``play`` arranges, acts and asserts; ``cannot``: kinds of trackers in which it cannot occur, with the reason."""

    number: int
    failure: str
    expected: str
    play: Play
    cannot: Mapping[str, str]

    @property
    def label(self) -> str:
        return f"{self.number:02}-{self.failure.replace(' ', '_')}"


ROWS: list[Row] = []


def row(number: int, failure: str, expected: str, **cannot: str) -> Callable[[Play], Play]:
    """``cannot`` by kind, with ``jira_cloud`` for ``jira-cloud``."""

    def added(play: Play) -> Play:
        kinds = {kind.replace("_", "-"): why for kind, why in cannot.items()}
        ROWS.append(Row(number, failure, expected, play, kinds))
        return play

    return added
