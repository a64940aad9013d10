"""Which secrets of webhooks are good: each that a tracker may have."""

from backlog.trackers import hook_secrets
from backlog.trackers.connections import Connection
from backlog.trackers.sealing import Seal


def test_what_a_tracker_was_offered_stays_good_when_another_is_offered_before_it_answered() -> None:
    seal = Seal("a secret of the airport")
    connection = Connection(hook_id="77", hook_secrets=seal.close({"now": "first"}))

    offered = hook_secrets.offer(connection, seal)
    again = hook_secrets.offer(connection, seal)
    hook_secrets.offer(connection, seal, "chosen by the airport")

    good = set(seal.open(connection.hook_secrets).values())
    assert again == offered
    assert good == {"first", offered, "chosen by the airport"}
