"""A database in use is brought up to date, and one that is up to date is only looked at."""

import subprocess
import sys
from pathlib import Path

from alembic.script import ScriptDirectory

import migrations
from backlog.database import Database
from tests.databases import sqlite_url

LOOKING = """
import sys, migrations
migrations.upgrade(sys.argv[1])
print(sorted({name.partition(".")[0] for name in sys.modules} & {"alembic", "mako"}))
"""


def test_the_newest_file_is_the_newest_revision(tmp_path: Path) -> None:
    scripts = ScriptDirectory.from_config(migrations.configuration(sqlite_url(tmp_path / "never.db")))

    assert migrations.newest() == scripts.get_current_head()


async def test_a_migrated_database_tells_the_newest_revision(database: Database) -> None:
    assert await migrations.revision(database.url) == migrations.newest()


def test_an_empty_database_gets_the_schema_and_is_then_left_alone(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "waymark.db")

    loaded = [
        subprocess.run([sys.executable, "-c", LOOKING, url], check=True, capture_output=True, text=True).stdout.strip()
        for _ in range(2)
    ]

    assert loaded == ["['alembic', 'mako']", "[]"]
