"""What people call an issue: ``owner/repository#12``, or its address."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

NAME = r"[A-Za-z0-9_.-]+"
REPOSITORY = re.compile(rf"(?!\.+/)({NAME}/(?!\.+$){NAME})")
KEY = re.compile(rf"(?P<repository>{NAME}/{NAME})#(?P<number>[1-9][0-9]{{0,17}})")
PLACE = re.compile(rf"/(?:api/v3/)?(?:repos/)?(?P<repository>{NAME}/{NAME})/issues/(?P<number>[1-9][0-9]{{0,17}})/?")


@dataclass(frozen=True, slots=True)
class Key:
    """``repository`` with its owner. It changes when the issue is transferred or the repository renamed."""

    repository: str
    number: int

    def __str__(self) -> str:
        return f"{self.repository}#{self.number}"

    @property
    def path(self) -> str:
        return f"/repos/{self.repository}/issues/{self.number}"


def is_repository(name: str) -> bool:
    """Whether it is an owner and a name and nothing that would lead elsewhere in an address."""
    return REPOSITORY.fullmatch(name) is not None


def parsed(text: str, repository: str = "") -> Key | None:
    """From ``owner/name#12``; with a ``repository`` also from ``#12`` and ``12``."""
    text = text.strip()
    if repository and re.fullmatch(r"#?[0-9]+", text):
        text = f"{repository}#{text.lstrip('#')}"
    match = KEY.fullmatch(text)
    if match is None or not is_repository(match["repository"]):
        return None
    return Key(match["repository"], int(match["number"]))


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
    return f"{place['repository']}#{place['number']}" if is_repository(place["repository"]) else None


def repository_of(api_url: str) -> str:
    """``owner/name`` at the end of the API's address of a repository; empty when it is none."""
    name = "/".join(urlsplit(api_url).path.rstrip("/").split("/")[-2:])
    return name if is_repository(name) else ""


def key_of(api_url: str) -> Key | None:
    """From the API's address of an issue."""
    place = re.search(rf"/repos/(?P<repository>{NAME}/{NAME})/issues/(?P<number>[0-9]+)/?$", urlsplit(api_url).path)
    return Key(place["repository"], int(place["number"])) if place else None
