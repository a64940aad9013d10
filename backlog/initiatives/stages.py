"""Stages of an initiative and the verbs that move it: from where, to where, by whom, and what each needs. Pure."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from backlog.errors import N_, Conflict, Text
from backlog.people.roles import Role


class Stage(enum.StrEnum):
    PROPOSED = "proposed"
    SCORING = "scoring"
    READY = "ready"
    IN_DELIVERY = "in delivery"
    MEASURING = "measuring"
    DONE = "done"
    PARKED = "parked"
    DROPPED = "dropped"


STEPS = (Stage.PROPOSED, Stage.SCORING, Stage.READY, Stage.IN_DELIVERY, Stage.MEASURING, Stage.DONE)
RANKED = STEPS[:5]
ENDED = (Stage.DONE, Stage.DROPPED)
LABELS = {
    Stage.PROPOSED: N_("Proposed"),
    Stage.SCORING: N_("Scoring"),
    Stage.READY: N_("Ready"),
    Stage.IN_DELIVERY: N_("In delivery"),
    Stage.MEASURING: N_("Measuring"),
    Stage.DONE: N_("Done"),
    Stage.PARKED: N_("Parked"),
    Stage.DROPPED: N_("Dropped"),
}


class Verb(enum.StrEnum):
    START_SCORING = "start_scoring"
    MAKE_READY = "make_ready"
    START_DELIVERY = "start_delivery"
    START_MEASURING = "start_measuring"
    FINISH = "finish"
    SEND_BACK = "send_back"
    PARK = "park"
    WAKE = "wake"
    DROP = "drop"
    REOPEN = "reopen"


@dataclass(frozen=True)
class Move:
    """What a verb does. ``target`` is None where it depends on where the initiative comes from."""

    sources: tuple[Stage, ...]
    target: Stage | None
    label: str
    done: str
    role: Role = Role.DEPARTMENT_LEAD
    needs: tuple[str, ...] = ()
    needs_reason: bool = False


MOVES: dict[Verb, Move] = {
    Verb.START_SCORING: Move(
        (Stage.PROPOSED,),
        Stage.SCORING,
        N_("Start scoring"),
        N_("%(key)s is open for scoring."),
        needs=("problem", "evidence"),
    ),
    Verb.MAKE_READY: Move(
        (Stage.SCORING,),
        Stage.READY,
        N_("Make ready"),
        N_("%(key)s is ready."),
        needs=("lead", "next_step", "effort", "benefit", "importance", "urgency"),
    ),
    Verb.START_DELIVERY: Move((Stage.READY,), Stage.IN_DELIVERY, N_("Start delivery"), N_("%(key)s is in delivery.")),
    Verb.START_MEASURING: Move(
        (Stage.IN_DELIVERY,),
        Stage.MEASURING,
        N_("Start measuring"),
        N_("%(key)s is being measured."),
        needs=("effect",),
    ),
    Verb.FINISH: Move((Stage.MEASURING,), Stage.DONE, N_("Finish"), N_("%(key)s is done."), role=Role.PRODUCT_OWNER),
    Verb.SEND_BACK: Move(
        STEPS[1:], None, N_("Send back one step"), N_("%(key)s went back one step."), needs_reason=True
    ),
    Verb.PARK: Move(RANKED, Stage.PARKED, N_("Park"), N_("%(key)s is parked."), needs_reason=True),
    Verb.WAKE: Move((Stage.PARKED,), None, N_("Wake"), N_("%(key)s is back where it was.")),
    Verb.DROP: Move(
        (*RANKED, Stage.PARKED),
        Stage.DROPPED,
        N_("Drop"),
        N_("%(key)s is dropped."),
        role=Role.PRODUCT_OWNER,
        needs_reason=True,
    ),
    Verb.REOPEN: Move(
        (Stage.DROPPED,), Stage.PROPOSED, N_("Reopen"), N_("%(key)s is proposed again."), role=Role.PRODUCT_OWNER
    ),
}
FORWARD = (Verb.START_SCORING, Verb.MAKE_READY, Verb.START_DELIVERY, Verb.START_MEASURING, Verb.FINISH)
REASON_MOST = 2_000  # characters

NEEDS = {
    "problem": N_("a problem"),
    "evidence": N_("evidence (a touchpoint or an insight)"),
    "lead": N_("a lead department"),
    "next_step": N_("the smallest next step"),
    "effort": N_("a rating of the effort"),
    "benefit": N_("a rating of the benefit"),
    "importance": N_("a known importance"),
    "urgency": N_("a known urgency"),
    "effect": N_("the expected effect"),
}


@dataclass(frozen=True)
class Facts:
    """What an initiative has of what the steps need."""

    problem: bool = False
    evidence: bool = False
    lead: bool = False
    next_step: bool = False
    effort: bool = False
    benefit: bool = False
    importance: bool = False
    urgency: bool = False
    effect: bool = False


class NotYet(Conflict):
    """Something is missing for the step; ``missing`` names all of it, worded in NEEDS."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(N_("Before this step it needs: %(missing)s."), missing=listed(self.missing))


def lacking(verb: Verb, facts: Facts) -> tuple[str, ...]:
    """What the verb needs and the facts do not have, all of it, in order."""
    return tuple(need for need in MOVES[verb].needs if not getattr(facts, need))


def listed(missing: Iterable[str]) -> Text:
    """The needs as one enumeration that can be translated."""
    first, *rest = missing
    text = Text(NEEDS[first])
    for need in rest:
        text = Text("%(before)s, %(last)s", {"before": text, "last": Text(NEEDS[need])})
    return text


def next_verb(stage: Stage) -> Verb | None:
    """The verb that leads one step on; None when there is none."""
    return next(
        (verb for verb in FORWARD if stage in MOVES[verb].sources), Verb.WAKE if stage is Stage.PARKED else None
    )


def possible(stage: Stage) -> tuple[Verb, ...]:
    """Every verb that this stage allows, the one that leads on first."""
    return tuple(verb for verb, move in MOVES.items() if stage in move.sources)


def target(verb: Verb, stage: Stage, before: Stage | None) -> Stage:
    """Where the verb leads from this stage. Conflict when it is not possible there."""
    move = MOVES[verb]
    if stage not in move.sources:
        raise Conflict(
            N_("“%(verb)s” is not possible now: the initiative is in the stage “%(stage)s”."),
            verb=Text(move.label),
            stage=Text(LABELS[stage]),
        )
    if move.target is not None:
        return move.target
    return STEPS[STEPS.index(stage) - 1] if verb is Verb.SEND_BACK else before or Stage.PROPOSED
