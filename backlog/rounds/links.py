"""Invitations to a rating round: links of guests, taken back and given anew."""

import secrets as random

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Conflict, NotFound
from backlog.history import Actor
from backlog.people.sessions import secret_hash
from backlog.rounds import ends, progress, rounds
from backlog.rounds.rounds import SUBJECT, RatingRound, RoundRater, RoundRating

LONGEST = 100  # characters of an address that may be a secret


async def make_links(session: AsyncSession, found: RatingRound, *, by: Actor) -> dict[int, str]:
    """Rater id -> the secret of a new link, for every guest who has none. It cannot be read again."""
    rounds.expect_open(found)
    waiting = [each for each in await rounds.raters(session, found.id) if each.guest_id and each.withdrawn_at is None]
    return {each.id: _link(session, each, by) for each in waiting if each.secret_hash is None}


async def invite_again(session: AsyncSession, found: RatingRound, rater: RoundRater, *, by: Actor) -> str | None:
    """Whose invitation was withdrawn may rate again; a guest gets a new link, and the one before opens nothing any
    more. What the guest had said is let go: the link passes through other hands, and nobody else may read it. The secret
    of the link, None for those who sign in."""
    rounds.expect_open(found)
    if rater.withdrawn_at is not None:
        rater.withdrawn_at = None
        history.record(session, by, "invited again", SUBJECT, found.id, {"rater": rater.name})
    if not rater.guest_id:
        return None
    said = list(await session.scalars(select(RoundRating).where(RoundRating.rater_id == rater.id)))
    for each in said:
        await session.delete(each)
    if said:
        rater.rated_at = None
        history.record(session, by, "let go of blind ratings", SUBJECT, found.id, {"rater": rater.name})
    return _link(session, rater, by)


async def withdraw(session: AsyncSession, found: RatingRound, rater: RoundRater, *, by: Actor) -> None:
    """The round does not wait for them any more, and a guest's link opens nothing; what they have rated stays. Conflict
    for the last one it waits for."""
    rounds.expect_open(found)
    if rater.withdrawn_at is not None:
        raise Conflict(N_("This invitation is withdrawn already."))
    standings = (await progress.of(session, found)).standings
    if not any(each.is_awaited and each.rater.id != rater.id for each in standings):
        raise Conflict(N_("This is the last one invited. Close the round instead."))
    rater.withdrawn_at, rater.secret_hash = history.now(), None
    history.record(session, by, "withdrew an invitation", SUBJECT, found.id, {"rater": rater.name})
    await session.flush()
    await ends.end_when_complete(session, found)


async def rater(session: AsyncSession, found: RatingRound, rater_id: int) -> RoundRater:
    """NotFound when nobody of this id is invited to this round."""
    known = next((each for each in await rounds.raters(session, found.id) if each.id == rater_id), None)
    if known is None:
        raise NotFound(N_("Nobody like that is invited to this round."))
    return known


async def by_secret(session: AsyncSession, secret: str) -> RoundRater | None:
    """The guest whose link this is; None when no link is, or it was withdrawn."""
    if not 0 < len(secret) <= LONGEST:
        return None
    return await session.scalar(select(RoundRater).where(RoundRater.secret_hash == secret_hash(secret)))


def _link(session: AsyncSession, rater: RoundRater, by: Actor) -> str:
    secret = random.token_urlsafe(32)
    rater.secret_hash = secret_hash(secret)
    history.record(session, by, "made a link", SUBJECT, rater.round_id, {"rater": rater.name})
    return secret
