"""Single responses that can be seen: those of imports that are loaded."""

from typing import Any

from sqlalchemy import Select, select

from backlog.evidence.measures import Measure
from backlog.evidence.responses import Response
from backlog.imports.surveys import Import, ImportState


def listed(*, touchpoint_id: int | None = None, measure: str | None = None) -> Select[*tuple[Any, ...]]:
    """Columns of the responses about this touchpoint and of this measure; all where nothing is asked for."""
    found: Select[*tuple[Any, ...]] = (
        select(
            Response.id,
            Response.touchpoint_id.label("touchpoint"),
            Measure.name.label("measure"),
            Response.persona_id.label("persona"),
            Response.answered_on,
            Response.value,
            Response.weight,
            Response.respondent,
            Response.import_id,
        )
        .join(Measure, Measure.id == Response.measure_id)
        .join(Import, Import.id == Response.import_id)
        .where(Import.state == ImportState.LOADED)
    )
    if touchpoint_id is not None:
        found = found.where(Response.touchpoint_id == touchpoint_id)
    return found if measure is None else found.where(Measure.name == measure)
