"""Texts on their way to GitLab and back: nobody is notified by them, and nothing is done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.gitlab import texts
from integrations.prose.markdown import canonical
from tests.trackers.fake_gitlab.commands import extracted
from tests.trackers.gitlab.airport import block

ORDERS = [
    "/close",
    "Too slow.\n/close",
    "/Close\n/assign @mara-delivery",
    "Said:\n\n```\n/close\n```",
    "Said:\n\n````\n```\n````\n\n/close",
    "````\n```\n/close\n````",
    "~~~\n/close\n~~~",
    "> quoted\n\n/close",
    "a\\\n/close",
    "  /close",
    "line\r/close",
]


@pytest.mark.parametrize("said", ORDERS)
def test_what_customers_write_is_never_carried_out(said: str) -> None:
    assert extracted(texts.placed("", block(said)))[1] == []
    assert extracted(texts.placed("Seen at B12.\n```", block(said)))[1] == []
    assert extracted(texts.comment(said, "c-7"))[1] == []


@pytest.mark.parametrize("said", ORDERS)
def test_what_could_be_an_order_comes_back_as_it_was(said: str) -> None:
    assert texts.description_of(texts.placed("", block(said))).sections == {"problem": canonical(said)}
    assert texts.comment_of(texts.comment(said, "c-7")) == (canonical(said).strip(), "c-7")


@pytest.mark.parametrize(
    "said",
    [
        "@aurora/security wrote #1", "see !7 and aurora/lanes#7", "~30 minutes", '~"gate change"', "a %3 of them",
        "costs $12", "as in &4", "GL-12 and gl-7", "[issue:12] is it", "[work_item:aurora/gates/12]",
    ],
)  # fmt: skip
def test_what_customers_write_refers_to_nothing_and_comes_back_as_it_was(said: str) -> None:
    native = texts.placed("", block(said))

    assert said not in native
    assert texts.description_of(native).sections == {"problem": canonical(said)}
    assert texts.comment_of(texts.comment(said, "c-7")) == (canonical(said), "c-7")


@pytest.mark.parametrize(
    "said",
    ["<https://aurora.example/a%20b?x=1&2#3>", "`~bug %1`", "40 % of all & more", "~~gone~~", "and/or", "- /close"],
)
def test_addresses_code_and_plain_signs_stay(said: str) -> None:
    assert said in texts.placed("", block(said))


@given(st.text(alphabet='/ac~%$&#@![]:"`\u2060 \n1>-.', max_size=40))
def test_any_text_comes_back_as_it_was_and_orders_nothing(said: str) -> None:
    native = texts.comment(said, "c-7")

    assert extracted(native.replace("/a", "/close"))[1] == []
    assert texts.comment_of(native)[0] == canonical(said).strip()


def test_what_people_wrote_around_our_block_stays() -> None:
    native = texts.placed("/home is where B12 is.\n\n@mara asks", block())

    assert native.startswith("/home is where B12 is.\n\n@mara asks\n\n")
    assert texts.description_of(native).text == "/home is where B12 is.\n\n@mara asks"


def test_a_title_notifies_nobody_is_one_line_and_comes_back_as_it_was() -> None:
    sent = texts.title("  Ask @mara\r\nabout\x00 #12 ")

    assert sent == "Ask @\u2060mara about #\u206012"
    assert texts.title_of(sent) == "Ask @mara about #12"
    assert len(texts.title("ü" * 300)) == texts.TITLE_MOST


def test_a_long_comment_is_cut_and_keeps_its_marker() -> None:
    native = texts.comment("Twelve more complaints. " * 50_000, "c-7")

    assert len(native) <= texts.NOTE_MOST
    assert texts.comment_of(native)[1] == "c-7"


def test_who_quotes_our_comment_writes_as_himself() -> None:
    quoted = "> Twelve more.\n> <!-- waymark:comment c-7 -->\n\nI agree."

    assert texts.comment_of(quoted) == (quoted, None)
