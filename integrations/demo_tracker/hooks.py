"""Webhooks: signed, sent in the background, and able to go astray in every way a test orders."""

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx

from integrations.demo_tracker import payloads
from integrations.demo_tracker.accounts import GHOST, Account
from integrations.demo_tracker.records import Hook
from integrations.demo_tracker.refusals import not_found

if TYPE_CHECKING:
    from integrations.demo_tracker.host import Host
    from integrations.demo_tracker.repository import Repository

PATIENCE = 10.0
"""Seconds GitHub waits for an answer."""
FORM = "application/x-www-form-urlencoded"
KEPT = 5000
"""Deliveries remembered: those of weeks, here."""
PAUSE = 0.05
"""Seconds between two looks of the background task."""


@dataclass(slots=True)
class Delivery:
    """One sending of one event to one hook. ``guid`` stays the same on redelivery, ``id`` does not."""

    id: int
    guid: str
    hook: int
    event: str
    action: str | None
    payload: bytes
    at: datetime
    due_at: datetime
    redelivery: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    status: str = "pending"
    status_code: int = 0
    duration: float = 0.0
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer: str | None = None


@dataclass(slots=True)
class Mishaps:
    """``lose`` and ``double`` are shares of the deliveries, ``delay`` seconds by the host's clock."""

    lose: float = 0.0
    double: float = 0.0
    reorder: bool = False
    delay: float = 0.0


def signature(secret: str, payload: bytes) -> str:
    """The value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()


def sent(hook: Hook, delivery: Delivery) -> bytes:
    """The body as it travels: JSON, or JSON within a form; the signature is over this."""
    return delivery.payload if hook.content_type == "json" else urlencode({"payload": delivery.payload}).encode()


class Hooks:
    """A repository's hooks and everything they ever sent."""

    def __init__(self, repository: "Repository", *, seed: int = 0) -> None:
        self.repository = repository
        self.mishaps = Mishaps()
        self.random = Random(seed)  # noqa: S311 # mishaps to order, no secrets
        self.deliveries: list[Delivery] = []
        self.waiting: deque[Delivery] = deque()

    def create(
        self,
        url: str,
        *,
        events: list[str],
        secret: str | None = None,
        active: bool = True,
        content_type: str = "json",
        by: Account = GHOST,
    ) -> Hook:
        now = self.repository.host.clock()
        hook = Hook(self.repository.new_id(), url, events, now, now, secret, active, content_type)
        self.repository.records.hooks[hook.id] = hook
        self.ping(hook.id, by=by)
        self.repository.save()
        return hook

    def get(self, hook_id: int) -> Hook:
        """Raises Refusal: 404."""
        found = self.repository.records.hooks.get(hook_id)
        if found is None:
            raise not_found()
        return found

    def ping(self, hook_id: int, *, by: Account) -> None:
        hook = self.get(hook_id)
        payload = {
            "zen": "Keep it logically awesome.",
            "hook_id": hook.id,
            "hook": payloads.hook(self.repository, hook),
        }
        self.prepare(hook, "ping", {**payload, **self.where(by)})

    def announce(self, event: str, payload: Mapping[str, Any], by: Account) -> None:
        """Send to every active hook that listens."""
        for hook in list(self.repository.records.hooks.values()):
            if hook.active and ("*" in hook.events or event in hook.events):
                self.prepare(hook, event, {**payload, **self.where(by)})

    def where(self, by: Account) -> dict[str, Any]:
        """What every payload ends with."""
        place = self.repository
        return {"repository": payloads.repository(place), "sender": payloads.account(place.host, by)}

    def prepare(self, hook: Hook, event: str, payload: Mapping[str, Any]) -> None:
        body = json.dumps(payload, ensure_ascii=False).encode()
        now = self.repository.host.clock()
        due = now + timedelta(seconds=self.mishaps.delay)
        action = payload.get("action")
        delivery = Delivery(self.repository.new_id(), str(uuid4()), hook.id, event, action, body, now, due)
        self.queue(delivery)
        if self.random.random() < self.mishaps.double:
            self.queue(replace(delivery, id=self.repository.new_id()))

    def queue(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        del self.deliveries[:-KEPT]
        if not delivery.redelivery and self.random.random() < self.mishaps.lose:
            delivery.status, delivery.status_code = "failed to connect to host", 502
            return
        self.waiting.append(delivery)

    def delivery(self, hook_id: int, delivery_id: int) -> Delivery:
        """Raises Refusal: 404."""
        for one in self.deliveries:
            if one.id == delivery_id and one.hook == hook_id:
                return one
        raise not_found()

    def redeliver(self, hook_id: int, delivery_id: int) -> None:
        now = self.repository.host.clock()
        again = replace(self.delivery(hook_id, delivery_id), id=self.repository.new_id(), at=now, due_at=now)
        again.redelivery, again.status, again.status_code = True, "pending", 0
        self.queue(again)

    async def deliver(self, client: httpx.AsyncClient) -> int:
        """Send everything that is due by the clock; answers how many were sent."""
        now = self.repository.host.clock()
        due = [delivery for delivery in list(self.waiting) if delivery.due_at <= now]
        if self.mishaps.reorder:
            self.random.shuffle(due)
        for delivery in due:
            self.waiting.remove(delivery)
            await self.send(client, delivery)
        return len(due)

    async def send(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        hook = self.repository.records.hooks.get(delivery.hook)
        if hook is None:
            return
        delivery.headers = self.headers(hook, delivery)
        begun = asyncio.get_running_loop().time()
        try:
            answer = await client.post(hook.url, content=sent(hook, delivery), headers=dict(delivery.headers))
        except httpx.TimeoutException:
            delivery.status, delivery.status_code = "timed out", 504
        except (httpx.TransportError, httpx.InvalidURL):
            delivery.status, delivery.status_code = "failed to connect to host", 502
        else:
            delivery.status_code, delivery.answer = answer.status_code, answer.text[:1000]
            delivery.status = "OK" if answer.is_success else f"Invalid HTTP Response: {answer.status_code}"
            delivery.answer_headers = dict(answer.headers)
        delivery.duration = round(asyncio.get_running_loop().time() - begun, 2)

    def headers(self, hook: Hook, delivery: Delivery) -> dict[str, str]:
        said = {
            "User-Agent": "GitHub-Hookshot/de30e5a",
            "Content-Type": "application/json" if hook.content_type == "json" else FORM,
            "Accept": "*/*",
            "X-GitHub-Delivery": delivery.guid,
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Hook-ID": str(hook.id),
            "X-GitHub-Hook-Installation-Target-ID": str(self.repository.records.id),
            "X-GitHub-Hook-Installation-Target-Type": "repository",
        }
        return (
            said
            if hook.secret is None
            else {**said, "X-Hub-Signature-256": signature(hook.secret, sent(hook, delivery))}
        )


async def deliver_always(host: "Host") -> None:
    """Deliver for all repositories of a host until cancelled; those that come later, too."""
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        while True:
            every = [one.hooks for one in list(host.repositories)]
            sent = [await hooks.deliver(client) for hooks in every if hooks.waiting]
            reordering = any(hooks.mishaps.reorder for hooks in every)
            if not any(sent) or reordering:  # bringing out of order needs something that has gathered
                await asyncio.sleep(PAUSE * 4 if reordering else PAUSE)
