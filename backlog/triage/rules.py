"""When triage proposes a touchpoint, when it lets go, and when it asks again. Pure.

A touchpoint is proposed because it is low (probably below its threshold) or because it fell beyond its noise. A
waiting candidate closes itself only when it is more likely above the threshold than below it: between that and the
probability asked for, nothing changes, so a score near the line does not open and close its candidate with every
import (hysteresis).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from backlog.errors import N_, Text

SOLVED_BELOW = 0.5  # P(below threshold) under which a waiting candidate closes itself
FALL_Z = -1.96  # two-sided 95 %
LEAST_FALL = 0.3  # points; with thousands of answers even a drop nobody can feel is beyond its noise
LEAST_MOVE = 0.5  # points; what wakes a snoozed candidate and brings a dismissed one back
ROUNDING = 1e-9


class Cause(StrEnum):
    """Why a touchpoint is proposed."""

    LOW = "low"
    FELL = "fell"


class Action(StrEnum):
    """PROPOSE opens a candidate, KEEP changes nothing, SOLVED closes a waiting one."""

    PROPOSE = "propose"
    KEEP = "keep"
    SOLVED = "solved"


@dataclass(frozen=True)
class Reading:
    """A touchpoint's score as triage sees it: 0-10, `p_below` 0-1, `change` in points against the period before and
    `change_z` its normal deviate (None when there is nothing to compare)."""

    score: float
    n: int
    shrunken: float
    p_below: float
    change: float | None = None
    change_z: float | None = None

    @property
    def fell(self) -> bool:
        """Beyond its noise, and far enough for customers to notice."""
        if self.change is None or self.change_z is None:
            return False
        return self.change_z <= FALL_Z and self.change <= -LEAST_FALL + ROUNDING


@dataclass(frozen=True)
class Reason:
    """The numbers a proposal rests on; `before` is the score of the period before, when it fell."""

    cause: Cause
    score: float
    n: int
    shrunken: float
    threshold: float
    p_below: float
    before: float | None = None
    change: float | None = None
    change_z: float | None = None

    def stored(self) -> dict[str, Any]:
        """As JSON can keep it."""
        return {**asdict(self), "cause": self.cause.value}

    @classmethod
    def of_stored(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**{**stored, "cause": Cause(stored["cause"])})


@dataclass(frozen=True)
class Verdict:
    """`reasons` holds every cause that applies, the weightier first; empty unless the action is PROPOSE."""

    action: Action
    reasons: tuple[Reason, ...] = ()


def judge(reading: Reading, threshold: float, probability: float, fallen_from: float | None = None) -> Verdict:
    """`threshold` 0-10 and `probability` 0-1 are settings, the threshold of a touchpoint's own where it has one.

    `fallen_from` is the score from which a waiting candidate fell. Such a candidate stays until the score is back
    within LEAST_FALL of it: a touchpoint that fell and then merely stays down has not recovered.
    """
    reasons = _reasons(reading, threshold, probability)
    if reasons:
        return Verdict(Action.PROPOSE, reasons)
    still_down = fallen_from is not None and reading.score <= fallen_from - LEAST_FALL + ROUNDING
    return Verdict(Action.KEEP if reading.p_below >= SOLVED_BELOW or still_down else Action.SOLVED)


def _reasons(reading: Reading, threshold: float, probability: float) -> tuple[Reason, ...]:
    low = Reason(Cause.LOW, reading.score, reading.n, reading.shrunken, threshold, reading.p_below)
    reasons = (low,) if reading.p_below >= probability else ()
    if reading.fell and reading.change is not None:
        before = reading.score - reading.change
        fell = replace(low, cause=Cause.FELL, before=before, change=reading.change, change_z=reading.change_z)
        reasons = (*reasons, fell)
    return reasons


def comes_back(score_at_dismissal: float, score: float) -> bool:
    """Whether a dismissed proposal may be made again: only when the score has dropped by another LEAST_MOVE."""
    return score <= score_at_dismissal - LEAST_MOVE + ROUNDING


class Wake(StrEnum):
    """What woke a snoozed candidate."""

    DATE = "date"
    SURVEY = "survey"
    CHANGE = "change"


@dataclass(frozen=True)
class Snooze:
    """Sleeps until a date, until the next survey, or until the score moves by `change` points: whichever is set.

    `score` and `latest_answer` are as they were when it went to sleep.
    """

    score: float
    latest_answer: dt.date
    until: dt.date | None = None
    survey: bool = False
    change: float | None = None

    def stored(self) -> dict[str, Any]:
        """As JSON can keep it."""
        until = None if self.until is None else self.until.isoformat()
        return {**asdict(self), "latest_answer": self.latest_answer.isoformat(), "until": until}

    @classmethod
    def of_stored(cls, stored: Mapping[str, Any]) -> Self:
        until = stored.get("until")
        return cls(
            score=stored["score"],
            latest_answer=dt.date.fromisoformat(stored["latest_answer"]),
            until=None if until is None else dt.date.fromisoformat(until),
            survey=stored.get("survey", False),
            change=stored.get("change"),
        )


def wakes(snooze: Snooze, today: dt.date, latest_answer: dt.date, score: float) -> Wake | None:
    """What wakes it now, if anything. The next survey is an answer given later than all that were known: an import
    of older years, or a correction, wakes nobody."""
    if snooze.until is not None and today >= snooze.until:
        return Wake.DATE
    if snooze.survey and latest_answer > snooze.latest_answer:
        return Wake.SURVEY
    if snooze.change is not None and abs(score - snooze.score) >= snooze.change - ROUNDING:
        return Wake.CHANGE
    return None


def reason_text(reason: Reason) -> Text:
    """The reason in one sentence. Numbers are rounded for reading and left to the edge to format."""
    if reason.cause is Cause.FELL and reason.before is not None:
        return Text(
            N_("Fell from %(before)s to %(score)s since the period before, more than chance explains (n = %(n)s)."),
            {"before": round(reason.before, 1), "score": round(reason.score, 1), "n": reason.n},
        )
    return Text(
        N_("Scores %(score)s (n = %(n)s): below %(threshold)s with a probability of %(percent)s%%."),
        {
            "score": round(reason.score, 1),
            "n": reason.n,
            "threshold": round(reason.threshold, 2),
            "percent": _percent(reason.p_below),
        },
    )


def only_threshold_moved(reading: Reading, threshold: float, before: float) -> bool:
    """Whether a candidate that was held against the threshold `before` closes for no other reason than a lower one: its
    score alone would not have closed it."""
    return threshold < before and reading.shrunken <= before


def solved_text(reading: Reading, threshold: float, before: float) -> Text:
    """What a candidate that closed itself says about it; `before` is the threshold it was proposed under."""
    is_lowered = only_threshold_moved(reading, threshold, before)
    return Text(
        LOWERED if is_lowered else RECOVERED,
        {
            "score": round(reading.score, 1),
            "threshold": round(threshold, 2),
            "percent": _percent(reading.p_below),
            **({"before": round(before, 2)} if is_lowered else {}),
        },
    )


NO_EVIDENCE = N_("Closed: the answers it rested on were removed.")
RECOVERED = N_("Solved: now at %(score)s, below %(threshold)s with a probability of only %(percent)s%%.")
LOWERED = N_(
    "Closed: the threshold is lower now, %(threshold)s instead of %(before)s; the score, %(score)s, is below it with a "
    "probability of only %(percent)s%%."
)

CLOSED = {
    RECOVERED: N_("solved itself"),
    LOWERED: N_("closed: the threshold is lower now"),
    NO_EVIDENCE: N_("closed: its answers were removed"),
}
"""The same in a few words."""


def wake_text(wake: Wake) -> Text:
    """What a candidate that woke up says about it."""
    return Text(WAKE_WORDS[wake])


WAKE_WORDS = {
    Wake.DATE: N_("Back because its date has come."),
    Wake.SURVEY: N_("Back because a new survey has come in."),
    Wake.CHANGE: N_("Back because its score has changed."),
}


def _percent(p: float) -> int:
    """Never 0 or 100: an estimate is not certain."""
    return min(99, max(1, round(100 * p)))
