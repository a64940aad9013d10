"""What each person would let the criteria count: one's own weights, and what they come to together."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, or_, select
from sqlalchemy import Text as LongText
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history
from backlog.database import Base, Id, Versioned
from backlog.errors import N_, Conflict, Invalid, NotFound, Text
from backlog.history import Actor
from backlog.people.persons import Person
from backlog.people.tokens import Token
from backlog.scoring import Weights
from backlog.weights import consensus, weights
from backlog.weights.consensus import Apart
from backlog.weights.ways import Found, Way
from backlog.weights.weights import CONCENTRATION, Closeness, WeightProfile

SUBJECT = "weight_opinion"


class WeightOpinion(Versioned, Base):
    """The weights a person, or a token, would like; >= 0 and together 1. Those of people who left are kept and do not
    count."""

    __tablename__ = "weight_opinion"
    __table_args__ = (UniqueConstraint("person_id"), UniqueConstraint("token_id"))

    id: Mapped[Id]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("token.id", ondelete="CASCADE"))
    said_by: Mapped[str] = mapped_column(String(200))
    importance: Mapped[float]
    urgency: Mapped[float]
    maturity: Mapped[float]
    effort_benefit: Mapped[float]
    method: Mapped[Way]
    inputs: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(LongText)
    said_at: Mapped[dt.datetime]

    @property
    def weights(self) -> Weights:
        return Weights.normalised(self.importance, self.urgency, self.maturity, self.effort_benefit)

    def is_by(self, actor: Actor) -> bool:
        return (self.person_id, self.token_id) == (actor.person_id, actor.token_id)


@dataclass(frozen=True)
class Together:
    """What several say: the medians scaled to 1, where they are apart, and how closely that makes them agree (None of
    fewer than two)."""

    opinions: Sequence[WeightOpinion]
    middle: Weights
    apart: Apart
    closeness: Closeness | None

    @property
    def names(self) -> list[str]:
        return [opinion.said_by for opinion in self.opinions]

    @property
    def as_seen(self) -> str:
        """Tells whether these are the same opinions as those somebody looked at before."""
        return ",".join(f"{opinion.id}:{opinion.version}" for opinion in self.opinions)


def counting() -> Select[WeightOpinion]:
    """The opinions of those who are still here, by name."""
    here = or_(
        Person.id.is_not(None) & Person.disabled_at.is_(None), Token.id.is_not(None) & Token.revoked_at.is_(None)
    )
    return (
        select(WeightOpinion)
        .outerjoin(Person, Person.id == WeightOpinion.person_id)
        .outerjoin(Token, Token.id == WeightOpinion.token_id)
        .where(here)
        .order_by(WeightOpinion.said_by, WeightOpinion.id)
    )


async def own(session: AsyncSession, actor: Actor) -> WeightOpinion | None:
    """What this person or token said; None when nothing, or when nobody in particular acts."""
    if actor.person_id is None and actor.token_id is None:
        return None
    mine = WeightOpinion.person_id == actor.person_id, WeightOpinion.token_id == actor.token_id
    by_person = actor.person_id is not None
    return await session.scalar(select(WeightOpinion).where(mine[0] if by_person else mine[1]))


async def keep(session: AsyncSession, found: Found, reason: str, *, by: Actor) -> WeightOpinion:
    """Say or change which weights oneself would like. A reason is not asked for; Invalid when it cannot be kept."""
    reason = weights.checked_reason(reason, required=False)
    opinion = await own(session, by)
    before = opinion.weights.percents() if opinion else {}
    if opinion is None:
        opinion = WeightOpinion(person_id=by.person_id, token_id=by.token_id)
        session.add(opinion)
    for name, weight in found.weights.as_dict().items():
        setattr(opinion, name, weight)
    opinion.method, opinion.inputs, opinion.reason = found.way, dict(found.inputs), reason
    opinion.said_by, opinion.said_at = by.name, history.now()
    await session.flush()
    said = history.differences(before, found.weights.percents()) | {"method": found.way.value, "reason": reason}
    history.record(session, by, "said which weights", SUBJECT, opinion.id, said)
    return opinion


async def withdraw(session: AsyncSession, *, by: Actor) -> None:
    """Take one's own opinion back. NotFound when there is none."""
    opinion = await own(session, by)
    if opinion is None:
        raise NotFound(N_("You have not said which weights you would like."))
    history.record(session, by, "withdrew weights", SUBJECT, opinion.id, opinion.weights.percents())
    await session.delete(opinion)
    await session.flush()


async def together(session: AsyncSession) -> Together | None:
    """What those who have said something say together; None when nobody has."""
    opinions = list(await session.scalars(counting()))
    if not opinions:
        return None
    said = [opinion.weights for opinion in opinions]
    named: dict[str, Weights] = {}
    for opinion, each in zip(opinions, said, strict=True):
        named[opinion.said_by if opinion.said_by not in named else f"{opinion.said_by} ({opinion.id})"] = each
    return Together(opinions, consensus.middle(said), consensus.furthest(named), closeness_of(said))


def closeness_of(said: Sequence[Weights]) -> Closeness | None:
    """The word whose simulations stray most nearly as far as these people do, by the ratio of the concentrations: so
    closely from 30 on (the geometric mean of 60 and 15), hardly below 7.7. A suggestion: people decide. None of fewer
    than two."""
    spread = consensus.concentration(said)
    if spread is None:
        return None
    words = sorted(CONCENTRATION, key=CONCENTRATION.__getitem__, reverse=True)
    for closer, looser in pairwise(words):
        if spread >= math.sqrt(CONCENTRATION[closer] * CONCENTRATION[looser]):
            return closer
    return words[-1]


def found_in(known: Together) -> Found:
    """The medians as weights that were found, with the names of those who said so."""
    return Found(Way.MEDIANS, known.middle, {"names": known.names, "opinions": known.as_seen})


async def propose_medians(
    session: AsyncSession, values: Mapping[str, Any], reason: str, *, by: Actor, seen: str | None
) -> WeightProfile:
    """Propose the medians of what everybody says. `seen`: which opinions they were when somebody looked, None when
    nobody did. Conflict when nobody has said anything, Invalid when it has changed since."""
    known = await together(session)
    if known is None:
        raise Conflict(N_("Nobody has said yet which weights they would like."))
    if seen is not None and seen != known.as_seen:
        said = N_("Somebody has said something else in the meantime. Look at the medians again, then propose them.")
        raise Invalid({"opinions": Text(said)})
    return await weights.propose(session, values, reason, by=by, found=found_in(known))
