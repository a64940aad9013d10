"""The pages, one module per resource."""

from litestar.types import ControllerRouterHandler

from web.pages import (
    arrangements,
    departments,
    health,
    insights,
    initiatives,
    journeys,
    layers,
    people,
    personas,
    preferences,
    overall,
    sessions,
    settings,
    signatures,
    tokens,
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
    *people.ROUTES,
    *personas.ROUTES,
    *preferences.ROUTES,
    *overall.ROUTES,
    *sessions.ROUTES,
    *settings.ROUTES,
    *signatures.ROUTES,
    *tokens.ROUTES,
    *touchpoints.ROUTES,
    *welcome.ROUTES,
]
