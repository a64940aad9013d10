"""Positioning: the few attributes a company wants to be known for, each put to six tests. One record, every version kept.

The tests are those of brand positioning: an attribute meets a relevant need, differentiates, motivates staff and
partners, lasts, is credible, and fits the strategy.
"""

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history, wording
from backlog.database import LARGEST_ID, Base
from backlog.errors import N_, Invalid, NotFound, Stale, Text, VersionMissing
from backlog.history import Actor

ATTRIBUTES_MOST = 7
NAME_MOST = 80
NOTE_MOST = 500


class Test(enum.StrEnum):
    """What an attribute is put to."""

    __test__ = False  # none of pytest's

    NEED = "need"
    DIFFERENTIATES = "differentiates"
    MOTIVATES = "motivates"
    LASTS = "lasts"
    CREDIBLE = "credible"
    FITS = "fits"


class Verdict(enum.StrEnum):
    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


TESTS: Mapping[Test, str] = {
    Test.NEED: N_("Meets a relevant need"),
    Test.DIFFERENTIATES: N_("Differentiates us"),
    Test.MOTIVATES: N_("Motivates staff and partners"),
    Test.LASTS: N_("Lasts"),
    Test.CREDIBLE: N_("Is credible"),
    Test.FITS: N_("Fits the strategy"),
}
VERDICTS: Mapping[Verdict, str] = {Verdict.YES: N_("Yes"), Verdict.NO: N_("No"), Verdict.UNCLEAR: N_("Unclear")}


class Positioning(Base):
    """One version of the record; the newest is the one that holds."""

    __tablename__ = "positioning"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attributes: Mapped[list[Any]]
    stated_by: Mapped[str] = mapped_column(String(200))
    stated_at: Mapped[dt.datetime]

    @property
    def listed(self) -> list["Attribute"]:
        return [Attribute.kept(each) for each in self.attributes]


@dataclass(frozen=True)
class Tested:
    verdict: Verdict = Verdict.UNCLEAR
    note: str = ""


@dataclass(frozen=True)
class Attribute:
    """A short name such as "calm"; what was not tested yet is unclear."""

    name: str
    tests: Mapping[Test, Tested] = field(default_factory=dict)

    @classmethod
    def kept(cls, kept: Mapping[str, Any]) -> "Attribute":
        tests = {Test(name): Tested(Verdict(each["verdict"]), each["note"]) for name, each in kept["tests"].items()}
        return cls(kept["name"], tests)

    def __getitem__(self, test: Test) -> Tested:
        return self.tests.get(test, Tested())

    @property
    def passes(self) -> int:
        """How many of the six tests it passes."""
        return sum(self[test].verdict is Verdict.YES for test in Test)

    @property
    def as_json(self) -> dict[str, Any]:
        tests = {test.value: {"verdict": self[test].verdict.value, "note": self[test].note} for test in Test}
        return {"name": self.name, "tests": tests}


async def latest(session: AsyncSession) -> Positioning | None:
    """The record as it holds now; None when nothing was stated yet."""
    return await session.scalar(select(Positioning).order_by(Positioning.version.desc()).limit(1))


async def get(session: AsyncSession, version: int) -> Positioning:
    """A version of the record; NotFound when there is none."""
    found = await session.get(Positioning, version) if 0 < version <= LARGEST_ID else None
    if found is None:
        raise NotFound(N_("There is no such version of the positioning."))
    return found


async def versions(session: AsyncSession) -> list[Positioning]:
    """All of them, the newest first."""
    return list(await session.scalars(select(Positioning).order_by(Positioning.version.desc())))


async def state(
    session: AsyncSession, attributes: Sequence[Attribute], *, based_on: int | None, by: Actor
) -> Positioning:
    """Keep a new version. `based_on`: the version it was made from, 0 when there was none. Invalid names what is wrong,
    as `name_1` or `note_1_lasts` and so on; Stale when somebody was faster; the present version when nothing changed."""
    if based_on is None:
        raise VersionMissing
    _check(attributes)
    before = await latest(session)
    if based_on != (before.version if before else 0):
        raise Stale(before)
    kept = [Attribute(" ".join(each.name.split()), _trimmed(each.tests)).as_json for each in attributes]
    if before is not None and before.attributes == kept:
        return before
    record = Positioning(version=based_on + 1, attributes=kept, stated_by=by.name, stated_at=history.now())
    session.add(record)
    try:
        await session.flush()
    except IntegrityError as error:  # two at the same moment
        raise Stale(before) from error
    names = [[each.name for each in one.listed] if one else [] for one in (before, record)]
    history.record(session, by, "stated the positioning", "positioning", record.version, {"attributes": names})
    return record


def _trimmed(tests: Mapping[Test, Tested]) -> dict[Test, Tested]:
    return {test: Tested(tested.verdict, tested.note.strip()) for test, tested in tests.items()}


def _check(attributes: Sequence[Attribute]) -> None:
    wrong: dict[str, Text] = {}
    if len(attributes) > ATTRIBUTES_MOST:
        wrong["attributes"] = Text(N_("At most %(most)s attributes: more are none."), {"most": ATTRIBUTES_MOST})
    names: set[str] = set()
    for place, attribute in enumerate(attributes[:ATTRIBUTES_MOST], start=1):
        name = " ".join(attribute.name.split())
        if problem := wording.wrong(name, NAME_MOST, required=True):
            wrong[f"name_{place}"] = problem
        elif name.casefold() in names:
            wrong[f"name_{place}"] = Text(N_("This attribute is there twice."))
        names.add(name.casefold())
        for test, tested in attribute.tests.items():
            if problem := wording.wrong(tested.note, NOTE_MOST):
                wrong[f"note_{place}_{test}"] = problem
    if wrong:
        raise Invalid(wrong)
