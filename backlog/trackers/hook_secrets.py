"""The secrets with which a connection's webhooks are signed, sealed: ``now``, ``before`` it, and ``next``, which the tracker
has been offered but may not have taken. All of them are good."""

import secrets as random

from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.history import Actor
from backlog.trackers.connections import SUBJECT, Connection
from backlog.trackers.sealing import Seal


def renew(session: AsyncSession, connection: Connection, seal: Seal, made: str = "", *, by: Actor) -> str:
    """Another secret, ``made`` by somebody or by us, with who wanted it in the history."""
    change = offer if connection.hook_id else rotate
    history.record(session, by, "changed a webhook's secret", SUBJECT, connection.id)
    return change(connection, seal, made)


def rotate(connection: Connection, seal: Seal, made: str = "") -> str:
    """A new secret, ``made`` by somebody or by us; the one before stays good until the next rotation, so that no hook is
    lost in between. So does the one that the tracker was last known to have."""
    kept, made = seal.open(connection.hook_secrets), made or random.token_urlsafe(32)
    taken = kept.get("now", "")
    connection.hook_secrets = seal.close(
        {"now": made, "before": kept["next"], "taken": taken} if "next" in kept else {"now": made, "before": taken}
    )
    return made


def offer(connection: Connection, seal: Seal, made: str = "") -> str:
    """A new secret for a tracker that is to be given it; both are good until `take`. The same again until
    then, unless another is ``made`` by somebody: the tracker may have taken it without an answer."""
    kept = seal.open(connection.hook_secrets)
    if made and kept.get("next", made) != made:
        kept["taken"] = kept["next"]
    made = kept["next"] = made or kept.get("next") or random.token_urlsafe(32)
    connection.hook_secrets = seal.close(kept)
    return made


def newest(connection: Connection, seal: Seal) -> str:
    """The newest, also where the tracker has not been given it yet."""
    kept = seal.open(connection.hook_secrets)
    return kept.get("next") or kept.get("now", "")


def take(connection: Connection, seal: Seal, secret: str) -> None:
    """The tracker signs with it from now on; what it was about to send is still signed with the one before."""
    kept = seal.open(connection.hook_secrets)
    if kept.get("next") == secret:
        connection.hook_secrets = seal.close({"now": secret, "before": kept.get("now", "")})
