"""A clock that a test moves by hand."""

import datetime as dt

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


class HandClock:
    """Stands still until it is put forward."""

    def __init__(self, now: dt.datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """By the words of a timedelta: seconds=2, days=30."""
        self.now += dt.timedelta(**by)
