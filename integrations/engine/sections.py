"""What the sections of our block say that Waymark itself works out: evidence and standing, in one language. Pure."""

from collections.abc import Callable
from typing import Protocol

from backlog.errors import N_, Text
from backlog.trackers.fields import Field
from backlog.trackers.wanted import Place, Wanted

HEADINGS = {
    Field.PROBLEM: N_("Problem"),
    Field.NEXT_STEP: N_("Smallest next step"),
    Field.EVIDENCE: N_("Evidence"),
    Field.STANDING: N_("Where it stands"),
}
CRITERIA = {
    "importance": N_("importance"),
    "urgency": N_("urgency"),
    "maturity": N_("maturity"),
    "effort_benefit": N_("effort/benefit"),
}


class Voice(Protocol):
    """How Waymark speaks in one language."""

    def say(self, text: Text | str) -> str: ...
    def number(self, value: float, decimals: int = 0) -> str: ...
    def percent(self, share: float) -> str: ...


def evidence(wanted: Wanted, voice: Voice) -> str:
    """Each touchpoint with its score, and what customers said."""
    lines = [f"- {_place(place, voice)}" for place in wanted.places]
    quotes = [f"> {' '.join(quote.split())}" for quote in wanted.quotes]
    return "\n".join(lines) + "\n\n" + "\n\n".join(quotes)


def _place(place: Place, voice: Voice) -> str:
    if place.value is None:
        return voice.say(Text(N_("%(name)s: no answers yet"), {"name": place.name}))
    value = {"name": place.name, "value": voice.number(place.value, 1)}
    if place.low is None or place.high is None:
        return voice.say(Text(N_("%(name)s: %(value)s of 10 (n = %(n)s)"), value | {"n": voice.number(place.n)}))
    ends = {"low": voice.number(place.low, 1), "high": voice.number(place.high, 1), "n": voice.number(place.n)}
    return voice.say(Text(N_("%(name)s: %(value)s of 10 (%(low)s to %(high)s, n = %(n)s)"), value | ends))


def standing(wanted: Wanted, voice: Voice, address: Callable[[str], str]) -> str:
    """Score, rank, range, share of the top and what carries it, with the way back."""
    lines = [voice.say(Text(N_("Score %(score)s of 10"), {"score": voice.number(wanted.points / 100, 1)}))]
    if wanted.rank is not None:
        ranks = {"rank": voice.number(wanted.rank), "total": voice.number(wanted.total)}
        lines.append(voice.say(Text(N_("Rank %(rank)s of %(total)s"), ranks)))
    if wanted.landing is not None and wanted.rank is not None:
        range_ = {"low": voice.number(wanted.landing.low), "high": voice.number(wanted.landing.high)}
        lines.append(voice.say(Text(N_("In nine of ten simulations rank %(low)s to %(high)s"), range_)))
        top = {"top": voice.number(wanted.landing.top), "share": voice.percent(wanted.landing.p_top)}
        lines.append(voice.say(Text(N_("In the top %(top)s in %(share)s of them"), top)))
    if wanted.carried:
        first, second = (voice.say(CRITERIA[name]) for name in wanted.carried[:2])
        lines.append(voice.say(Text(N_("Carried by %(first)s and %(second)s"), {"first": first, "second": second})))
    link = voice.say(Text(N_("%(key)s in Waymark"), {"key": wanted.key}))
    return "\n".join(f"- {line}" for line in lines) + f"\n\n[{link}]({address(wanted.key)})"
