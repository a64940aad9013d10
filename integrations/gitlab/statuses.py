"""Open and closed: all that issues of GitLab know everywhere. Statuses of one's own (Premium, 2025) are beyond its REST
interface (from memory)."""

from backlog.errors import N_, Text
from integrations.errors import Unreachable
from integrations.issue import Category, Status

OPEN = Status("opened", "Open", Category.TODO)
CLOSED = Status("closed", "Closed", Category.DONE)
STATUSES = (OPEN, CLOSED)


def status_of(state: str) -> Status:
    return CLOSED if state == CLOSED.id else OPEN


def event(now: str, wanted: str) -> str:
    """What GitLab calls the step; empty when there is none to take. Unreachable when there is no such status."""
    if wanted not in {each.id for each in STATUSES}:
        raise Unreachable(Text(N_("There is no status %(status)s in this project any more."), {"status": wanted}))
    if now == wanted:
        return ""
    return "close" if wanted == CLOSED.id else "reopen"
