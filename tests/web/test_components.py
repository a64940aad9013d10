"""Every component renders, says in words what it shows in colour, and keeps to the content policy."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from litestar.testing import TestClient

from tests.web.stage import ROOT, stage
from web.assets import steps
from web.templating import places_of

TEMPLATES = sorted((ROOT / "web/templates").rglob("*.html"))
INLINE = re.compile(r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|<style|<script(?![^>]*\ssrc=)|javascript:|\shx-on""")
INNER = {
    "sig_dot",
    "glyph",
    "factor",
    "dept",
    "notes",
    "described",
    "based",
    "clashed",
    "caption",
    "option",
    "group",
    "differing",
    "worded",
}


@pytest.fixture(scope="module")
def samples() -> str:
    with TestClient(stage()) as client:
        answer = client.get("/samples")
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_styles_or_scripts_inline(template: Path) -> None:
    assert INLINE.findall(template.read_text()) == []


def test_what_is_rendered_has_no_inline_style_either(samples: str) -> None:
    assert INLINE.search(samples) is None


def test_every_component_is_shown_in_the_samples() -> None:
    components = vars(stage().state.pages.environment.globals["ui"])
    names = {name for name in components if not name.startswith("_")}
    written = (ROOT / "tests/web/samples.html").read_text() + (ROOT / "web/templates/_topbar.html").read_text()
    used = set(re.findall(r"ui\.(\w+)", written))

    assert names - used <= INNER | {"stage_name", "error", "trail"}


def test_a_missing_criterion_is_not_shown_as_a_value(samples: str) -> None:
    assert re.search(r'class="v-0 is-missing"[^>]*>–<span class="vh"> Maturity, not rated yet', samples)
    assert "Maturity" in samples
    assert "counts as 5" in samples


def test_a_suggested_criterion_says_so_in_words(samples: str) -> None:
    assert re.search(r'class="v-81 is-suggested"[^>]*>8\.1<span class="vh"> Urgency, suggested', samples)


def test_few_answers_are_an_outline_and_said(samples: str) -> None:
    assert 'class="heat h4 heat--few">6.1' in samples
    assert "few answers" in samples


def test_what_is_wrong_with_a_field_is_tied_to_it_and_what_was_typed_stays(samples: str) -> None:
    field = re.search(r'<input[^>]*id="f-benefit"[^>]*>', samples)

    assert field
    assert 'value="12"' in field.group()
    assert 'aria-invalid="true"' in field.group()
    assert 'aria-describedby="f-benefit-error"' in field.group()
    assert 'id="f-benefit-error"' in samples
    assert "Enter a number from 0 to 10." in samples


def test_an_interval_names_its_numbers_for_those_who_do_not_see_it(samples: str) -> None:
    assert 'aria-label="3.4 of 10, 95% interval 3.2 to 3.6, threshold 5.0"' in samples


def test_the_classes_for_values_and_weights_are_the_ones_in_the_style_sheet() -> None:
    assert "\n".join(steps.rules()) + "\n" == (ROOT / "web/static/steps.css").read_text()


def test_every_icon_named_is_in_the_sprite() -> None:
    known = {line.split()[0] for line in (ROOT / "web/assets/icons.txt").read_text().splitlines() if line[:1].isalpha()}
    source = "\n".join(path.read_text() for path in TEMPLATES)
    named = set(re.findall(r'(?:ui\.icon|glyph|icon)\("([a-z]+)"', source)) | set(
        re.findall(r'icon="([a-z]+)"', source)
    )

    assert named <= known


@pytest.mark.parametrize("ranked", [1, 20, 60, 61, 10_000])
def test_ranks_fill_the_axis_from_end_to_end_without_a_gap(ranked: int) -> None:
    places = [places_of(rank, rank, ranked) for rank in range(1, min(ranked, 100) + 1)]

    assert places[0][0] == 0
    assert places_of(1, ranked, ranked)[1] == pytest.approx(100)
    assert all(before[1] == pytest.approx(after[0]) for before, after in pairwise(places))
    assert all(start < end for start, end in places)
