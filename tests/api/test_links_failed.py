"""Why a link failed, by the API: what one side refused is its reason."""

from backlog.errors import Text
from backlog.people.roles import Role
from backlog.trackers.fields import Field
from backlog.trackers.link import LinkState
from backlog.trackers.undelivered import Undelivered
from tests.web.clients import Served
from tests.web.tracker_stand_in import connect, link, propose


async def test_a_link_that_failed_says_what_was_refused_first(served_sqlite: Served) -> None:
    tied = await link(served_sqlite, await propose(served_sqlite), await connect(served_sqlite), state=LinkState.FAILED)
    api = await served_sqlite.api(Role.VIEWER)
    async with served_sqlite.database.writing() as session:
        for reason, detail in (("It refused the field.", "duedate: cannot be set"), ("It refused the label.", "")):
            item = Undelivered(link_id=tied, field=Field.DUE, value="2026-12-12", reason=Text(reason), detail=detail)
            session.add(item)
            await session.flush()

    (shown,) = (await api.get("/api/v1/links?state=failed")).json()["items"]

    assert (shown["last_error"], shown["detail"]) == ("It refused the field.", "duedate: cannot be set")
