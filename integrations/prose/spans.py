"""Runs as nested spans: which mark opens and closes where, for forms that write marks as pairs of signs."""

import re
from collections.abc import Set
from dataclasses import dataclass, replace

from integrations.prose.document import CODE, EMPHASES, IMAGE, Run, Runs

LINK = "link"
_WEB = re.compile(r"https?://\S")
_NONE: frozenset[tuple[str, str]] = frozenset()
_ORDER = {mark: nth for nth, mark in enumerate((LINK, *EMPHASES))}


@dataclass(frozen=True, slots=True)
class Opening:
    mark: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    mark: str
    link: str = ""


def nested(runs: Runs) -> list[Run | Opening | Closing]:
    """The runs in order, between them what opens and closes. What reaches further opens first, and nothing opens before
    blanks. The runs must be in normal form: blanks carry only what both their neighbours carry."""
    out: list[Run | Opening | Closing] = []
    open_: list[tuple[str, str]] = []
    reach = _reaches(runs)
    for at, run in enumerate(runs):
        wanted = _wanted(run)
        if not wanted and not open_:
            out.append(run)
            continue
        while any(mark not in wanted for mark in open_):
            out.append(Closing(*open_.pop()))
        missing = wanted - set(open_)
        core = run.text.lstrip() if missing and IMAGE not in run.marks else run.text
        if len(core) < len(run.text):
            out.append(replace(run, text=run.text[: len(run.text) - len(core)]))
        if not core and run.text:
            continue
        for mark in sorted(missing, key=lambda mark: (-reach[at][mark], _ORDER[mark[0]])):
            open_.append(mark)
            out.append(Opening(*mark))
        out.append(replace(run, text=core))
    out += [Closing(*mark) for mark in reversed(open_)]
    return out


def _wanted(run: Run) -> Set[tuple[str, str]]:
    if not run.marks and not run.link:
        return _NONE
    marks = {(mark, "") for mark in run.marks if mark in EMPHASES}
    return marks | {(LINK, run.link)} if run.link and IMAGE not in run.marks else marks


def _reaches(runs: Runs) -> list[dict[tuple[str, str], int]]:
    """For each run and each of its marks, the index of the last run up to which the mark goes on."""
    out: list[dict[tuple[str, str], int]] = []
    after: dict[tuple[str, str], int] = {}
    for at in range(len(runs) - 1, -1, -1):
        wanted = _wanted(runs[at])
        after = {mark: after.get(mark, at) for mark in wanted} if wanted else {}
        out.append(after)
    return out[::-1]


def paired(events: list[Run | Opening | Closing]) -> dict[int, int]:
    """The index of each opening to that of its closing."""
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for at, event in enumerate(events):
        if isinstance(event, Opening):
            waiting.append(at)
        elif isinstance(event, Closing):
            pairs[waiting.pop()] = at
    return pairs


def is_bare(events: list[Run | Opening | Closing], at: int) -> bool:
    """Whether there is an address that shows as itself, to be written as such."""
    run = events[at]
    if not isinstance(run, Run) or CODE in run.marks or run.text != run.link or not _WEB.match(run.link):
        return False
    before, after = events[at - 1], events[at + 1]
    return isinstance(before, Opening) and isinstance(after, Closing) and before.mark == after.mark == LINK
