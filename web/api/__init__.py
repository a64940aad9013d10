"""The REST API under /api/v1, one module per resource; bearer tokens only."""

from litestar.types import ControllerRouterHandler

from web.api import departments, journeys, personas

ROUTES: list[ControllerRouterHandler] = [
    *departments.ROUTES,
    *journeys.ROUTES,
    *personas.ROUTES,
]
