"""What a criterion is before it is weighted: the median of ratings, effort/benefit, and what the data suggests until
people rate, 0-10 to one decimal, with the reason. Pure."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from backlog.errors import N_, Text, counted

CERTAINTY_COUNTS, GAP_COUNTS, FALL_COUNTS = 5.0, 3.0, 2.0  # points of urgency; together 10
FULL_GAP = 3.0  # points below the threshold that count in full
NINETY = 1.645  # deviations to either side hold 90 % of a normal distribution
FULL_FALL = 1.0  # points lost since the period before that count in full
UNKNOWN_PEAK = 5.0  # of urgency with a profile and neither ratings nor data


@dataclass(slots=True)  # freezing would double what making fifty rows takes
class Criterion:
    """0-10, None when missing; ``origin`` is rated, suggested or missing, and profile where only the course over time
    is known."""

    value: float | None
    origin: str


MISSING = Criterion(None, "missing")


def criterion(rated: float | None, suggested: float | None = None) -> Criterion:
    """What people say, else what the data suggests."""
    if rated is not None:
        return Criterion(rated, "rated")
    return MISSING if suggested is None else Criterion(suggested, "suggested")


def urgency(rated: float | None, suggested: float | None, share: float | None) -> Criterion:
    """Urgency on a day. What people say, else what the data suggests, is how urgent it is at its peak; of that it has
    ``share`` (0-1) where its urgency has a profile. Where nobody knows the peak, it is taken to be 5. The same product
    of the same doubles is `expressions.known`."""
    peak = criterion(rated, suggested)
    if share is None:
        return peak
    return (
        Criterion(UNKNOWN_PEAK * share, "profile") if peak.value is None else Criterion(peak.value * share, peak.origin)
    )


def criteria_of(found: Any) -> dict[str, Criterion]:
    """The four criteria of an initiative, or of a row that has its columns."""
    return {
        "importance": criterion(found.rated_importance, found.suggested_importance),
        "urgency": urgency(found.rated_urgency, found.suggested_urgency, found.urgency_share),
        "maturity": criterion(found.rated_maturity, found.suggested_maturity),
        "effort_benefit": criterion(found.rated_effort_benefit),
    }


def median(ratings: Iterable[float]) -> float | None:
    """What several raters agree on; None without ratings."""
    known = list(ratings)
    return statistics.median(known) if known else None


def effort_benefit(effort: float, benefit: float) -> float:
    """10 (log10(benefit / effort) + 1) / 2, 0-10 as both are on 1-10: equal gives 5, benefit 8 for effort 2 gives 8.01.

    A logarithm, because a plain ratio blows up noise in a small denominator. ValueError off 1-10.
    """
    for name, value in (("effort", effort), ("benefit", benefit)):
        if not 1 <= value <= 10:
            raise ValueError(f"{name} is between 1 and 10, not {value}")
    return 10 * (math.log10(benefit / effort) + 1) / 2


@dataclass(frozen=True)
class Suggestion:
    """`value` on 0-10 and where it comes from; by `spread` (0-10) it may as well be less or more, as the survey goes."""

    value: float
    reason: Text
    spread: float = field(default=0.0, kw_only=True)


@dataclass(frozen=True)
class Worth:
    """How important a touchpoint is on 0-10, from ``n`` answers, with its 95 % interval where there is one; ``outcome``
    is what it was derived from, empty when customers were asked."""

    value: float
    n: int
    low: float | None = None
    high: float | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Reach:
    """A linked touchpoint: how many of the `asked` respondents answered about it (so they met it), how important
    customers say it is, where that was asked, and how important what goes with the outcome makes it."""

    answered: int
    asked: int
    stated: Worth | None = None
    derived: Worth | None = None

    @property
    def share(self) -> float:
        return min(self.answered / self.asked, 1.0) if self.asked > 0 else 0.0


def suggest_importance(touchpoints: Iterable[Reach]) -> Suggestion | None:
    """Stated importance of the linked touchpoints, weighted by how many customers meet each; where nobody was asked,
    derived importance likewise; else 10 times the share of customers who meet the most visited one. None when there is
    no answer at all. Its spread is half of the interval, as survey and derivation leave it open."""
    known = list(touchpoints)
    if stated := [(each.share, each.stated) for each in known if each.stated is not None]:
        return _suggested_worth(stated)
    if derived := [(each.share, each.derived) for each in known if each.derived is not None]:
        return _suggested_worth(derived)
    share = max((each.share for each in known), default=0.0)
    if share <= 0:
        return None
    reason = Text(N_("%(percent)s%% of the customers asked meet it."), {"percent": max(1, round(100 * share))})
    return Suggestion(_tenth(10 * share), reason)


def _suggested_worth(known: Sequence[tuple[float, Worth]]) -> Suggestion:
    """The mean of touchpoints with the share of customers who meet each; the ends of the interval are the means of
    theirs, as if all were off the same way. One without an interval may be worth anything: from a single answer it is
    not known how far they differ."""
    shares = [share for share, _ in known] if any(share > 0 for share, _ in known) else [1.0] * len(known)

    def mean(values: Iterable[float]) -> float:
        return sum(share * value for share, value in zip(shares, values, strict=True)) / sum(shares)

    value, n = mean(each.value for _, each in known), sum(each.n for _, each in known)
    low = mean(0.0 if each.low is None else each.low for _, each in known)
    high = mean(10.0 if each.high is None else each.high for _, each in known)
    is_known = any(each.low is not None for _, each in known)
    reason = _worth_reason(known[0][1].outcome, n, (_tenth(low), _tenth(high)) if is_known else None)
    return Suggestion(_tenth(value), reason, spread=_tenth((high - low) / 2))


def _worth_reason(outcome: str, n: int, interval: tuple[float, float] | None = None) -> Text:
    ends = {"low": interval[0], "high": interval[1]} if interval else {}
    if outcome:
        told = N_("How much goes with “%(outcome)s”, from %(n)s answers: %(low)s to %(high)s, where 5 is average.")
        return Text(told, {"outcome": outcome, "n": n, **ends})
    if interval:
        return counted(
            N_("What customers say it is worth to them, from %(n)s answer: %(low)s to %(high)s."),
            N_("What customers say it is worth to them, from %(n)s answers: %(low)s to %(high)s."),
            n,
            **ends,
        )
    return counted(
        N_("What customers say it is worth to them, from %(n)s answer."),
        N_("What customers say it is worth to them, from %(n)s answers."),
        n,
    )


def suggest_urgency(gap: float, p_below: float, trend: float | None = None, *, deviation: float = 0.0) -> Suggestion:
    """How much waiting costs: up to 5 for the probability (0-1) that the score is below its threshold, up to 3 for
    how far (`gap` = threshold less score, in full from 3 points on), up to 2 for what it lost since the period before
    (`trend` in points, negative when falling; in full from 1 point on, 0 when unknown). Its spread is half of the way
    between what it would be if the score were known and stood at one end of its 90 % interval (`deviation` of the
    score) or at the other."""
    certainty = CERTAINTY_COUNTS * min(max(p_below, 0.0), 1.0)
    fall = FALL_COUNTS * min(max(-(trend or 0.0), 0.0) / FULL_FALL, 1.0)
    low, high = (_known_urgency(gap + end * NINETY * deviation) for end in (-1, 1))
    value = _tenth(certainty + _depth(gap) + fall)
    return Suggestion(value, _urgency_reason(gap, trend), spread=_tenth((high - low) / 2))


def _known_urgency(gap: float) -> float:
    """Without the fall, if the gap were known for certain."""
    return CERTAINTY_COUNTS * (gap > 0) + _depth(gap)


def _depth(gap: float) -> float:
    return GAP_COUNTS * min(max(gap, 0.0) / FULL_GAP, 1.0)


def _urgency_reason(gap: float, trend: float | None) -> Text:
    low, falling = round(gap, 1) > 0, trend is not None and round(trend, 1) < 0
    numbers = {"gap": round(abs(gap), 1), "fall": round(abs(trend or 0.0), 1)}
    if low and falling:
        return Text(N_("%(gap)s below the threshold, and %(fall)s less than in the period before."), numbers)
    if low:
        return Text(N_("%(gap)s below the threshold, and not falling."), numbers)
    if falling:
        return Text(N_("Not below the threshold, but %(fall)s less than in the period before."), numbers)
    return Text(N_("Not below the threshold, and not falling."))


@dataclass(frozen=True)
class Checklist:
    """What an initiative needs before it can be decided on. The smallest next step is not among it: without one it
    cannot become ready at all."""

    evidence: bool
    problem: bool
    effect: bool
    lead: bool
    effort: bool
    dependencies: bool


CHECKS: Mapping[str, str] = {
    "evidence": N_("Evidence is linked"),
    "problem": N_("The problem is stated"),
    "effect": N_("The expected effect and its measure are named"),
    "lead": N_("A department leads it"),
    "effort": N_("The effort is estimated"),
    "dependencies": N_("What it waits for is clear"),
}


@dataclass(frozen=True)
class Readiness(Suggestion):
    """The suggestion for maturity; `missing` are the names of the checks not met, worded in CHECKS."""

    missing: tuple[str, ...]


def suggest_maturity(checklist: Checklist) -> Readiness:
    """10 times the share of the checks that are met."""
    checks = asdict(checklist)
    lacking = tuple(name for name in CHECKS if not checks[name])
    met = len(CHECKS) - len(lacking)
    reason = Text(N_("%(met)s of %(all)s checks are met."), {"met": met, "all": len(CHECKS)})
    return Readiness(_tenth(10 * met / len(CHECKS)), reason, lacking)


def _tenth(value: float) -> float:
    return round(min(max(value, 0.0), 10.0), 1)
