"""What people paste is linked only when it stands in the tracker of the connection."""

import pytest

from backlog.errors import Invalid
from integrations import linking
from tests.trackers.conftest import Both


async def test_the_address_of_an_issue_is_that_issue(both: Both) -> None:
    key = both.ground.open("Clearer signs at gate B7")
    connection = await both.office.connection(both.connection_id)
    there = await linking.looked_up(both.office.outside, connection, key)

    found = await linking.looked_up(both.office.outside, connection, there.url)

    assert (found.id, found.key) == (there.id, key)


async def test_an_address_of_another_server_is_not_taken_for_ours(both: Both) -> None:
    key = both.ground.open("Clearer signs at gate B7")
    connection = await both.office.connection(both.connection_id)
    there = await linking.looked_up(both.office.outside, connection, key)
    elsewhere = there.url.replace(f"127.0.0.1:{both.ground.server.port}", "tracker.elsewhere.example")

    with pytest.raises(Invalid) as refused:
        await linking.looked_up(both.office.outside, connection, elsewhere)

    assert elsewhere != there.url
    assert set(refused.value.fields) == {"issue"}
