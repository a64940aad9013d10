"""How the urgency of an initiative goes over time: agreed once, and the urgency of each day follows from it.

The profile is the shape and its 10 is the peak; how urgent the peak is say the ratings, else the data, else it is taken
to be 5. So raters answer one question ("what does waiting cost, at its worst?") and nobody's number is overwritten. On
a day the urgency is the peak times the share of it that the profile has that day. Constant is the same as no profile.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Invalid, Text
from backlog.history import Actor
from backlog.initiatives.initiative import Initiative
from backlog.urgency.urgency import Constant, Decaying, Profile, Seasonal
from backlog.urgency.urgency_records import from_builtins, to_builtins

PEAK = 10.0
CHANGED = "changed the urgency over time"
AT_ONCE = 500  # initiatives


def put(session: AsyncSession, initiative: Initiative, record: Mapping[str, Any], *, by: Actor) -> bool:
    """Agree on the profile of this record, in place of the one before; constant clears it. Whether anything changed.
    Invalid names each field that is wrong."""
    profile = read(record)
    kept = None if isinstance(profile, Constant) else to_builtins(profile)
    return _keep(session, initiative, kept, by)


def clear(session: AsyncSession, initiative: Initiative, *, by: Actor) -> bool:
    """The same urgency every day from now on. Whether it was another before."""
    return _keep(session, initiative, None, by)


def read(record: Mapping[str, Any]) -> Profile:
    """The profile of a record, its 10 the peak, also of constant and decaying ones."""
    if record.get("kind") in (Constant.kind, Decaying.kind):
        record = {**record, "value": PEAK}
    profile = from_builtins(record)
    if profile.highest == 0:
        raise Invalid({"inside": Text(N_("It must be above 0 at some time of the year."))})
    if isinstance(profile, Seasonal) and profile.inside < profile.outside:
        raise Invalid(
            {"inside": Text(N_("In its season it is at least as urgent as outside it; else turn the days round."))}
        )
    return profile


def of(initiative: Any) -> Profile | None:
    """The profile of an initiative or of a row that has its columns; None where urgency is the same every day."""
    return None if initiative.urgency_profile is None else from_builtins(initiative.urgency_profile)


def share_on(profile: Profile, day: dt.date) -> float:
    """What of its peak the urgency has on this day, 0-1 to four decimals."""
    return round(min(max(profile.exactly_on(day) / PEAK, 0.0), 1.0), 4)


def today() -> dt.date:
    """As everywhere a day in UTC."""
    return history.now().date()


async def refresh(session: AsyncSession) -> int:
    """Bring every urgency to today; only what differs is written, and points and ranks follow. How many differed."""
    day, last, differing = today(), 0, 0
    has_profile = or_(Initiative.urgency_profile.is_not(None), Initiative.urgency_share.is_not(None))
    while True:
        some = select(Initiative.id, Initiative.urgency_profile, Initiative.urgency_share)
        some = some.where(has_profile, Initiative.id > last).order_by(Initiative.id).limit(AT_ONCE)
        rows = (await session.execute(some)).all()
        if not rows:
            return differing
        last = rows[-1].id
        shares = {row.id: _share(row, day) for row in rows}
        stale = [row.id for row in rows if row.urgency_share != shares[row.id]]
        for initiative in await session.scalars(select(Initiative).where(Initiative.id.in_(stale))):
            initiative.urgency_share = shares[initiative.id]
        await session.flush()
        differing += len(stale)


def _share(initiative: Any, day: dt.date) -> float | None:
    profile = of(initiative)
    return None if profile is None else share_on(profile, day)


def _keep(session: AsyncSession, initiative: Initiative, record: dict[str, Any] | None, by: Actor) -> bool:
    before = initiative.urgency_profile
    if before == record:
        return False
    initiative.urgency_profile = record
    initiative.urgency_share = _share(initiative, today())
    history.record(session, by, CHANGED, "initiative", initiative.id, {"urgency_profile": [before, record]})
    return True


def curve(profile: Profile, first: dt.date, last: dt.date) -> list[tuple[dt.date, float]]:
    """The share of the peak on each day from the first to the last; of days in a row that are alike the two at the
    ends are enough to draw it."""
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    shares = [(day, share_on(profile, day)) for day in days]
    return [
        each
        for place, each in enumerate(shares)
        if place in (0, len(shares) - 1) or not shares[place - 1][1] == each[1] == shares[place + 1][1]
    ]
