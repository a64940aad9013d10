"""Rate limits: those that Jira really enforces here (per issue), and those that a switch makes it answer."""

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.trackers.fake_jira.refusals import Refusal

SHORT = (20, dt.timedelta(seconds=2))  # writes of one issue
LONG = (100, dt.timedelta(seconds=30))
PER_ISSUE = "jira-per-issue-on-write"
BURST = "jira-burst-based"
QUOTA = "jira-quota-tenant-based"
GLOBAL_QUOTA = "jira-quota-global-based"
TOO_MANY = "Rate limit exceeded."


@dataclass(frozen=True, slots=True)
class Limit:
    """One kind of 429. `reason` empty is a gateway's, without RateLimit-Reason.

    `retry_after` as the header says it, None leaves it out (an HTTP date and nonsense may stand there too);
    `wait` is how long it really lasts once it is put up by `Rates.shut`.
    """

    reason: str
    retry_after: str | None
    limit: int = 100
    wait: dt.timedelta = dt.timedelta()

    def refusal(self, reset: dt.datetime) -> Refusal:
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": f"{reset.astimezone(dt.UTC):%Y-%m-%dT%H:%MZ}"
            if self.reason.startswith("jira-quota")
            else f"{reset.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        }
        if self.retry_after is not None:
            headers["Retry-After"] = self.retry_after
        if self.reason:
            headers["RateLimit-Reason"] = self.reason
        if self.reason == GLOBAL_QUOTA:
            headers["RateLimit-Policy"] = f'"global-app-quota";q={self.limit};w=3600'
            headers["RateLimit"] = f'"global-app-quota";r=0;t={int(self.wait.total_seconds())}'
        return Refusal(429, TOO_MANY, headers=headers)


def burst(seconds: int = 1) -> Limit:
    return Limit(BURST, str(seconds), 100, dt.timedelta(seconds=seconds))


def quota(seconds: int = 1847) -> Limit:
    return Limit(QUOTA, str(seconds), 65_000, dt.timedelta(seconds=seconds))


def global_quota(seconds: int = 1847) -> Limit:
    return Limit(GLOBAL_QUOTA, str(seconds), 65_000, dt.timedelta(seconds=seconds))


def gateway(seconds: int = 5) -> Limit:
    """Says no Retry-After, only when the window resets."""
    return Limit("", None, 100, dt.timedelta(seconds=seconds))


@dataclass(slots=True)
class Bucket:
    """Data Center's own limit per node and user: `size` tokens, `fill` more every `interval` seconds.

    `tokens` holds, by account, how many are left and since when.
    """

    size: int
    fill: int
    interval: int
    tokens: dict[str, tuple[int, dt.datetime]] = field(default_factory=dict)

    def take(self, account: str, now: dt.datetime) -> tuple[int, int]:
        """How many remain after this one, -1 for none left; and the seconds until the next."""
        left, since = self.tokens.get(account, (self.size, now))
        fills = int((now - since).total_seconds() // self.interval)
        left, since = min(self.size, left + fills * self.fill), since + dt.timedelta(seconds=fills * self.interval)
        taken = left - 1
        self.tokens[account] = (max(taken, 0), since)
        wait = 0 if taken >= 0 else self.interval - int((now - since).total_seconds())
        return taken, wait

    def headers(self, remaining: int, wait: int) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.size),
            "X-RateLimit-Remaining": str(max(remaining, 0)),
            "X-RateLimit-Interval-Seconds": str(self.interval),
            "X-RateLimit-FillRate": str(self.fill),
            "Retry-After": str(wait),
        }


@dataclass(slots=True)
class Rates:
    """`refused` counts answers of 429 by reason, `asked` requests by method; `near` puts up the warning header."""

    clock: Callable[[], dt.datetime]
    cloud: bool
    near: bool = False
    bucket: Bucket | None = None
    coming: deque[tuple[Limit, str]] = field(default_factory=deque)
    standing: tuple[Limit, dt.datetime] | None = None
    writes: dict[int, deque[dt.datetime]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def answer_next(self, limit: Limit, times: int = 1, *, path: str = "") -> None:
        """The next requests whose path contains `path` are refused so."""
        self.coming.extend([(limit, path)] * times)

    def shut(self, limit: Limit) -> None:
        """Everything is refused so until the limit's wait is over."""
        self.standing = (limit, self.clock() + limit.wait)

    def request(self, method: str, path: str, account: str) -> dict[str, str]:
        """Counts one request; raises a 429 `Refusal`, else answers the headers of the limits."""
        self.asked[method] += 1
        if self.standing and self.clock() < self.standing[1]:
            self._refuse(*self.standing)
        for each in self.coming:
            if each[1] in path:
                self.coming.remove(each)
                self._refuse(each[0], self.clock() + each[0].wait)
        if not self.cloud:
            return self._from_bucket(account)
        return {"X-RateLimit-NearLimit": "true"} if self.near else {}

    def write(self, issue: int) -> None:
        """Cloud only: 20 writes of one issue in 2 s, 100 in 30 s; a refused one does not count."""
        if not self.cloud:
            return
        now, times = self.clock(), self.writes.setdefault(issue, deque())
        while times and now - times[0] >= LONG[1]:
            times.popleft()
        for most, window in (SHORT, LONG):
            within = [each for each in times if now - each < window]
            if len(within) >= most:
                wait = window - (now - within[0])
                self._refuse(Limit(PER_ISSUE, str(max(1, round(wait.total_seconds()))), most), now + wait)
        times.append(now)

    def _refuse(self, limit: Limit, reset: dt.datetime) -> None:
        self.refused[limit.reason or "gateway"] += 1
        raise limit.refusal(reset)

    def _from_bucket(self, account: str) -> dict[str, str]:
        if self.bucket is None:
            return {}
        remaining, wait = self.bucket.take(account, self.clock())
        headers = self.bucket.headers(remaining, wait)
        if remaining < 0:
            self.refused["bucket"] += 1
            raise Refusal(429, TOO_MANY, headers=headers)
        return headers
