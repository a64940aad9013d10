"""Urgency over time in words: what a profile says, and where it is heading. Pure; days are the params of sentences."""

import datetime as dt
from dataclasses import dataclass

from backlog.errors import N_, Text
from backlog.urgency.urgency import Afterwards, Constant, Deadline, Decaying, Profile, Seasonal
from backlog.urgency.year_days import LEAP_YEAR, MonthDay


@dataclass(frozen=True)
class Day:
    """A day in a sentence, written as readers write it; without its year where it comes back every year."""

    day: dt.date
    yearly: bool = False


@dataclass(frozen=True)
class Part:
    """A part of the peak, 0-1, in a sentence."""

    share: float


def described(profile: Profile) -> Text:
    """The whole course in one sentence."""
    match profile:
        case Constant():
            return Text(N_("The same every day."))
        case Deadline():
            return _deadline(profile)
        case Decaying():
            return Text(
                N_("Highest until %(day)s, then half of it every %(days)s days."),
                {"day": Day(profile.day), "days": f"{profile.half_life:g}"},
            )
        case Seasonal():
            return _season(profile)


def _deadline(profile: Deadline) -> Text:
    after = (
        N_("%(course)s Afterwards it stays there.")
        if profile.afterwards is Afterwards.STAYS
        else N_("%(course)s Afterwards it is too late: it falls to 0.")
    )
    course = Text(
        N_("%(before)s of its peak until %(days)s days before %(day)s, then rising to %(at)s on that day."),
        {
            "before": Part(profile.before / 10),
            "at": Part(profile.at / 10),
            "days": profile.rises,
            "day": Day(profile.day),
        },
    )
    return Text(after, {"course": course})


def _season(profile: Seasonal) -> Text:
    values = {
        "inside": Part(profile.inside / 10),
        "outside": Part(profile.outside / 10),
        "start": _yearly(profile.start),
        "end": _yearly(profile.end),
        "days": profile.lead_in,
    }
    if profile.lead_in:
        return Text(
            N_(
                "%(inside)s of its peak from %(start)s to %(end)s every year, %(outside)s else; "
                "it gets there over %(days)s days."
            ),
            values,
        )
    return Text(N_("%(inside)s of its peak from %(start)s to %(end)s every year, %(outside)s else."), values)


def heading(profile: Profile, today: dt.date) -> Text | None:
    """Where it goes from here, in a few words; None when it stays as it is for good."""
    match profile:
        case Deadline() if today < profile.day:
            if profile.before == profile.at and profile.afterwards is Afterwards.STAYS:
                return None
            begins = profile.day - dt.timedelta(days=profile.rises)
            if today < begins and profile.before < profile.at:
                return Text(N_("rises from %(day)s"), {"day": Day(begins)})
            return Text(N_("rises until %(day)s"), {"day": Day(profile.day)})
        case Deadline() if today == profile.day and profile.afterwards is Afterwards.TOO_LATE:
            return Text(N_("falls to 0 tomorrow"))
        case Decaying() if today < profile.day:
            return Text(N_("falls from %(day)s"), {"day": Day(profile.day)})
        case Decaying():
            return Text(N_("halves every %(days)s days"), {"days": f"{profile.half_life:g}"})
        case Seasonal() if profile.inside != profile.outside:
            if profile.covers(today):
                return Text(N_("in season until %(day)s"), {"day": _yearly(profile.end)})
            if profile.inside > profile.outside and profile.exactly_on(today) > profile.outside:
                return Text(N_("rises until %(day)s"), {"day": _yearly(profile.start)})
            return Text(N_("out of season until %(day)s"), {"day": _yearly(profile.start)})
    return None


def _yearly(day: MonthDay) -> Day:
    return Day(dt.date(LEAP_YEAR, day.month, day.day), yearly=True)
