"""Webhooks: who listens, what is told, and the sending, with the mischief that networks do."""

import datetime as dt
import hashlib
import hmac
import itertools
import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from tests.trackers.fake_jira import jql
from tests.trackers.fake_jira.issues import Change, Comment, Issue
from tests.trackers.fake_jira.people import Account
from tests.trackers.fake_jira.refusals import Refusal
from tests.trackers.fake_jira.search import Search
from tests.trackers.fake_jira.shapes import Json, Shapes

if TYPE_CHECKING:
    from tests.trackers.fake_jira.site import Site

LIFE = dt.timedelta(days=30)  # of a dynamic webhook
KEPT = dt.timedelta(hours=72)  # how long a failed delivery is listed
TRIES = 6  # the first and five more, Cloud; Data Center tries once
AGAIN = frozenset({408, 409, 425, 429})  # and every 5xx
TIMEOUT = 30.0  # seconds


@dataclass(slots=True)
class Hook:
    """`app` is set on a dynamic webhook, which has no secret and expires; the others are an administrator's."""

    id: int
    url: str
    events: tuple[str, ...]
    owner: str
    jql: str = ""
    name: str = ""
    secret: str = ""
    app: str = ""
    expires_at: dt.datetime | None = None
    enabled: bool = True


@dataclass(slots=True)
class Delivery:
    """One event for one hook; `tried` counts the attempts, `answers` are statuses, 0 for no answer at all."""

    hook: Hook
    identifier: str
    event: str
    body: bytes
    due: dt.datetime
    tried: int = 0
    answers: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Mischief:
    """Switches. `lose` and `double` count deliveries still to be lost or sent twice."""

    lose: int = 0
    double: int = 0
    reverse: bool = False
    delay: dt.timedelta = dt.timedelta()
    comment_without_issue: bool = False


@dataclass(slots=True)
class Hooks:
    """`retry_after` is the pause before each further try; Jira's own goes up to 30 minutes."""

    site: "Site"
    registered: dict[int, Hook] = field(default_factory=dict)
    waiting: deque[Delivery] = field(default_factory=deque)
    sent: list[Delivery] = field(default_factory=list)
    failed: list[tuple[dt.datetime, Delivery]] = field(default_factory=list)
    mischief: Mischief = field(default_factory=Mischief)
    retry_after: dt.timedelta = dt.timedelta(milliseconds=50)
    transport: httpx.AsyncBaseTransport | None = None
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def register(self, url: str, events: tuple[str, ...], owner: str, **more: Any) -> Hook:
        hook = Hook(next(self.numbers), url, events, owner, **more)
        self.registered[hook.id] = hook
        return hook

    def of_app(self, app: str, owner: str) -> list[Hook]:
        """Living dynamic webhooks of one app and person."""
        return [
            each
            for each in self.registered.values()
            if each.app == app != "" and each.owner == owner and self.lives(each)
        ]

    def lives(self, hook: Hook) -> bool:
        return hook.enabled and (hook.expires_at is None or self.site.clock() < hook.expires_at)

    def issue(self, event: str, issue: Issue, by: Account, kind: str, change: Change | None = None) -> None:
        shapes = self._shapes()
        body: Json = {"issue_event_type_name": kind, "user": shapes.account(by), "issue": shapes.issue(issue, ["*all"])}
        if change is not None:
            body["changelog"] = {"id": str(change.id), "items": [shapes.item(each) for each in change.items]}
        self._tell(event, body, issue)

    def comment(self, event: str, issue: Issue, comment: Comment, by: Account) -> None:
        shapes = self._shapes()
        body: Json = {"comment": shapes.comment(issue, comment)}
        if not self.mischief.comment_without_issue:
            body["issue"] = shapes.issue(issue, ["summary", "issuetype", "project", "assignee", "priority", "status"])
        if self.site.cloud:
            body["eventType"] = "primaryAction"
        self._tell(event, body, issue)

    def _shapes(self) -> Shapes:
        # Webhooks speak version 2 on Cloud too: texts are plain, not ADF.
        return Shapes(self.site, 2, self.site.url)

    def _tell(self, event: str, body: Json, issue: Issue) -> None:
        now = self.site.clock()
        for hook in self.registered.values():
            if event not in hook.events or not self.lives(hook) or not self._concerns(hook, issue):
                continue
            matched = {"matchedWebhookIds": [hook.id]} if hook.app else {}
            whole = {"timestamp": int(now.timestamp() * 1000), "webhookEvent": event, **body, **matched}
            number = hashlib.sha256(f"{self.site.cloud_id}/{next(self.numbers)}".encode()).hexdigest()[:32]
            raw = json.dumps(whole, ensure_ascii=False).encode()
            self.waiting.append(Delivery(hook, number, event, raw, now + self.mischief.delay))

    def _concerns(self, hook: Hook, issue: Issue) -> bool:
        if not hook.jql:
            return True
        asker = self.site.accounts.get(hook.owner)
        try:
            return bool(Search(self.site, asker).found(jql.parse(hook.jql), [issue]))
        except Refusal:
            return False  # it names something that is no longer there

    async def deliver(self) -> None:
        """Sends what is due now, once; what failed waits for the next call."""
        due = self._due()
        if self.mischief.reverse:
            due.reverse()
        if not due:
            return
        async with httpx.AsyncClient(transport=self.transport, timeout=TIMEOUT) as client:
            for each in due:
                await self._send(client, each)

    def _due(self) -> list[Delivery]:
        """Taken one by one: a test may tell of new events from another thread meanwhile."""
        now, due, later = self.site.clock(), list[Delivery](), list[Delivery]()
        while self.waiting:
            each = self.waiting.popleft()
            (due if each.due <= now else later).append(each)
        self.waiting.extend(later)
        return due

    async def _send(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        if self.mischief.lose > 0:
            self.mischief.lose -= 1
            return
        times = 1
        if self.mischief.double > 0:
            self.mischief.double -= 1
            times = 2
        for _ in range(times):
            delivery.answers.append(await self._post(client, delivery))
        delivery.tried += 1
        self._settle(delivery)

    async def _post(self, client: httpx.AsyncClient, delivery: Delivery) -> int:
        try:
            answer = await client.post(delivery.hook.url, content=delivery.body, headers=self._headers(delivery))
        except httpx.HTTPError:
            return 0
        return answer.status_code

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "User-Agent": "Atlassian Webhook HTTP Client",
            "X-Atlassian-Webhook-Identifier": delivery.identifier,
        }
        if self.site.cloud:
            headers["X-Atlassian-Webhook-Flow"] = "Primary"
        if delivery.tried:
            headers["X-Atlassian-Webhook-Retry"] = str(delivery.tried)
        if delivery.hook.secret:
            digest = hmac.new(delivery.hook.secret.encode(), delivery.body, hashlib.sha256).hexdigest()
            headers["X-Hub-Signature"] = f"sha256={digest}"
        return headers

    def _settle(self, delivery: Delivery) -> None:
        answer = delivery.answers[-1]
        if 200 <= answer < 300:
            self.sent.append(delivery)
        elif self.site.cloud and delivery.tried < TRIES and (answer == 0 or answer >= 500 or answer in AGAIN):
            delivery.due = self.site.clock() + self.retry_after
            self.waiting.append(delivery)
        else:
            self.failed.append((self.site.clock(), delivery))

    def lately_failed(self, app: str) -> list[tuple[dt.datetime, Delivery]]:
        since = self.site.clock() - KEPT
        return [(at, each) for at, each in self.failed if at >= since and each.hook.app == app]
