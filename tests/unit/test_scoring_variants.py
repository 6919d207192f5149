"""Scoring tables as other countries and programs write them."""

from __future__ import annotations

import pytest

from psgscore.errors import ScoringFileError
from psgscore.io.recording import Annotation
from psgscore.io.scoring_files import read_scoring, scoring_from_annotations
from psgscore.model.hypnogram import Stage

W, N1, N2 = Stage.W, Stage.N1, Stage.N2


def written(tmp_path, text, name="night.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["onset\tevent\n1.5\tMicro\u2019\n", "W\nN1\n"], ids=["table", "list"]
)
def test_utf_16_without_its_mark_is_read(tmp_path, encoding, text):
    with_mark = read_scoring(written(tmp_path, text, encoding="utf-16"))
    without = read_scoring(written(tmp_path, text, encoding=encoding))
    assert without.events.kind.tolist() == with_mark.events.kind.tolist()
    assert without.events.start_s.tolist() == with_mark.events.start_s.tolist()


def test_cells_that_end_with_a_semicolon_have_decimal_commas(tmp_path):
    text = "onset;duration;event;uV\n0,5;30,25;LM;1,5\n40;;arousal;-2,5\n"
    found = read_scoring(written(tmp_path, text)).events
    assert found.start_s.tolist() == [0.5, 40.0]
    assert (found.stop_s - found.start_s).tolist() == [30.25, 0.0]
    assert found.measures["uV"].tolist() == [1.5, -2.5]


@pytest.mark.parametrize("mark", ["\t", ","])
def test_elsewhere_a_comma_might_stand_for_thousands(tmp_path, mark):
    with pytest.raises(ScoringFileError, match="line 2: onset is '1,234', not a number"):
        read_scoring(written(tmp_path, f'onset{mark}event\n"1,234"{mark}LM\n'))


@pytest.mark.parametrize("first", [0, 1])
def test_epochs_are_numbered_from_0_or_1(tmp_path, first):
    text = f"Epoch,Stage\n{first},W\n{first + 1},N1\n{first + 2},N2\n"
    hypnogram = read_scoring(written(tmp_path, text)).hypnogram
    assert [Stage(int(code)) for code in hypnogram.stages] == [W, N1, N2]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        pytest.param("1,W\n3,N1\n2,N2\n", "line 3: epoch is '3' where 2 was to come", id="order"),
        pytest.param("1,W\n2,N1\n4,N2\n", "line 4: epoch is '4' where 3 was to come", id="gap"),
        pytest.param("1,W\n2,N1\n2,N2\n", "line 4: epoch is '2' where 3 was to come", id="twice"),
        pytest.param("7,W\n8,N1\n", "line 2: epoch is '7' where 1 was to come", id="late"),
        pytest.param("1,W\n,N1\n", "line 3: epoch is '' where 2 was to come", id="missing"),
    ],
)
def test_epochs_out_of_order_are_refused(tmp_path, rows, message):
    with pytest.raises(ScoringFileError, match=message):
        read_scoring(written(tmp_path, "epoch,stage\n" + rows))


def test_epochs_of_20_s_without_onsets_are_refused(tmp_path):
    with pytest.raises(ScoringFileError, match="line 2: 20 s long, and no onset"):
        read_scoring(written(tmp_path, "stage,duration\nW,20\nN1,20\n"))


def test_a_table_without_onsets_says_what_it_has(tmp_path):
    with pytest.raises(ScoringFileError, match=r"line 2: no onset: .* among 'Time', 'event'"):
        read_scoring(written(tmp_path, "Time,Event\n22:10:00,LM\n"))


def read_notes(texts, channel=""):
    notes = [Annotation(float(place), 1.0, text, channel) for place, text in enumerate(texts)]
    return scoring_from_annotations(notes)


@pytest.mark.parametrize(
    ("n", "kept"),
    [
        pytest.param(1, 1000, id="a night"),
        pytest.param(40_000, 500, id="very many events"),
        pytest.param(400_000, 60, id="a million rows may still have words"),
    ],
)
def test_a_very_long_word_is_cut_and_said_so(n, kept):
    found = read_notes(["LM"] * (n - 1) + ["x" * 100_000])
    assert found.events.kind[-1] == "other:" + "x" * kept
    assert [one.code for one in found.findings].count("scoring.words-cut") == 1


@pytest.mark.parametrize("length", [60, 1000])
def test_a_long_note_is_kept(length):
    found = read_notes(["LM", "x" * length], "c" * length)
    assert found.events.kind[-1] == "other:" + "x" * length
    assert "scoring.words-cut" not in [one.code for one in found.findings]


def test_of_very_many_unknown_words_the_rest_is_counted():
    found = read_notes(["often"] * 3 + [f"word {k}" for k in range(300)])
    (finding,) = [one for one in found.findings if one.code == "scoring.unknown-label"]
    assert "'often' (3)" in finding.message
    assert finding.message.endswith(" and 101 words more (101)")


@pytest.mark.parametrize("text", ['[{"name": "N2"}]', '{"stages": {"a": 1}}'])
def test_json_of_another_kind_is_called_so(tmp_path, text):
    with pytest.raises(ScoringFileError, match=r"night\.json: JSON, but of none of the kinds"):
        read_scoring(written(tmp_path, text, "night.json"))
