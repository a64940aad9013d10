"""What is known of an import on its way in: whose it is, and what has been counted so far."""

from dataclasses import dataclass, field

from backlog.database import Database
from backlog.errors import N_, Conflict, Refused, Text
from backlog.history import Actor
from backlog.imports.checks import Found
from backlog.imports.meanings import no_such_touchpoint
from backlog.imports.names import Names
from backlog.imports.naming import Resolutions
from backlog.imports.recipes import Recipe
from backlog.imports.summaries import Summary
from backlog.imports.tallies import Tallies

MOST_UNREADABLE = 100_000  # rows kept with their reason; a file with more wrong rows than that has another fault
UNWANTED = no_such_touchpoint("").message
"""The reason of rows set aside on purpose: by the time they are counted, all names have been decided about."""


@dataclass
class Load:
    """``aside`` counts the rows set aside, ``unreadable`` those of them that nobody wanted aside."""

    database: Database
    import_id: int
    recipe: Recipe
    resolutions: Resolutions
    by: Actor
    register: Names
    strict: bool = False
    tallies: Tallies = field(default_factory=Tallies)
    summaries: list[Summary] = field(default_factory=list)
    created: list[int] = field(default_factory=list)
    warnings: list[Text] = field(default_factory=list)
    rows: int = 0
    aside: int = 0
    unreadable: int = 0
    responses: int = 0
    insights: int = 0
    uncounted: int = 0

    def count(self, found: Found) -> None:
        """Raises Conflict for a wrong row of a strict load, Refused for too many of any other."""
        if self.strict and found.wrong:
            raise Conflict(N_("The register changed while the rows were checked. Nothing was stored. Send them again."))
        self.tallies.count(found.alike)
        for summary in found.summaries:
            place = (summary.touchpoint_id, summary.measure_id, summary.month, summary.persona_id, None)
            self.tallies.add_summary(place, summary.n, summary.mean, summary.deviation)
        self.summaries += found.summaries
        self.rows += found.rows
        self.aside += len(found.wrong)
        self.unreadable += sum(each.reason.message != UNWANTED for each in found.wrong)
        self.responses += found.responses
        self.insights += len(found.comments)
        self.uncounted += found.uncounted
        if self.unreadable > MOST_UNREADABLE:
            raise Refused(
                N_("More than %(most)s rows cannot be read; the mapping does not fit this file. Nothing was imported."),
                most=MOST_UNREADABLE,
            )

    def refuse_without_answers(self) -> None:
        if self.responses or self.insights:
            return
        if self.uncounted:
            raise Refused(
                N_(
                    "All weights are 0, so no answer counts. Nothing was imported. Choose another weight column, or none."
                )
            )
        if self.aside and self.aside == self.rows:
            raise Refused(
                N_("Not one of the %(rows)s rows can be read with this mapping. Nothing was imported."), rows=self.rows
            )
        if not self.rows:
            raise Refused(N_("The file has column names but no rows. Nothing was imported."))
        raise Refused(
            N_("The file has no answers: every cell is blank or a code for “no answer”. Nothing was imported.")
        )
