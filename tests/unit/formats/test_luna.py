"""Annotation files of Luna: every way to write a time, and what is refused."""

from __future__ import annotations

from datetime import datetime

import pytest

from psgscore.errors import ScoringFileError
from psgscore.io.scoring_files import read_scoring
from psgscore.score.night import score_events

START = datetime(2016, 7, 29, 21, 23, 23)


def written(folder, text, name="night.annot"):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def events(scoring):
    found = scoring.events
    return [
        (str(kind), round(float(start), 6), round(float(stop), 6))
        for kind, start, stop in zip(found.kind, found.start_s, found.stop_s, strict=True)
    ]


def codes(scoring):
    return [finding.code for finding in scoring.findings]


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        pytest.param("120", "150", id="seconds"),
        pytest.param("120", "+30", id="a duration"),
        pytest.param("120", "+00:00:30", id="a duration as hh:mm:ss"),
        pytest.param("e:5", ".", id="an epoch"),
        pytest.param("e:5", "e:5", id="an epoch to itself"),
        pytest.param("e:7:20", "+30", id="an epoch of 20 s"),
        pytest.param("e:9:30:15", ".", id="overlapping epochs"),
        pytest.param("21:25:23", "21:25:53", id="clock time"),
        pytest.param("9:25:23pm", "9:25:53pm", id="12-hour clock"),
        pytest.param("9:25:23 pm", "9:25:53 pm", id="12-hour clock with a blank"),
        pytest.param("21:25:23", "+30", id="clock time and a duration"),
        pytest.param("0+00:02:00", "0+00:02:30", id="elapsed hours"),
        pytest.param("29-07-16-21:25:23", "29-07-16-21:25:53", id="date"),
        pytest.param("29-Jul-2016-21:25:23", "+30", id="date with a month's name"),
        pytest.param("29/07/16-21:25:23", "+30", id="date with slashes"),
        pytest.param("2016-07-29-21:25:23.000", "+30", id="date with the year first"),
    ],
)
@pytest.mark.parametrize("columns", ["{0}\t{1}", ".\t{0}\t{1}", ".\t.\t{0}\t{1}\t."])
def test_every_way_to_write_a_time_says_the_same(tmp_path, start, stop, columns):
    path = written(tmp_path, "arousal\t" + columns.format(start, stop) + "\n")
    assert events(read_scoring(path, start=START)) == [("arousal", 120.0, 150.0)]


def test_until_the_next_row_of_whatever_class(tmp_path):
    path = written(tmp_path, "N1 10 ...\nN2 40 ...\narousal 100 +3\n")
    found = read_scoring(path)
    assert found.hypnogram.start_s == 10.0
    assert found.hypnogram.stages.tolist() == [1, 2, 2]
    assert events(found) == [("arousal", 100.0, 103.0)]


def test_stages_after_midnight_without_dates(tmp_path):
    path = written(tmp_path, "N2 23:59:30 ...\nR 00:00:30 00:01:00\n")
    found = read_scoring(path, start=datetime(2020, 1, 1, 23, 59, 0))
    assert found.hypnogram.start_s == 30.0
    assert found.hypnogram.stages.tolist() == [2, 2, 4]


def test_header_meta_data_and_channels(tmp_path):
    text = (
        "# arousal | by two | power[num] who[txt]\r\n# LM\r\n"
        "class\tinstance\tchannel\tstart\tstop\tmeta\tdepth\r\n"
        "arousal\t.\tC3\t10\t+3\t4.5|ab\t.\r\n"
        "LM\t1\tLAT\t20\t21.5\tpower=2\t7\r\n"
        "LM\t.\tRAT\t30\t31.5"
    )
    found = read_scoring(written(tmp_path, text, "renamed.txt"))
    assert events(found) == [
        ("arousal", 10.0, 13.0),
        ("LM:left", 20.0, 21.5),
        ("LM:right", 30.0, 31.5),
    ]
    assert found.events.measures["power"].tolist()[:2] == [4.5, 2.0]
    assert found.events.measures["depth"][1] == 7.0
    assert codes(found) == ["scoring.columns-ignored"]
    assert "'instance', 'who'" in found.findings[0].message


