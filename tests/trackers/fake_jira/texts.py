"""Rich text on Cloud is an Atlassian Document (ADF), a tree of nodes; on Data Center a plain string of wiki markup."""

from collections.abc import Iterator
from typing import Any

from tests.trackers.fake_jira.refusals import Unfit

LIMIT = 32_767  # characters of text, both deployments
BLOCKS = {"paragraph", "heading", "codeBlock", "listItem", "blockquote", "rule", "tableRow"}


def is_document(value: object) -> bool:
    return isinstance(value, dict) and value.get("type") == "doc" and isinstance(value.get("content"), list)


def document(text: str) -> dict[str, Any]:
    """Plain text as ADF, one paragraph for every line."""
    lines = [
        {"type": "paragraph", "content": [{"type": "text", "text": line}] if line else []} for line in text.split("\n")
    ]
    return {"type": "doc", "version": 1, "content": lines}


def plain(value: Any) -> str:
    """The text of ADF or of wiki markup, blocks parted by line ends."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return "".join(_pieces(value)).strip("\n")


def accepted(value: Any, *, cloud: bool, version: int, field: str) -> Any:
    """The stored form of a text as sent; refused with `Unfit` in the wrong form or when too long."""
    if value is None:
        return None
    if version == 3 and not is_document(value):
        raise Unfit("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
    if version == 2 and not isinstance(value, str):
        raise Unfit("Operation value must be a string")
    if cloud and version == 3:
        _check_nodes(value)
    if len(plain(value)) > LIMIT:
        raise Unfit("CONTENT_LIMIT_EXCEEDED" if cloud else _too_long())
    return document(value) if cloud and version == 2 else value


def shown(value: Any, *, version: int) -> Any:
    return plain(value) if version == 2 and value is not None else value


def _too_long() -> str:
    return f"The entered text is too long. It exceeds the allowed limit of {LIMIT:,} characters."


def _check_nodes(node: Any) -> None:
    """Jira takes no node without a type and no empty text node."""
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        raise Unfit("INVALID_INPUT")
    if node["type"] == "text" and not node.get("text"):
        raise Unfit("INVALID_INPUT")
    if node["type"] == "doc" and node.get("version") != 1:
        raise Unfit("INVALID_INPUT")
    for child in node.get("content", []):
        _check_nodes(child)


def _pieces(node: dict[str, Any]) -> Iterator[str]:
    if node.get("type") == "text":
        yield node.get("text", "")
    elif node.get("type") == "hardBreak":
        yield "\n"
    for child in node.get("content", []):
        yield from _pieces(child)
    if node.get("type") in BLOCKS:
        yield "\n"
