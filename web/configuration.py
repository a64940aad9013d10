"""What the environment says, read once at the start; a misspelt variable is refused."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from backlog.database import async_url
from integrations.addresses import Allowed

PREFIX = "WAYMARK_"


class Misconfigured(Exception):
    """The environment cannot be used; the message is one clear sentence."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """``home`` holds the embedded database, uploaded files and the secret. ``url`` is where people open Waymark,
    without a slash at its end; ``tracker_hosts`` the private ``host:port`` it may speak to; ``former_secrets`` open what
    was kept under them; ``works``: serving also works on trackers."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str = ""
    demo: bool = True
    secret: str = field(default="", repr=False)
    secure: bool = False
    time_zone: str = "UTC"
    trusted_proxy: bool = False
    url: str = ""
    tracker_hosts: Allowed = field(default_factory=Allowed)
    former_secrets: tuple[str, ...] = field(default=(), repr=False)
    works: bool = True

    @property
    def uploads(self) -> Path:
        return self.home / "imports"


KNOWN = {
    "DATABASE_URL", "DEMO", "FORMER_SECRETS", "HOME", "HOST", "PORT", "SECRET", "SECURE", "TIME_ZONE", "TRACKER_HOSTS",
    "TRUSTED_PROXY", "URL", "WORKER",
}  # fmt: skip


def read(environment: Mapping[str, str] = os.environ) -> Configuration:
    """The configuration; Misconfigured names the first variable that is unknown or cannot be used."""
    given = {name.removeprefix(PREFIX): value for name, value in environment.items() if name.startswith(PREFIX)}
    unknown = sorted(given.keys() - KNOWN)
    if unknown:
        names = ", ".join(PREFIX + name for name in sorted(KNOWN))
        raise Misconfigured(f"{PREFIX}{unknown[0]} is not a variable Waymark knows; it knows {names}.")
    home = _home(Path(given.get("HOME") or "data").expanduser())
    host, port = given.get("HOST") or "127.0.0.1", _port(given.get("PORT") or "8000")
    return Configuration(
        home=home,
        host=host,
        port=port,
        database_url=_database_url(given.get("DATABASE_URL") or f"sqlite:///{home / 'waymark.db'}"),
        demo=_flag("DEMO", given.get("DEMO") or "1"),
        secret=given.get("SECRET") or _kept_secret(home / "secret"),
        secure=_flag("SECURE", given.get("SECURE") or "0"),
        time_zone=_time_zone(given.get("TIME_ZONE") or "UTC"),
        trusted_proxy=_flag("TRUSTED_PROXY", given.get("TRUSTED_PROXY") or "0"),
        url=_url(given.get("URL") or f"http://{host}:{port}"),
        tracker_hosts=_tracker_hosts(given.get("TRACKER_HOSTS") or ""),
        former_secrets=tuple((given.get("FORMER_SECRETS") or "").replace(",", " ").split()),
        works=_flag("WORKER", given.get("WORKER") or "1"),
    )


def _home(path: Path) -> Path:
    path = path.absolute()
    try:
        (path / "imports").mkdir(parents=True, exist_ok=True)
        probe = path / f".writable-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Misconfigured(
            f"Waymark cannot write to {path} ({error.strerror}); point {PREFIX}HOME to a folder it may write to."
        ) from error
    return path


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65536:
        raise Misconfigured(f"{PREFIX}PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def _time_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ValueError, KeyError, OSError) as error:
        raise Misconfigured(f"{PREFIX}TIME_ZONE is {text!r}; it must be a name like Europe/Berlin or UTC.") from error


def _flag(name: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise Misconfigured(f"{PREFIX}{name} is {text!r}; it must be 0 or 1.")
    return text == "1"


def _database_url(text: str) -> str:
    try:
        return async_url(text)
    except Exception as error:
        raise Misconfigured(
            f"{PREFIX}DATABASE_URL cannot be used ({error}); give sqlite:///path/to/file or postgresql://user@host/name."
        ) from error


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Misconfigured(
            f"{PREFIX}URL is {text!r}; it must be the address people open, like https://waymark.example."
        )
    return text.rstrip("/")


def _tracker_hosts(text: str) -> Allowed:
    try:
        return Allowed.of(text)
    except ValueError as error:
        raise Misconfigured(
            f"{PREFIX}TRACKER_HOSTS names {str(error)!r}; give host:port, several parted by commas."
        ) from error


def _kept_secret(path: Path) -> str:
    """The secret that signs form tokens, made once and readable by its owner alone."""
    try:
        kept = path.read_text().strip() if path.exists() else ""
        return kept or _make_secret(path)
    except (OSError, ValueError) as error:
        raise Misconfigured(f"Waymark cannot read its secret in {path} ({error}).") from error


def _make_secret(path: Path) -> str:
    """Whole or not at all, also when cut short; of two processes that start at once both get the same one."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        if path.exists():
            draft.replace(path)  # it was empty
        else:
            path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text().strip()
