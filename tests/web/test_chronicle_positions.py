"""What the history says of human positions, in the language of the reader."""

import pytest

from backlog.ranking import overrides
from tests.web.test_chronicle import told

MARCH = {"reason": "The board <b>promised</b> it.", "until": "2027-03-01"}


@pytest.mark.parametrize(
    ("verb", "changes", "what", "said"),
    [
        (overrides.PUT, {"position": [None, 2], **MARCH}, "put it at position 2 until 1 Mar 2027", True),
        (overrides.PUT, {"position": [2, 2], **MARCH}, "renewed position 2 until 1 Mar 2027", True),
        (overrides.PUT, {"position": [2, 3], **MARCH}, "moved it from position 2 to position 3 until 1 Mar 2027", True),
        (overrides.LET_GO, {"position": [2, None]}, "let go of position 2", False),
        (overrides.ENDED, {"position": [2, None]}, "ended position 2: it is not ranked any more", False),
        (overrides.ENDED, {"position": [2, None], **MARCH, "reason": ""}, "ended position 2: its time is over", False),
    ],
)
def test_each_says_what_was_done_and_why(verb: str, changes: dict[str, object], what: str, said: bool) -> None:
    reason = "The board &lt;b&gt;promised&lt;/b&gt; it." if said else ""

    assert told("en", verb, "initiative", changes) == (what, reason)


def test_in_german_too() -> None:
    put = told("de", overrides.PUT, "initiative", {"position": [None, 2], **MARCH})
    ended = told("de", overrides.ENDED, "initiative", {"position": [2, None]})

    assert put[0] == "hat sie bis 1.\N{NO-BREAK SPACE}März 2027 auf Position 2 gesetzt"
    assert ended[0] == "hat Position 2 beendet: Sie hat keinen Rang mehr"
