"""What a network and a tired tracker do to a request, in words a test can order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import Literal

from tests.trackers.contracts import Answered, Asked

Kind = Literal[
    "status", "drop", "reset", "latency", "black_hole", "slow", "cut", "bad_json", "html", "huge", "rate_limited"
]
When = Literal["before", "after"]

LOGIN_PAGE = (
    b"<!doctype html><html><head><title>Sign in</title></head><body><form>Sign in to go on</form></body></html>"
)
HALF_JSON = b'{"id": 17, "title": "Shorter queues at secu'
HUGE = 20 * 1024 * 1024
"""Bytes of a ``huge`` answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong.

    ``when``: "before" the application saw the request, or "after" it did its work and only the answer suffers.
    ``latency`` and ``slow`` always let the application answer. ``path`` is a regular expression, searched.
    ``times``: how often, None for as long as it stands. ``share``: the probability, drawn from the seed of `Faults`.
    ``seconds``: the pause of ``latency``, or between two of the ten pieces of ``slow``.
    ``status``, ``headers``, ``body``: of ``status`` and ``rate_limited``.
    """

    kind: Kind
    when: When = "before"
    method: str | None = None
    path: str | None = None
    times: int | None = None
    share: float = 1.0
    seconds: float = 0.2
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def meets(self, asked: Asked) -> bool:
        if self.method is not None and self.method != asked.method:
            return False
        return self.path is None or re.search(self.path, asked.path) is not None

    def answer(self, real: Answered | None) -> Answered:
        """What is sent instead of the real answer (None when the application was never asked)."""
        status = real.status if real else 200
        json = ("content-type", "application/json; charset=utf-8")
        match self.kind:
            case "html":
                return Answered(200, (("content-type", "text/html; charset=utf-8"),), LOGIN_PAGE)
            case "bad_json":
                return Answered(status, (json,), self.body or HALF_JSON)
            case "huge":
                return Answered(status, (json,), b'"' + b"x" * (HUGE - 2) + b'"')
            case "rate_limited":
                given = tuple((name.lower(), value) for name, value in self.headers.items())
                body = self.body or b'{"message": "You have exceeded a secondary rate limit."}'
                return Answered(self.status or 429, (json, *given), body)
            case "status":
                given = tuple((name.lower(), value) for name, value in self.headers.items())
                typed = given if any(name == "content-type" for name, _ in given) else (json, *given)
                return Answered(
                    self.status or 500, typed, self.body if self.body is not None else b'{"message": "Server Error"}'
                )
            case _:
                return real or Answered(200, (json,), b'{"id": 17, "title": "Shorter queues at security"}')


class Faults:
    """The faults that stand, taken one a request in the order they were added; safe to change while serving."""

    def __init__(self, *standing: Fault, seed: int = 0) -> None:
        self.random = Random(seed)
        self.lock = Lock()
        self.standing: list[tuple[Fault, list[int]]] = []
        for fault in standing:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        with self.lock:
            self.standing.append((fault, [0]))

    def clear(self) -> None:
        with self.lock:
            self.standing.clear()

    def take(self, asked: Asked) -> Fault | None:
        """The first that meets this request, has turns left and wins its draw."""
        with self.lock:
            for fault, taken in self.standing:
                if not fault.meets(asked) or (fault.times is not None and taken[0] >= fault.times):
                    continue
                if fault.share < 1 and self.random.random() >= fault.share:
                    continue
                taken[0] += 1
                return fault
        return None