def test_words_of_the_nsrr(tmp_path):
    words = ["N1", "N2", "N3", "NREM4", "R", "W", "wake", "?", "U", "M", "L", "NR"]
    text = "".join(f"{word}\t{30 * k}\t{30 * k + 30}\n" for k, word in enumerate(words))
    text += "arousal_spontaneous 1 4\nPLM:left 1 4\nhypopnea:central 5 20\nartifact:SpO2 1 2\n"
    found = read_scoring(written(tmp_path, text))
    assert found.hypnogram.stages.tolist() == [1, 2, 3, 3, 4, 0, 0, -1, -1, -1, -1, -1]
    kinds = {kind for kind, *_ in events(found)}
    assert kinds == {
        "arousal:spontaneous",
        "PLM:imported",
        "hypopnea:central",
        "sensor_artifact:SpO2",
    }
    assert codes(found) == ["scoring.rk-stages", "scoring.plm-imported"]


def test_the_instance_is_the_word_where_the_class_says_nothing(tmp_path):
    found = read_scoring(written(tmp_path, "edf_annot\tEEG arousal\t.\t5\t8\t.\n"))
    assert events(found) == [("arousal", 5.0, 8.0)]


def test_clock_times_beside_seconds_need_the_start(tmp_path):
    text = "arousal\t.\t.\t10\t13\t.\ndesat\t.\t.\t21:25:23\t21:25:43\t.\n"
    path = written(tmp_path, text)
    with pytest.raises(ScoringFileError, match=r"night\.annot, line 2: a clock time"):
        read_scoring(path)
    expected = [("arousal", 10.0, 13.0), ("desat", 120.0, 140.0)]
    assert events(read_scoring(path, start=START)) == expected
    told = written(tmp_path, text + "start_hms\t21.23.23\t.\t.\t.\t.\n")
    assert events(read_scoring(told)) == [("recording", 0.0, 0.0), *expected]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        pytest.param("N1 0\n", "line 1: 2 columns", id="too few columns"),
        pytest.param("N1 0 30\nN2 x 60\n", "line 2: 'x' is no time", id="no time"),
        pytest.param("N1 30 0\n", "line 1: 'N1' ends before", id="backwards"),
        pytest.param("N1 0 +-3\n", "line 1: .* is no duration", id="negative duration"),
        pytest.param("N1 e:0 .\n", "line 1: 'e:0' is no time", id="epochs count from 1"),
        pytest.param("N1 nan 30\n", "line 1: 'nan' is no time", id="NaN"),
        pytest.param("N1 1e300 +30\n", "line 1: '1e300' is no time", id="huge"),
        pytest.param("N1 24:00:00 +30\n", "line 1: '24:00:00' is no time", id="hour 24"),
        pytest.param("N1 31-feb-16-22:00:00 +30\n", "line 1", id="no such day"),
        pytest.param("N1 0 22:00:00\n", "line 1: start and stop", id="two clocks"),
        pytest.param("# nothing\n", "holds no annotations", id="empty"),
    ],
)
def test_what_cannot_be_understood_says_where(tmp_path, text, match):
    with pytest.raises(ScoringFileError, match=match):
        read_scoring(written(tmp_path, text))


def test_eannot_is_one_label_per_epoch(tmp_path):
    path = written(tmp_path, "wake\nN1\n.\narousal\nspindles\nL", "night.eannot")
    found = read_scoring(path)
    assert found.hypnogram.stages.tolist() == [0, 1, -1, -1, -1, -1]
    assert events(found) == [("epoch:arousal", 90.0, 120.0), ("other:epoch:spindles", 120.0, 150.0)]
    assert "arousal" not in found.covers
    assert codes(found) == ["scoring.unknown-label", "scoring.epoch-marks"]


@pytest.mark.parametrize("word", ["artifact:SpO2", "artifact_respiratory", "artifact:proximal_ph"])
def test_a_silent_sensor_takes_no_leg_movement_away(tmp_path, word):
    rows = [f"LM:left\t{100 + 20 * k}\t{102 + 20 * k}" for k in range(6)]
    stages = [f"N2\t{30 * k}\t{30 * k + 30}" for k in range(10)]
    text = "\n".join([*stages, *rows, f"{word}\t50\t250"]) + "\n"
    found = read_scoring(written(tmp_path, text))
    score = score_events(found.events, found.hypnogram)
    assert score.rate("plm", "wasm-2016", "sleep").count == 6
