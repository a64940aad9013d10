"""Linking an issue that is there already: what people type or paste, looked up in the tracker."""

from urllib.parse import urlsplit

from backlog.errors import N_, Invalid, Text
from backlog.trackers.connections import Connection
from backlog.trackers.links import Found
from integrations.errors import Gone, Missing, NoAccess
from integrations.issue import Issue
from integrations.opening import Outside
from integrations.tracker import Tracker


async def looked_up(outside: Outside, connection: Connection, typed: str) -> Issue:
    """The issue of an address, a key or its number. Invalid (``issue``) when there is none in this project, or none that the
    account may see."""
    async with outside.opened(connection) as tracker:
        return await of(tracker, outside, connection, typed)


async def of(tracker: Tracker, outside: Outside, connection: Connection, typed: str) -> Issue:
    try:
        issue = await tracker.read(key_of(outside, connection, typed))
    except Missing as error:
        raise Invalid({"issue": Text(N_("There is no such issue, or the account may not see it."))}) from error
    except (Gone, NoAccess) as error:
        raise Invalid({"issue": error.text}) from error
    if _is_elsewhere(typed, issue.url, connection.base_url):
        raise Invalid({"issue": Text(
            N_("This is the address of another tracker: this connection is for %(url)s."), {"url": connection.base_url},
        )})  # fmt: skip
    if connection.project_id and issue.project.id != connection.project_id:
        raise Invalid({"issue": Text(
            N_("%(key)s belongs to another project: this connection is for %(project)s."),
            {"key": issue.key, "project": connection.project},
        )})  # fmt: skip
    return issue


def found(issue: Issue) -> Found:
    """As `links.tie` takes it."""
    return Found(issue.id, issue.key, issue.url, issue.title, issue.marker)


def _is_elsewhere(typed: str, *ours: str) -> bool:
    """Whether it is an address of a server that is neither that of the issue in the browser nor that of the interface."""
    place = _server(typed)
    return place is not None and place not in [_server(each) for each in ours]


def _server(address: str) -> tuple[str, int | None] | None:
    """Name and port, None for the usual one; None for what is no address."""
    try:
        parts = urlsplit(address.strip())
        port = None if parts.port in (80, 443) else parts.port
    except ValueError:
        return None
    return (parts.hostname, port) if parts.scheme in ("https", "http") and parts.hostname else None


def key_of(outside: Outside, connection: Connection, typed: str) -> str:
    """``12`` and ``#12`` are of the project of the connection. Invalid (``issue``) for what is no reference."""
    typed = typed.strip()
    number = typed.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        return outside.kind(connection.kind).numbered(connection.project, int(number))
    key = outside.kind(connection.kind).reference(typed)
    if key is None:
        raise Invalid({"issue": Text(N_("Paste the address of an issue, or its key."))})
    return key
