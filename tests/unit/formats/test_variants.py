"""What exports of the same programs hold elsewhere: other words, other languages, odd rows."""

from __future__ import annotations

from datetime import datetime

import pytest

from psgscore.errors import ScoringFileError
from psgscore.io.scoring_files import read_scoring

START = datetime(2020, 3, 1, 22)


def read(tmp_path, text, name="night.csv"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return read_scoring(path, start=START)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "Start Time,End Time,Event,Duration,\n22:10:00,22:10:02,LM,2,5,\n", id="Noxturnal"
        ),
        pytest.param("Start Time,Duration (seconds),Event\n22:10:00,2,5,LM\n", id="STAGES"),
    ],
)
def test_a_decimal_comma_in_a_row_separated_by_commas_is_refused(tmp_path, text):
    with pytest.raises(ScoringFileError, match=r"line 2: more cells .* is 2,5 one number"):
        read(tmp_path, text)


def test_a_comma_in_a_last_word_is_part_of_it(tmp_path):
    text = "Start Time,Duration (seconds),Event\n22:10:00,0,Comment, turned over\n"
    assert read(tmp_path, text).events.kind.tolist() == ["other:Comment, turned over"]


def test_cells_beyond_the_header_are_told(tmp_path):
    text = "Start Time,End Time,Event,Duration,\n22:10:00,22:10:02,LM,2.5,seen\n"
    found = read(tmp_path, text)
    assert found.events.kind.tolist() == ["LM"]
    (finding,) = [one for one in found.findings if one.code == "scoring.columns-ignored"]
    assert "in 1 rows" in finding.message
