"""What came out of a rating round, as the API tells it."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.initiatives.opinions import Agreement
from backlog.rounds import results
from backlog.rounds.results import Result, Voice
from backlog.rounds.rounds import RatingRound


class VoiceShown(msgspec.Struct):
    rater: str
    is_customer: bool
    low: float
    likely: float
    high: float
    reason: str


class ResultShown(msgspec.Struct):
    """One input of one initiative; figures null while too few have said a number. ``r_wg`` 0 to 1, ``agreement`` says it in
    a word. ``lowest`` and ``highest`` name the two ends, who should talk when it is ``contested``.
    ``customers_less_internal``: difference of medians. ``unable``: those who cannot say."""

    key: str
    input: str
    n: int
    median: float | None
    lower_quartile: float | None
    upper_quartile: float | None
    r_wg: float | None
    agreement: Agreement | None
    contested: bool
    lowest: list[str]
    highest: list[str]
    customers_less_internal: float | None
    ratings: list[VoiceShown]
    unable: list[str]


async def shown(session: AsyncSession, found: RatingRound) -> list[ResultShown]:
    """The most contested first; none of a round that is open."""
    return [_shown(each) for each in await results.of(session, found)]


def _shown(result: Result) -> ResultShown:
    spread = result.spread
    voices = [_voice(each) for each in result.voices]
    return ResultShown(
        key=result.initiative.key,
        input=result.input.value,
        n=len(voices),
        median=spread.median if spread else None,
        lower_quartile=spread.lower if spread else None,
        upper_quartile=spread.upper if spread else None,
        r_wg=spread.r_wg if spread else None,
        agreement=spread.agreement if spread else None,
        contested=result.is_contested,
        lowest=list(spread.lowest) if spread else [],
        highest=list(spread.highest) if spread else [],
        customers_less_internal=spread.customers_less_internal if spread else None,
        ratings=voices,
        unable=list(result.unable),
    )


def _voice(voice: Voice) -> VoiceShown:
    low, likely, high = voice.estimate
    return VoiceShown(voice.rater.name, voice.rater.is_customer, low, likely, high, voice.reason)
