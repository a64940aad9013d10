"""A table read piece by piece."""

from collections.abc import Generator
from dataclasses import dataclass

from backlog.imports.checks import Found, Reading
from backlog.imports.names import Names
from backlog.imports.previews import Table
from backlog.imports.recipes import Recipe

AT_ONCE = 20_000  # rows read, inserted and committed together


@dataclass(frozen=True, slots=True)
class Unknown:
    """Names the register does not hold, clean -> as written. Whoever is told decides about them, before asking on."""

    touchpoints: dict[str, str]
    personas: dict[str, str]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read, and how; ``days`` as a ``Reading`` takes it."""

    table: Table
    recipe: Recipe
    register: Names
    days: type


Pieces = Generator[Found | Unknown, None, None]


def read(order: Order) -> Pieces:
    """Raises Refused where the table stops being one, or when it lacks columns of the recipe."""
    reading = Reading(order.recipe, order.table.names, order.register, days=order.days)
    meanings = reading.meanings
    for first, rows in order.table.chunks(AT_ONCE):
        found = reading.read(first, rows)
        if meanings.new_touchpoints or meanings.new_personas:
            yield Unknown(dict(meanings.new_touchpoints), dict(meanings.new_personas))
            meanings.forget_names()
            found = reading.read(first, rows)
        yield found
