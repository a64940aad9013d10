"""Writes static/steps.css: values and weights as classes, because the content policy allows no inline style.

``python web/assets/steps.py`` prints it. ``v-92`` is 9.2 on the scale 0 to 10; ``w-imp-35`` is a weight of 35%.
"""

import sys
from collections.abc import Iterator

WEIGHTS = ("imp", "urg", "mat", "eb")


def rules() -> Iterator[str]:
    yield "/* Written by assets/steps.py. */"
    yield "@layer utilities {"
    for tenths in range(101):
        yield f"  .v-{tenths} {{ --v: {tenths / 10:g}; }}"
    for name in WEIGHTS:
        for percent in range(101):
            yield f"  .w-{name}-{percent} {{ --w-{name}: {percent}; }}"
    yield "}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(rules()) + "\n")
