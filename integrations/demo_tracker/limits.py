"""GitHub's limits, enforced and counted, so that a test sees whether a client stays within them."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.refusals import Refusal

Clock = Callable[[], datetime]
WRITES_A_MINUTE = 80
WRITES_AN_HOUR = 500
PRIMARY = "API rate limit exceeded for user ID {id}."
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "For more on scraping GitHub and how it may affect your rights, please review our Terms of Service."
)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Window:
    """An account's hour: how much is used, and when it starts anew."""

    used: int
    resets_at: datetime


@dataclass(slots=True)
class Ordered:
    """A secondary limit a test orders: the next ``times`` requests are refused."""

    times: int
    status: int = 403
    retry_after: int | None = None
    methods: frozenset[str] = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})


class Limits:
    """``an_hour`` requests per account; ``enforced`` False counts writes without refusing any."""

    def __init__(self, clock: Clock, *, an_hour: int = 5000, enforced: bool = True) -> None:
        self.clock = clock
        self.an_hour = an_hour
        self.enforced = enforced
        self.windows: dict[str, Window] = {}
        self.writes: list[datetime] = []
        self.refused = 0
        self.ordered: Ordered | None = None

    def refuse_next(
        self, times: int = 1, *, status: int = 403, retry_after: int | None = None, method: str = ""
    ) -> None:
        """Order a secondary limit, with or without Retry-After (seconds), for one method or for all."""
        methods = frozenset({method}) if method else frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
        self.ordered = Ordered(times, status, retry_after, methods)

    def exhaust(self, account: Account, *, seconds: int = 3600) -> None:
        """Use up an account's primary limit; it is whole again after ``seconds``."""
        self.windows[account.login] = Window(self.an_hour, self.clock() + timedelta(seconds=seconds))

    def admit(self, account: Account, method: str, path: str) -> None:
        """Count a request. Raises Refusal when a limit is reached."""
        window = self.window(account)
        if path.rstrip("/").endswith("/rate_limit"):
            return
        if window.used >= self.an_hour:
            self.refused += 1
            raise Refusal(403, PRIMARY.format(id=account.id))
        window.used += 1
        self.admit_ordered(method)
        if method in {"POST", "PATCH", "PUT", "DELETE"} and "/hooks" not in path and "/graphql" not in path:
            self.admit_write()

    def admit_ordered(self, method: str) -> None:
        if self.ordered is None or self.ordered.times < 1 or method not in self.ordered.methods:
            return
        self.ordered.times -= 1
        raise self.secondary(self.ordered.status, self.ordered.retry_after)

    def admit_write(self) -> None:
        over = self.within(60) >= WRITES_A_MINUTE or self.within(3600) >= WRITES_AN_HOUR
        if over and self.enforced:
            raise self.secondary(403, 60)
        self.writes.append(self.clock())

    def secondary(self, status: int, retry_after: int | None) -> Refusal:
        self.refused += 1
        return Refusal(status, SECONDARY, headers={} if retry_after is None else {"Retry-After": str(retry_after)})

    def within(self, seconds: float) -> int:
        """Writes of the last seconds."""
        since = self.clock() - timedelta(seconds=seconds)
        return len(self.writes) - bisect_right(self.writes, since)

    def busiest(self, seconds: float) -> int:
        """The most writes any span of this length has seen."""
        span = timedelta(seconds=seconds)
        return max(
            (bisect_right(self.writes, one) - bisect_right(self.writes, one - span) for one in self.writes), default=0
        )

    def closest(self) -> float | None:
        """Seconds between the two writes nearest to each other; None below two."""
        pairs = zip(self.writes, self.writes[1:], strict=False)
        return min(((later - earlier).total_seconds() for earlier, later in pairs), default=None)

    def give_back(self, account: Account) -> None:
        """An answer 304 costs nothing."""
        self.window(account).used -= 1

    def window(self, account: Account) -> Window:
        found = self.windows.get(account.login)
        if found is None or found.resets_at <= self.clock():
            found = self.windows[account.login] = Window(0, self.clock() + timedelta(hours=1))
        return found

    def headers(self, account: Account) -> dict[str, str]:
        window = self.window(account)
        return {
            "x-ratelimit-limit": str(self.an_hour),
            "x-ratelimit-remaining": str(max(0, self.an_hour - window.used)),
            "x-ratelimit-used": str(window.used),
            "x-ratelimit-reset": str(int(window.resets_at.timestamp())),
            "x-ratelimit-resource": "core",
        }
