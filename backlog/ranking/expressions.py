"""The score as SQL: the same steps on the same doubles as ``scoring.points``, so both give the same whole number."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Double, FunctionElement, Integer, case, cast, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from backlog.initiatives.criteria import UNKNOWN_PEAK
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import RANKED
from backlog.scoring import MICRO, MISSING, Weights


def known(columns: Any) -> dict[str, ColumnElement[float | None]]:
    """Each criterion as far as it is known, of Initiative or of what was selected from it: rated, else suggested,
    else NULL; urgency as `criteria.urgency` has it."""
    return {
        "importance": func.coalesce(columns.rated_importance, columns.suggested_importance),
        "urgency": func.coalesce(
            func.coalesce(columns.rated_urgency, columns.suggested_urgency)
            * func.coalesce(columns.urgency_share, literal(1.0, Double)),
            literal(UNKNOWN_PEAK, Double) * columns.urgency_share,
        ),
        "maturity": func.coalesce(columns.rated_maturity, columns.suggested_maturity),
        "effort_benefit": columns.rated_effort_benefit,
    }


KNOWN = known(Initiative)
IS_RANKED: ColumnElement[bool] = Initiative.stage.in_(RANKED)


class whole(FunctionElement[int]):  # noqa: N801 - reads as the SQL function it stands for
    """A number of 0 or more rounded to a whole one, halves up: floor(x + 1/2) on every database."""

    type = BigInteger()
    name = "whole"
    inherit_cache = True


@compiles(whole)
def _whole(element: whole, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(floor({compiler.process(element.clauses, **options)} + 0.5) AS BIGINT)"


@compiles(whole, "sqlite")
def _whole_on_sqlite(element: whole, compiler: SQLCompiler, **options: Any) -> str:
    # The cast cuts off, which is the floor here; floor() itself is left out of some builds.
    return f"CAST(({compiler.process(element.clauses, **options)}) + 0.5 AS INTEGER)"


def points(weights: Weights) -> ColumnElement[int]:
    """The points (0-1000) of an initiative under these weights; what is missing counts as 5."""
    parts = [
        whole(literal(100 * MICRO * weight, Double) * func.coalesce(KNOWN[criterion], literal(MISSING, Double)))
        for criterion, weight in weights.as_dict().items()
    ]
    total = parts[0] + parts[1] + parts[2] + parts[3] + literal(MICRO // 2, BigInteger)
    return cast(total // literal(MICRO, BigInteger), Integer)


def ranked_points(weights: Weights) -> ColumnElement[int | None]:
    """The points where the stage is a ranked one, else NULL."""
    return case((IS_RANKED, points(weights)))
