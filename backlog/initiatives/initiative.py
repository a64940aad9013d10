"""The initiative: the unit of the backlog, and the verbs that move it."""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import JSON, Connection, ForeignKey, Index, String, Text, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column
from sqlalchemy.orm.attributes import flag_modified

from backlog import history, wording
from backlog.database import Base, Id, Versioned
from backlog.errors import N_, Invalid
from backlog.errors import Text as Sentence
from backlog.initiatives.keys import key_of
from backlog.initiatives.stages import MOVES, REASON_MOST, Facts, NotYet, Stage, Verb, lacking, next_verb, target

TITLE_MOST = 300  # characters


class Initiative(Versioned, Base):
    """``rated_*`` is the median of the ratings, ``suggested_*`` what the data suggests, both 0-10; the criterion is
    the first that is known; ``importance_spread`` and ``urgency_spread`` are how much more or less the suggested ones
    may be. ``points`` is the score in hundredths (0-1000) under the agreed weights; ``is_ranked`` follows from the
    stage; ``stage_before`` is where it wakes up again after parking. ``dependencies`` is what it waits for;
    ``independent``: it waits for nothing. By ``due_on`` it is to be delivered.

    ``urgency_profile`` is the record of how urgency goes over time, ``urgency_share`` (0-1) what of its peak it has
    today; both None when it is the same every day. ``touched_at`` is when anybody last did something on it."""

    __tablename__ = "initiative"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - a key is never given to another initiative
    uncounted: ClassVar[frozenset[str]] = frozenset(
        {
            "suggested_importance",
            "suggested_urgency",
            "importance_spread",
            "urgency_spread",
            "suggested_maturity",
            "urgency_share",
            "points",
            "is_ranked",
            "touched_at",
        }
    )

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(TITLE_MOST))
    problem: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    effect: Mapped[str] = mapped_column(Text, default="")
    dependencies: Mapped[str] = mapped_column(Text, default="")
    independent: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[Stage] = mapped_column(default=Stage.PROPOSED, index=True)
    stage_before: Mapped[Stage | None]
    stage_since: Mapped[dt.datetime]
    stage_reason: Mapped[str] = mapped_column(Text, default="")
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="SET NULL"), index=True)
    due_on: Mapped[dt.date | None]
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    touched_at: Mapped[dt.datetime] = mapped_column(default=history.now)
    rated_importance: Mapped[float | None]
    rated_urgency: Mapped[float | None]
    rated_maturity: Mapped[float | None]
    rated_effort: Mapped[float | None]
    rated_benefit: Mapped[float | None]
    rated_effort_benefit: Mapped[float | None]
    suggested_importance: Mapped[float | None]
    importance_spread: Mapped[float | None]
    suggested_urgency: Mapped[float | None]
    urgency_spread: Mapped[float | None]
    suggested_maturity: Mapped[float | None]
    urgency_profile: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    urgency_share: Mapped[float | None]
    points: Mapped[int] = mapped_column(default=500)
    is_ranked: Mapped[bool] = mapped_column(default=True)

    @property
    def key(self) -> str:
        return key_of(self.id)

    @property
    def next_verb(self) -> Verb | None:
        return next_verb(self.stage)

    def touch(self) -> None:
        """Count a change of what belongs to it (ratings, evidence, departments) as a change of its own."""
        flag_modified(self, "title")

    def facts(self, *, has_evidence: bool) -> Facts:
        """What it has of what the steps need; importance and urgency may be rated or suggested."""
        return Facts(
            problem=bool(self.problem.strip()),
            evidence=has_evidence,
            lead=self.lead_id is not None,
            next_step=bool(self.next_step.strip()),
            effort=self.rated_effort is not None,
            benefit=self.rated_benefit is not None,
            importance=self.rated_importance is not None or self.suggested_importance is not None,
            urgency=self.rated_urgency is not None or self.suggested_urgency is not None,
            effect=bool(self.effect.strip()),
        )

    def start_scoring(self, *, has_evidence: bool) -> None:
        """Open it for ratings. NotYet without a problem and some evidence."""
        self.move(Verb.START_SCORING, has_evidence=has_evidence)

    def make_ready(self) -> None:
        """It can be decided on. NotYet without lead, next step, effort, benefit, importance and urgency."""
        self.move(Verb.MAKE_READY)

    def start_delivery(self) -> None:
        self.move(Verb.START_DELIVERY)

    def start_measuring(self) -> None:
        """It is delivered; see whether it helped. NotYet without an expected effect."""
        self.move(Verb.START_MEASURING)

    def finish(self) -> None:
        self.move(Verb.FINISH)

    def send_back(self, reason: str) -> None:
        self.move(Verb.SEND_BACK, reason=reason)

    def park(self, reason: str) -> None:
        self.move(Verb.PARK, reason=reason)

    def wake(self) -> None:
        """Back to the stage it was parked from."""
        self.move(Verb.WAKE)

    def drop(self, reason: str) -> None:
        self.move(Verb.DROP, reason=reason)

    def reopen(self) -> None:
        self.move(Verb.REOPEN)

    def move(self, verb: Verb, *, reason: str = "", has_evidence: bool = False) -> None:
        """Any of the verbs by its name. Conflict from a wrong stage, NotYet when something is missing, Invalid
        without a reason where one is needed. ``has_evidence`` matters to start_scoring alone."""
        to = target(verb, self.stage, self.stage_before)
        if missing := lacking(verb, self.facts(has_evidence=has_evidence)):
            raise NotYet(missing)
        reason = checked_reason(verb, reason)
        self.stage_before = self.stage if verb is Verb.PARK else None
        self.stage, self.stage_since, self.stage_reason = to, history.now(), reason


def checked_reason(verb: Verb, reason: str) -> str:
    """The reason without outer blanks; Invalid when it is missing where needed, or too long."""
    reason = reason.strip()
    if not reason and MOVES[verb].needs_reason:
        raise Invalid({"reason": Sentence(N_("Say why, so that others can follow."))})
    if problem := wording.wrong(reason, REASON_MOST):
        raise Invalid({"reason": problem})
    return reason


Index("ix_initiative_rank", Initiative.is_ranked, Initiative.points.desc(), Initiative.id)


@event.listens_for(Initiative, "before_update")
def _note_touch(mapper: Mapper[Any], connection: Connection, target: Initiative) -> None:
    """Whatever people change, in the initiative or in what belongs to it, is a sign that somebody cares."""
    changed = {attribute.key for attribute in inspect(target).attrs if attribute.history.has_changes()}
    if changed - target.uncounted:
        target.touched_at = history.now()


class Contribution(Base):
    """A department that contributes to an initiative it does not lead."""

    __tablename__ = "initiative_department"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    department_id: Mapped[int] = mapped_column(
        ForeignKey("department.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class InitiativeTouchpoint(Base):
    """Evidence: a touchpoint the initiative is about; the one with the lowest position names it in lists."""

    __tablename__ = "initiative_touchpoint"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    touchpoint_id: Mapped[int] = mapped_column(
        ForeignKey("touchpoint.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)


class InitiativeInsight(Base):
    """Evidence: an insight the initiative answers."""

    __tablename__ = "initiative_insight"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    insight_id: Mapped[int] = mapped_column(ForeignKey("insight.id", ondelete="CASCADE"), primary_key=True, index=True)
