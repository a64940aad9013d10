"""Waymark's block in a description, in all three forms: ours is replaced, people's stays."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.prose import block_adf, block_markdown, block_wiki
from integrations.prose.adf import to_adf
from integrations.prose.block import Block, Found, Section, TooLong
from integrations.prose.markdown import canonical
from integrations.prose.shortening import length
from integrations.prose.wiki import to_wiki
from tests.prose.written_documents import NASTY, wiki_documents

SCHEMA = jsonschema_rs.validator_for(json.loads((Path(__file__).parent / "adf-schema.json").read_text()))

BLOCK = Block(
    "CX-12-a7f3",
    "From Waymark",
    (
        Section("problem", "The problem", "Passengers wait **12 min** at security.\n\n- morning\n- evening"),
        Section("next_step", "Next step", "Open a second lane"),
        Section("evidence", "Evidence", "| Survey | Score |\n| --- | --- |\n| May | 3.1 |"),
    ),
)
OTHER = replace(BLOCK, sections=(*BLOCK.sections[:1], Section("next_step", "Next step", "Hire"), *BLOCK.sections[2:]))
TEXTS = {section.name: section.text for section in BLOCK.sections}


@dataclass(frozen=True)
class Form:
    """One form, with people's text put into it and read from it."""

    placed: Callable[..., Any]
    found: Callable[..., Found | None]
    without: Callable[..., Any]
    written: Callable[[str], Any]
    joined: Callable[..., Any]


