"""Candidates: what triage proposes, with the reason; one waiting per touchpoint."""

import datetime as dt
import enum
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, object_session

from backlog import history, wording
from backlog.database import Base, Id, Versioned
from backlog.errors import N_, Conflict, Text, checked
from backlog.history import Actor
from backlog.triage.rules import Cause, Reason, Snooze


class CandidateState(enum.StrEnum):
    OPEN = "open"
    SNOOZED = "snoozed"
    ACCEPTED = "accepted"
    MERGED = "merged"
    DISMISSED = "dismissed"
    SOLVED = "solved"


class Dismissal(enum.StrEnum):
    """Why a candidate does not become work."""

    ALREADY_SOLVED = "already solved"
    OUTSIDE_OUR_CONTROL = "outside our control"
    TOO_FEW_RESPONSES = "too few responses"
    NOT_WORTH_THE_EFFORT = "not worth the effort"
    OTHER = "other"


WAITING = (CandidateState.OPEN, CandidateState.SNOOZED)
DISMISSAL_LABELS = {
    Dismissal.ALREADY_SOLVED: N_("Already solved"),
    Dismissal.OUTSIDE_OUR_CONTROL: N_("Outside our control"),
    Dismissal.TOO_FEW_RESPONSES: N_("Too few responses"),
    Dismissal.NOT_WORTH_THE_EFFORT: N_("Not worth the effort"),
    Dismissal.OTHER: N_("Other"),
}
LONGEST_NOTE = 2000


class Candidate(Versioned, Base):
    """``reason`` holds the numbers the rule saw (``rules.Reason``), ``snooze`` what wakes it (``rules.Snooze``),
    ``outcome`` the words with which it woke or closed itself, ``score`` the score (0-10) when it was last decided or
    proposed; ``before`` is what undo goes back to, and what a merge has ``added`` to its initiative. New numbers
    (``cause``, ``reason``, ``score``) make nobody's form stale; a decision does."""

    __tablename__ = "candidate"
    uncounted: ClassVar[frozenset[str]] = frozenset({"cause", "reason", "score"})

    id: Mapped[Id]
    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"), index=True)
    cause: Mapped[Cause]
    state: Mapped[CandidateState] = mapped_column(default=CandidateState.OPEN, index=True)
    reason: Mapped[dict[str, Any]]
    score: Mapped[float]
    proposed_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(200))
    snooze: Mapped[dict[str, Any] | None]
    outcome: Mapped[dict[str, Any] | None]
    dismissal: Mapped[Dismissal | None]
    note: Mapped[str] = mapped_column(LongText, default="")
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiative.id", ondelete="SET NULL"), index=True)
    before: Mapped[dict[str, Any] | None]

    def fall_asleep(self, snooze: Snooze, *, by: Actor, today: dt.date) -> None:
        """Sleep until the date, the next survey or the change of score the snooze names; what sleeps may be told to
        sleep on."""
        self._must_be(*WAITING)
        if snooze.until is not None:
            checked(until=None if snooze.until > today else Text(N_("Choose a day after today.")))
        self._decide(CandidateState.SNOOZED, by, {"snooze": snooze.stored()})
        self.snooze = snooze.stored()

    def dismiss(self, dismissal: Dismissal, note: str, *, by: Actor) -> None:
        """Not now and not later, with a reason; it may come back when the score drops by another 0.5."""
        self._must_be(*WAITING)
        note = note.strip()
        checked(note=wording.wrong(note, LONGEST_NOTE) or _missing_words(dismissal, note))
        self._decide(CandidateState.DISMISSED, by, {"reason": dismissal.value, "note": note})
        self.dismissal, self.note = dismissal, note

    def accept(self, initiative_id: int, *, by: Actor) -> None:
        """It became this initiative."""
        self._must_be(*WAITING)
        self._decide(CandidateState.ACCEPTED, by, {"initiative": initiative_id})
        self.initiative_id = initiative_id

    def merge(self, initiative_id: int, *, by: Actor) -> None:
        """It became part of an initiative that was there already."""
        self._must_be(*WAITING)
        self._decide(CandidateState.MERGED, by, {"initiative": initiative_id})
        self.initiative_id = initiative_id

    def undo(self, *, by: Actor) -> None:
        """Take the last decision back. What the decision made elsewhere is undone by whoever made it."""
        if self.before is None:
            raise Conflict(N_("There is no decision to take back."))
        self._note(by, "took back", {"state": [self.state.value, self.before["state"]]})
        self.state = CandidateState(self.before["state"])
        self.snooze = self.before["snooze"]
        self.initiative_id = self.dismissal = self.decided_at = self.decided_by = self.before = None
        self.note = ""

    def wake(self, words: Text, *, by: Actor) -> None:
        """Open again, and say why."""
        self._note(by, "woke up", {"words": stored_text(words)})
        self.state, self.snooze, self.outcome, self.before = CandidateState.OPEN, None, stored_text(words), None
        self.decided_at = self.decided_by = None

    def solve(self, words: Text, *, by: Actor, at: dt.datetime) -> None:
        """Closed by the data; the words say so."""
        self._note(by, "solved", {"words": stored_text(words)})
        self.state, self.outcome, self.snooze, self.before = CandidateState.SOLVED, stored_text(words), None, None
        self.decided_at, self.decided_by = at, by.name

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    def read_reason(self) -> Reason:
        return Reason.of_stored(self.reason)

    def check_waiting(self) -> None:
        """Conflict, with who decided, when it no longer waits."""
        self._must_be(*WAITING)

    def _must_be(self, *states: CandidateState) -> None:
        if self.state not in states:
            raise Conflict(
                N_("This candidate was already decided by %(name)s. Nothing was changed."), name=self.decided_by or "?"
            )

    def _decide(self, state: CandidateState, by: Actor, more: dict[str, Any]) -> None:
        self._note(by, VERBS[state], more)
        self.before = {"state": self.state.value, "snooze": self.snooze}
        self.state, self.snooze, self.outcome = state, None, None
        self.decided_at, self.decided_by = history.now(), by.name

    def _note(self, by: Actor, verb: str, changes: dict[str, Any]) -> None:
        session = object_session(self)
        if session is not None:
            session.add(history.event(by, verb, "candidate", self.id, changes))


VERBS = {
    CandidateState.SNOOZED: "snoozed",
    CandidateState.DISMISSED: "dismissed",
    CandidateState.ACCEPTED: "made an initiative of",
    CandidateState.MERGED: "merged",
}

Index(
    "uq_candidate_waiting",
    Candidate.touchpoint_id,
    unique=True,
    sqlite_where=Candidate.state.in_(["open", "snoozed"]),
    postgresql_where=Candidate.state.in_(["open", "snoozed"]),
)


def _missing_words(dismissal: Dismissal, note: str) -> Text | None:
    return Text(N_("Say in a few words why.")) if dismissal is Dismissal.OTHER and not note else None


def stored_text(text: Text) -> dict[str, Any]:
    """A sentence as JSON can keep it, still to be translated."""
    return {"message": text.message, "params": dict(text.params)}


def read_text(stored: dict[str, Any]) -> Text:
    return Text(stored["message"], stored["params"])
