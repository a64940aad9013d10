"""What people paste to name an issue: an address of it, its key, its number inside Jira."""

import re
from urllib.parse import parse_qs, urlsplit

KEY = re.compile(r"[A-Z][A-Z0-9_]+-[1-9]\d*", re.IGNORECASE)
PROJECT = re.compile(r"[A-Z0-9_-]+", re.IGNORECASE)
ID = re.compile(r"[1-9]\d{0,18}")
SELECTED = ("selectedIssue", "issueKey")
"""Of boards and of service desks, the issue that is open beside them."""


def reference(text: str) -> str | None:
    """The key in capitals, or the id; None when it is neither."""
    text = text.strip()
    if KEY.fullmatch(text):
        return text.upper()
    if ID.fullmatch(text):
        return text
    return in_address(text) if text.startswith(("https://", "http://")) else None


def in_address(text: str) -> str | None:
    """``selectedIssue`` first: a board's path may name another issue's project; else the last part that is a key."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    query = parse_qs(parts.query)
    named = [each for name in SELECTED for each in query.get(name, [])]
    keys = [each for each in (*named, *reversed(parts.path.split("/"))) if KEY.fullmatch(each)]
    return keys[0].upper() if keys else None


def is_project(name: str) -> bool:
    """Whether a project may have this key; administrators of a Data Center may allow others than usual."""
    return PROJECT.fullmatch(name) is not None


def numbered(project: str, number: int) -> str:
    return f"{project}-{number}"
