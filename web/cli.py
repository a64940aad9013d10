"""The command line: waymark serve, worker, import, user, token."""

import sys

import rich_click as click
from click.exceptions import Exit

from web import configuration
from web.commands import imports, people
from web.configuration import Misconfigured


@click.group()
@click.version_option(package_name="waymark")
def waymark() -> None:
    """Waymark: from customer survey to ranked backlog."""


@waymark.command()
def serve() -> None:
    """Serve the pages and the API; creates and upgrades the database first."""
    from web import serving  # the other commands do without the pages, and start in a third of the time

    serving.serve(configuration.read())


@waymark.command()
def worker() -> None:
    """Keep trackers in step, apart from serving; several share the work. Set WAYMARK_WORKER=0 where you serve."""
    from web import serving  # as above

    serving.work(configuration.read())


waymark.add_command(people.user)
waymark.add_command(people.token)
waymark.add_command(imports.imports)


def main() -> None:
    """Run a command; what cannot be used is said in one sentence on standard error, with exit code 2."""
    try:
        waymark.main(standalone_mode=False)
    except Misconfigured as error:
        sys.exit(fail(str(error)))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exit as leaving:
        sys.exit(leaving.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


def fail(message: str) -> int:
    print(f"waymark: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
