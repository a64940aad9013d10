"""Jira wiki markup to a document: what people meet in Jira. Macros that are not known stay as text."""

import re
from collections.abc import Iterator

from integrations.prose.document import (
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
from integrations.prose.tidying import clean, tidy
from integrations.prose.wiki_inline import runs
from integrations.prose.wiki_writing import WORD_JOINER

_MACRO = re.compile(r"(?<!\\)\{(code|noformat|quote|panel)(:[^{}\n]*)?\}")
_HEADING = re.compile(r"h([1-6])\.\s*(.*)", re.DOTALL)
_POINT = re.compile(r"([*#-]+)\s+(.*)")
_RULE = re.compile(r"-{4,5}")
_CELLS = re.compile(r"\\.|\{\{(?:\\.|[^{}\\\n])*\}\}|\[(?:\\.|[^\[\]\\\n])+\]|![^\s!|][^\n!]*!|(\|\|?)")
_KEPT = re.compile(r"\{" + WORD_JOINER + "(?=" + WORD_JOINER + "*(?:code|noformat))")


def read(text: str) -> Blocks:
    """The document in normal form."""
    return tidy(_blocks(clean(text)))


def _blocks(text: str) -> list[Block]:
    out: list[Block] = []
    at = 0
    for start, end, block in _macros(text):
        plain = text[at:start]
        out += _lines(plain)
        if isinstance(block, Code) and out and isinstance(out[-1], Points) and _is_close(plain):
            out[-1] = _with_last(out[-1], block)
        else:
            out.append(block)
        at = end
    return out + _lines(text[at:])


def _is_close(plain: str) -> bool:
    return not plain.endswith("\n\n")


def _with_last(points: Points, block: Block) -> Points:
    """The list with a block more in its last item, however deep that is."""
    *before, last = points.items
    inner = last[-1] if last else None
    grown = (*last[:-1], _with_last(inner, block)) if isinstance(inner, Points) else (*last, block)
    return Points(points.start, (*before, grown))


def _macros(text: str) -> Iterator[tuple[int, int, Block]]:
    """Start, end and meaning of each macro that ends; one that does not is text."""
    found = list(_MACRO.finditer(text))
    ends: dict[str, list[int]] = {}
    for nth, one in enumerate(found):
        if not one.group(2):
            ends.setdefault(one.group(1), []).append(nth)
    at = 0
    for nth, one in enumerate(found):
        if one.start() < at:
            continue
        waiting = ends.get(one.group(1), [])
        while waiting and waiting[0] <= nth:
            waiting.pop(0)
        if waiting:
            end = found[waiting[0]]
            yield one.start(), end.end(), _macro(one, text[one.end() : end.start()])
            at = end.end()


def _macro(opening: re.Match[str], inner: str) -> Block:
    name, options = opening.group(1), (opening.group(2) or "")[1:]
    if name in ("code", "noformat"):
        language = next((option for option in options.split("|") if option and "=" not in option), "")
        language = language if name == "code" and language not in ("none", "text") else ""
        return Code(language, _KEPT.sub("{", inner.removeprefix("\n").removesuffix("\n")))
    title = next((option[6:] for option in options.split("|") if option.startswith("title=")), "")
    head = [Paragraph((Run(title, frozenset({STRONG})),))] if title else []
    return Quote((*head, *_blocks(inner)))


def _lines(text: str) -> list[Block]:
    out: list[Block] = []
    waiting: list[str] = []
    kind = ""
    for line in [*text.split("\n"), ""]:
        now = _kind(line, kind)
        if waiting and (now != kind or kind in ("heading", "bq", "rule")):
            out += _gathered(kind, waiting)
            waiting = []
        kind = now
        if now:
            waiting.append(line.lstrip())
    return out


def _kind(line: str, before: str) -> str:
    """What a line is: a line below an item goes on with it."""
    if not line.strip():
        return ""
    line = line.lstrip()
    if _HEADING.match(line):
        return "heading"
    if line.startswith("bq. "):
        return "bq"
    if _RULE.fullmatch(line.rstrip()):
        return "rule"
    if _POINT.match(line):
        return "points"
    if line.startswith("|"):
        return "table"
    return "points" if before == "points" else "text"


def _gathered(kind: str, lines: list[str]) -> list[Block]:
    text = "\n".join(line.rstrip() for line in lines)
    if kind == "points":
        return _lists(_items(lines))
    if kind == "heading":
        return [Heading(int(text[1]), runs(text[3:]))]
    if kind == "bq":
        return [Quote((Paragraph(runs(text[4:])),))]
    if kind == "rule":
        return [Rule()]
    return [_table(text.split("\n")) if kind == "table" else Paragraph(runs(text))]


def _items(lines: list[str]) -> list[tuple[str, str]]:
    """Marker and text of each item."""
    out: list[tuple[str, str]] = []
    for line in lines:
        found = _POINT.match(line)
        if found:
            out.append((found.group(1)[:20], found.group(2)))
        else:
            out[-1] = (out[-1][0], out[-1][1] + "\n" + line)
    return out


def _lists(items: list[tuple[str, str]], depth: int = 1) -> list[Block]:
    """The lists whose markers are ``depth`` long: a new one wherever bullets and numbers change."""
    out: list[Block] = []
    start = 0
    for at in range(1, len(items) + 1):
        if at == len(items) or items[at][0][depth - 1] != items[start][0][depth - 1]:
            out.append(_points(items[start:at], depth))
            start = at
    return out


def _points(items: list[tuple[str, str]], depth: int) -> Points:
    """One list; items with longer markers lie below the one before them."""
    out: list[Blocks] = []
    at = 0
    while at < len(items):
        marker, text = items[at]
        item: list[Block] = [Paragraph(runs(text))] if len(marker) == depth else []
        start = at = at + len(item)
        while at < len(items) and len(items[at][0]) > depth:
            at += 1
        out.append((*item, *_lists(items[start:at], depth + 1)))
    return Points(1 if items[0][0][depth - 1] == "#" else None, tuple(out))


def _table(lines: list[str]) -> Table:
    return Table(tuple(tuple(_cells(line)) for line in lines))


def _cells(line: str) -> list[Runs]:
    out: list[str] = []
    at = 0
    for found in _CELLS.finditer(line):
        if found.group(1):
            out.append(line[at : found.start()])
            at = found.end()
    rest = [line[at:]] if at < len(line) else []
    return [runs(cell) for cell in [*out, *rest][1:]]
