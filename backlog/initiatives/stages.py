"""Stages of an initiative; the verbs that move it and their rules stand on the initiative."""

import enum

from backlog.errors import N_


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
