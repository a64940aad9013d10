"""What came out of a rating round that has ended: for each input of each initiative who said what, the most contested
first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.initiatives import opinions
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.opinions import ONE_TO_TEN, ZERO_TO_TEN, Opinion, Spread
from backlog.initiatives.ratings import RatedInput
from backlog.rounds import rounds
from backlog.rounds.rounds import RatingRound, RoundRater, RoundRating


@dataclass(frozen=True)
class Voice:
    """What one rater said, in the order low, likely, high."""

    rater: RoundRater
    estimate: Sequence[float]
    reason: str

    @property
    def likely(self) -> float:
        return self.estimate[1]


@dataclass(frozen=True)
class Result:
    """One input of one initiative. ``voices`` by likely value; ``spread`` None when nobody said a number, and
    ``unable`` those who could not say."""

    initiative: Initiative
    input: RatedInput
    voices: Sequence[Voice]
    unable: Sequence[str]
    spread: Spread | None

    @property
    def is_contested(self) -> bool:
        return self.spread is not None and self.spread.is_contested


def spread(name: RatedInput, said: Sequence[Opinion]) -> Spread | None:
    """On the scale of this input."""
    return opinions.spread(said, ONE_TO_TEN if name.lowest else ZERO_TO_TEN)


async def of(session: AsyncSession, found: RatingRound) -> list[Result]:
    """Only of a round that has ended; nothing of one that is open."""
    if found.closed_at is None:
        return []
    invited = {each.id: each for each in await rounds.raters(session, found.id)}
    said = select(RoundRating).where(RoundRating.rater_id.in_(list(invited))).order_by(RoundRating.id)
    answers: dict[tuple[int, RatedInput], list[RoundRating]] = defaultdict(list)
    for each in await session.scalars(said):
        answers[each.initiative_id, each.input].append(each)
    results = [
        _result(initiative, name, answers[initiative.id, name], invited)
        for initiative in await rounds.initiatives_of(session, found.id)
        for name in found.asked
    ]
    return sorted(results, key=_apart, reverse=True)


def _apart(result: Result) -> tuple[float, float]:
    """The interquartile range, then the whole range."""
    if result.spread is None:
        return -1.0, 0.0
    return result.spread.interquartile_range, result.voices[-1].likely - result.voices[0].likely


def _result(
    initiative: Initiative, name: RatedInput, answers: Sequence[RoundRating], invited: dict[int, RoundRater]
) -> Result:
    voices = [
        Voice(invited[each.rater_id], estimate, each.reason)
        for each in answers
        if (estimate := each.estimate) is not None
    ]
    voices.sort(key=lambda voice: (voice.likely, voice.rater.name))
    unable = [invited[each.rater_id].name for each in answers if each.estimate is None]
    said = [Opinion(each.rater.name, each.likely, each.rater.is_customer) for each in voices]
    return Result(initiative, name, voices, sorted(unable), spread(name, said))
