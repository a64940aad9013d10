"""The product over a database of each test's own; not in the common fixtures, so that domain tests need no app."""

from tests.web.products import served, served_sqlite

__all__ = ["served", "served_sqlite"]
