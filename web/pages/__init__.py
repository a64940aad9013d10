"""The pages, one module per resource."""

from litestar.types import ControllerRouterHandler

from web.pages import (
    departments,
    health,
    layers,
    people,
    personas,
    preferences,
    sessions,
    settings,
    tokens,
    welcome,
)

ROUTES: list[ControllerRouterHandler] = [
    *departments.ROUTES,
    *health.ROUTES,
    *layers.ROUTES,
    *people.ROUTES,
    *personas.ROUTES,
    *preferences.ROUTES,
    *sessions.ROUTES,
    *settings.ROUTES,
    *tokens.ROUTES,
    *welcome.ROUTES,
]
