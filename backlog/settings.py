"""What an organisation decides once: thresholds, caps and windows. One row per setting, defaults in code."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sqlalchemy import JSON, String, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history, wording
from backlog.database import Base
from backlog.errors import N_, Invalid, Stale, Text
from backlog.history import Actor, Event


class Setting(Base):
    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(48), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[dt.datetime]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults."""

    organisation: str = ""
    threshold: float = 5.0  # 0-10; a touchpoint below it deserves attention
    probability: float = 0.8  # 0.5-0.99; how sure triage must be that it is below
    signature_cap: int = 5  # 1-20
    top: int = 3  # 1-50; whether an initiative is among so many first is what the rank range tells
    score_months: int = 12  # 1-60; how far back the current score looks from the latest answer
    stale_weeks: int = 12  # 0-104; an open initiative on which nothing happens for so long is stale; 0: never
    derived_importance: bool = True  # where customers were not asked, what goes with the outcome suggests importance
    # 0-100; which percentages of all effort are meant to go there
    small_steps_from: int = 40
    small_steps_to: int = 70
    large_footprints_from: int = 20
    large_footprints_to: int = 40
    signature_from: int = 20
    signature_to: int = 50

    def changed(self, values: Mapping[str, Any]) -> "Settings":
        """With these values instead. Invalid names each that is out of its range."""
        wrong: dict[str, Text] = {}
        for name, low, high in RANGES:
            value = values.get(name, getattr(self, name))
            if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
                wrong[name] = Text(N_("Enter a number from %(low)s to %(high)s."), {"low": low, "high": high})
        for name in WHOLE:
            if name not in wrong and values.get(name, 1) != int(values.get(name, 1)):
                wrong[name] = Text(N_("Enter a whole number."))
        for low_name, high_name in BANDS.values():
            low, high = (values.get(name, getattr(self, name)) for name in (low_name, high_name))
            if not {low_name, high_name} & wrong.keys() and low > high:
                wrong[low_name] = Text(N_("The lower end must not be above the upper one, %(high)s."), {"high": high})
        if not isinstance(values.get("derived_importance", True), bool):
            wrong["derived_importance"] = Text(N_("Choose one of these."))
        if unfit := wording.wrong(str(values.get("organisation", "")), 100):
            wrong["organisation"] = unfit
        if wrong:
            raise Invalid(wrong)
        return replace(self, **{name: value for name, value in values.items() if name in NAMES})


CHANGED = "changed settings"
BANDS = {
    part: (f"{part}_from", f"{part}_to") for part in ("small_steps", "large_footprints", "signature")
}  # fmt: skip
"""Part of the portfolio -> the settings that say from where to where its share should be."""
RANGES = (
    ("threshold", 0, 10),
    ("probability", 0.5, 0.99),
    ("signature_cap", 1, 20),
    ("score_months", 1, 60),
    ("top", 1, 50),
    ("stale_weeks", 0, 104),
    *((name, 0, 100) for band in BANDS.values() for name in band),
)
WHOLE = ("signature_cap", "score_months", "top", "stale_weeks", *(name for band in BANDS.values() for name in band))
NAMES = {field.name for field in fields(Settings)}


async def load(session: AsyncSession) -> Settings:
    """The settings as they stand in the database, defaults where nothing was set."""
    rows = await session.execute(select(Setting.name, Setting.value))
    return Settings(**{name: value for name, value in rows if name in NAMES})


async def version(session: AsyncSession) -> int:
    """Goes up with every change of any setting; 0 at first."""
    changed = select(func.count()).where(Event.subject == "settings", Event.verb == CHANGED)
    return await session.scalar(changed) or 0


async def save(session: AsyncSession, values: Mapping[str, Any], *, by: Actor, based_on: int | None = None) -> Settings:
    """Keep the changed settings and say so in the history. Invalid when one is out of range; Stale when they were
    changed since the version the change is based on (None: whatever they are)."""
    before = await load(session)
    if based_on is not None and based_on != await version(session):
        raise Stale(before)
    after = before.changed(values)
    changes = history.differences(asdict(before), asdict(after))
    for name, (_, value) in changes.items():
        await session.merge(Setting(name=name, value=value, changed_at=history.now()))
    if changes:
        history.record(session, by, CHANGED, "settings", None, changes)
    return after
