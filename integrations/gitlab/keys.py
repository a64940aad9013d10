"""What people call an issue: ``group/project#12``, or its address. Groups may stand in groups."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

NAME = r"(?!\.+(?:/|#|$))[A-Za-z0-9_.][A-Za-z0-9_.-]*"
PROJECT = rf"{NAME}(?:/{NAME})+"
NUMBER = r"[1-9][0-9]{0,17}"
KEY = re.compile(rf"(?P<project>{PROJECT})#(?P<number>{NUMBER})")
PLACE = re.compile(
    rf"(?:/api/v4/projects)?/(?P<project>{PROJECT})(?:/-)?/(?:issues|work_items)/(?P<number>{NUMBER})(?:/.*)?"
)
"""Of an issue in the browser (``/-/`` since 2019, ``work_items`` since 2025) and in the interface."""


@dataclass(frozen=True, slots=True)
class Key:
    """``project`` with its groups. It changes when the project is renamed; when the issue is moved it gets another."""

    project: str
    number: int

    def __str__(self) -> str:
        return f"{self.project}#{self.number}"

    @property
    def path(self) -> str:
        return f"{project_path(self.project)}/issues/{self.number}"


def project_path(project: str) -> str:
    """In the interface, by the project's path or by its number, which never changes."""
    return f"/projects/{quote(project, safe='')}"


def is_project(path: str) -> bool:
    """Whether it is a project in at least one group and nothing that would lead elsewhere in an address."""
    return re.fullmatch(PROJECT, path) is not None


def parsed(text: str, project: str = "") -> Key | None:
    """From ``group/project#12``; with a ``project`` also from ``#12`` and ``12``."""
    text = text.strip()
    if project and re.fullmatch(r"#?[0-9]+", text):
        text = f"{project}#{text.lstrip('#')}"
    match = KEY.fullmatch(text)
    return Key(match["project"], int(match["number"])) if match else None


def reference(text: str) -> str | None:
    """The key in what people paste: an address of an issue, with or without a comment of it, or a key."""
    text = text.strip()
    if found := parsed(text):
        return str(found)
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    place = PLACE.fullmatch(unquote(parts.path))
    if parts.scheme not in ("https", "http") or not parts.hostname or place is None:
        return None
    return f"{place['project']}#{place['number']}"
