"""From the status an issue has to the one it should have, by the ways its workflow offers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backlog.errors import N_, Text
from integrations.errors import TrackerError, Unreachable
from integrations.issue import Category, Status, Value
from integrations.jira.issues import status

DROPPED = (
    "won't", "won’t", "wont", "cancel", "declined", "rejected", "dropped", "abandoned", "duplicate", "obsolete",
    "abgelehnt", "abgebrochen", "verworfen", "storniert", "zurückgewiesen", "duplikat",
)  # fmt: skip
"""Parts of names of statuses that mean: will not be done. Teams name them freely; English and German."""


@dataclass(frozen=True, slots=True)
class Way:
    """A transition. ``needs``: ids and names of the fields that its screen asks for and that have no default."""

    id: str
    to: Status
    screen: frozenset[str]
    needs: Mapping[str, str]

    def lacking(self, values: Mapping[str, Value]) -> dict[str, str]:
        """What nobody fills in: the edit does not, and the issue has nothing there (nothing known of it counts so)."""
        return {each: name for each, name in self.needs.items() if values.get(each) in (None, "", ())}


def ways(found: Mapping[str, Any]) -> list[Way]:
    """Of the answer of ``transitions?expand=transitions.fields``; those that this account can take."""
    return [way(each) for each in found.get("transitions") or () if each.get("isAvailable", True)]


def way(found: Mapping[str, Any]) -> Way:
    screen: Mapping[str, Any] = found.get("fields") or {}
    needs = {
        name: str(each.get("name") or name)
        for name, each in screen.items()
        if each.get("required") and not each.get("hasDefaultValue")
    }
    return Way(str(found["id"]), status(found["to"]), frozenset(screen), needs)


def chosen(offered: Sequence[Way], wished: str, values: Mapping[str, Value], now: Status) -> Way:
    """The way to the wished status (by its id) that lacks nothing and asks for least. Unreachable without one."""
    leading = [each for each in offered if each.to.id == wished]
    if not leading:
        raise unreachable(now, offered)
    best = min(leading, key=lambda each: (len(each.lacking(values)), len(each.needs)))
    if lacking := best.lacking(values):
        names = sorted(lacking.values())
        raise Unreachable(
            Text(
                N_("Jira asks for more before it moves to “%(status)s”: %(fields)s. Fill that in there."),
                {"status": best.to.name, "fields": ", ".join(names)},
            ),
            names,
        )
    return best


def untold(now: Status, error: TrackerError) -> Unreachable:
    """Jira has no such look-up, or does not answer it to this account."""
    text = Text(N_("Jira does not tell where the issue can go from “%(now)s”."), {"now": now.name})
    return Unreachable(text, detail=error.detail or str(error.text), status=error.status)


def unreachable(now: Status, offered: Iterable[Way]) -> Unreachable:
    names = list(dict.fromkeys(each.to.name for each in offered))
    if not names:
        return Unreachable(
            Text(
                N_("From “%(now)s” this account can move it nowhere in Jira's workflow."),
                {"now": now.name},
            )
        )
    return Unreachable(
        Text(
            N_("Jira's workflow has no direct way there. From “%(now)s” it goes to: %(reachable)s."),
            {"now": now.name, "reachable": ", ".join(names)},
        )
    )


def closing(offered: Sequence[Way], now: Status) -> Way:
    """To a status that is done, best one that means it will not be; that lacks nothing. Unreachable without one."""
    ends = [each for each in offered if each.to.category is Category.DONE]
    if not ends:
        raise unreachable(now, offered)
    best = min(ends, key=lambda each: (len(each.needs), not is_dropped(each.to.name)))
    return chosen([best], best.to.id, {}, now)


def is_dropped(name: str) -> bool:
    return any(part in name.casefold() for part in DROPPED)
