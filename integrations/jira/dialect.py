"""Where Jira Cloud and Jira Data Center differ: addresses, the form of texts, and how people are named."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.prose import adf, block, wiki
from integrations.prose.block import Block, Found


@dataclass(frozen=True)
class Dialect:
    """``deployments`` are what serverInfo calls it; ``person`` names an account in a field; the texts are ADF (a dict)
    or wiki markup, None for none."""

    label: str
    deployments: tuple[str, ...]
    api: str
    person: str
    placed: Callable[[Any, Block, int], Any]
    found: Callable[[Any], Found | None]
    without: Callable[[Any], Any]
    to_markdown: Callable[[Any], str]
    from_markdown: Callable[[str], Any]
    is_cloud: bool = False

    def path(self, rest: str) -> str:
        return f"{self.api}/{rest}"


CLOUD = Dialect(
    label="Jira Cloud",
    deployments=("Cloud",),
    api="/rest/api/3",
    person="accountId",
    placed=block.placed_in_adf,
    found=block.found_in_adf,
    without=block.without_adf,
    to_markdown=adf.to_markdown,
    from_markdown=adf.to_adf,
    is_cloud=True,
)
DATA_CENTER = Dialect(
    label="Jira Data Center",
    deployments=("Data Center", "Server"),
    api="/rest/api/2",
    person="name",
    placed=block.placed_in_wiki,
    found=block.found_in_wiki,
    without=block.without_wiki,
    to_markdown=wiki.to_markdown,
    from_markdown=wiki.to_wiki,
)
