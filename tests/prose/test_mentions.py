"""What customers wrote notifies nobody in the tracker, and can be had back exactly."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.prose.adf import to_adf, to_markdown
from integrations.prose.markdown import canonical, neutral, plain
from integrations.prose.wiki import to_wiki

J = "\u2060"


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("ask @anna", f"ask @{J}anna"),
        ("ask @airport/security-team!", f"ask @{J}airport/security-team!"),
        ("_@anna_ **@bob**", f"_@{J}anna_ **@{J}bob**"),
        ("[~anna]", f"[{J}~anna]"),
        ("gate #1, GH-2, airport/app#3, !4", f"gate #{J}1, GH-{J}2, airport/app#{J}3, !{J}4"),
        ("&#64;anna &commat;bob", f"&#64;{J}anna &commat;{J}bob"),
        ("\\@anna \\#1", f"\\@{J}anna \\#{J}1"),
        ("https://a.example_@anna", f"https://a.example_@{J}anna"),
        ("](@anna)", f"](@{J}anna)"),
        ("\\`@anna`", f"\\`@{J}anna`"),
        ("``@anna` @bob", f"``@{J}anna` @{J}bob"),
    ],
)
def test_mentions_and_references_become_text(text: str, harmless: str) -> None:
    assert neutral(text) == harmless


@pytest.mark.parametrize(
    "text",
    [
        "anna@airport.example",
        "`@anna #1`",
        "```\n@anna\n```",
        "[x](https://medium.example/@anna#1)",
        "<https://a.example/b#1>",
        "# 1 heading",
        "5 @ 3",
        "#gate",
    ],
)
def test_what_is_no_mention_is_left_alone(text: str) -> None:
    assert neutral(text) == text


def test_a_tracker_may_have_signs_of_its_own() -> None:
    labels = rf"~(?={J}*\w)"

    quiet = neutral("~gates, `~code`, https://aurora.example/~gates?x=~1", further=labels)

    assert quiet.startswith(f"~{J}gates, `~code`")
    assert plain(quiet, further=labels) == "~gates, `~code`, https://aurora.example/~gates?x=~1"
    assert plain(neutral(quiet, further=labels), further=labels) == quiet


def test_references_may_stay() -> None:
    assert neutral("#1 @anna", issues=False) == f"#1 @{J}anna"


@pytest.mark.parametrize("form", [canonical, lambda text: to_markdown(to_adf(text)), to_wiki])
def test_the_invisible_sign_goes_with_the_text_into_every_form(form: object) -> None:
    assert callable(form)
    assert f"@{J}anna" in form(neutral("ask @anna"))


_PIECES = [
    "@",
    "#",
    "1",
    "anna",
    J,
    "`",
    "``",
    "```",
    "\n",
    "\\",
    "https://a.example/",
    "_",
    " ",
    "[~",
    "GH-",
    "!",
    "&#64;",
    "&#35;",
    "~~~",
    "(",
    "<",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join) | st.text())
def test_the_text_comes_back_exactly(text: str) -> None:
    assert plain(neutral(text)) == text
    assert plain(neutral(text, issues=False), issues=False) == text


@given(
    st.lists(st.sampled_from(["@anna", "#1", "late", " ", ".", "_", "**", "(", "https://a.example/"]), max_size=10).map(
        "".join
    )
)
def test_no_mention_is_left_outside_of_code_and_addresses(text: str) -> None:
    bare = re.sub(r"https?://[^\s*]+", "", neutral(text))

    assert not re.search(r"(?<![A-Za-z0-9])@\w|#\d", bare)
