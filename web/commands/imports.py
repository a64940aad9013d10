"""waymark import."""

import rich_click as click


@click.group("import")
def imports() -> None:
    """Bring in evidence."""
