"""Every table in one place: importing this fills ``Base.metadata`` (migrations and tests need it whole)."""

from backlog import history, positioning, settings
from backlog.evidence import insights, journeys, layers, measures, personas, responses, scores, signatures, touchpoints
from backlog.importance import derivations, importance
from backlog.imports import surveys
from backlog.initiatives import comments, initiatives, ratings
from backlog.people import departments, persons, sessions, tokens
from backlog.ranking import overrides, standings, views
from backlog.rounds import guests, rounds
from backlog.simulation import ranges, runs
from backlog.trackers import budgets, conflicts, connections, hooks, links, status_names, tracker_comments, undelivered
from backlog.triage import candidates
from backlog.weights import weight_opinions, weights

__all__ = [
    "budgets",
    "candidates",
    "comments",
    "conflicts",
    "connections",
    "departments",
    "derivations",
    "guests",
    "history",
    "hooks",
    "importance",
    "initiatives",
    "insights",
    "journeys",
    "layers",
    "links",
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
    "status_names",
    "surveys",
    "tokens",
    "touchpoints",
    "tracker_comments",
    "undelivered",
    "views",
    "weight_opinions",
    "weights",
]
