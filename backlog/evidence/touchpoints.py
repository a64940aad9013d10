"""Touchpoints: the moments where a customer meets us, and what we know of each."""

import enum
import math
from collections.abc import Mapping
from typing import Any, TypedDict

from sqlalchemy import ForeignKey, String, exists, or_, select
from sqlalchemy import Text as LongText
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history, wording
from backlog.database import Base, Id, Name, Versioned, find
from backlog.errors import N_, Conflict, Invalid, NotFound, Text
from backlog.history import Actor
from backlog.people.departments import Department


class Ownership(enum.StrEnum):
    OWN = "own"
    PARTNER = "partner"
    THIRD_PARTY = "third-party"


class Access(enum.StrEnum):
    DIGITAL = "digital"
    MULTI_ACCESS = "multi-access"
    PERSONAL = "personal"


OWNERSHIP_LABELS = {
    Ownership.OWN: N_("own"),
    Ownership.PARTNER: N_("partner"),
    Ownership.THIRD_PARTY: N_("third-party"),
}
ACCESS_LABELS = {
    Access.DIGITAL: N_("digital"),
    Access.MULTI_ACCESS: N_("multi-access"),
    Access.PERSONAL: N_("personal"),
}


class Touchpoint(Versioned, Base):
    """``name_key`` is the name in lower case without outer blanks: what imports match by.

    ``target`` (0-10) takes the place of the organisation's threshold. ``phase_id`` is the phase it is
    listed under: where it stands first in a journey.
    """

    __tablename__ = "touchpoint"

    id: Mapped[Id]
    name: Mapped[Name]
    name_key: Mapped[str] = mapped_column(String(200), unique=True)
    description: Mapped[str] = mapped_column(LongText, default="")
    channel: Mapped[str] = mapped_column(String(100), default="")
    ownership: Mapped[Ownership] = mapped_column(default=Ownership.OWN)
    access: Mapped[Access] = mapped_column(default=Access.MULTI_ACCESS)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="SET NULL"), index=True)
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id", ondelete="SET NULL"), index=True)
    expectation: Mapped[str] = mapped_column(LongText, default="")
    target: Mapped[float | None]


def name_key(name: str) -> str:
    """What two spellings of one name have in common: case, blanks and signs nobody sees do not count."""
    return " ".join("".join(sign for sign in name if sign.isprintable() or sign.isspace()).split()).casefold()


class Values(TypedDict, total=False):
    """What people enter about a touchpoint."""

    name: str
    description: str
    channel: str
    ownership: Ownership
    access: Access
    department_id: int | None
    expectation: str
    target: float | None


PLAIN: Values = {
    "name": "",
    "description": "",
    "channel": "",
    "ownership": Ownership.OWN,
    "access": Access.MULTI_ACCESS,
    "department_id": None,
    "expectation": "",
    "target": None,
}
LAYER_NAMES = {"website", "web site", "web", "homepage", "app", "mobile app", "portal", "customer portal", "online"}
HANGS = {
    "tally": N_("Customers have answered about it."),
    "insight": N_("Insights are about it."),
    "initiative_touchpoint": N_("Initiatives are about it."),
    "candidate": N_("Triage has decided about it."),
    "stop": N_("It stands in a journey."),
    "signature": N_("It is a signature touchpoint."),
}
"""Table that refers to a touchpoint -> why the touchpoint stays."""


async def get(session: AsyncSession, touchpoint_id: int) -> Touchpoint:
    found = await find(session, Touchpoint, touchpoint_id)
    if found is None:
        raise NotFound(N_("There is no such touchpoint."))
    return found


async def add(session: AsyncSession, values: Values, *, by: Actor) -> Touchpoint:
    """A new touchpoint. Invalid names each field that will not do, also a name that is taken."""
    wanted = await _checked(session, PLAIN | values, None)
    touchpoint = Touchpoint(**wanted, name_key=name_key(wanted["name"]))
    session.add(touchpoint)
    await _flush(session, wanted["name"])
    history.record(session, by, "added", "touchpoint", touchpoint.id, {"name": touchpoint.name})
    return touchpoint


