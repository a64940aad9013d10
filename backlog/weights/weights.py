"""Weight profiles: what the criteria count, versioned, with who proposed and who agreed."""

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, String, select
from sqlalchemy import Text as LongText
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history, positioning, wording
from backlog.database import Base, Id, Versioned, find
from backlog.errors import N_, Conflict, Invalid, NotFound, Text
from backlog.history import Actor
from backlog.scoring import DEFAULT_WEIGHTS, Weights
from backlog.weights import ways
from backlog.weights.ways import Found, Way


class ProfileState(enum.StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    RETIRED = "retired"


class Closeness(enum.StrEnum):
    """How closely people agree on the weights: how far a simulation lets them stray."""

    CLOSELY = "closely"
    ROUGHLY = "roughly"
    HARDLY = "hardly"


CONCENTRATION = {Closeness.CLOSELY: 60.0, Closeness.ROUGHLY: 15.0, Closeness.HARDLY: 4.0}
"""Of the draws (`simulation.draws.of_weights`): a weight of 35 % is then 30 to 40, 25 to 45 or 17 to 55 % in nine of ten draws."""


class WeightProfile(Versioned, Base):
    """The four weights are >= 0 and sum to 1; one profile is agreed at a time. ``id`` is its number.

    ``method`` and ``inputs``: how the weights were found. ``positioning_version``: the record they rest on, None when
    nothing was stated. ``agreed_by`` (a meeting, names) and ``agreed_on`` say who agreed, ``decided_by`` who put it down.
    """

    __tablename__ = "weight_profile"

    id: Mapped[Id]
    importance: Mapped[float]
    urgency: Mapped[float]
    maturity: Mapped[float]
    effort_benefit: Mapped[float]
    closeness: Mapped[Closeness] = mapped_column(default=Closeness.ROUGHLY)
    state: Mapped[ProfileState]
    method: Mapped[Way] = mapped_column(default=Way.NUMBERS)
    inputs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    positioning_version: Mapped[int | None] = mapped_column(ForeignKey("positioning.version"))
    reason: Mapped[str] = mapped_column(LongText, default="")
    proposed_by: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[dt.datetime]
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[dt.datetime | None]
    agreed_by: Mapped[str] = mapped_column(LongText, default="")
    agreed_on: Mapped[dt.date | None]

    @property
    def weights(self) -> Weights:
        return Weights.normalised(self.importance, self.urgency, self.maturity, self.effort_benefit)


Index(
    "uq_weight_profile_agreed",
    WeightProfile.state,
    unique=True,
    sqlite_where=WeightProfile.state == "agreed",
    postgresql_where=WeightProfile.state == "agreed",
)
AGREED = select(
    WeightProfile.importance, WeightProfile.urgency, WeightProfile.maturity, WeightProfile.effort_benefit
).where(WeightProfile.state == ProfileState.AGREED)


REASON_MOST = 2_000


async def active(session: AsyncSession) -> Weights:
    """The agreed weights; the default ones as long as nobody has agreed on others."""
    row = (await session.execute(AGREED)).first()
    return Weights.normalised(row.importance, row.urgency, row.maturity, row.effort_benefit) if row else DEFAULT_WEIGHTS


async def closeness(session: AsyncSession) -> Closeness:
    """How closely the agreed weights are agreed on; roughly, as long as nobody has said."""
    said = select(WeightProfile.closeness).where(WeightProfile.state == ProfileState.AGREED)
    return await session.scalar(said) or Closeness.ROUGHLY


def agreed(connection: Connection) -> Weights:
    """The same inside a running transaction."""
    row = connection.execute(AGREED).first()
    return Weights.normalised(row.importance, row.urgency, row.maturity, row.effort_benefit) if row else DEFAULT_WEIGHTS


def checked_closeness(value: Any) -> Closeness:
    """Invalid when it is none of the three words."""
    if value not in set(Closeness):
        raise Invalid({"closeness": Text(N_("Choose closely, roughly or hardly."))})
    return Closeness(value)


async def propose(
    session: AsyncSession, values: Mapping[str, Any], reason: str, *, by: Actor, found: Found | None = None
) -> WeightProfile:
    """Propose other weights, as found or else as numbers in any unit, and how closely they are agreed on (as the
    present ones, when nothing is said); nothing changes until somebody agrees. Invalid names what is wrong."""
    found = found or ways.find(Way.NUMBERS, values)
    reason = checked_reason(reason)
    close = checked_closeness(values.get("closeness") or await closeness(session))
    stated = await positioning.latest(session)
    profile = WeightProfile(
        **found.weights.as_dict(),
        closeness=close,
        method=found.way,
        inputs=dict(found.inputs),
        positioning_version=stated.version if stated else None,
        state=ProfileState.PROPOSED,
        reason=reason,
        proposed_by=by.name,
        proposed_at=history.now(),
    )
    session.add(profile)
    await session.flush()
    said = {**found.weights.percents(), "closeness": close.value, "method": found.way.value, "reason": reason}
    history.record(session, by, "proposed", "weights", profile.id, said)
    return profile


def checked_reason(reason: str, *, required: bool = True) -> str:
    """Without outer blanks; Invalid when there is none, or too much of it."""
    reason = reason.strip()
    if problem := wording.wrong(reason, REASON_MOST, required=required):
        raise Invalid({"reason": problem})
    return reason


async def get(session: AsyncSession, profile_id: int) -> WeightProfile:
    """The profile by its number; NotFound when there is none."""
    profile = await find(session, WeightProfile, profile_id)
    if profile is None:
        raise NotFound(N_("There is no weight profile with this number."))
    return profile


async def listed(session: AsyncSession) -> list[WeightProfile]:
    """All profiles, the newest first."""
    return list((await session.scalars(select(WeightProfile).order_by(WeightProfile.id.desc()))).all())


def check_open(profile: WeightProfile) -> None:
    """Conflict when it was decided on before."""
    if profile.state is not ProfileState.PROPOSED:
        raise Conflict(N_("This proposal was already decided on. Nothing was changed."))


def decide(profile: WeightProfile, state: ProfileState, *, by: Actor) -> None:
    """Mark a proposal as agreed or declined; Conflict when it was decided on before."""
    check_open(profile)
    profile.state, profile.decided_by, profile.decided_at = state, by.name, history.now()


async def decline(session: AsyncSession, profile_id: int, *, by: Actor) -> WeightProfile:
    """Turn a proposal down; the agreed weights stay."""
    profile = await get(session, profile_id)
    decide(profile, ProfileState.DECLINED, by=by)
    history.record(session, by, "declined", "weights", profile.id)
    return profile
