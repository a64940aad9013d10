"""Days that come back every year. Pure."""

import datetime as dt
from typing import NamedTuple

LEAP_YEAR, DAYS_OF_LEAP_YEAR = 2000, 366


class MonthDay(NamedTuple):
    """A day of any year. 29 February is one: in a year without it a window that starts then starts on 1 March, one
    that ends then ends on 28 February."""

    month: int
    day: int

    @classmethod
    def of(cls, day: dt.date) -> "MonthDay":
        return cls(day.month, day.day)

    @property
    def exists(self) -> bool:
        try:
            dt.date(LEAP_YEAR, self.month, self.day)
        except ValueError:
            return False
        return True

    @property
    def ordinal(self) -> int:
        """1-366, as in a leap year, so that a day has the same number every year."""
        return dt.date(LEAP_YEAR, self.month, self.day).timetuple().tm_yday
