"""The house holds: every import contract is kept, and each one notices when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("backlog", "integrations", "web", "migrations")
PLANTED = {
    "layers": ("backlog/history.py", "import web.app"),
    "domain": ("backlog/history.py", "import httpx"),
    "order": ("backlog/initiatives/stages.py", "import backlog.ranking.counts"),
    "trackers": ("integrations/engine/known.py", "import integrations.pushing"),
    "any-tracker": ("integrations/engine/known.py", "import integrations.github"),
    "pure": ("backlog/scoring.py", "import sqlalchemy"),
}
"""A violation of each contract: where it is planted, and the line."""


def lint(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as c; c()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache", *arguments], cwd=root, capture_output=True, text=True, check=False
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the packages, to plant violations in."""
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "node_modules", "static", "templates")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_import_contract_is_kept() -> None:
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("contract", sorted(PLANTED))
def test_a_planted_violation_is_noticed(house: Path, contract: str) -> None:
    module, line = PLANTED[contract]
    file = house / module
    file.write_text(f"{file.read_text()}\n{line}\n")

    result = lint(house, "--contract", contract)

    assert result.returncode == 1
    assert "BROKEN" in result.stdout


def test_every_contract_has_been_seen_red() -> None:
    names = {
        line.partition('"')[2].rstrip('"')
        for line in (ROOT / "pyproject.toml").read_text().split("[tool.importlinter]")[1].splitlines()
        if line.startswith("id = ")
    }

    assert names == PLANTED.keys()
