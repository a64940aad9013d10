"""Testing a connection: what its account may do there, each thing named, and nothing written."""

from collections.abc import Sequence
from dataclasses import dataclass

from backlog.errors import N_, Text
from backlog.trackers.connections import Connection
from integrations import signing
from integrations.engine.desk import ANOTHER, is_project_of
from integrations.errors import NoAccess, TrackerError
from integrations.issue import Account
from integrations.opening import Outside
from integrations.tracker import Check, Tracker

SAME = N_("is the project of this connection")
REACHED = N_("can be reached")
SIGNED_IN = N_("can sign in")


@dataclass(frozen=True, slots=True)
class Found:
    """``account`` is None when it could not sign in."""

    account: Account | None
    checks: Sequence[Check]

    @property
    def ok(self) -> bool:
        """Nothing is known to be wrong with what is needed."""
        return all(each.problem is None for each in self.checks if each.is_needed)


async def check(outside: Outside, connection: Connection) -> Found:
    """Asks the tracker; what goes wrong is among the checks. Conflict without a token."""
    account: Account | None = None
    checks: list[Check] = []
    async with outside.opened(connection) as tracker:
        try:
            account = await signing.signed_in(outside, connection, tracker)
            checks.append(Check(Text(SIGNED_IN)))
            checks.extend(await tracker.check())
            checks.extend(await another(tracker, connection))
        except TrackerError as error:
            said = Text(N_("%(what)s (%(detail)s)"), {"what": error.text, "detail": error.detail})
            checks.append(Check(Text(SIGNED_IN if account is None else REACHED), said if error.detail else error.text))
    return Found(account, checks)


async def another(tracker: Tracker, connection: Connection) -> Sequence[Check]:
    """What is wrong when another project has the name of ours; that none can be seen is told by the other checks."""
    try:
        there = await tracker.project()
    except NoAccess:
        return ()
    if is_project_of(connection, there):
        return ()
    return [Check(Text(SAME), Text(ANOTHER, {"project": connection.project}))]
