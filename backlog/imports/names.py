"""The names a file and the database share: touchpoints, measures, personas."""

from dataclasses import dataclass, field

from backlog.imports.cells import Codes
from backlog.imports.readers import clean
from backlog.imports.recipes import Column, Recipe, Role, Scale, Shape

MOST_PERSONAS = 50


@dataclass(slots=True)
class Names:
    """Names as the database knows them, by ``clean`` name. A touchpoint with id None is to be set aside."""

    touchpoints: dict[str, int | None] = field(default_factory=dict)
    measures: dict[str, int] = field(default_factory=dict)
    personas: dict[str, int] = field(default_factory=dict)

    def touchpoint(self, name: str) -> int | None:
        return self.touchpoints.get(clean(name)) if name else None

    def learn(self, other: "Names") -> None:
        """Add what another copy of this register has come to hold."""
        self.touchpoints |= other.touchpoints
        self.measures |= other.measures
        self.personas |= other.personas


def measures_named(recipe: Recipe) -> dict[str, Scale]:
    """Measures the recipe itself names, with their scales: these may be made when they are new."""
    named: dict[str, Scale] = {}
    for column in (*recipe.of(Role.RATING), *recipe.of(Role.OVERALL)):
        named.setdefault(recipe.measure_of(column).strip(), recipe.scale_of(column))
    if recipe.shape is not Shape.WIDE:
        value = recipe.only(Role.VALUE) or recipe.only(Role.MEAN)
        named |= {name: recipe.scales[name] for name in recipe.scales}
        if value and clean(recipe.measure) not in map(clean, named):
            named[recipe.measure.strip()] = recipe.scale_of(value)
    return named


def touchpoints_named(recipe: Recipe) -> list[str]:
    """Touchpoints the recipe itself names, each once, in its order."""
    names = {clean(column.touchpoint): column.touchpoint.strip() for column in recipe.columns if column.touchpoint}
    if recipe.touchpoint:
        names[clean(recipe.touchpoint)] = recipe.touchpoint.strip()
    return list(names.values())


def codes_of(column: Column | None, recipe: Recipe) -> Codes:
    if column is None:
        return Codes([], {}, recipe.decimal)
    return Codes([*column.missing, *column.inapplicable], column.values, recipe.decimal)