async def change(
    session: AsyncSession, touchpoint: Touchpoint, values: Values, *, version: int | None, by: Actor
) -> dict[str, list[Any]]:
    """Change the given fields. Raises Stale, VersionMissing, Invalid. Answers what changed, field -> [before, after];
    a new ``target`` asks for a rescoring."""
    touchpoint.expect(version)
    before = values_of(touchpoint)
    wanted = await _checked(session, before | values, touchpoint.id)
    changes = history.differences(before, wanted)
    if not changes:
        return {}
    for name, value in wanted.items():
        setattr(touchpoint, name, value)
    touchpoint.name_key = name_key(touchpoint.name)
    await _flush(session, touchpoint.name)
    history.record(session, by, "changed", "touchpoint", touchpoint.id, changes)
    return changes


async def remove(session: AsyncSession, touchpoint: Touchpoint, *, version: int | None, by: Actor) -> None:
    """Take it out of the register. Conflict says what hangs on it."""
    touchpoint.expect(version)
    for reason in await hanging(session, touchpoint.id):
        raise Conflict(reason)
    history.record(session, by, "removed", "touchpoint", touchpoint.id, {"name": touchpoint.name})
    await session.delete(touchpoint)
    await session.flush()


async def hanging(session: AsyncSession, touchpoint_id: int) -> list[str]:
    """Why it cannot be removed: whatever in HANGS refers to it. Responses, of which there are millions, are not asked:
    all of them are tallied."""
    found = []
    for table in Base.metadata.sorted_tables:
        if table.name not in HANGS:
            continue
        keys = [key.parent for key in table.foreign_keys if key.column.table is Touchpoint.__table__]
        if await session.scalar(select(exists().where(or_(*(key == touchpoint_id for key in keys))))):
            found.append(HANGS[table.name])
    return found


def layer_warning(name: str) -> Text | None:
    """A word when this looks like an interaction layer, which is not a touchpoint."""
    if name_key(name) not in LAYER_NAMES:
        return None
    return Text(
        N_(
            "“%(name)s” sounds like an interaction layer: it accompanies customers through all phases and is not one "
            "moment. Touchpoints are the moments in it, such as finding a product or signing in."
        ),
        {"name": name},
    )


def values_of(touchpoint: Touchpoint) -> Values:
    return {name: getattr(touchpoint, name) for name in PLAIN}  # type: ignore[return-value] # the same keys


async def _checked(session: AsyncSession, values: Mapping[str, Any], own_id: int | None) -> dict[str, Any]:
    """The values as they can be kept; Invalid names each field that cannot."""
    wanted = dict(values)
    wanted |= {name: wording.one_line(wanted[name]) for name in ("name", "channel")}
    wanted |= {name: wanted[name].strip() for name in ("description", "expectation")}
    lengths = {"name": wording.NAME_MOST, "channel": 100, "description": wording.TEXT_MOST, "expectation": 2000}
    found = {name: wording.wrong(wanted[name], most, required=name == "name") for name, most in lengths.items()}
    found["name"] = found["name"] or wording.wrong(name_key(wanted["name"]), wording.NAME_MOST)
    found["name"] = found["name"] or await _taken(session, wanted["name"], own_id)
    found["target"] = _wrong_target(wanted["target"])
    department_id = wanted["department_id"]
    if department_id is not None and await find(session, Department, department_id) is None:
        found["department_id"] = Text(N_("There is no such department."))
    if wrong := {name: text for name, text in found.items() if text is not None}:
        raise Invalid(wrong)
    return wanted


def _wrong_target(target: float | None) -> Text | None:
    if target is None or (math.isfinite(target) and 0 <= target <= 10):
        return None
    return Text(N_("Enter a number from %(low)s to %(high)s."), {"low": 0, "high": 10})


async def _taken(session: AsyncSession, name: str, own_id: int | None) -> Text | None:
    known = await session.scalar(select(Touchpoint.id).where(Touchpoint.name_key == name_key(name)))
    return None if known is None or known == own_id else _name_taken(name)


def _name_taken(name: str) -> Text:
    return Text(N_("There is a touchpoint called “%(name)s” already."), {"name": name})


async def _flush(session: AsyncSession, name: str) -> None:
    """Write; when somebody else took the name in this very moment, say so."""
    try:
        await session.flush()
    except IntegrityError as error:
        raise Invalid({"name": _name_taken(name)}) from error
