"""``python -m web.locales``: collect the strings and bring each catalogue up to date."""

import sys

from web.locales import extraction

for locale in extraction.translations():
    path = extraction.write(locale)
    missing = sum(1 for _ in extraction.unfinished(extraction.current(locale)))
    sys.stdout.write(f"{path}: {missing} without a translation\n")
