"""How Waymark speaks where nobody reads a page: to trackers, in the language of a connection."""

from dataclasses import dataclass

from backlog.errors import Text
from web import formats
from web.configuration import Configuration
from web.locales import LOCALES, SOURCE, speaking, translated


@dataclass(frozen=True)
class Speech:
    """One language; see `integrations.engine.sections.Voice`."""

    locale: str

    def say(self, text: Text | str) -> str:
        with speaking(self.locale):
            return translated(text)

    def number(self, value: float, decimals: int = 0) -> str:
        with speaking(self.locale):
            return formats.number(value, decimals)

    def percent(self, share: float) -> str:
        with speaking(self.locale):
            return formats.chance(share)


def voice(locale: str) -> Speech:
    return Speech(locale if locale in LOCALES else SOURCE)


def address(configuration: Configuration, key: str) -> str:
    """Of an initiative by its key, as people open it in a browser."""
    return f"{configuration.url}/initiatives/{key}"
