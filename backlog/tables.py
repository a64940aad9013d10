"""Every table in one place: importing this fills ``Base.metadata`` (migrations and tests need it whole)."""

from backlog import history, positioning, settings
from backlog.evidence import (
    derivations,
    insights,
    journeys,
    layers,
    measures,
    personas,
    responses,
    scores,
    signatures,
    touchpoints,
)
from backlog.imports import surveys
from backlog.initiatives import comments, guests, initiatives, ratings, rounds
from backlog.people import departments, persons, sessions, tokens
from backlog.ranking import overrides, ranges, runs, standings, views, weight_opinions, weights
from backlog.triage import candidates

__all__ = [
    "candidates",
    "comments",
    "departments",
    "derivations",
    "guests",
    "history",
    "initiatives",
    "insights",
    "journeys",
    "layers",
    "measures",
    "overrides",
    "personas",
    "persons",
    "positioning",
    "ranges",
    "ratings",
    "responses",
    "rounds",
    "runs",
    "scores",
    "sessions",
    "settings",
    "signatures",
    "standings",
    "surveys",
    "tokens",
    "touchpoints",
    "views",
    "weight_opinions",
    "weights",
]
