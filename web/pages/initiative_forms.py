"""The form of an initiative: what it offers to choose from, and what was typed into it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from litestar.datastructures import FormMultiDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import N_, Invalid, Text
from backlog.evidence.journeys import Phase
from backlog.evidence.touchpoints import Touchpoint
from backlog.initiatives.initiative import Initiative
from backlog.people.departments import Department

TEXTS = ("title", "problem", "next_step", "effect", "dependencies", "due_on", "lead")
WORDS = (*TEXTS, "independent", "departments")
"""What the form changes."""


@dataclass(frozen=True)
class Typed:
    """What the form says, as it was typed; ids as text, so that nothing typed gets lost."""

    title: str = ""
    problem: str = ""
    next_step: str = ""
    effect: str = ""
    dependencies: str = ""
    independent: bool = False
    due_on: str = ""
    lead: str = ""
    departments: Sequence[str] = field(default_factory=list)
    touchpoints: Sequence[str] = ()
    insights: Sequence[str] = ()

    @classmethod
    def read(cls, form: FormMultiDict) -> "Typed":
        """From a posted form. Browsers send line breaks as CR LF; only LF is kept."""
        texts = {name: str(form.get(name, "")).replace("\r\n", "\n") for name in TEXTS}
        return cls(
            **texts,
            independent="independent" in form,
            departments=[str(each) for each in form.getall("departments", [])],
            touchpoints=[str(each) for each in form.getall("touchpoints", [])],
            insights=[str(each) for each in form.getall("insights", [])],
        )

    @classmethod
    def of(cls, initiative: Initiative, contributing: Sequence[Department]) -> "Typed":
        """What the form says for an initiative as it stands."""
        return cls(
            title=initiative.title,
            problem=initiative.problem,
            next_step=initiative.next_step,
            effect=initiative.effect,
            dependencies=initiative.dependencies,
            independent=initiative.independent,
            due_on=initiative.due_on.isoformat() if initiative.due_on else "",
            lead=str(initiative.lead_id or ""),
            departments=[str(department.id) for department in contributing],
        )

    @property
    def words(self) -> dict[str, Any]:
        """What the form changes, field by field."""
        return {name: getattr(self, name) for name in WORDS}

    def taking(self, values: Mapping[str, Any]) -> "Typed":
        """With these in place of what was typed; what does not fit its field is left out."""
        fitting = {
            name: value
            for name, value in values.items()
            if name in WORDS and isinstance(value, type(BLANK.words[name]))
        }
        return replace(self, **fitting)

    @property
    def proposal(self) -> dict[str, Any]:
        """For initiatives.propose. Invalid (``due_on``) for what is no day."""
        return {
            "title": self.title,
            "problem": self.problem,
            "next_step": self.next_step,
            "effect": self.effect,
            "dependencies": self.dependencies,
            "independent": self.independent,
            "due_on": day_of(self.due_on),
            "lead_id": one_id(self.lead),
            "contributing_ids": ids(self.departments),
            "touchpoint_ids": ids(self.touchpoints),
            "insight_ids": ids(self.insights),
        }

    @property
    def changes(self) -> dict[str, Any]:
        """For initiatives.change."""
        return {name: value for name, value in self.proposal.items() if not name.startswith(("touchpoint", "insight"))}


BLANK = Typed()


@dataclass(frozen=True)
class Choices:
    """What the form offers: departments, and touchpoints by phase."""

    departments: Sequence[tuple[int, str]] = ()
    touchpoints: Mapping[str, Sequence[tuple[int, str]]] = field(default_factory=dict)


async def choices(session: AsyncSession) -> Choices:
    departments = await session.execute(select(Department.id, Department.name).order_by(Department.name))
    found = await session.execute(
        select(Touchpoint.id, Touchpoint.name, Phase.name.label("phase"))
        .join(Phase, Phase.id == Touchpoint.phase_id, isouter=True)
        .order_by(Phase.position.nulls_last(), Touchpoint.name)
    )
    groups: dict[str, list[tuple[int, str]]] = {}
    for row in found:
        groups.setdefault(row.phase or "", []).append((row.id, row.name))
    return Choices([(row.id, row.name) for row in departments], groups)


def day_of(text: str) -> dt.date | None:
    """None for nothing. Invalid (``due_on``) for what is no day."""
    try:
        return dt.date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise Invalid({"due_on": Text(N_("This is no day; write it like 2027-01-31."))}) from error


def one_id(text: str) -> int | None:
    """None for an empty choice; what is no number becomes 0, which does not exist and is refused by name."""
    text = text.strip()
    return None if not text else int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def ids(texts: Sequence[str]) -> list[int]:
    return [number for number in map(one_id, texts) if number is not None]


def version_of(form: FormMultiDict) -> int | None:
    """The version a form was opened on; None when it does not say."""
    return one_id(str(form.get("version", "")))
