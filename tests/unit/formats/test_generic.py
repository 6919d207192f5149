"""Tables that the user describes: each key does what it says, and mistakes are named."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from psgscore.cli import main
from psgscore.errors import ConfigError, ScoringFileError
from psgscore.io.scoring_files import read_scoring

CLOCK = """
[table]
separator = "semicolon"
encoding = "cp1252"
skip = 2
comment = "%"
time = "clock"
decimal_comma = true
date_format = "%d.%m.%y"
[columns]
onset = "Beginn"
duration = "Dauer [s]"
word = "Ereignis"
channel = "Kanal"
date = "Datum"
[stages]
N2 = ["Stadium Zwei"]
[kinds]
"LM:left" = ["Bein links"]
"""


def read(folder, described, text, *, encoding="utf-8", **how):
    table, path = folder / "lab.toml", folder / "night.txt"
    table.write_text(described, "utf-8")
    path.write_bytes(text.encode(encoding))
    return read_scoring(path, table=table, **how)


def events(scoring):
    found = scoring.events
    return [
        (str(kind), round(float(start), 6), round(float(stop), 6))
        for kind, start, stop in zip(found.kind, found.start_s, found.stop_s, strict=True)
    ]


def test_a_table_of_a_german_lab(tmp_path):
    text = (
        "Schlaflabor\r\nPatient: M\xfcller\r\nDatum;Beginn;Dauer [s];Ereignis;Kanal\r\n"
        "01.03.20;23:59:50;1,5;Bein links;EMG li\r\n% Pause\r\n\r\n"
        '02.03.20;00:00:00;30,0;"Stadium Zwei";\r\n02.03.20;00:00:10;3;Arousal;C3'
    )
    start = datetime(2020, 3, 1, 23, 59, 0)
    found = read(tmp_path, CLOCK, text, encoding="cp1252", start=start)
    assert events(found) == [("LM:left", 50.0, 51.5), ("arousal", 70.0, 73.0)]
    assert found.hypnogram.start_s == 60.0
    assert found.hypnogram.stages.tolist() == [2]


UNITS = [
    pytest.param('time = "seconds"', "12.5,1.5", id="seconds"),
    pytest.param('time = "milliseconds"', "12500,1500", id="milliseconds"),
    pytest.param('time = "samples"\nrate_hz = 200', "2500,300", id="samples"),
    pytest.param('time = "clock"', "22:00:12.5,1.5", id="clock"),
    pytest.param('time = "clock"', "10:00:12.5 PM,00:00:01.5", id="12-hour clock"),
    pytest.param('time = "clock"', "2020-01-01T22:00:12.500,1.5", id="date and time"),
    pytest.param('time = "clock"\nformat = "%H%M%S.%f"', "220012.5,1.5", id="a form of its own"),
]


@pytest.mark.parametrize(("unit", "row"), UNITS)
def test_units_of_time(tmp_path, unit, row):
    described = (
        f'[table]\nseparator = "comma"\nheader = false\n{unit}\n'
        "[columns]\nonset = 1\nduration = 2\nword = 3\n"
    )
    found = read(tmp_path, described, f"{row},arousal\n", start=datetime(2020, 1, 1, 22))
    assert events(found) == [("arousal", 12.5, 14.0)]


@pytest.mark.parametrize(
    ("unit", "row", "expected"),
    [
        pytest.param("seconds", "10,13", (10.0, 13.0), id="seconds"),
        pytest.param("clock", "23:59:58,00:00:01", (7198.0, 7201.0), id="over midnight"),
    ],
)
def test_stop_in_place_of_a_duration(tmp_path, unit, row, expected):
    described = (
        f'[table]\nseparator = "comma"\nheader = false\ntime = "{unit}"\n'
        "[columns]\nonset = 1\nstop = 2\nword = 3\n"
    )
    found = read(tmp_path, described, f"{row},arousal\n", start=datetime(2020, 1, 1, 22))
    assert events(found) == [("arousal", *expected)]


def test_what_is_told_by_epoch_is_no_event_with_a_time(tmp_path):
    described = (
        '[table]\nseparator = "blank"\ntime = "epoch"\nepoch_s = 20\n'
        '[columns]\nonset = "E"\nstage = "S"\nword = "X"\n[kinds]\n"LM" = ["leg"]\n'
    )
    found = read(tmp_path, described, "E S X\n1 W .\n2 N2 leg\n3 R arousal\n")
    assert found.hypnogram.stages.tolist() == [0, 2, 4]
    assert found.hypnogram.epoch_s == 20.0
    assert events(found) == [("epoch:LM", 20.0, 40.0), ("epoch:arousal", 40.0, 60.0)]
    assert found.covers == frozenset()


def test_a_list_of_stages_needs_no_onset(tmp_path):
    described = "[table]\nheader = false\nepoch_s = 20\n[columns]\nstage = 2\n[stages]\nR = ['5']\n"
    found = read(tmp_path, described, "a\t5\nb\tN2\n")
    assert found.hypnogram.stages.tolist() == [4, 2]
    assert found.hypnogram.epoch_s == 20.0


def test_labels_win_over_the_words_of_the_description(tmp_path):
    labels = tmp_path / "labels.toml"
    labels.write_text("[kinds]\n'LM:right' = ['x']\n", "utf-8")
    described = "[columns]\nonset = 'o'\nword = 'w'\n[kinds]\n'LM:left' = ['x', 'y']\n"
    found = read(tmp_path, described, "o\tw\n1\tx\n2\ty\n", labels=labels)
    assert [kind for kind, *_ in events(found)] == ["LM:right", "LM:left"]


def test_utf16_without_a_mark_is_read_if_it_is_named(tmp_path):
    described = '[table]\nencoding = "utf-16-le"\n[columns]\nonset = "o"\nword = "w"\n'
    found = read(tmp_path, described, "o\tw\n1\tarousal\n", encoding="utf-16-le")
    assert events(found) == [("arousal", 1.0, 1.0)]


@pytest.mark.parametrize(
    ("described", "match"),
    [
        pytest.param("[tabel]\n", r"no section 'tabel': did you mean 'table'\?", id="section"),
        pytest.param("[table]\nseperator = 'tab'\n", "did you mean 'separator'", id="key"),
        pytest.param("[columns]\nonsett = 1\n", "did you mean 'onset'", id="column"),
        pytest.param("[table]\ntime = 'hours'\n", "time under .table. is 'hours'", id="unit"),
        pytest.param("[table]\nskip = -1\n", "skip under", id="negative"),
        pytest.param("[table]\nskip = true\n", "skip under", id="a boolean is no number"),
        pytest.param("[table]\nheader = 1\n", "header under", id="a number is no boolean"),
        pytest.param("[table]\nencoding = 'utf-99'\n", "encoding under", id="encoding"),
        pytest.param("[table]\nencoding = 'zlib'\n", "encoding under", id="no text encoding"),
        pytest.param("[table]\nseparator = '::'\n", "separator under", id="separator"),
        pytest.param("[table]\nrate_hz = 0\n", "rate_hz under", id="rate"),
        pytest.param("table = 3\n", "holds lines", id="no section"),
        pytest.param("[columns]\nonset = 1\n", "needs word, stage, or both", id="no word"),
        pytest.param("[columns]\nword = 'w'\n", "needs onset", id="no onset"),
        pytest.param("[columns]\nword = 0\n", "word under .columns. is 0", id="counted from 0"),
        pytest.param(
            "[columns]\nonset=1\nword=2\nduration=3\nstop=4\n", "duration and stop", id="two ends"
        ),
        pytest.param(
            "[table]\ntime='samples'\n[columns]\nonset=1\nword=2\n", "needs rate_hz", id="samples"
        ),
        pytest.param(
            "[table]\nheader=false\n[columns]\nonset='a'\nword=2\n", "without a header", id="names"
        ),
        pytest.param("[columns]\nonset=1\nword=2\ndate=3\n", "needs time = 'clock'", id="date"),
        pytest.param("[stages]\nN5 = ['x']\n", "no stage 'N5'", id="stage"),
        pytest.param("[table\n", "no description of a table", id="no TOML"),
    ],
)
def test_mistakes_of_the_description_are_named(tmp_path, described, match):
    with pytest.raises(ConfigError, match=match):
        read(tmp_path, described, "a\tb\n1\tx\n")


ROWS = "[columns]\nonset = 'o'\nduration = 'd'\nword = 'w'\n"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        pytest.param("o\td\twort\n1\t1\tx\n", "line 1: no column 'w'", id="no such column"),
        pytest.param("o\td\tw\tW\n1\t1\tx\n", "more than one column 'w'", id="twice"),
        pytest.param("o\td\tw\n", "no rows", id="no rows"),
        pytest.param("o\td\tw\n1\t-1\tx\n", "line 2: it ends 1 s before", id="negative"),
        pytest.param("o\td\tw\n1,5\t1\tx\n", "line 2: onset is '1,5'.*decimal_comma", id="comma"),
        pytest.param("o\td\tw\nnan\t1\tx\n", "line 2: onset is 'nan'", id="NaN"),
        pytest.param("o\td\tw\n\t1\tx\n", "line 2: onset is ''", id="no onset"),
        pytest.param('o\td\tw\n1\t1\t"x\n', "line 2: .* check the quotes", id="quotes"),
        pytest.param("", "no column", id="empty"),
    ],
)
def test_rows_that_are_not_as_described(tmp_path, text, match):
    with pytest.raises(ScoringFileError, match=match):
        read(tmp_path, ROWS, text)


def test_the_command_line_takes_a_table_and_labels(tmp_path, capsys):
    table, labels, path = (tmp_path / name for name in ("t.toml", "l.toml", "night.csv"))
    table.write_text(
        "[table]\nseparator = 'comma'\n[columns]\nonset = 'o'\nduration = 'd'\nword = 'w'\n",
        "utf-8",
    )
    labels.write_text("[kinds]\n'LM:left' = ['kick']\n[stages]\nN2 = ['light']\n", "utf-8")
    path.write_text("o,d,w\n0,3600,light\n10,1,kick\n40,1,kick\n", "utf-8")
    given = ["--table", str(table), "--labels", str(labels), "--output", str(tmp_path / "out")]
    assert main(["rescore", str(path), *given, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "scoring.unknown-label" not in {one["code"] for one in told["findings"]}
    assert main(["rescore", str(path), "--output", str(tmp_path / "out")]) == 1
