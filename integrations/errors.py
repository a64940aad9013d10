"""What a tracker says when it does not do what it was asked."""

import datetime as dt
import enum
from collections.abc import Mapping, Sequence

from backlog.errors import N_, Text


class Scope(enum.StrEnum):
    """What has to wait when the tracker says it is too much."""

    CONNECTION = "connection"
    ISSUE = "issue"


class TrackerError(Exception):
    """The tracker did not do it. ``text`` says what happened and what to do; ``detail`` are the tracker's own words,
    without secrets, at most 500 characters; ``status`` of its answer."""

    def __init__(self, text: Text, *, detail: str = "", status: int | None = None) -> None:
        super().__init__(f"{text} {detail}".strip())
        self.text, self.detail, self.status = text, detail[:500], status


class Refused(TrackerError):
    """It will never take this as it is (400, 422). ``fields``: what it said of which field, by `Write.fields`."""

    def __init__(
        self, text: Text, fields: Mapping[str, str] | None = None, *, detail: str = "", status: int | None = None
    ) -> None:
        super().__init__(text, detail=detail, status=status)
        self.fields = dict(fields or {})


class Unreachable(TrackerError):
    """The wished status cannot be reached from the one it has; ``needs``: names of the fields its screen asks for."""

    def __init__(self, text: Text, needs: Sequence[str] = (), *, detail: str = "", status: int | None = None) -> None:
        super().__init__(text, detail=detail, status=status)
        self.needs = tuple(needs)


class Unauthorized(TrackerError):
    """The token is wrong, expired or revoked (401): nothing works until somebody gives another one."""


class NoAccess(TrackerError):
    """The account may not do this (403), or the project cannot be seen any more."""


class Missing(TrackerError):
    """There is no such issue, though its project can be seen (404)."""


class Gone(TrackerError):
    """The issue was deleted, and the tracker says so (410)."""


class Limited(TrackerError):
    """Too many requests. Nothing was carried out; wait until ``until`` (None: it did not say)."""

    def __init__(
        self,
        text: Text,
        until: dt.datetime | None,
        scope: Scope = Scope.CONNECTION,
        *,
        detail: str = "",
        status: int | None = None,
    ) -> None:
        super().__init__(text, detail=detail, status=status)
        self.until, self.scope = until, scope


class Unavailable(TrackerError):
    """It could not be reached or did not answer sensibly, and surely carried nothing out."""


class Unlisted(Unavailable):
    """It does not list what changed to this account, and asking again changes nothing: all else goes on."""


class Ambiguous(TrackerError):
    """The answer to a write was lost: it may have been carried out or not."""


class Unsupported(TrackerError):
    """This version of the tracker does not know what we asked (a retired address or version): trying again is in vain."""


NOT_JSON = N_("It answered with a page instead of data: a sign-in page, a proxy or maintenance. Check the address.")
