"""Atlassian's document as a judge of the fake, less the places where Jira itself does not keep to it."""

import dataclasses
import re

from tests.trackers.contracts import Answered, Asked, Contract

# What the document (cut to synchronisation) does not hold: read from Jira's own pages and from captures.
BESIDE = (
    r".*/rest/api/[^/]+/(search|project/search|project|project/[^/]+/components?|priority|status)$"
    r"|.*/rest/api/2/|.*/rest/webhooks/|/oauth/|/authorize"
)
# Jira writes +0000 where RFC 3339 wants +00:00, as the examples in the document itself do; an empty side of a change
# is null; an answer of 204 has no body although the document gives it a type.
DEVIATIONS = re.compile(
    r"'[^']+\+0000' is not a 'date-time'"
    r"|\.items\[\d+\]\.(from|to|fromString|toString): None (for not nullable|is not of type)"
    r"|answer 204 MissingData"
)
DOOR = re.compile(r"^/ex/jira/[^/]+")


class JiraContract(Contract):
    """Judges both doors, the site's and the gateway's."""

    def check(self, asked: Asked, answered: Answered | None = None) -> list[str]:
        inside = dataclasses.replace(asked, path=DOOR.sub("", asked.path))
        return [breach for each in super().check(inside, answered) if (breach := _undeviating(each))]


def jira_contract(context_path: str = "") -> JiraContract:
    read = Contract.read("jira-issues", prefix=context_path, beside=BESIDE)
    return JiraContract(read.operations, read.prefix, read.beside)


def _undeviating(breach: str) -> str:
    """What is left of a breach without the known deviations; empty when nothing is."""
    place, _, found = breach.partition(": ")
    kept = [part for part in found.split("; ") if not DEVIATIONS.search(part)]
    return f"{place}: {'; '.join(kept)}" if kept else ""