def _documents_joined(*documents: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": [node for one in documents for node in one["content"]]}


FORMS = {
    "markdown": Form(
        block_markdown.placed, block_markdown.found, block_markdown.without, str, lambda *texts: "\n\n".join(texts)
    ),
    "wiki": Form(block_wiki.placed, block_wiki.found, block_wiki.without, to_wiki, lambda *texts: "\n\n".join(texts)),
    "adf": Form(block_adf.placed, block_adf.found, block_adf.without, to_adf, _documents_joined),
}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> Form:
    return FORMS[request.param]


def test_a_block_is_found_as_it_was_placed(form: Form) -> None:
    placed = form.placed(form.written("Reported by Anna."), BLOCK)

    assert form.found(placed) == Found("CX-12-a7f3", TEXTS)


def test_an_empty_description_is_the_block_alone(form: Form) -> None:
    placed = form.placed(form.written(""), BLOCK)

    assert form.found(placed) == Found("CX-12-a7f3", TEXTS)


def test_placing_again_changes_nothing(form: Form) -> None:
    placed = form.placed(form.written("Reported by Anna."), BLOCK)

    assert form.placed(placed, BLOCK) == placed


def test_the_block_is_replaced_where_people_moved_it(form: Form) -> None:
    above, below = form.written("Above."), form.written("Below.")
    native = form.joined(above, form.placed(form.written(""), BLOCK), below)

    placed = form.placed(native, OTHER)

    assert placed == form.joined(above, form.placed(form.written(""), OTHER), below)


def test_without_the_block_peoples_text_is_left(form: Form) -> None:
    placed = form.placed(form.written("Reported by Anna."), BLOCK)

    left = form.without(placed)

    assert form.found(left) is None
    assert (left.rstrip("\n") if isinstance(left, str) else left) == form.written("Reported by Anna.")


def test_no_block_is_found_where_there_is_none(form: Form) -> None:
    native = form.written("Reported by Anna.\n\n---\n\n> Waymark ref")

    assert form.found(native) is None
    assert form.without(native) == native


def test_a_copied_issue_carries_the_old_marker_and_is_taken_over(form: Form) -> None:
    copied = form.placed(form.written("Reported by Anna."), BLOCK)
    ours = replace(BLOCK, marker="CX-13-b8")

    placed = form.placed(copied, ours)

    assert placed == form.placed(form.written("Reported by Anna."), ours)


def test_of_two_blocks_the_one_with_the_marker_counts_and_the_other_stays(form: Form) -> None:
    foreign = form.placed(form.written(""), replace(BLOCK, marker="CX-99"))
    native = form.joined(foreign, form.placed(form.written(""), BLOCK))

    placed = form.placed(native, OTHER)

    assert placed == form.joined(foreign, form.placed(form.written(""), OTHER))
    found = form.found(placed, "CX-12-a7f3")
    assert found is not None
    assert found.sections["next_step"] == "Hire"


def test_twice_the_same_block_the_first_is_kept_up_to_date(form: Form) -> None:
    once = form.placed(form.written(""), BLOCK)

    placed = form.placed(form.joined(once, once), OTHER)

    assert placed == form.joined(form.placed(form.written(""), OTHER), once)


@pytest.mark.parametrize(
    "text",
    [
        "<!-- waymark:end -->",
        "{panel}",
        "Waymark ref X",
        "```\n<!-- waymark:end -->\n{panel}\n```",
        "<!-- waymark:section x -->",
        "h3. Next step",
        "{code}",
    ],
)
def test_signs_of_the_block_in_its_own_text_are_text(form: Form, text: str) -> None:
    block = replace(BLOCK, sections=(Section("problem", "The problem", text), *BLOCK.sections[1:]))
    native = form.joined(form.written("Above."), form.placed(form.written(""), block), form.written("Below."))

    found = form.found(native)

    assert found is not None
    assert found.sections == TEXTS | {"problem": canonical(text)}
    assert form.placed(native, block) == native


def test_an_edit_in_markdown_is_found() -> None:
    native = block_markdown.placed("", BLOCK).replace("Open a second lane", "Open *three* lanes\r\n\r\nNow")

    found = block_markdown.found(native)

    assert found is not None
    assert found.sections == TEXTS | {"next_step": "Open _three_ lanes\n\nNow"}


def test_without_its_end_a_block_leaves_what_may_be_peoples() -> None:
    native = block_markdown.placed("Above.", BLOCK).replace("<!-- waymark:end -->", "Written by Anna.")

    found, placed = block_markdown.found(native), block_markdown.placed(native, BLOCK)

    assert found is not None
    assert set(found.sections) == {"problem", "next_step"}
    assert placed == block_markdown.placed("Above.", BLOCK) + "\n\nWritten by Anna."


def test_without_its_end_a_changed_section_is_left_over_and_nothing_swallowed() -> None:
    native = block_markdown.placed("Above.", BLOCK).replace("<!-- waymark:end -->", "Written by Anna.")
    changed = replace(BLOCK, sections=(*BLOCK.sections[:2], Section("evidence", "Evidence", "New")))

    placed = block_markdown.placed(native, changed)

    assert placed.startswith(block_markdown.placed("Above.", changed))
    assert placed.endswith(BLOCK.sections[2].text + "\n\nWritten by Anna.")


def test_a_beginning_alone_swallows_nothing() -> None:
    native = "Above.\n\n<!-- waymark:begin CX-12-a7f3 -->\nWritten by Anna."

    assert block_markdown.placed(native, BLOCK).endswith("\nWritten by Anna.")


def test_a_block_shown_in_code_or_quoted_is_not_the_block() -> None:
    shown = "```\n" + block_markdown.placed("", BLOCK) + "\n```\n\n> <!-- waymark:begin X -->\n> <!-- waymark:end -->"

    assert block_markdown.found(shown) is None
    assert block_markdown.placed(shown, BLOCK).startswith(shown)


def test_below_code_that_never_ends_the_block_would_be_code_so_it_goes_above() -> None:
    placed = block_markdown.placed("Log:\n```\nselect 1", BLOCK)

    assert placed.endswith("Log:\n```\nselect 1")
    assert block_markdown.placed(placed, BLOCK) == placed


def test_lines_that_end_as_in_a_browser_stay_so_around_the_block() -> None:
    native = "Above.\r\n\r\n" + block_markdown.placed("", BLOCK).replace("\n", "\r\n") + "\r\n\r\nBelow.\r\n"

    placed = block_markdown.placed(native, OTHER)

    assert placed == "Above.\r\n\r\n" + block_markdown.placed("", OTHER) + "\r\n\r\nBelow.\r\n"


def test_an_edit_in_wiki_markup_is_found() -> None:
    native = (
        block_wiki.placed("", BLOCK)
        .replace("Open a second lane", "Open *three* lanes")
        .replace("{panel:title=From Waymark}", "{panel:title=Ours|bgColor=#fff}")
    )

    found = block_wiki.found(native)

    assert found is not None
    assert found.sections == TEXTS | {"next_step": "Open **three** lanes"}


def test_without_its_end_a_panel_ends_with_its_signature() -> None:
    native = (
        block_wiki.placed("Above.", BLOCK).removesuffix("{panel}")
        + "\nWritten by Anna.\n{panel:title=Hers}\nNote\n{panel}"
    )

    placed = block_wiki.placed(native, OTHER)

    assert placed.startswith(block_wiki.placed("Above.", OTHER))
    assert placed.endswith("\nWritten by Anna.\n{panel:title=Hers}\nNote\n{panel}")


def test_a_panel_of_people_is_theirs() -> None:
    native = "{panel:title=Hers}\nh3. The problem\n\nNote\n{panel}"

    assert block_wiki.found(native) is None
    assert block_wiki.placed(native, BLOCK).startswith(native)


def test_an_edit_in_jiras_editor_is_found_and_its_ids_may_change() -> None:
    native = block_adf.placed(None, BLOCK)
    expand = native["content"][0]
    expand["attrs"] = {"title": "Ours", "localId": "0b5f"}
    for node in expand["content"]:
        node.get("attrs", {}).pop("localId", None)
    step = next(node for node in expand["content"] if "second lane" in str(node))
    step["content"] = [{"type": "text", "text": "Open three lanes"}]

    found = block_adf.found(native)

    assert found == Found("CX-12-a7f3", TEXTS | {"next_step": "Open three lanes"})


def test_without_its_signature_a_block_is_known_by_its_ids() -> None:
    native = block_adf.placed(None, BLOCK)
    native["content"][0]["content"].pop()

    assert block_adf.found(native) == Found("CX-12-a7f3", TEXTS)


def test_the_document_with_the_block_is_valid_and_the_given_one_untouched() -> None:
    native = to_adf("Above.")
    before = json.dumps(native)

    SCHEMA.validate(block_adf.placed(native, BLOCK))

    assert json.dumps(native) == before


MEASURES: dict[str, Callable[[Any], int]] = {"markdown": length, "wiki": length, "adf": block_adf.measured}


@pytest.mark.parametrize("name", FORMS)
def test_the_evidence_is_shortened_first(name: str) -> None:
    form, measure = FORMS[name], MEASURES[name]
    long = Section("evidence", "Evidence", "The queue was long. " * 400)
    block = replace(BLOCK, sections=(*BLOCK.sections[:2], long), rest="[Read on](https://waymark.example/12)")

    placed = form.placed(form.written("Reported by Anna."), block, most=4_000)

    found = form.found(placed)
    assert found is not None
    assert 3_500 < measure(placed) <= 4_000
    assert found.sections["problem"] == TEXTS["problem"]
    assert found.sections["evidence"].endswith("[Read on](https://waymark.example/12)")


def test_then_the_problem_and_at_last_the_next_step() -> None:
    block = replace(BLOCK, sections=tuple(replace(one, text="Queue " * 200) for one in BLOCK.sections))

    found = block_markdown.found(block_markdown.placed("", block, most=900))

    assert found is not None
    assert found.sections["evidence"] == found.sections["problem"] == "…"
    assert found.sections["next_step"].endswith("Queue\n\n…")


def test_people_who_leave_no_room_are_told_so(form: Form) -> None:
    with pytest.raises(TooLong, match="Shorten it there"):
        form.placed(form.written("Queue " * 200), BLOCK, most=1_000)


@given(above=st.text(), below=st.text(), texts=st.lists(st.sampled_from(NASTY), min_size=3, max_size=3))
def test_peoples_text_survives_to_the_byte(above: str, below: str, texts: list[str]) -> None:
    block = replace(
        BLOCK, sections=tuple(replace(one, text=text) for one, text in zip(BLOCK.sections, texts, strict=True))
    )
    for module in (block_markdown, block_wiki):
        own = module.placed("", block)
        native = f"{above}\n{own}\n{below}"
        if module.found(native, block.marker) is None or module.without(native, block.marker) != f"{above}\n\n{below}":
            continue  # what is above opens a code block, or holds a block itself

        assert module.placed(native, OTHER) == f"{above}\n{module.placed('', OTHER)}\n{below}"


@given(
    native=st.lists(
        st.sampled_from(
            [
                *NASTY,
                "\n",
                "\r\n",
                "```\n",
                "{code}",
                "{panel:title=x}",
                "{panel}",
                "<!-- waymark:end -->\n",
                "\nWaymark ref X\n",
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_a_block_put_at_the_end_of_anything_keeps_it_and_is_found(native: str) -> None:
    for module in (block_markdown, block_wiki):
        placed = module.placed(native, BLOCK)

        assert native in placed
        assert module.placed(placed, BLOCK) == placed
        assert native in module.placed(placed, OTHER)


@given(above=wiki_documents, below=wiki_documents, text=wiki_documents)
def test_peoples_nodes_survive_as_json(above: str, below: str, text: str) -> None:
    block = replace(BLOCK, sections=(replace(BLOCK.sections[0], text=text), *BLOCK.sections[1:]))
    native = _documents_joined(to_adf(above), block_adf.placed(None, BLOCK), to_adf(below))

    placed = block_adf.placed(native, block)

    SCHEMA.validate(placed)
    assert block_adf.without(placed) == _documents_joined(to_adf(above), to_adf(below))
    found = block_adf.found(placed)
    assert found is not None
    assert found.sections["problem"] == text
