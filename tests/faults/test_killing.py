"""The server killed in the middle: what was acknowledged is there, nothing is there by half, and it starts again."""

import os
import signal
import sqlite3
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serving import WAYMARK, demo_home, served

ROUNDS = 3
ROWS = 60_000
pytestmark = pytest.mark.slow


def token(home: Path) -> str:
    environment = {**os.environ, "WAYMARK_HOME": str(home)}
    command = [*WAYMARK, "token", "add", f"robot {time.time()}", "--role", "contributor"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()[-1]


def propose_until_cut_off(api: dict[str, Any], titles: list[str], own: str) -> None:
    """Note each title that was acknowledged, until nobody answers any more."""
    with httpx.Client(**api) as client:
        for number in range(1000):
            try:
                answer = client.post("/api/v1/initiatives", json={"title": f"{own}-{number}"})
            except httpx.TransportError:
                return
            if answer.status_code == 201:
                titles.append(f"{own}-{number}")


def send_rows(api: dict[str, Any], own: str, acknowledged: list[int]) -> None:
    lines = ["touchpoint,value,respondent", *(f"Restaurants,{1 + n % 5},{own}-{n}" for n in range(ROWS))]
    try:
        with httpx.Client(**api) as client:
            content = "\n".join(lines).encode()
            answer = client.post(
                "/api/v1/responses?create=touchpoints", content=content, headers={"content-type": "text/csv"}
            )
            acknowledged.append(answer.json()["import"])
    except httpx.TransportError:
        return


def kill_in_the_middle(home: Path, secret: str, own: str, after: float) -> tuple[list[str], list[int]]:
    """What was acknowledged before the server was killed ``after`` so many seconds."""
    titles: list[str] = []
    imports: list[int] = []
    with served(home, DEMO="0") as product:
        api = {"base_url": product.url, "headers": {"authorization": f"Bearer {secret}"}, "timeout": 60}
        people = [threading.Thread(target=propose_until_cut_off, args=(api, titles, f"{own}.{n}")) for n in range(4)]
        people.append(threading.Thread(target=send_rows, args=(api, own, imports)))
        for each in people:
            each.start()
        time.sleep(after)
        product.process.send_signal(signal.SIGKILL)
        for each in people:
            each.join()
    return titles, imports


def half_imports(home: Path) -> list[Any]:
    """Imports whose rows are not those they speak of: all of a loaded one, none of any other."""
    with sqlite3.connect(home / "waymark.db") as database:
        return database.execute(
            "SELECT id, state, responses, (SELECT count(*) FROM response WHERE import_id = import.id) AS kept"
            " FROM import WHERE file_name LIKE 'API:%' AND kept != CASE state WHEN 'loaded' THEN responses ELSE 0 END"
        ).fetchall()


def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    home = demo_home(tmp_path / "home")
    secret = token(home)
    titles: list[str] = []
    imports: list[int] = []
    for number in range(ROUNDS):
        more, loaded = kill_in_the_middle(home, secret, f"round {number}", 1.0 + number)
        titles, imports = titles + more, imports + loaded

    with served(home) as product:
        time.sleep(3)  # what was broken off is taken back behind the pages
        assert httpx.get(f"{product.url}/health").status_code == 200
        halves = half_imports(home)

    with sqlite3.connect(home / "waymark.db") as database:
        kept = {title for (title,) in database.execute("SELECT title FROM initiative")}
        states = dict(database.execute("SELECT id, state FROM import").fetchall())
        [integrity] = database.execute("PRAGMA integrity_check").fetchone()
    assert len(titles) > ROUNDS
    assert set(titles) - kept == set()
    assert {states[number] for number in imports} <= {"loaded"}
    assert halves == []
    assert integrity == "ok"
