"""Rows 27 to 32: answers that are no answers, lists that shift, addresses that lead inside, texts that do not fit."""

import httpx
import pytest

from backlog.errors import Invalid
from backlog.trackers.connections import ConnectionState
from backlog.trackers.link import LinkState
from integrations.addresses import Allowed, Forbidden, resolved
from integrations.http import Checked
from tests.trackers import fake_github
from tests.trackers.conftest import Both
from tests.trackers.contracts import Asked
from tests.trackers.failures.rows import row
from tests.trackers.failures.steps import creations, fail, fail_creation, github_of, in_step, linked, seen, told
from tests.trackers.faults import Fault, Faults

CALLED = {
    "github": (" @security-team", " @everybody"),
    "gitlab": (" @security-team", " @everybody"),
    "jira-cloud": ('"mention"',),  # a node of its own: words alone call nobody
    "jira-dc": (" [~tom]",),
}
"""What would call people in each tracker."""
LISTS = {"github": r"/issues$", "gitlab": r"/issues$", "jira-cloud": r"/search", "jira-dc": r"/search"}
RETIRED = {
    "github": "GitHub no longer speaks the version of its interface that Waymark uses.",
    "gitlab": "This GitLab no longer knows the interface that Waymark uses.",
    "jira-cloud": "This Jira does not know what Waymark asks: its version is too old or too new.",
    "jira-dc": "This Jira does not know what Waymark asks: its version is too old or too new.",
}
"""What people are told when the tracker no longer knows what Waymark asks."""
INSIDE = (
    "127.0.0.1", "127.1", "0", "0.0.0.0",  # noqa: S104 - nothing listens there
    "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1",
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.255.255", "169.254.169.254",
    "169.254.0.1", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "100.64.0.1", "100.100.100.200",
    "100.127.255.254", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2002:7f00:1::", "2001:db8::1", "localhost",
)  # fmt: skip
"""Addresses of one's own machine and network in every spelling: decimal, octal, hexadecimal, mapped, NAT64, CGNAT, of
clouds' metadata."""
CROOKED = (
    "https://token@tracker.example/", "https://user:word@tracker.example/", "http://tracker.example/",
    "https://tracker.example/?next=//127.0.0.1", "https://tracker.example/#@127.0.0.1", "ftp://tracker.example/",
    "file:///etc/passwd", "gopher://127.0.0.1/", "https://", "https:///path", "https://tracker.example:port/",
    "https://tracker example/", "//tracker.example/",
)  # fmt: skip


@row(27, "search or version retired", "stopped with what is missing named, and not asked again and again")
async def retired(both: Both) -> None:
    await linked(both)
    said = b'{"message": "The API version 2022-11-28 is no longer supported.", "errorMessages": ["has been removed"]}'
    path = r"/issues$" if both.ground.kind == "gitlab" else LISTS[both.ground.kind]
    fail(both, "status", status=410, path=path, body=said)
    before = seen(both)

    await both.office.work(3600, step=120)
    connection = await both.office.connection(both.connection_id)

    assert connection.state is ConnectionState.STOPPED
    assert str(connection.problem) == RETIRED[both.ground.kind]
    assert "2022-11-28 is no longer supported" in connection.detail
    assert seen(both) - before <= 20


@row(28, "a page instead of data", "nothing is believed, everything goes on when it is over")
async def page(both: Both) -> None:
    tied = await linked(both)
    fail(both, "html")
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(300, step=30)
    link = await both.office.link(tied.link_id)
    connection = await both.office.connection(both.connection_id)

    assert (link.question, link.external_key) == (None, tied.key)
    assert connection.problem is not None
    assert both.ground.title(tied.key) == "Shorter queues at security"

    both.ground.faults.clear()
    await both.office.work(120, step=30)

    assert both.ground.title(tied.key) == "Queues under ten minutes"
    await in_step(both, tied)


class Shifting(Faults):
    """Somebody touches another issue after every page of a list."""

    def __init__(self, both: Both, others: list[str]) -> None:
        super().__init__()
        self.both, self.others = both, iter(others)

    def take(self, asked: Asked) -> Fault | None:
        if asked.path.endswith(("/issues", "/search", "/search/jql")) and (key := next(self.others, None)):
            self.both.ground.label(key, "touched")
        return super().take(asked)


