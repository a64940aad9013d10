"""When the token of a connection ends is known once it was tested, where the tracker tells."""

import datetime as dt
import json

import pytest

from integrations import checking
from integrations.github.people import expiry
from tests.trackers.conftest import Both
from tests.trackers.faults import Fault

ENDS = dt.datetime(2027, 1, 31, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("2027-01-31 00:00:00 UTC", ENDS),
        ("2027-01-31 01:00:00 +0100", ENDS),
        ("", None),
        ("soon", None),
    ],
)
def test_the_end_of_a_token_of_github_is_read(said: str, ends: dt.datetime | None) -> None:
    assert expiry(said) == ends


async def test_a_test_of_the_connection_keeps_when_its_token_ends(both: Both) -> None:
    json_type = {"content-type": "application/json"}
    told = {
        "github": Fault(
            "status", path="/user$", status=200, body=json.dumps({"login": "waymark", "id": 41}).encode(),
            headers=json_type | {"github-authentication-token-expiration": "2027-01-31 00:00:00 UTC"},
        ),
        "gitlab": Fault(
            "status", path="/personal_access_tokens/self$", status=200, headers=json_type,
            body=json.dumps({"scopes": ["api"], "expires_at": "2027-01-31"}).encode(),
        ),
    }  # fmt: skip
    if both.ground.kind in told:
        both.ground.faults.add(told[both.ground.kind])
    connection = await both.office.connection(both.connection_id)

    found = await checking.check(both.office.outside, connection)

    assert found.account
    assert (await both.office.connection(both.connection_id)).expires_at == (ENDS if both.ground.kind in told else None)
