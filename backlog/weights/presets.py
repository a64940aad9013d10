"""Weights for those who come from RICE, ICE, WSJF or a weighted sum, with what each loses. Pure.

RICE, ICE and WSJF multiply and divide. The logarithm of a product is a sum, in which a factor counts by how many powers
of ten its scale spans; that gives the weights. Effort/benefit is a logarithm already, of a ratio over two powers of ten
(1/10-10), and so exact; importance and maturity are not, and so near. Of pairs of ideas drawn evenly over the scales,
95 in 100 stand as in RICE, 90 as in ICE, 84 as in WSJF (the tests count them).

RICE: McBride 2016, Intercom. ICE: Ellis and Brown 2017, Hacking Growth. WSJF: Reinertsen 2009, The Principles of Product
Development Flow, with the parts of cost of delay by SAFe. Equal weights: Dawes 1979, American Psychologist 34(7).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from backlog.errors import N_
from backlog.scoring import Weights

RATIO = 2.0  # benefit over effort, both 1-10
TENFOLD = 1.0  # a scale of 1-10
CONFIDENCE_OF_RICE = math.log10(100 / 50)  # half sure to sure, in percent


@dataclass(frozen=True)
class Preset:
    """`name`, `formula`, `counts` (what stands for what here) and `loses` (against agreed weights) are for people, to
    be translated."""

    name: str
    formula: str
    weights: Weights
    counts: str
    loses: str


PRESETS: Mapping[str, Preset] = {
    "rice": Preset(
        name=N_("RICE"),
        formula=N_("Reach × impact × confidence ÷ effort"),
        weights=Weights.normalised(TENFOLD, 0, CONFIDENCE_OF_RICE, RATIO),
        counts=N_(
            "Reach counts as importance, confidence as maturity, impact over effort as effort/benefit. What RICE "
            "multiplies is added here, so the order is close to that of RICE but not the same."
        ),
        loses=N_(
            "Urgency counts nothing: a deadline moves nothing up. In RICE, effort guessed at half the truth doubles the "
            "score; here it still adds 0.9 points."
        ),
    ),
    "ice": Preset(
        name=N_("ICE"),
        formula=N_("Impact × confidence × ease"),
        weights=Weights.normalised(0, 0, TENFOLD, RATIO),
        counts=N_(
            "Confidence counts as maturity, impact and ease as effort/benefit. What ICE multiplies is added here, so the "
            "order is close to that of ICE but not the same."
        ),
        loses=N_(
            "Neither what customers say matters to them nor urgency counts: the team's own guesses of benefit and "
            "effort decide. Effort guessed at half the truth adds 1 point to the score."
        ),
    ),
    "wsjf": Preset(
        name=N_("WSJF"),
        formula=N_("Cost of delay ÷ job size"),
        weights=Weights.normalised(TENFOLD / 2, TENFOLD / 2, 0, RATIO),
        counts=N_(
            "Value counts as importance and benefit, time criticality as urgency, job size as effort. Risk reduction has "
            "no counterpart here, so the order is only roughly that of WSJF."
        ),
        loses=N_(
            "Maturity counts nothing: an idea nobody has examined can come first. Small jobs win, and effort guessed at "
            "half the truth adds 1 point to the score."
        ),
    ),
    "sum": Preset(
        name=N_("Weighted sum, all equal"),
        formula=N_("Importance + urgency + maturity + effort/benefit"),
        weights=Weights(0.25, 0.25, 0.25, 0.25),
        counts=N_("Each criterion counts a quarter. Weights you already have can be entered as they are."),
        loses=N_(
            "Nobody has decided what matters more: what customers find important counts no more than how ready the idea is."
        ),
    ),
}
"""In the order to offer them. Each can be tried as what-if weights before anybody proposes it."""
