"""The REST API under /api/v1, one module per resource; bearer tokens only."""

from litestar.types import ControllerRouterHandler

ROUTES: list[ControllerRouterHandler] = []
