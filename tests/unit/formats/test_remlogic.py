"""Event lists of RemLogic, Embla and the CAP sleep database."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from text_exports import codes, fuzzed, kinds, stages, written

from psgscore.errors import PsgscoreError, ScoringFileError
from psgscore.io.scoring_files import read_scoring
from psgscore.model.hypnogram import Stage

W, N1, N2, N3, R, U = Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R, Stage.UNSCORED

HEAD = (
    "RemLogic Event Export\nPatient:\tNN\nPatient ID:\t\nRecording Date:\t28/01/2010\n\n"
    "Events Included:\nSLEEP-S0\nPLM-LM\n\nScoring Session:\nScorer Name:\t\n\n"
)
FULL = "Sleep Stage\tPosition\tTime [hh:mm:ss]\tEvent\tDuration[s]\tLocation\n"


def night(header: str, *rows: str) -> str:
    return HEAD + header + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        pytest.param(
            FULL,
            ["W\tSupine\t23:59:30\tSLEEP-S0\t30\tC3-A2", "S2\tLeft\t00:00:00\tSLEEP-S2\t30\tC3-A2"],
            id="all columns, past midnight",
        ),
        pytest.param(
            "Sleep Stage\tTime [hh:mm:ss]\tEvent\tDuration[s]\tLocation\n",
            ["W\t23:59:30\tSLEEP-S0\t30\tC3-A2", "S2\t00:00:00\tSLEEP-S2\t30\tC3-A2"],
            id="without the position",
        ),
        pytest.param(
            "Sleep Stage\tPosition\tTime [hh:mm:ss.xxx]\tEvent\tDuration [s]\tLocation\n",
            ["W\t\t23:59:30.000\tSLEEP-S0\t30,0\tC3-A2", "S2\t\t00:00:00.000\tSLEEP-S2\t30.0\t"],
            id="milliseconds, a blank before the unit, a decimal comma",
        ),
        pytest.param(
            "Time [hh:mm:ss]\tEvent\tDuration[s]\n",
            ["23.59.30\tSLEEP-S0\t30", "0.00.00\tSLEEP-S2\t30"],
            id="points between hours and minutes",
        ),
        pytest.param(
            "Time [hh:mm:ss]\tEvent\tDuration[s]\n",
            ["11:59:30 PM\tSLEEP-S0\t30", "12:00:00 AM\tSLEEP-S2\t30"],
            id="12-hour clock",
        ),
        pytest.param(
            "Time [hh:mm:ss.xxx]\tEvent\tDuration[s]\n",
            [
                "2010-01-28T23:59:30.000000\tSLEEP-S0\t30",
                "2010-01-29T00:00:00.000000\tSLEEP-S2\t30",
            ],
            id="ISO moments",
        ),
        pytest.param(
            "Stade de sommeil\tPosition\tHeure [hh:mm:ss]\tEvénement\tDurée[s]\tEmplacement\n",
            ["W\t\t23:59:30\tSLEEP-S0\t30\tC3-A2", "S2\t\t00:00:00\tSLEEP-S2\t30\tC3-A2"],
            id="French column names",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_form_of_the_table(tmp_path, header, rows, encoding, newline):
    text = night(header, *rows).rstrip("\n").replace("\n", newline)
    start = datetime(2010, 1, 28, 23, 59)
    scoring = read_scoring(written(tmp_path, text, encoding=encoding), start=start)
    assert stages(scoring) == [W, N2]
    assert scoring.hypnogram is not None
    assert scoring.hypnogram.start_s == 30.0


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("SLEEP-S0", W),
        ("SLEEP-S1", N1),
        ("SLEEP-S2", N2),
        ("SLEEP-S3", N3),
        ("SLEEP-S4", N3),
        ("SLEEP-REM", R),
        ("SLEEP-MT", U),
        ("SLEEP-UNSCORED", U),
    ],
)
def test_stage_words(tmp_path, word, stage):
    file = written(tmp_path, night(FULL, f"x\ty\t23:00:00\t{word}\t30\tC3-A2"))
    assert stages(read_scoring(file)) == [stage]


@pytest.mark.parametrize("word", ["SLEEP-S9", "PEDSLEEP-AS"])
def test_an_unknown_stage_is_an_error_that_names_it(tmp_path, word):
    file = written(tmp_path, night(FULL, f"x\ty\t23:00:00\t{word}\t30\tC3-A2"))
    with pytest.raises(ScoringFileError, match=f"unknown stage '{word}'"):
        read_scoring(file)


@pytest.mark.parametrize(
    ("word", "location", "kind"),
    [
        ("PLM-LM", "", "LM"),
        ("PLM-LM", "Left Leg", "LM:left"),
        ("PLM-RRLM", "", "LM"),
        ("PLM", "", "PLM:imported"),
        ("AROUSAL-PLM", "", "arousal:plm"),
        ("AROUSAL-SPONT", "", "arousal:spontaneous"),
        ("AROUSAL-RERA", "", "arousal:respiratory"),
        ("APNEA-OBSTRUCTIVE", "", "apnea:obstructive"),
        ("HYPOPNEA-CENTRAL", "", "hypopnea:central"),
        ("LIGHTS-OFF", "", "lights_off"),
        ("MCAP-A1", "", "CAP:A1"),
        ("AUTONOMIC-DESAT", "", "autonomic"),
        ("ANALYSIS-START", "", "recording"),
        ("POSITION-SUPINE", "", "position:supine"),
        ("SLEEP-SPINDLE", "", "spindle"),
        ("DESAT", "", "desat"),
        ("Something else", "", "other:Something else"),
    ],
)
def test_event_words(tmp_path, word, location, kind):
    file = written(tmp_path, night(FULL, f"S2\ty\t23:00:00\t{word}\t2.5\t{location}"))
    scoring = read_scoring(file)
    assert kinds(scoring) == {kind: 1}
    assert scoring.events.duration_s.tolist() == [2.5]


def test_a_night_that_begins_after_midnight_is_put_next_to_the_recording(tmp_path):
    file = written(tmp_path, night(FULL, "W\t\t00:10:00\tSLEEP-S0\t30\t"))
    scoring = read_scoring(file, start=datetime(2010, 1, 28, 23, 50))
    assert scoring.hypnogram is not None
    assert scoring.hypnogram.start_s == 1200.0


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param("W\t\t25:10:00\tSLEEP-S0\t30\t", "line 14: '25:10:00' is no", id="hour 25"),
        pytest.param("W\t\t\tSLEEP-S0\t30\t", "line 14: '' is no clock time", id="no time"),
        pytest.param("W\t\t23:00:00\tPLM-LM\t-1\t", "line 14: a duration of -1", id="negative"),
        pytest.param("W\t\t23:00:00\tPLM-LM\tnone\t", "line 14: 'none' is no dur", id="no number"),
        pytest.param("W\t\t23:00:00\tPLM-LM\t1e999\t", "line 14: '1e999' is no", id="infinite"),
        pytest.param("", "no rows", id="nothing"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(tmp_path, row, message):
    with pytest.raises(ScoringFileError, match=message):
        read_scoring(written(tmp_path, night(FULL, row)))


def test_a_list_without_its_table_is_an_error(tmp_path):
    with pytest.raises(ScoringFileError, match="without its table"):
        read_scoring(written(tmp_path, HEAD))


def test_columns_that_are_not_used_are_named(tmp_path):
    file = written(tmp_path, night(FULL, "W\t\t23:00:00\tSLEEP-S0\t30\t"))
    scoring = read_scoring(file, start=datetime(2010, 1, 28, 23))
    assert codes(scoring) == ["scoring.columns-ignored"]


def test_cap_sleep_database(real_data):
    file = real_data("annotations/remlogic_cap_brux1.txt")
    scoring = read_scoring(file, start=datetime(2010, 1, 28, 22, 18, 17))
    assert Counter(stages(scoring)) == {N2: 482, R: 179, N3: 167, W: 106, N1: 91, U: 6}
    assert kinds(scoring) == {"CAP:A1": 207, "CAP:A2": 35, "CAP:A3": 145}
    assert "scoring.rk-stages" in codes(scoring)


def test_damaged_files_end_in_a_clear_error(tmp_path):
    rows = ["W\tSupine\t23:59:30\tSLEEP-S0\t30\tC3-A2", "S2\t\t00:00:00\tPLM-LM\t3,5\tC3-A2"]
    for text in fuzzed(night(FULL, *rows), 300):
        try:
            read_scoring(written(tmp_path, text))
        except PsgscoreError:
            continue
