"""Schema migrations: ``upgrade(url)`` brings a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def configuration(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Apply what is missing; on an up-to-date database this only looks."""
    command.upgrade(configuration(url), "head")
