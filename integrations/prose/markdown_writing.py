"""A document to Markdown, in one way only: the canonical form. Signs that mean nothing where they stand stay bare."""

import re
from collections.abc import Iterator

from integrations.prose.document import (
    BREAK,
    CODE,
    EM,
    IMAGE,
    STRIKE,
    STRONG,
    Block,
    Blocks,
    Code,
    Heading,
    Paragraph,
    Points,
    Quote,
    Rule,
    Run,
    Runs,
    Table,
)
from integrations.prose.spans import LINK, Closing, Opening, is_bare, nested
from integrations.prose.tidying import is_sign

_SIGNS = {STRONG: "**", EM: "_", STRIKE: "~~"}
_ENTITY = re.compile(r"&(?=#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_SPECIAL = re.compile(r"[\\`*_~<&!\[\]]")
_TICKS = re.compile(r"`+")
_STARTS = (
    (re.compile(r"#{1,6}(?=\s|$)"), r"\\\g<0>"),
    (re.compile(r"[-+*](?=\s|$)"), r"\\\g<0>"),
    (re.compile(r">"), r"\\>"),
    (re.compile(r"(\d{1,9})([.)])(?=\s|$)"), r"\1\\\2"),
    (re.compile(r"[-=:|](?=[-=:| \t]*$)"), r"\\\g<0>"),
)
"""What would begin a block at the start of a line, and how it is kept from it."""


def write(blocks: Blocks) -> str:
    """Canonical Markdown without a newline at the end. The document must be in normal form."""
    return "\n".join(_lines(blocks))


def _lines(blocks: Blocks, *, item: bool = False) -> list[str]:
    out: list[str] = []
    for nth, block in enumerate(blocks):
        if nth and not (item and _follows_closely(blocks[nth - 1], block)):
            out.append("")
        out += ["***"] if item and not nth and isinstance(block, Rule) else _block(block)
    return out


def _follows_closely(before: Block, block: Block) -> bool:
    """A list may stand right below its item's text, unless CommonMark would take it for more of the text."""
    return isinstance(before, Paragraph) and isinstance(block, Points) and block.start in (None, 1)


def _block(block: Block) -> list[str]:
    match block:
        case Paragraph(runs):
            return [_guarded(line) for line in inline(runs).split("\n")]
        case Heading(level, runs):
            return ["#" * level + " " + re.sub(r"(^|\s)(#+)$", r"\1\\\2", inline(runs))]
        case Code(language, text):
            fence = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(text)), default=0))
            return [fence + language, *text.split("\n"), fence]
        case Quote(inner):
            return [f"> {line}" if line else ">" for line in _lines(inner)]
        case Points():
            return list(_points(block))
        case Table(rows):
            return [_row(rows[0]), "| " + " | ".join("---" for _ in rows[0]) + " |", *map(_row, rows[1:])]
        case Rule():
            return ["---"]


def _points(points: Points) -> Iterator[str]:
    written = [_lines(item, item=True) for item in points.items]
    loose = any("" in lines for lines in written)
    for nth, lines in enumerate(written):
        if nth and loose:
            yield ""
        marker = "- " if points.start is None else f"{points.start + nth}. "
        yield marker + lines[0]
        yield from (" " * len(marker) + line if line else "" for line in lines[1:])


def _row(cells: tuple[Runs, ...]) -> str:
    return "|" + "".join(f" {text} |" if text else "  |" for text in (_cell(cell) for cell in cells))


def _cell(runs: Runs) -> str:
    return inline(runs).replace("|", "\\|")


def _guarded(line: str) -> str:
    for pattern, kept in _STARTS:
        if pattern.match(line):
            return pattern.sub(kept, line, count=1)
    return line


def inline(runs: Runs) -> str:
    """Runs as Markdown. Words that touch emphasis where CommonMark would not see it give one letter as a reference."""
    events = nested(runs)
    return "".join(_written(events, at) for at in range(len(events)))


def _written(events: list[Run | Opening | Closing], at: int) -> str:
    event = events[at]
    if isinstance(event, Run):
        return event.text if is_bare(events, at) else _run(events, at, event)
    if event.mark != LINK:
        return _SIGNS[event.mark]
    if isinstance(event, Opening):
        return "<" if is_bare(events, at + 1) else "["
    return ">" if is_bare(events, at - 1) else f"]({_target(event.link)})"


