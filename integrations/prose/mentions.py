"""Text of customers that notifies nobody: mentions and references made harmless by an invisible character.

A word joiner (U+2060) after the sign works alike in all three forms, so a text may be made neutral once, before it is
turned into ADF or wiki markup; an HTML comment would be text there, and in Waymark itself.
"""

import re
from collections.abc import Callable

from integrations.prose.fences import lines

JOINER = "\u2060"
_AT = r"(?<![A-Za-z0-9])(?:@|&#0*64;|&#[xX]0*40;|&commat;)"
_NUMBER = r"#|&#0*35;|&#[xX]0*23;|&num;|(?<![A-Za-z0-9])(?:!|[gG][hH]-)"
_PERSON = rf"(?:{_AT})(?={JOINER}*[\w{{&\\])|\[(?={JOINER}*~)"
_ISSUE = rf"(?:{_NUMBER})(?={JOINER}*(?:\d|&#))"
_NEVER = re.compile(_PERSON)
_NEVER_NOR_ISSUES = re.compile(f"{_PERSON}|{_ISSUE}")
_TICKS = re.compile(r"\\.|`+")
_ADDRESS = re.compile(r"https?://(?=\w)[^\s<>`*\[\]|~]+")
_IN_ADDRESS = re.compile(r"[A-Za-z0-9/?=&.%-]")


def neutral(text: str, *, issues: bool = True, further: str = "") -> str:
    """Canonical Markdown in which ``@name``, ``[~name]`` and, with ``issues``, ``#1``, ``GH-1`` and ``owner/repo#1``
    are only text for a tracker. Code and addresses stay as they are. ``plain`` is its exact reverse. ``further``: a
    pattern of other signs to be followed by the joiner, which matches as well when one follows already."""
    signs = _signs(issues, further)
    return _outside_code(text, lambda piece: _with(signs, piece))


def plain(text: str, *, issues: bool = True, further: str = "") -> str:
    """The text before it was made neutral; with the same ``issues`` and ``further``."""
    signs = _signs(issues, further)
    return _outside_code(text, lambda piece: _without(signs, piece))


def _signs(issues: bool, further: str) -> re.Pattern[str]:
    known = _NEVER_NOR_ISSUES if issues else _NEVER
    return re.compile(f"{known.pattern}|{further}") if further else known


def _with(signs: re.Pattern[str], text: str) -> str:
    spared = _addresses(text)
    return signs.sub(lambda found: found.group() + ("" if _spares(spared, found, text) else JOINER), text)


def _without(signs: re.Pattern[str], text: str) -> str:
    spared = _addresses(text)
    out: list[str] = []
    at = 0
    for found in signs.finditer(text):
        out.append(text[at : found.end()])
        at = found.end()
        if not _spares(spared, found, text) and text.startswith(JOINER, at):
            at += 1
    return "".join([*out, text[at:]])


def _addresses(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _ADDRESS.finditer(text)][::-1]


def _spares(spared: list[tuple[int, int]], found: re.Match[str], text: str) -> bool:
    """Whether the sign is a part of an address. ``spared`` are what is ahead, last first; passed ones are taken off."""
    while spared and spared[-1][1] <= found.start():
        spared.pop()
    inside = bool(spared) and spared[-1][0] < found.start()
    return inside and _IN_ADDRESS.match(text[found.start() - 1]) is not None


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    out: list[str] = []
    ends = [*lines(text)]
    for nth, line in enumerate(ends):
        end = ends[nth + 1].start if nth + 1 < len(ends) else len(text)
        raw = text[line.start : end]
        out.append(raw if line.fenced else _outside_spans(raw, change))
    return "".join(out)


def _outside_spans(line: str, change: Callable[[str], str]) -> str:
    """A line changed but for its code spans; canonical Markdown has no span over more than one line."""
    ticks = [found for found in _TICKS.finditer(line) if found.group()[0] == "`"]
    last: dict[int, int] = {len(found.group()): nth for nth, found in enumerate(ticks)}
    out: list[str] = []
    at = nth = 0
    while nth < len(ticks):
        size = len(ticks[nth].group())
        if last[size] == nth:
            nth += 1
            continue
        end = next(n for n in range(nth + 1, len(ticks)) if len(ticks[n].group()) == size)
        out += [change(line[at : ticks[nth].start()]), line[ticks[nth].start() : ticks[end].end()]]
        at, nth = ticks[end].end(), end + 1
    return "".join([*out, change(line[at:])])
