"""What the fields are called that the history tells of, and their values."""

from collections.abc import Mapping
from typing import Any

from backlog.errors import N_
from backlog.evidence.journeys import SCENARIO_LABELS
from backlog.evidence.touchpoints import ACCESS_LABELS, OWNERSHIP_LABELS
from backlog.people import roles

FIELDS = {
    "access": N_("access"),
    "attributes": N_("attributes"),
    "base_url": N_("address"),
    "channel": N_("channel"),
    "code": N_("code"),
    "dependencies": N_("what it waits for"),
    "department_id": N_("department"),
    "departments": N_("contributing departments"),
    "description": N_("description"),
    "due_on": N_("due date"),
    "effect": N_("expected effect"),
    "email": N_("e-mail address"),
    "expectation": N_("expectation"),
    "derived_importance": N_("derived importance"),
    "large_footprints_from": N_("target for large footprints, from"),
    "large_footprints_to": N_("target for large footprints, to"),
    "independent": N_("waits for nothing"),
    "lead": N_("lead"),
    "locale": N_("language"),
    "name": N_("name"),
    "next_step": N_("smallest next step"),
    "organisation": N_("organisation"),
    "ownership": N_("ownership"),
    "persona_id": N_("persona"),
    "phases": N_("phases"),
    "probability": N_("probability"),
    "problem": N_("problem"),
    "project": N_("project"),
    "reason": N_("reason"),
    "review_on": N_("look again on"),
    "role": N_("role"),
    "scenario": N_("scenario"),
    "score_months": N_("score window"),
    "signature_cap": N_("signature cap"),
    "stale_weeks": N_("weeks until stale"),
    "signature_from": N_("target for signature touchpoints, from"),
    "signature_to": N_("target for signature touchpoints, to"),
    "small_steps_from": N_("target for small steps, from"),
    "small_steps_to": N_("target for small steps, to"),
    "target": N_("target"),
    "theme": N_("appearance"),
    "threshold": N_("threshold"),
    "title": N_("title"),
    "top": N_("size of the top"),
}
VALUES: Mapping[str, Mapping[Any, str]] = {
    "access": ACCESS_LABELS,
    "ownership": OWNERSHIP_LABELS,
    "role": roles.LABELS,
    "scenario": SCENARIO_LABELS,
}
"""What the codes of a field are called."""