def _target(link: str) -> str:
    text = _ENTITY.sub("&amp;", link)
    return f"<{text}>" if "(" in text or ")" in text else text


def _run(events: list[Run | Opening | Closing], at: int, run: Run) -> str:
    if run.text == BREAK:
        return "\\\n"
    if CODE in run.marks:
        return _code(run.text)
    if IMAGE in run.marks:
        return f"![{_escaped(run.text, label=True)}]({_target(run.link)})"
    first = at > 0 and isinstance(events[at - 1], Closing) and _touches(events, at - 1, run.text[0])
    last = at + 1 < len(events) and isinstance(events[at + 1], Opening) and _touches(events, at + 1, run.text[-1])
    return _with_references(run.text, first=first, last=last, label=bool(run.link), ends=_ends(events, at))


def _ends(events: list[Run | Opening | Closing], at: int) -> tuple[bool, bool]:
    """Whether a line begins with the run, and whether the text ends with it (a line that goes on ends in a sign)."""
    before = events[at - 1] if at else None
    return before is None or (isinstance(before, Run) and before.text == BREAK), at + 1 == len(events)


def _touches(events: list[Run | Opening | Closing], at: int, letter: str) -> bool:
    """Whether the mark at ``at`` would not be seen beside this letter outside of it."""
    event = events[at]
    if is_sign(letter) or isinstance(event, Run) or event.mark == LINK:
        return False
    step = 1 if isinstance(event, Opening) else -1
    beyond = events[at + step]
    if event.mark == EM or not isinstance(beyond, Run) or beyond.marks & {CODE, IMAGE}:
        return True
    if len(beyond.text) == 1 and isinstance(events[at + 2 * step], type(event)):
        return True  # that one letter may have to be a reference itself, which begins and ends in a sign
    return is_sign(beyond.text[0] if step > 0 else beyond.text[-1])


def _with_references(text: str, *, first: bool, last: bool, label: bool, ends: tuple[bool, bool]) -> str:
    if first and text:
        return f"&#{ord(text[0])};" + _with_references(
            text[1:], first=False, last=last, label=label, ends=(False, ends[1])
        )
    if last and text:
        return _escaped(text[:-1], label=label, ends=(ends[0], False)) + f"&#{ord(text[-1])};"
    return _escaped(text, label=label, ends=ends)


def _code(text: str) -> str:
    lengths = {len(run) for run in _TICKS.findall(text)}
    ticks = next("`" * n for n in range(1, len(lengths) + 2) if n not in lengths)
    blank = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{blank}{text}{blank}{ticks}"


def _escaped(text: str, *, label: bool = False, ends: tuple[bool, bool] = (False, False)) -> str:
    """Text with a backslash before each sign that would mean something. At an ``end`` that is free, a line ends."""

    def sign(found: re.Match[str]) -> str:
        at = found.start()
        before = text[at - 1] if at else (" " if ends[0] else "")
        after = text[at + 1] if at + 1 < len(text) else (" " if ends[1] else "")
        return ("\\" if _means_something(found.group(), before, after, text, at, label=label) else "") + found.group()

    return _SPECIAL.sub(sign, text)


def _means_something(sign: str, before: str, after: str, text: str, at: int, *, label: bool) -> bool:
    """``before`` and ``after`` are the characters beside it, empty where something else than text begins."""
    match sign:
        case "\\":
            return at + 1 == len(text) or (after.isascii() and is_sign(after) and not after.isspace())
        case "*":
            return not (before.isspace() and after.isspace())
        case "_":
            return not (before.isspace() and after.isspace()) and not (before.isalnum() and after.isalnum())
        case "~":
            return not before.isspace() or after in ("~", "")
        case "<":
            return not after or after.isalpha() or after in "/!?"
        case "&":
            return _ENTITY.match(text, at) is not None
        case "!":
            return after == "[" or not after
        case "[" | "]":
            return label or (sign == "]" and (not after or after in "(:["))
        case _:
            return True
