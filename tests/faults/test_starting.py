"""What cannot be used is said in one sentence, without a traceback, and the process ends with an error."""

import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import PostgreSQL
from tests.serving import WAYMARK, free_port
from web import configuration, storage
from web.configuration import Misconfigured


def started(home: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """One run of the command line, to its end."""
    own = {"HOME": str(home), "PORT": str(free_port()), **variables}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WAYMARK_")}
    environment |= {f"WAYMARK_{name}": value for name, value in own.items()}
    return subprocess.run([*WAYMARK, *command], env=environment, capture_output=True, text=True, timeout=60)


def said(home: Path, **variables: str) -> str:
    """What is said when these variables are to be used."""
    with pytest.raises(Misconfigured) as refused:
        storage.ready(
            configuration.read({"WAYMARK_HOME": str(home), **{f"WAYMARK_{k}": v for k, v in variables.items()}})
        )
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("HOEM", "x", "not a variable Waymark knows"),
        ("PORT", "eighty", "must be a number"),
        ("PORT", "٣٣", "must be a number"),
        ("PORT", "99999", "must be a number"),
        ("DEMO", "yes", "must be 0 or 1"),
        ("TIME_ZONE", "Mars/Phobos", "Europe/Berlin"),
        ("TIME_ZONE", "../../etc/passwd", "Europe/Berlin"),
        ("DATABASE_URL", "garbage", "cannot be used"),
        ("DATABASE_URL", "mysql://a/b", "neither sqlite nor postgresql"),
        ("DATABASE_URL", "postgresql://a@127.0.0.1:x/b", "cannot be used"),
        ("DATABASE_URL", "postgresql://a:hush@127.0.0.1:9/b", "cannot use its database postgresql"),
        ("DATABASE_URL", "sqlite:////nowhere/waymark.db", "there is no such folder"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(waymark_home: Path, name: str, value: str, words: str) -> None:
    sentence = said(waymark_home, **{name: value})

    assert words in sentence
    assert "\n" not in sentence
    assert "hush" not in sentence


def test_a_database_that_is_not_there_is_named(postgresql: PostgreSQL, waymark_home: Path) -> None:
    answer = started(waymark_home, "serve", DATABASE_URL=postgresql.url("nowhere"))

    assert answer.returncode == 2
    assert 'database "nowhere" does not exist' in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def damage(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 64)


def make_newer(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")


def make_foreign(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE person (shoe_size INTEGER)")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(damage, "file is not a database"), (make_newer, "its schema is 9999"), (make_foreign, "person already exists")],
)
def test_a_file_that_is_no_database_of_ours_stays_as_it_is(
    waymark_home: Path, spoil: Callable[[Path], None], words: str
) -> None:
    file = waymark_home / "waymark.db"
    spoil(file)
    before = file.read_bytes()

    answers = [started(waymark_home, "serve"), started(waymark_home, "token", "add", "robot", "--role", "viewer")]

    for answer in answers:
        assert answer.returncode == 2
        assert words in answer.stderr
        assert len(answer.stderr.splitlines()) == 1
    assert file.read_bytes() == before


def test_a_secret_cut_short_is_made_anew_and_then_kept(waymark_home: Path) -> None:
    (waymark_home / "secret").touch()

    first, second = (configuration.read({"WAYMARK_HOME": str(waymark_home)}).secret for _ in range(2))

    assert len(first) == 64
    assert first == second
    assert (waymark_home / "secret").stat().st_mode & 0o777 == 0o600
