"""Weight profiles: what the criteria count, versioned, with who proposed and who agreed."""

import datetime as dt
import enum

from sqlalchemy import Connection, Index, String, Text, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Versioned
from backlog.ranking.scoring import DEFAULT_WEIGHTS, Weights


class ProfileState(enum.StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    RETIRED = "retired"


class WeightProfile(Versioned, Base):
    """The four weights are >= 0 and sum to 1; one profile is agreed at a time. ``id`` is its number."""

    __tablename__ = "weight_profile"

    id: Mapped[Id]
    importance: Mapped[float]
    urgency: Mapped[float]
    maturity: Mapped[float]
    effort_benefit: Mapped[float]
    state: Mapped[ProfileState]
    reason: Mapped[str] = mapped_column(Text, default="")
    proposed_by: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[dt.datetime]
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[dt.datetime | None]


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


async def active(session: AsyncSession) -> Weights:
    """The agreed weights; the default ones as long as nobody has agreed on others."""
    row = (await session.execute(AGREED)).first()
    return Weights.normalised(row.importance, row.urgency, row.maturity, row.effort_benefit) if row else DEFAULT_WEIGHTS


def agreed(connection: Connection) -> Weights:
    """The same inside a running transaction."""
    row = connection.execute(AGREED).first()
    return Weights.normalised(row.importance, row.urgency, row.maturity, row.effort_benefit) if row else DEFAULT_WEIGHTS
