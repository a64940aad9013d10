"""A document to the Atlassian Document Format: JSON as Jira Cloud takes it, valid by its published schema."""

from collections.abc import Sequence
from typing import Any

from integrations.prose.document import (
    BREAK,
    CODE,
    EM,
    EMPHASES,
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
    flat,
    words,
)
from integrations.prose.tidying import tidy

Node = dict[str, Any]

_PLACES = {
    "item": (Paragraph, Points, Code),
    "quote": (Paragraph, Points, Code),
}
"""What may stand in a place that does not take every block."""


def write(blocks: Blocks) -> Node:
    return {"type": "doc", "version": 1, "content": nodes(blocks)}


def nodes(blocks: Blocks) -> list[Node]:
    """Top-level nodes; they may stand in an ``expand`` too."""
    out = _all(blocks)
    waiting, count = list(reversed(out)), 0
    while waiting:
        node = waiting.pop()
        if "localId" in node.get("attrs", ()):
            count += 1
            node["attrs"]["localId"] = f"waymark-{count}"
        waiting += reversed(node.get("content", ()))
    return out


def _all(blocks: Blocks, place: str = "") -> list[Node]:
    return [node for block in blocks for node in _nodes(block, place)]


def _nodes(block: Block, place: str) -> list[Node]:
    if place and not isinstance(block, _PLACES[place]):
        return _all(_simpler(block), place)
    match block:
        case Paragraph(runs):
            return [_paragraph(runs, alone=True)]
        case Heading(level, runs):
            return [{"type": "heading", "attrs": {"level": level}, "content": inline(runs)}]
        case Code():
            return [_code(block)]
        case Quote(inner):
            return [{"type": "blockquote", "content": _all(inner, "quote") or [_paragraph(())]}]
        case Points():
            return [_tasks(block) if place != "quote" and _is_tasks(block) else _points(block)]
        case Table(rows):
            return [{"type": "table", "content": [_row(row, head=not nth) for nth, row in enumerate(rows)]}]
        case Rule():
            return [{"type": "rule"}]


def _simpler(block: Block) -> Blocks:
    """What is left of a block where ADF does not take it: the same text in paragraphs."""
    match block:
        case Heading(_, runs):
            emphatic = (
                Run(run.text, run.marks if CODE in run.marks else run.marks | {STRONG}, run.link) for run in runs
            )
            return tidy((Paragraph(tuple(emphatic)),))
        case Quote(inner):
            return inner
        case Table(rows):
            return tidy(Paragraph(_with_bars(row)) for row in rows)
        case _:
            return ()


def _with_bars(row: Sequence[Runs]) -> Runs:
    return tuple(run for nth, cell in enumerate(row) for run in ((Run(" | "), *cell) if nth else cell))


def _paragraph(runs: Runs, *, alone: bool = False) -> Node:
    if alone and len(runs) == 1 and IMAGE in runs[0].marks:
        media = {"type": "external", "url": runs[0].link, **({"alt": runs[0].text} if runs[0].text else {})}
        return {"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [{"type": "media", "attrs": media}]}
    return {"type": "paragraph", "content": inline(runs)}


def _code(code: Code) -> Node:
    node: Node = {"type": "codeBlock", "attrs": {"language": code.language} if code.language else {}}
    return node | ({"content": [{"type": "text", "text": code.text}]} if code.text else {})


def _points(points: Points) -> Node:
    items = [{"type": "listItem", "content": _item(item)} for item in points.items]
    if points.start is None:
        return {"type": "bulletList", "content": items}
    return {"type": "orderedList", "attrs": {"order": points.start}, "content": items}


def _item(item: Blocks) -> list[Node]:
    """An item begins with text: older editors of Jira do not open one that begins with a list."""
    inner = _all(item, "item")
    if not inner or inner[0]["type"] not in ("paragraph", "mediaSingle", "codeBlock"):
        inner.insert(0, {"type": "paragraph", "content": []})
    return inner


def _is_tasks(points: Points) -> bool:
    return points.start is None and all(_box(item) and _is_task_rest(item[1:]) for item in points.items)


def _is_task_rest(rest: Blocks) -> bool:
    return not rest or (len(rest) == 1 and isinstance(rest[0], Points) and _is_tasks(rest[0]))


def _box(item: Blocks) -> str:
    """``[ ] `` or ``[x] `` at the beginning of an item, else empty."""
    if not item or not isinstance(item[0], Paragraph):
        return ""
    first = item[0].runs[0]
    begins = not first.marks and not first.link and first.text.startswith(("[ ] ", "[x] "))
    return first.text[:4] if begins and words(item[0].runs).strip() not in ("[ ]", "[x]") else ""


def _tasks(points: Points) -> Node:
    content: list[Node] = []
    for item in points.items:
        first = item[0]
        runs = first.runs if isinstance(first, Paragraph) else flat((first,))
        attrs = {"localId": "", "state": "DONE" if _box(item) == "[x] " else "TODO"}
        rest = (Run(runs[0].text[4:]), *runs[1:])
        content.append({"type": "taskItem", "attrs": attrs, "content": inline(rest)})
        content += [_tasks(inner) for inner in item[1:] if isinstance(inner, Points)]
    return {"type": "taskList", "attrs": {"localId": ""}, "content": content}


def _row(cells: Sequence[Runs], *, head: bool) -> Node:
    kind = "tableHeader" if head else "tableCell"
    return {"type": "tableRow", "content": [{"type": kind, "attrs": {}, "content": [_paragraph(c)]} for c in cells]}


def inline(runs: Runs) -> list[Node]:
    return [_text(run) for run in runs if run.text or run.link]


def _text(run: Run) -> Node:
    if run.text == BREAK:
        return {"type": "hardBreak"}
    marks: list[Node] = [{"type": mark} for mark in (STRONG, EM, STRIKE) if mark in run.marks and mark in EMPHASES]
    if CODE in run.marks:
        marks = [{"type": CODE}]
    if run.link:
        marks.append({"type": "link", "attrs": {"href": run.link}})
    return {"type": "text", "text": run.text or run.link, **({"marks": marks} if marks else {})}
