"""Rows that are already summed up: mean, number of answers and standard deviation of a touchpoint and period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backlog.errors import N_, Text
from backlog.imports.cells import shown
from backlog.imports.meanings import Meanings
from backlog.imports.numbers import number, plain, whole
from backlog.imports.recipes import Role, Scale


@dataclass(frozen=True, slots=True)
class Summary:
    """``mean`` and ``deviation`` (n - 1 in the denominator) on 0-10."""

    touchpoint_id: int | None
    measure_id: int
    persona_id: int | None
    month: date
    n: int
    mean: float
    deviation: float


def wrong_in(meanings: Meanings, row: Sequence[str]) -> tuple[int, Text] | None:
    """(place, reason) of what is wrong with n or standard deviation in a row with a mean."""
    mean_at, n_at, sd_at = (meanings.at[role] for role in (Role.MEAN, Role.N, Role.SD))
    if not row[mean_at].strip():
        return None
    n = whole(row[n_at])
    if not row[n_at].strip():
        return n_at, Text(N_("The number of answers is missing, no interval possible."))
    if n is None or n < 0:
        return n_at, Text(N_("“%(value)s” is not a number of answers."), {"value": shown(row[n_at])})
    scale = meanings.scale_in(row)
    reason = None if isinstance(scale, Text) else _wrong_spread(row[sd_at], n, scale, meanings.recipe.decimal)
    return (sd_at, reason) if reason else None


def _wrong_spread(raw: str, n: int, scale: Scale, decimal: str) -> Text | None:
    if not raw.strip():
        return None if n <= 1 else Text(N_("The standard deviation is missing, no interval possible."))
    spread = number(raw, decimal)
    if spread is None or spread < 0:
        return Text(N_("“%(value)s” is not a standard deviation."), {"value": shown(raw)})
    widest = (scale.high - scale.low) / 2 * (max(n, 2) / (max(n, 2) - 1)) ** 0.5
    if spread <= widest * 1.01:
        return None
    return Text(
        N_("Answers from %(low)s to %(high)s cannot have a standard deviation of %(value)s."),
        {"low": plain(scale.low), "high": plain(scale.high), "value": shown(raw)},
    )


def summary(
    meanings: Meanings, row: Sequence[str], mean: float | None, place: tuple[int | None, int, int | None, date]
) -> Summary | None:
    """The row as it counts, or None when nobody answered. ``place``: touchpoint, measure, persona, day."""
    n = whole(row[meanings.at[Role.N]])
    scale = meanings.scale_in(row)
    if mean is None or not n or isinstance(scale, Text):
        return None
    deviation = number(row[meanings.at[Role.SD]], meanings.recipe.decimal) or 0.0
    touchpoint, measure, persona, day = place
    return Summary(
        touchpoint, measure, persona, day.replace(day=1), n, mean, round(10 * deviation / (scale.high - scale.low), 6)
    )
