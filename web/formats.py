"""Numbers, dates and times as people of one language write them.

Patterns come from Babel once per language; after that formatting is plain string work, because a
list page formats several hundred values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_timedelta, get_month_names
from babel.numbers import get_decimal_symbol, get_group_symbol

from web.locales import gettext, spoken

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NO-BREAK SPACE}"
MINUTE, HOUR, DAY = 60, 3600, 86_400
JUST_NOW = 10  # seconds; clocks of two machines may differ by that much
REGIONS = {"en": "en_GB"}  # day before month


@dataclass(frozen=True, slots=True)
class Format:
    """How one language writes values."""

    locale: str
    swap: dict[int, str]
    percent_sign: str
    months: dict[int, str]
    after_day: str

    def number(self, value: float, decimals: int = 0) -> str:
        """``decimals`` is fixed: a column of numbers lines up. A negative zero is a zero."""
        written = f"{round(value, decimals) + 0.0:,.{decimals}f}"
        return written.translate(self.swap)

    def percent(self, share: float, decimals: int = 0) -> str:
        """``share`` is a fraction: 0.94 is 94%."""
        return self.number(share * 100, decimals) + self.percent_sign

    def day(self, value: date, year: bool = True) -> str:
        short = f"{value.day}{self.after_day}{self.months[value.month]}"
        return f"{short} {value.year}" if year else short

    def month(self, value: date | str) -> str:
        """``value`` is any day of the month, or text such as 2026-11."""
        year, month = (int(part) for part in str(value)[:7].split("-"))
        return f"{self.months[month]} {year}"


@cache
def format_for(locale: str) -> Format:
    babel = Locale.parse(REGIONS.get(locale, locale))
    swap = {",": get_group_symbol(babel), ".": get_decimal_symbol(babel), "-": MINUS}
    return Format(
        locale=locale,
        swap=str.maketrans(swap),
        percent_sign=f"{THIN}%" if locale == "de" else "%",
        months=dict(get_month_names("abbreviated", locale=babel)),
        after_day=f".{THIN}" if locale == "de" else " ",
    )


def current() -> Format:
    return format_for(spoken.get())


def number(value: float | None, decimals: int = 0) -> str:
    return "–" if value is None else current().number(value, decimals)


def typed(value: object) -> object:
    """A number in a field as people type it: 7.2 is 7,2 in German. Other text stays as it was typed."""
    text = str(value)
    plain = isinstance(value, float | str) and text.replace(".", "", 1).isdecimal()
    return text.translate({ord("."): get_decimal_symbol(Locale.parse(spoken.get()))}) if plain else value


def signed(value: float, decimals: int = 1) -> str:
    """With its sign always in front: +0.8, −1.5, 0.0."""
    written = number(value, decimals)
    return f"+{written}" if round(value, decimals) > 0 else written


def percent(share: float | None, decimals: int = 0) -> str:
    return "–" if share is None else current().percent(share, decimals)


def chance(probability: float | None) -> str:
    """A probability 0 to 1 that was estimated: never quite 0% and never quite 100%."""
    if probability is None:
        return "–"
    if probability > 0.99:
        return f">{percent(0.99)}"
    return f"<{percent(0.01)}" if probability < 0.01 else percent(probability)


def points(hundredths: int | None) -> str:
    """A stored score, 0 to 1000, as people read it: 758 is 7.58."""
    return "–" if hundredths is None else current().number(hundredths / 100, 2)


def day(value: date | None, year: bool = True) -> str:
    return "–" if value is None else current().day(value, year)


def recent_day(value: date | None, today: date | None = None) -> str:
    """Without its year when that is the present one."""
    return "–" if value is None else day(value, value.year != (today or datetime.now(UTC).date()).year)


def month_names() -> dict[int, str]:
    """1-12, as they are called in full."""
    return _month_names(spoken.get())


@cache
def _month_names(locale: str) -> dict[int, str]:
    names = get_month_names("wide", context="stand-alone", locale=Locale.parse(REGIONS.get(locale, locale)))
    return {number: str(name) for number, name in names.items()}


def month(value: date | str | None) -> str:
    return "–" if value is None else current().month(value)


def moment_in(zone: tzinfo) -> Callable[[datetime | None], str]:
    """A filter that writes day and time in the organisation's time zone."""

    def moment(value: datetime | None) -> str:
        if value is None:
            return "–"
        local = aware(value).astimezone(zone)
        return f"{current().day(local)}, {local:%H:%M}"

    return moment


def ago(value: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in the largest whole unit; beyond four weeks the day itself."""
    if value is None:
        return "–"
    moment = aware(value)
    seconds = int(((now or datetime.now(UTC)) - moment).total_seconds())
    if abs(seconds) < JUST_NOW:
        return gettext("just now")
    if abs(seconds) >= 28 * DAY:
        return day(moment)
    unit = next((size for size in (DAY, HOUR, MINUTE) if abs(seconds) >= size), 1)
    return _ago(spoken.get(), int(seconds / unit) * unit)


@cache
def _ago(locale: str, seconds: int) -> str:
    return format_timedelta(-seconds, add_direction=True, threshold=1, locale=REGIONS.get(locale, locale))


def aware(value: datetime) -> datetime:
    """Stored times are UTC, some drivers hand them over without saying so."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def zone(name: str) -> tzinfo:
    return ZoneInfo(name)


def initials(name: str) -> str:
    """Katharina Wiedenhöft is KW, with her organisation in brackets, too; one word gives its first two letters."""
    words = name.partition("(")[0].split() or name.split()
    letters = words[0][:1] + words[-1][:1] if len(words) > 1 else name[:2]
    return letters.upper()
