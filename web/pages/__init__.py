"""The pages, one module per resource."""

from litestar.types import ControllerRouterHandler

from web.pages import (
    arrangements,
    backlog,
    health,
    imports,
    initiatives,
    insights,
    journeys,
    lost,
    overall,
    people,
    preferences,
    register,
    sessions,
    settings,
    signatures,
    tokens,
    touchpoints,
    triage,
    weights,
    welcome,
)

ROUTES: list[ControllerRouterHandler] = [
    *arrangements.ROUTES,
    *backlog.ROUTES,
    *health.ROUTES,
    *imports.ROUTES,
    *insights.ROUTES,
    *initiatives.ROUTES,
    *journeys.ROUTES,
    *lost.ROUTES,
    *people.ROUTES,
    *preferences.ROUTES,
    *overall.ROUTES,
    *register.ROUTES,
    *sessions.ROUTES,
    *settings.ROUTES,
    *signatures.ROUTES,
    *tokens.ROUTES,
    *triage.ROUTES,
    *touchpoints.ROUTES,
    *weights.ROUTES,
    *welcome.ROUTES,
]
