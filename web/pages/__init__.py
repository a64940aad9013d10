"""The pages, one module per resource."""

from litestar.types import ControllerRouterHandler

from web.pages import (
    arrangements,
    departments,
    health,
    initiatives,
    insights,
    journeys,
    layers,
    lost,
    overall,
    people,
    personas,
    preferences,
    sessions,
    settings,
    signatures,
    tokens,
    triage,
    touchpoints,
    welcome,
)

ROUTES: list[ControllerRouterHandler] = [
    *arrangements.ROUTES,
    *departments.ROUTES,
    *health.ROUTES,
    *insights.ROUTES,
    *initiatives.ROUTES,
    *journeys.ROUTES,
    *layers.ROUTES,
    *lost.ROUTES,
    *people.ROUTES,
    *personas.ROUTES,
    *preferences.ROUTES,
    *overall.ROUTES,
    *sessions.ROUTES,
    *settings.ROUTES,
    *signatures.ROUTES,
    *tokens.ROUTES,
    *triage.ROUTES,
    *touchpoints.ROUTES,
    *welcome.ROUTES,
]
