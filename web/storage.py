"""The database before anything is done with it: brought up to date, or refused in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

import migrations
from web.configuration import Configuration, Misconfigured


def ready(configuration: Configuration) -> None:
    """Apply what is missing. Misconfigured when there is no such database, or it is damaged, foreign or newer."""
    url = make_url(configuration.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or ".").absolute().parent.is_dir():
        raise unusable(configuration, "there is no such folder")
    try:
        migrations.upgrade(configuration.database_url)
    except migrations.Newer as error:
        raise unusable(configuration, f"{error}; start the Waymark that wrote it, or a later one") from error
    except (DBAPIError, OSError) as error:
        raise unusable(configuration, reason(error)) from error


@contextmanager
def usable(configuration: Configuration) -> Iterator[None]:
    """Misconfigured when the database fails as a whole (damaged, full, gone) within; what we did wrong stays as it is."""
    try:
        yield
    except DBAPIError as error:
        if type(error) not in (DatabaseError, OperationalError):
            raise
        raise unusable(configuration, reason(error)) from error


def unusable(configuration: Configuration, why: str) -> Misconfigured:
    shown = make_url(configuration.database_url).render_as_string(hide_password=True)
    return Misconfigured(f"Waymark cannot use its database {shown}: {why}. WAYMARK_DATABASE_URL may name another.")


def reason(error: BaseException) -> str:
    """The driver's own words, on one line."""
    words = str(getattr(error, "orig", None) or error).rpartition(">:")[2]
    return " ".join(words.split()).rstrip(".")
