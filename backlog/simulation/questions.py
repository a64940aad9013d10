"""Which estimate to firm up next: the one that, if it were known, would most probably change the top of the list. Pure.

An input is put to each of its possible values while everything else stays at its likely value under the agreed weights.
"""

import heapq
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from backlog import scoring
from backlog.initiatives import criteria
from backlog.scoring import CRITERIA
from backlog.simulation import draws as drawn
from backlog.simulation.draws import Estimates, Points, Reals
from backlog.simulation.robustness import Simulation

MOST = 7
LEAST = 0.05
"""Less probable changes are not worth a question."""


@dataclass(frozen=True, slots=True)
class Question:
    """``input`` of the initiative: with this probability (0-1) the top k changes once it is known."""

    initiative_id: int
    input: str
    p_change: float


def questions(simulation: Simulation, most: int = MOST) -> list[Question]:
    """The most telling first; none where nothing would change, or all are in the top k anyway."""
    now = {each: likely(known) for each, known in simulation.estimates.items()}
    points = {each: scoring.points(values, simulation.weights) for each, values in now.items()}
    bar = sorted(points.values(), reverse=True)[: simulation.top + 1]
    if len(points) <= simulation.top:
        return []
    asked = (
        question
        for each, known in list(simulation.estimates.items())[: simulation.exact]
        for question in _of_one(simulation, each, known, now[each], points[each], bar)
    )
    return heapq.nlargest(most, asked, key=lambda question: question.p_change)


def _of_one(
    simulation: Simulation, initiative_id: int, known: Estimates, now: scoring.Values, points: int, bar: list[int]
) -> Iterator[Question]:
    others = list(bar)
    if points in others:
        others.remove(points)
    to_reach = others[simulation.top - 1]  # whoever has as much shares the place
    is_in = points >= to_reach
    for name, found in _if_known(simulation, initiative_id, known, now):
        changes = float(((found >= to_reach) != is_in).mean())
        if changes >= LEAST:
            yield Question(initiative_id, name, changes)


def _if_known(
    simulation: Simulation, initiative_id: int, known: Estimates, now: scoring.Values
) -> Iterator[tuple[str, Points]]:
    """Input -> points for each of its possible values, of all inputs that are not certain."""
    inputs = drawn.of_inputs(known, initiative_id, simulation.draws, simulation.seed)
    for name, criterion, values in _criteria(known, inputs):
        if values.min() < values.max():
            weight = np.float32(getattr(simulation.weights, criterion))
            yield name, drawn.rounded(_others(simulation, now, criterion) + weight * values)


def _criteria(known: Estimates, inputs: Mapping[str, Reals]) -> Iterator[tuple[str, str, Reals]]:
    """Each input with the criterion it makes for each of its values; effort and benefit with the other as it is."""
    for name in CRITERIA[:3]:
        yield name, name, inputs[name]
    effort, benefit = _median(known, "effort"), _median(known, "benefit")
    if effort is None or benefit is None:
        yield "effort" if effort is None else "benefit", "effort_benefit", inputs["benefit"]
    else:
        yield "effort", "effort_benefit", drawn.balanced(inputs["effort"], benefit)
        yield "benefit", "effort_benefit", drawn.balanced(effort, inputs["benefit"])


def _others(simulation: Simulation, now: scoring.Values, criterion: str) -> float:
    """What the other criteria bring, 0-10."""
    values = {name: scoring.MISSING if value is None else value for name, value in now.items()}
    return sum(weight * values[name] for name, weight in simulation.weights.as_dict().items() if name != criterion)


def likely(known: Estimates) -> dict[str, float | None]:
    """The criteria as the backlog counts them: medians of what is likely."""
    effort, benefit = _median(known, "effort"), _median(known, "benefit")
    balance = None if effort is None or benefit is None else criteria.effort_benefit(effort, benefit)
    return {**{name: _median(known, name) for name in CRITERIA[:3]}, "effort_benefit": balance}


def _median(known: Estimates, name: str) -> float | None:
    raters = known.get(name) or ()
    return statistics.median(likely for _, likely, _ in raters) if raters else None
