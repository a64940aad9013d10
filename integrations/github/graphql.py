"""What GitHub's GraphQL interface says no with: status 200 and a list of errors."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from backlog.errors import N_, Text
from integrations.errors import Ambiguous, Limited, Missing, NoAccess, Refused, TrackerError, Unavailable
from integrations.github import limits
from integrations.github.faults import REFUSED

RIGHTS = frozenset({"FORBIDDEN", "INSUFFICIENT_SCOPES"})


def refused(said: Any, headers: Mapping[str, str], now: dt.datetime, *, writes: bool = False) -> TrackerError | None:
    """None when it carried out everything."""
    errors = said.get("errors") if isinstance(said, dict) else None
    if not errors:
        whole = isinstance(said, dict) and isinstance(said.get("data"), dict)
        unread = Ambiguous if writes else Unavailable
        return None if whole else unread(Text(N_("GitHub answered with something Waymark cannot read.")))
    kinds = {str(each.get("type", "")) for each in errors if isinstance(each, dict)}
    detail = " · ".join(str(each.get("message", "")) for each in errors if isinstance(each, dict))
    if "RATE_LIMITED" in kinds or limits.is_limit(403, {}, detail):
        return Limited(Text(N_("GitHub asks to wait: too many requests.")), limits.until(headers, now), detail=detail)
    if kinds & RIGHTS:
        return NoAccess(Text(N_("The token may not use this project board.")), detail=detail)
    if "NOT_FOUND" in kinds:
        return Missing(Text(N_("This project board does not exist, or the token cannot see it.")), detail=detail)
    return Refused(Text(REFUSED, {"why": detail}), {"status": detail}, detail=detail)
