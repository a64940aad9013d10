"""Texts cut to what a tracker takes, without breaking what people see."""

import unicodedata

from integrations.prose.fences import lines

_JOINER = "\u200d"
_NEAR = 200
"""How far before the limit a blank or the end of a line is looked for."""


def length(text: str) -> int:
    """Characters as trackers count them: UTF-16 units, so that an emoji counts as two. GitHub may count fewer."""
    return len(text) + sum(1 for character in text if character > "\uffff")


def shortened(text: str, most: int, rest: str) -> str:
    """At most ``most`` characters, with ``rest`` as the last paragraph when something is left out. Cut at the end of a
    line or word if one is near, never within what is seen as one sign; an open code block is closed."""
    if length(text) <= most:
        return text
    tail = f"\n\n{rest}"
    room = most - length(tail) - 1
    while room > 0:
        kept = _cut(text, room)
        closing = _closing(kept)
        if length(kept) + length(closing) + length(tail) <= most:
            return kept + closing + tail if kept else rest
        room -= length(closing) + 1
    return _whole_signs(rest, min(_units(rest, most), len(rest)))


def _cut(text: str, room: int) -> str:
    at = _units(text, room)
    floor = max(0, at - _NEAR)
    line, blank = text.rfind("\n", floor, at + 1), text.rfind(" ", floor, at + 1)
    best = line if line > floor + _NEAR // 2 else max(line, blank)
    return text[:best].rstrip() if best > 0 else _whole_signs(text, at).rstrip()


def _units(text: str, room: int) -> int:
    """How many characters of the text make at most ``room`` UTF-16 units."""
    used = 0
    for at, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > room:
            return at
    return len(text)


def _whole_signs(text: str, at: int) -> str:
    while 0 < at < len(text) and _belongs_together(text[at - 1], text[at]):
        at -= 1
    return text[: max(at, 0)]


def _belongs_together(before: str, after: str) -> bool:
    """Whether two characters are parts of one sign: accents, joined and tinted emoji, the two letters of a flag."""
    joins = unicodedata.category(after) in ("Mn", "Me", "Mc") or _JOINER in (before, after)
    flag = "\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff"
    return joins or flag or "\U0001f3fb" <= after <= "\U0001f3ff" or (before == "\\" and not after.isspace())


def _closing(text: str) -> str:
    fence = ""
    for line in lines(text):
        fence = line.fence
    return f"\n{fence}" if fence else ""
