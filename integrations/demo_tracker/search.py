"""The search box's language, as much of it as synchronisation uses: qualifiers and words."""

import re
from dataclasses import dataclass

from integrations.demo_tracker.issues import Issue
from integrations.demo_tracker.refusals import Refusal, invalid

TERM = re.compile(r'(-?)(?:(\w+):)?("[^"]*"|\S+)')
KNOWN = {"repo", "is", "state", "label", "author", "assignee", "in", "type"}


@dataclass(frozen=True, slots=True)
class Search:
    """``wanted``: qualifier and value, ``unwanted`` those with a minus; ``words`` must all occur in title or body."""

    wanted: tuple[tuple[str, str], ...] = ()
    unwanted: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: str) -> "Search":
        """Raises Refusal: 422 without a query."""
        if not query.strip():
            raise invalid("Search", "q", "missing")
        wanted: list[tuple[str, str]] = []
        unwanted: list[tuple[str, str]] = []
        words: list[str] = []
        for minus, name, value in TERM.findall(query):
            text = value.strip('"').lower()
            if name.lower() in KNOWN:
                (unwanted if minus else wanted).append((name.lower(), text))
            else:
                words.append(f"{name.lower()}:{text}" if name else text)
        return cls(tuple(wanted), tuple(unwanted), tuple(words))

    @property
    def repositories(self) -> list[str]:
        """Full names in lower case. Raises Refusal: 422 without any: the demo searches named places only."""
        named = [value for name, value in self.wanted if name == "repo"]
        if not named:
            raise Refusal(422, "Validation Failed", invalid("Search", "q", "invalid").errors)
        return named

    def meets(self, issue: Issue) -> bool:
        return (
            all(holds(issue, name, value) for name, value in self.wanted)
            and not any(holds(issue, name, value) for name, value in self.unwanted)
            and all(word in self.text(issue) for word in self.words)
        )

    def text(self, issue: Issue) -> str:
        places = [value for name, value in self.wanted if name == "in"] or ["title,body"]
        named = ",".join(places).split(",")
        parts = {"title": issue.title, "body": issue.body or ""}
        return "\n".join(part for name, part in parts.items() if name in named).lower()


def holds(issue: Issue, name: str, value: str) -> bool:
    match name:
        case "is" | "state":
            kinds = {issue.state, "pr" if issue.pull_request else "issue"}
            return value in kinds
        case "type" if value in {"issue", "pr"}:
            return (value == "pr") == issue.pull_request
        case "type":
            return value == (issue.type or "").lower()
        case "label":
            return value in {label.lower() for label in issue.labels}
        case "author":
            return value == issue.author.login.lower()
        case "assignee":
            return value in {login.lower() for login in issue.assignees}
        case _:
            return True
