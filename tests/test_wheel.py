"""A wheel built from the project serves the same product in a venv that knows nothing of the clone."""

import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.serving import served

ROOT = Path(__file__).parents[1]
NEEDED = (
    "backlog/database.py",
    "integrations/__init__.py",
    "migrations/env.py",
    "web/cli.py",
    "web/static/vendor/fonts/archivo-latin-wdth-normal.woff2",
    "web/static/vendor/htmx.min.js",
    "web/static/vendor/sprite.svg",
    "web/templates/base.html",
)
SHIPPED = ("backlog/demo", "migrations/versions", "web/locales", "web/static", "web/templates")
"""Folders of which the wheel has every file."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what git would hand out, so nothing that merely lies about gets in."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in tracked():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), cwd=source)
    return next(folder.glob("*.whl"))


def tracked() -> list[str]:
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT)
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def run(*command: str, cwd: Path) -> str:
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def test_a_wheel_contains_everything_the_product_needs(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert set(NEEDED) - names == set()
    assert {name for name in tracked() if name.startswith(SHIPPED)} - names == set()
    assert not [name for name in names if name.startswith("tests/") or "node_modules" in name]


def test_an_installed_wheel_serves_the_product(wheel: Path, tmp_path: Path) -> None:
    venv, home = tmp_path / "venv", tmp_path / "home"
    home.mkdir()
    run(sys.executable, "-m", "venv", str(venv), cwd=tmp_path)
    pip = (str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "--requirement", str(ROOT / "requirements.lock"), cwd=tmp_path)
    run(*pip, "--no-deps", str(wheel), cwd=tmp_path)

    with served(home, command=[str(venv / "bin" / "waymark")], cwd=tmp_path) as found, httpx.Client() as client:
        assert client.get(f"{found.url}/health").json()["status"] == "ok"
        page = client.get(f"{found.url}/sign-in")
        assert page.is_success
        for address in addresses(page.text):
            assert client.get(f"{found.url}{address}").is_success, address
    assert {"waymark.db", "secret"} <= {file.name for file in home.iterdir()}


def addresses(page: str) -> list[str]:
    """Our own files that a page asks for."""
    words = page.replace("'", '"').split('"')
    return [word for word in words if word.startswith("/static/")]
