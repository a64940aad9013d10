"""Where Jira Cloud and Jira Data Center differ: addresses, the form of texts, and how people are named."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.prose import adf, block_adf, block_wiki, wiki
from integrations.prose.block import Block, Found


@dataclass(frozen=True)
class Dialect:
    """``deployments`` are what serverInfo calls it; ``person`` names an account in a field; the texts are ADF (a dict)
    or wiki markup; ``empty`` is none. A block is the one with a marker, else the first there is."""

    label: str
    deployments: tuple[str, ...]
    api: str
    person: str
    empty: Any
    placed: Callable[[Any, Block, int], Any]
    found: Callable[[Any, str | None], Found | None]
    without: Callable[[Any, str | None], Any]
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
    empty=None,
    placed=lambda native, block, most: block_adf.placed(native, block, most=most),
    found=block_adf.found,
    without=block_adf.without,
    to_markdown=adf.to_markdown,
    from_markdown=adf.to_adf,
    is_cloud=True,
)
DATA_CENTER = Dialect(
    label="Jira Data Center",
    deployments=("Data Center", "Server"),
    api="/rest/api/2",
    person="name",
    empty="",
    placed=lambda native, block, most: block_wiki.placed(native, block, most=most),
    found=block_wiki.found,
    without=block_wiki.without,
    to_markdown=wiki.to_markdown,
    from_markdown=wiki.to_wiki,
)
