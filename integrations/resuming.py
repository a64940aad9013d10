"""Going on with a connection: only one that can sign in does."""

from backlog import history
from backlog.history import Actor
from backlog.trackers import connections, turns
from backlog.trackers.connections import ConnectionState
from integrations import signing
from integrations.errors import TrackerError
from integrations.hooking import hook
from integrations.opening import Outside


async def resume(outside: Outside, connection_id: int, address: str, *, by: Actor) -> TrackerError | None:
    """It goes on, also when the tracker does not answer just now: then what it said. One that was disconnected looks at
    all its links and has its webhook registered again at ``address``. Conflict when it goes on already or has no token;
    a TrackerError when it cannot sign in: it stays off, and the reason is kept."""
    async with outside.database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    was, passing = connection.state, None
    try:
        if was is not ConnectionState.ACTIVE:
            await signing.sign_in(outside, connection)
    except signing.PASSING as error:
        passing = error
    async with outside.database.writing() as session:
        row = await connections.by_id(session, connection_id, for_change=True)
        connections.turn(session, row, "resumed", by=by)
        row.sweep_at = history.now()
        if was is ConnectionState.DISCONNECTED:
            await turns.ask_all(session, row.id)
    if was is ConnectionState.DISCONNECTED and not row.hook_at:
        await hook(outside, row, address, by=by)
    return passing
