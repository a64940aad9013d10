"""Forty and more files that are not what they say: each is read, or refused in words, and never half."""

import time
import tracemalloc
from pathlib import Path

import pytest

from backlog.errors import Refused
from tests.imports.broken import READABLE, REFUSED
from tests.imports.surveys import LONG, read_file

NAMES = ["Check-in", "Gepäck", "Gepäck – „Ausgabe“", "Check in"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_is_refused_in_words_and_in_time(name: str, tmp_path: Path) -> None:
    make, words = REFUSED[name]
    path = tmp_path / "survey.csv"
    path.write_bytes(make())
    tracemalloc.start()
    started = time.monotonic()

    with pytest.raises(Refused) as refused:
        read_file(path, LONG, NAMES)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert words in str(refused.value)
    assert "Nothing was" in str(refused.value)
    assert time.monotonic() - started < 5
    assert peak < 200_000_000


@pytest.mark.parametrize("name", READABLE)
def test_an_odd_but_sound_file_is_read(name: str, tmp_path: Path) -> None:
    make, delimiter = READABLE[name]
    path = tmp_path / "survey.csv"
    path.write_bytes(make())

    read = read_file(path, LONG, NAMES)

    assert read.wrong == []
    assert [answer[4] for answer in read.answers] == [7.5, 7.5, 7.5]
    assert delimiter in ";,\t|"


def test_a_cut_off_last_row_is_set_aside_alone(tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("touchpoint,value,answered_on,weight,respondent\nCheck-in,4,2026-05-04,1,7\nCheck-in,4,2026-0")

    read = read_file(path, LONG, ["Check-in"])

    assert len(read.answers) == 1
    assert read.reasons == [(3, "", "The row ends after 3 of 5 columns.")]
