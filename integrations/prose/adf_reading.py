"""The Atlassian Document Format to a document. What it has and we have not is said in words; text is never lost."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from integrations.prose.adf_inline import INLINE, all_text, attr, card, content, kind, media, number, runs
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
    flat,
)
from integrations.prose.tidying import tidy

_DEEPEST = 16
"""Levels of nesting that are kept; below them only the text is."""


def read(node: object) -> Blocks:
    """The document in normal form. Takes any JSON, for what a tracker sends is not ours to refuse."""
    return tidy(_blocks(content(node), 0))


def _blocks(children: Iterable[Mapping[str, Any]], depth: int) -> Blocks:
    """Blocks; inline nodes that stand where blocks should are a paragraph together."""
    out: list[Block] = []
    loose: list[Mapping[str, Any]] = []
    for child in children:
        if kind(child) in INLINE:
            loose.append(child)
            continue
        if loose:
            out.append(Paragraph(runs(loose)))
            loose = []
        out += _block(child, depth)
    return (*out, Paragraph(runs(loose))) if loose else tuple(out)


def _block(node: Mapping[str, Any], depth: int) -> Blocks:
    if depth > _DEEPEST:
        return (Paragraph((Run(all_text(node)),)),)
    read_as = _READERS.get(kind(node))
    return read_as(node, depth + 1) if read_as else _unknown(node, depth + 1)


def _unknown(node: Mapping[str, Any], depth: int) -> Blocks:
    inner = _blocks(content(node), depth)
    return inner or _said(attr(node, "text", "title", "alt", "url"))


def _said(text: str, link: str = "") -> Blocks:
    return (Paragraph((Run(text, link=link),)),) if text else ()


def _paragraph(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Paragraph(runs(content(node))),)


def _heading(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Heading(number(node, "level", 1), runs(content(node))),)


def _code(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Code(attr(node, "language"), "".join(str(child.get("text") or "") for child in content(node))),)


def _quote(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Quote(_blocks(content(node), depth)),)


def _titled(node: Mapping[str, Any], depth: int) -> Blocks:
    title = attr(node, "title")
    head = (Paragraph((Run(title, frozenset({STRONG})),)),) if title else ()
    return (*head, *_blocks(content(node), depth))


def _points(node: Mapping[str, Any], depth: int) -> Blocks:
    start = number(node, "order", 1) if kind(node) == "orderedList" else None
    return (Points(start, tuple(_blocks(content(item), depth) for item in content(node))),)


def _tasks(node: Mapping[str, Any], depth: int) -> Blocks:
    """A list in a task list belongs to the task above it."""
    items: list[Blocks] = []
    for child in content(node):
        if kind(child) == "taskList" and items:
            items[-1] = (*items[-1], *_block(child, depth))
        elif kind(child) == "taskList":
            items += [item for block in _block(child, depth) if isinstance(block, Points) for item in block.items]
        else:
            items.append(_task(child, depth))
    return (Points(None, tuple(items)),)


def _task(node: Mapping[str, Any], depth: int) -> Blocks:
    box = "" if kind(node) == "decisionItem" else ("[x] " if attr(node, "state") == "DONE" else "[ ] ")
    first, *rest = tidy(_blocks(content(node), depth)) or (Paragraph(()),)
    said = (Run(box), *(first.runs if isinstance(first, Paragraph) else flat((first,))))
    return (Paragraph(said), *rest)


def _table(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Table(tuple(_row(row, depth) for row in content(node))),)


def _row(node: Mapping[str, Any], depth: int) -> tuple[Runs, ...]:
    cells: list[Runs] = []
    for cell in content(node):
        cells.append(flat(tidy(_blocks(content(cell), depth))))
        cells += [()] * min(number(cell, "colspan", 1) - 1, 50)
    return tuple(cells)


def _media(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Paragraph((media(node),)),)


def _card(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Paragraph((card(node),)),)


def _rule(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Rule(),)


_READERS: dict[str, Callable[[Mapping[str, Any], int], Blocks]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "codeBlock": _code,
    "blockquote": _quote,
    "panel": _quote,
    "expand": _titled,
    "nestedExpand": _titled,
    "bulletList": _points,
    "orderedList": _points,
    "taskList": _tasks,
    "decisionList": _tasks,
    "table": _table,
    "media": _media,
    "blockCard": _card,
    "embedCard": _card,
    "rule": _rule,
}
