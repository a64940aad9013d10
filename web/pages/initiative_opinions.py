"""Who rates an initiative how: one row for each input, with what an open rating round keeps from the viewer left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backlog.history import Actor
from backlog.initiatives.dossier import Dossier
from backlog.initiatives.opinions import Opinion as Said
from backlog.initiatives.opinions import Spread
from backlog.initiatives.ratings import RatedInput, Rating
from backlog.rounds import results
from backlog.rounds.rounds import RatingRound
from web.pages.voices import Mark, Voice, marks

Asked = Mapping[RatedInput, RatingRound]
"""The inputs that an open round asks of the viewer."""


@dataclass(frozen=True)
class Opinion:
    """One input: who says what and how far they are apart, what the data suggests, and one's own rating. ``round`` is
    the open round that asks the viewer for it: until it ends only their own rating is here, and the median that counts."""

    input: RatedInput
    marks: Sequence[Mark]
    spread: Spread | None
    suggestion: Any
    own: Rating | None
    round: RatingRound | None
    median: float | None

    @property
    def voices(self) -> list[Voice]:
        return [voice for mark in self.marks for voice in mark.voices]


def opinions(found: Dossier, actor: Actor, asked: Asked, gone: frozenset[int]) -> list[Opinion]:
    """One for each input, in the order in which people rate; ``gone`` are the ids of persons who have left."""
    return [_opinion(found, name, actor, asked.get(name), gone) for name in RatedInput]


def _opinion(
    found: Dossier, name: RatedInput, actor: Actor, asked: RatingRound | None, gone: frozenset[int]
) -> Opinion:
    given = [each for each in found.ratings if each.input is name and (asked is None or each.is_by(actor))]
    own = next((rating for rating in given if rating.is_by(actor)), None)
    spread = results.spread(name, [Said(each.rater, each.likely, each.is_customer) for each in given])
    spread = None if asked else spread
    median = spread.median if spread else getattr(found.initiative, f"rated_{name}")
    shown = marks([_voice(each, gone) for each in given], median)
    return Opinion(name, shown, spread, getattr(found.suggested, name, None), own, asked, median)


def _voice(rating: Rating, gone: frozenset[int]) -> Voice:
    values = (rating.low, rating.likely, rating.high)
    return Voice(rating.rater, *values, rating.is_customer, rating.person_id in gone, rating.reason)
