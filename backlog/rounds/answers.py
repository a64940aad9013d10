"""What raters say in a round while it is open: kept apart, seen by nobody but themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, wording
from backlog.errors import N_, Invalid, Text
from backlog.initiatives import ratings
from backlog.initiatives.ratings import Estimate, RatedInput
from backlog.initiatives.stages import REASON_MOST
from backlog.rounds import ends, rounds
from backlog.rounds.rounds import SUBJECT, RatingRound, RoundInitiative, RoundRater, RoundRating

Place = tuple[int, RatedInput]
"""One input of one initiative (its id)."""


@dataclass(frozen=True)
class Answers:
    """All that somebody says: an estimate for each place, None where they cannot say; what is left out they have not
    rated yet. ``reasons`` by initiative id."""

    values: Mapping[Place, Estimate | None] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)


def named(name: RatedInput, initiative_id: int) -> str:
    """What errors and forms call a place."""
    return f"{name.value}_{initiative_id}"


async def of(session: AsyncSession, rater: RoundRater) -> dict[Place, RoundRating]:
    """All that this rater has said so far."""
    found = await session.scalars(select(RoundRating).where(RoundRating.rater_id == rater.id))
    return {(each.initiative_id, each.input): each for each in found}


async def keep(
    session: AsyncSession, found: RatingRound, rater: RoundRater, said: Answers, *, version: int | None
) -> bool:
    """Keep all that this rater says in the place of what they said before; whether that ended the round, because
    nobody is awaited any more. The round is locked (``rounds.get(..., for_change=True)``). Conflict when it has ended,
    VersionMissing, Stale, or Invalid with every wrong place (see ``named``) and ``reason_<id>``."""
    rounds.expect_open(found)
    rater.expect(version)
    places = await _places(session, found)
    values = _checked(places, said)
    known = await of(session, rater)
    for place in known.keys() - values.keys():
        await session.delete(known[place])
    for place, estimate in values.items():
        answer = known.get(place)
        if answer is None:
            answer = RoundRating(rater_id=rater.id, initiative_id=place[0], input=place[1])
            session.add(answer)
        answer.low, answer.likely, answer.high = estimate or (None, None, None)
        answer.reason = said.reasons.get(place[0], "").strip()
    rater.rated_at = history.now()
    told = {"answered": len(values), "asked": len(places)}
    history.record(session, rater.actor, "rated blind", SUBJECT, found.id, told)
    await session.flush()
    return await ends.end_when_complete(session, found)


async def _places(session: AsyncSession, found: RatingRound) -> set[Place]:
    ids = await session.scalars(select(RoundInitiative.initiative_id).where(RoundInitiative.round_id == found.id))
    return {(each, name) for each in ids for name in found.asked}


def _checked(places: set[Place], said: Answers) -> dict[Place, list[float] | None]:
    values: dict[Place, list[float] | None] = {}
    rated = {initiative_id for initiative_id, _ in said.values}
    wrong = {
        f"reason_{initiative_id}": problem
        for initiative_id, reason in said.reasons.items()
        if (problem := _wrong_reason(reason.strip(), initiative_id in rated))
    }
    for place, estimate in said.values.items():
        initiative_id, name = place
        if place not in places:
            wrong[named(name, initiative_id)] = Text(N_("This round does not ask for it."))
            continue
        try:
            values[place] = None if estimate is None else ratings.checked_estimates({name: estimate})[name]
        except Invalid as invalid:
            wrong[named(name, initiative_id)] = invalid.fields[name]
    if wrong:
        raise Invalid(wrong)
    return values


def _wrong_reason(reason: str, is_rated: bool) -> Text | None:
    if reason and not is_rated:
        return Text(N_("Rate it or say that you cannot say: a reason is kept only with one of both."))
    return wording.wrong(reason, REASON_MOST)
