"""Student's t distribution for any degrees of freedom above 0, also fractional ones: weighted answers have them.

Pure. The tail is the regularised incomplete beta function (Abramowitz and Stegun 26.7.1), by its continued
fraction (26.5.8, evaluated by Lentz's method); the quantile is found by Newton's method on that tail.
"""

import math
from functools import lru_cache
from statistics import NormalDist

NORMAL = NormalDist()
FEWEST_DEGREES = 0.05  # below it the quantile leaves the range of a float; on a 0-10 scale all of it is "unknown"
SERIES_FROM = 200.0  # above it the series in 1/df is exact to 10 digits, and cheaper
TINY = 1e-300


@lru_cache(maxsize=8192)
def t_quantile(p: float, df: float) -> float:
    """The value that Student's t with `df` degrees of freedom stays below with probability `p` (0 < p < 1)."""
    if not 0 < p < 1:
        raise ValueError(f"a probability lies between 0 and 1, not at {p}")
    if not df > 0:
        raise ValueError(f"degrees of freedom are above 0, not {df}")
    if p < 0.5:
        return -t_quantile(1 - p, df)
    z = NORMAL.inv_cdf(p)
    return _quantile_by_series(z, df) if df > SERIES_FROM else _quantile_by_newton(z, 1 - p, max(df, FEWEST_DEGREES))


def t_tail(t: float, df: float) -> float:
    """The probability that Student's t with `df` degrees of freedom exceeds `t`."""
    if t < 0:
        return 1 - t_tail(-t, df)
    if df > 1e6:  # log-gamma runs out of digits where the normal is exact to 6
        return 1 - NORMAL.cdf(t)
    square = t * t
    return 0.5 * _incomplete_beta(df / (df + square), square / (df + square), df / 2, 0.5)


def _quantile_by_newton(z: float, tail: float, df: float) -> float:
    """From the normal quantile upwards: right of 0 the tail is convex, so every step stays left of the root."""
    log_scale = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - 0.5 * math.log(df * math.pi)
    t = z
    for _ in range(200):
        density = math.exp(log_scale - (df + 1) / 2 * math.log1p(t * t / df))
        step = (t_tail(t, df) - tail) / density
        t += step
        if abs(step) <= 1e-13 * t:
            break
    return t


def _quantile_by_series(z: float, df: float) -> float:
    """Abramowitz and Stegun 26.7.5."""
    z2 = z * z
    terms = (
        z * (z2 + 1) / 4,
        z * ((5 * z2 + 16) * z2 + 3) / 96,
        z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384,
        z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160,
    )
    return z + sum(term / df**power for power, term in enumerate(terms, start=1))


def _incomplete_beta(x: float, rest: float, a: float, b: float) -> float:
    """I_x(a, b) with `rest` = 1 - x handed in, so that neither end loses its digits."""
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(rest, x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest)
    return math.exp(log_front) / a * _continued_fraction(x, a, b)


def _continued_fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for numerator in (even, odd):
            d = 1 / _off_zero(1 + numerator * d)
            c = _off_zero(1 + numerator / c)
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def _off_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