@row(29, "lists shift while they are read", "no issue is overlooked, none is taken twice")
async def shifting(both: Both) -> None:
    tied = await linked(both)
    await both.office.work(400, step=100)
    others = [both.ground.open(f"Another matter {number}") for number in range(130)]
    both.ground.retitle(tied.key, "Queues under ten minutes")
    both.ground.comment(tied.key, "We can open lane 4.")
    for key in others:
        both.ground.label(key, "security")

    both.ground.server.faults = Shifting(both, others[:20])
    await both.office.work(300, step=100)

    assert (await both.office.initiative(tied.number)).title == "Queues under ten minutes"
    assert [each.text for each in await both.office.comments(tied.number)] == ["We can open lane 4."]


@row(30, "pull requests among issues", "never taken for issues",
     gitlab="its merge requests have lists of their own", jira_cloud="it has none", jira_dc="it has none")  # fmt: skip
async def pull_requests(both: Both) -> None:
    repository = github_of(both).repository
    both.ground.lag(30)
    fail_creation(both, "drop", "after", times=1)
    number = await both.office.propose()
    repository.open_issue("Draw the queue", by=fake_github.MARA, pull_request=True)
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work()
    (made,) = [each for each in repository.issues.every() if not each.pull_request]
    repository.open_issue("Copy", by=fake_github.MARA, body=made.body, pull_request=True)

    await both.office.work(300, step=10)

    link = await both.office.link(link_id)
    assert (link.state, link.external_key) == (LinkState.IN_STEP, f"{repository.full_name}#{made.number}")
    assert len(creations(both)) == 1


@row(31, "addresses that lead inside", "nothing is sent there, whatever they look like, and no redirect is followed")
async def inside(both: Both) -> None:
    for address in INSIDE:
        with pytest.raises((Forbidden, OSError)):
            await resolved(address, 443, Allowed())
    for address in CROOKED:
        with pytest.raises(Invalid):
            both.office.outside.checked_url(address)
    tied = await linked(both)
    for to in ("http://169.254.169.254/latest/meta-data", "http://127.0.0.1:9/", "//10.0.0.1/"):
        fail(both, "status", status=302, headers={"Location": to}, times=1)
        await told(both, tied)
        await both.office.work()
        assert (await both.office.connection(both.connection_id)).problem is not None
        await both.office.work(60, step=30)
    await in_step(both, tied)


@row(31, "a name that means another address the second time", "the connection goes to the address that was checked")
async def rebinding(both: Both) -> None:
    asked: list[httpx.Request] = []

    def answered(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200)

    port = both.ground.server.port
    transport = Checked(Allowed.of(f"localhost:{port}"), httpx.MockTransport(answered))
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(f"http://localhost:{port}/")

    (request,) = asked
    assert request.url.host in ("127.0.0.1", "::1")
    assert request.headers["host"] == f"localhost:{port}"
    with pytest.raises(Forbidden):
        async with httpx.AsyncClient(transport=Checked(Allowed(), httpx.MockTransport(answered))) as client:
            await client.get(f"http://localhost:{port}/")


@row(
    32,
    "long texts, signs that control, mentions of everybody",
    "shortened with the way back, cleaned, nobody is called",
)
async def unfit(both: Both) -> None:
    problem = "Ask @security-team and [~tom], see #1 and GATE-1.\n\n" + "Passengers wait 40 minutes. " * 150
    tied = await linked(both, "Q" * 299, problem=problem, next_step="Tell @everybody.")

    assert len(both.ground.title(tied.key)) <= 256
    text = both.ground.text(tied.key)
    assert not any(called in text for called in CALLED[both.ground.kind])

    both.ground.comment(tied.key, "Lane \u202e4\u202c is \x07open" + "!" * 9000)
    both.ground.comment(tied.key, "\u200b")
    await both.office.comment(tied.number, "Tell @security-team " + "x" * 4000)
    await told(both, tied)
    await both.office.work(60, step=20)

    here = [each.text for each in await both.office.comments(tied.number)]
    assert len(here) == 3
    assert all(len(each) <= 5000 for each in here)
    assert not any("\u202e" in each or "\x07" in each for each in here)
    assert not any(called in each for each in both.ground.comments(tied.key) for called in CALLED[both.ground.kind])
    await in_step(both, tied)
