"""The search index, which runs behind the issues by `lag`: a search sees what was true that long ago."""

import copy
import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from tests.trackers.fake_jira.issues import Issue


@dataclass(slots=True)
class Index:
    """`versions` holds by issue id when each state becomes visible; None is a deleted issue."""

    clock: Callable[[], dt.datetime]
    lag: dt.timedelta = dt.timedelta()
    versions: dict[int, list[tuple[dt.datetime, Issue | None]]] = field(default_factory=dict)

    def put(self, issue: Issue) -> None:
        self._add(issue.id, copy.deepcopy(issue))

    def drop(self, issue: Issue) -> None:
        self._add(issue.id, None)

    def seen(self, fresh: Collection[int] = ()) -> Iterator[Issue]:
        """Every issue as the index has it now; the ids in `fresh` as they really are."""
        now = self.clock()
        for number in sorted(self.versions):
            visible = [state for since, state in self.versions[number] if since <= now or number in fresh]
            if visible and visible[-1] is not None:
                yield visible[-1]

    def _add(self, number: int, state: Issue | None) -> None:
        now = self.clock()
        kept = self.versions.setdefault(number, [])
        # What is hidden behind a later visible state can never be seen again.
        past = [each for each in kept if each[0] <= now][-1:]
        self.versions[number] = [*past, *(each for each in kept if each[0] > now), (now + self.lag, state)]
