"""Rows 19 to 24: webhooks that come twice, late, out of order, forged or never. Each is a hint, nothing more."""

import datetime as dt
import hashlib
import hmac
import json
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import func, select

from backlog.trackers import hooks
from backlog.trackers.hooks import HookDelivery
from tests.trackers.conftest import Both
from tests.trackers.failures.rows import row
from tests.trackers.failures.steps import (
    fail,
    in_step,
    later,
    linked,
    seen,
    set_connection,
    told,
    writes,
)  # fmt: skip
from tests.web.clients import serving

STAYS = "an administrator's webhook stays"
SECRET = "It's a Secret to Everybody, of the airport"
HEADERS = {
    "github": {"X-GitHub-Event": "issues", "X-GitHub-Delivery": "d-1", "Content-Type": "application/json"},
    "gitlab": {"X-Gitlab-Event": "Issue Hook", "X-Gitlab-Event-UUID": "d-1", "Content-Type": "application/json"},
    "jira-cloud": {"X-Atlassian-Webhook-Identifier": "d-1", "Content-Type": "application/json"},
    "jira-dc": {"X-Atlassian-Webhook-Identifier": "d-1", "Content-Type": "application/json"},
}


async def deliveries(both: Both) -> int:
    async with both.office.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(HookDelivery)) or 0


@row(19, "the same delivery many times", "taken once")
async def doubled(both: Both) -> None:
    tied = await linked(both)
    both.ground.comment(tied.key, "We can open lane 4.")

    new = await told(both, tied, "d-1", times=50)
    await both.office.work(60, step=20)

    assert new == [True] + [False] * 49
    assert await deliveries(both) == 1
    assert [each.text for each in await both.office.comments(tied.number)] == ["We can open lane 4."]


@row(20, "deliveries out of order", "what counts is how the issue is now")
async def out_of_order(both: Both) -> None:
    tied = await linked(both)
    for title in ("Queues under ten minutes", "Queues under five minutes"):
        both.ground.retitle(tied.key, title)
    for delivery in ("second", "first"):
        await told(both, tied, delivery)
        await both.office.work(5)

    assert (await both.office.initiative(tied.number)).title == "Queues under five minutes"
    assert await both.office.conflicts() == []


@row(21, "delivery missed", "the sweep finds it within ten minutes, and counts it")
async def missed(both: Both) -> None:
    tied = await linked(both)
    await told(both, tied)
    await both.office.work(400, step=100)

    both.ground.retitle(tied.key, "Queues under ten minutes")
    await both.office.work(600, step=60)

    assert (await both.office.initiative(tied.number)).title == "Queues under ten minutes"
    assert (await both.office.connection(both.connection_id)).missed == 1


@row(22, "forged, unsigned, signed with another secret or another method, changed on the way", "401, without a trace")
async def forged(both: Both) -> None:
    tied = await linked(both)
    before, asked = await deliveries(both), seen(both)
    body = json.dumps({"action": "edited", "issue": {"id": 1, "number": 1}}).encode()
    good = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    await set_connection(both, hook_secrets=both.office.outside.seal.close({"now": SECRET}))
    forgeries = [
        {},
        {"X-Hub-Signature-256": "sha256=", "X-Hub-Signature": "sha256=", "X-Gitlab-Token": ""},
        {"X-Hub-Signature-256": f"sha256={'0' * 64}", "X-Hub-Signature": f"sha256={'0' * 64}", "X-Gitlab-Token": "0"},
        {"X-Hub-Signature-256": good, "X-Hub-Signature": good, "X-Gitlab-Token": good},
        {"X-Hub-Signature-256": f"md5={good}", "X-Hub-Signature": f"sha1={good}"},
        {"X-Hub-Signature": f"sha256={good[:-1]}0", "X-Hub-Signature-256": f"sha256={good[:-1]}"},
    ]
    home = Path(mkdtemp())
    async with serving(both.office.database, home, secret="a secret of the airport") as product:
        stranger = product.visitor(csrf=False)
        for address in (f"/webhooks/{both.ground.kind}/{both.connection_id}", f"/webhooks/{both.ground.kind}/999"):
            for more in forgeries:
                answer = await stranger.post(address, content=body, headers={**HEADERS[both.ground.kind], **more})
                assert (answer.status_code, answer.json()) == (401, {"status": "refused"}), more
        wrong = f"/webhooks/{both.ground.kind}/{both.connection_id}?token=guessed"
        assert (await stranger.post(wrong, content=body, headers=HEADERS[both.ground.kind])).status_code == 401

    assert await deliveries(both) == before
    await both.office.work()
    assert seen(both) == asked
    await in_step(both, tied)


@row(23, "an old delivery sent again", "known for ninety days; later it is one more look, without effect")
async def replayed(both: Both) -> None:
    tied = await linked(both)
    await told(both, tied, "d-1")
    await both.office.work()
    later(both, days=89)
    assert await told(both, tied, "d-1") == [False]

    later(both, days=2)
    async with both.office.database.writing() as session:
        await hooks.prune(session)
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(5)
    before = seen(both)
    assert await told(both, tied, "d-1") == [True]
    await both.office.work()

    assert writes(both, before) == []
    assert (await both.office.initiative(tied.number)).title == "Queues under ten minutes"


@row(24, "webhook of an app ends after thirty days", "renewed long before; without it the sweep goes on",
     github=STAYS, gitlab=STAYS, jira_dc=STAYS)  # fmt: skip
async def expired(both: Both) -> None:
    tied = await linked(both)
    until = both.office.now + dt.timedelta(days=9)
    await set_connection(both, hook_id="7", hook_expires_at=until)

    await both.office.work(300, step=100)
    unrenewed = (await both.office.connection(both.connection_id)).hook_expires_at
    both.ground.retitle(tied.key, "Queues under ten minutes")
    await both.office.work(300, step=100)

    assert unrenewed == until  # a token of a person may not renew it: that alone stops nothing
    assert (await both.office.initiative(tied.number)).title == "Queues under ten minutes"
    fail(both, "status", method="PUT", path="/webhook/refresh", status=200,
         body=json.dumps({"expirationDate": (both.office.now + dt.timedelta(days=30)).timestamp() * 1000}).encode(),
         )  # fmt: skip
    await both.office.work(300, step=100)

    renewed = (await both.office.connection(both.connection_id)).hook_expires_at
    assert renewed is not None
    assert renewed - both.office.now > dt.timedelta(days=29)
