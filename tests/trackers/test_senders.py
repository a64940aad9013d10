"""Who changed an issue: named only where a webhook of that time tells, and never we ourselves."""

import datetime as dt
from collections.abc import Sequence

import pytest

from backlog import history
from backlog.database import Database
from backlog.trackers import connections, hooks
from backlog.trackers.sealing import Seal
from tests.trackers.office import KIM, NOON

MINUTE = dt.timedelta(minutes=1)
US = "waymark-bot"


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ([], ""),
        ([("mara", MINUTE)], "mara"),
        ([("mara", -MINUTE), (US, MINUTE)], "mara"),
        ([(US, MINUTE)], ""),
        ([("mara", -200 * 24 * 60 * MINUTE)], ""),
        ([("jonas", MINUTE), ("mara", 60 * MINUTE)], "jonas"),
    ],
    ids=["no webhook", "one", "one and ours", "ours alone", "months ago", "another one later"],
)
async def test_a_change_is_by_whom_a_webhook_of_that_time_names(
    sqlite_database: Database, told: Sequence[tuple[str, dt.timedelta]], name: str
) -> None:
    async with sqlite_database.writing() as session:
        made = await connections.add(
            session, Seal("a secret of the airport"), kind="github", name="Terminal 2", base_url="https://api.github.com",
            project="aurora-airport/terminal-2", credentials={"token": "t"}, by=KIM,
        )  # fmt: skip
        made.account_id = made.account_name = US
        await session.flush()
        for number, (sender, after) in enumerate(told):
            with history.at(NOON + after):
                await hooks.receive(
                    session, made.id, delivery=str(number), event="issues.edited", issue_id="77", issue_key=None,
                    marker=None, sender=sender,
                )  # fmt: skip

        found = await hooks.last_sender(session, made.id, "77", NOON)

    assert found == name
