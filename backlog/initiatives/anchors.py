"""What a number means: the question behind each input and written anchors, shown where people rate."""

from collections.abc import Mapping

from backlog.errors import N_
from backlog.initiatives.ratings import RatedInput

LABELS: Mapping[RatedInput, str] = {
    RatedInput.IMPORTANCE: N_("Importance"),
    RatedInput.URGENCY: N_("Urgency"),
    RatedInput.MATURITY: N_("Maturity"),
    RatedInput.EFFORT: N_("Effort"),
    RatedInput.BENEFIT: N_("Benefit"),
}

QUESTIONS: Mapping[RatedInput, str] = {
    RatedInput.IMPORTANCE: N_("How much does it matter to customers?"),
    RatedInput.URGENCY: N_("What does waiting cost?"),
    RatedInput.MATURITY: N_("How ready is the idea to be decided on?"),
    RatedInput.EFFORT: N_("How much work is the smallest next step, for all departments together?"),
    RatedInput.BENEFIT: N_("How much better does it make the experience, and for how many?"),
}

ANCHORS: Mapping[RatedInput, Mapping[int, str]] = {
    RatedInput.IMPORTANCE: {
        0: N_("Customers do not notice it."),
        3: N_("Some notice it; it changes nothing for them."),
        5: N_("Most notice it; it is part of a normal experience."),
        7: N_("It colours how they judge the whole experience."),
        10: N_("It decides whether they come back or recommend us."),
    },
    RatedInput.URGENCY: {
        0: N_("It can wait for ever; nothing gets worse."),
        3: N_("It can wait a year."),
        5: N_("It should start within half a year."),
        7: N_("It gets worse each month, or a season is near."),
        10: N_("Every week costs customers, or a fixed date is close."),
    },
    RatedInput.MATURITY: {
        0: N_("Only a wish so far."),
        3: N_("The problem is described and evidence is linked."),
        5: N_("The smallest next step and its effect are named."),
        7: N_("A department leads it and the effort is estimated."),
        10: N_("Dependencies are clear; it could start tomorrow."),
    },
    RatedInput.EFFORT: {
        1: N_("Hours; one person can do it alone."),
        3: N_("Days; within one department."),
        5: N_("Weeks; two departments agree."),
        7: N_("Months; several departments, some money."),
        10: N_("More than a year, or large investment."),
    },
    RatedInput.BENEFIT: {
        1: N_("Hardly anybody would notice."),
        3: N_("A small relief for some customers."),
        5: N_("A clear relief for some, or a small one for most."),
        7: N_("A clear relief for most customers."),
        10: N_("It turns a weak moment into one that people talk about."),
    },
}
