"""The REST API under /api/v1, one module per resource; bearer tokens only."""

from litestar.types import ControllerRouterHandler

from web.api import (
    candidates,
    conflicts,
    connections,
    departments,
    importance,
    imports,
    initiatives,
    insights,
    journeys,
    links,
    metrics,
    personas,
    positioning,
    responses,
    rounds,
    signatures,
    touchpoints,
    weight_opinions,
    weights,
)

ROUTES: list[ControllerRouterHandler] = [
    *touchpoints.ROUTES,
    *signatures.ROUTES,
    *insights.ROUTES,
    *candidates.ROUTES,
    *conflicts.ROUTES,
    *connections.ROUTES,
    *departments.ROUTES,
    *importance.ROUTES,
    *imports.ROUTES,
    *initiatives.ROUTES,
    *journeys.ROUTES,
    *links.ROUTES,
    *metrics.ROUTES,
    *personas.ROUTES,
    *positioning.ROUTES,
    *responses.ROUTES,
    *rounds.ROUTES,
    *weight_opinions.ROUTES,
    *weights.ROUTES,
]
