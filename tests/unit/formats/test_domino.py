"""Text exports of SOMNOmedics DOMINO."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from text_exports import codes, fuzzed, kinds, stages, written

from psgscore.errors import PsgscoreError, ScoringFileError
from psgscore.io.scoring_files import read_scoring
from psgscore.model.hypnogram import Stage

W, N1, N2, N3, R, U = Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R, Stage.UNSCORED


def profile(*rows: str, start: str = "23.09.2020 23:59:30") -> str:
    head = (
        f"Signal ID: SchlafProfil\\profil\nStart Time: {start}\nUnit: \nSignal Type: Discret\n"
        "Events list: N4,N3,N2,N1,REM,Wake,Movement\nRate: 30 s\n\n"
    )
    return head + "\n".join(rows) + "\n"


def impulses(*rows: str, start: str = "23.09.2020 23:00:00") -> str:
    head = f"Signal ID: FlowD\\flow\nStart Time: {start}\nUnit: s\nSignal Type: Impuls\n\n"
    return head + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    "start",
    ["23.09.2020 23:59:30", "23/09/2020 23:59:30", "9/23/2020 11:59:30 PM", "2020-09-23 23:59:30"],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "utf-16"])
def test_profile_past_midnight(tmp_path, start, newline, encoding):
    text = profile("23:59:30,000; Wake", "00:00:00,000; N2", "00:00:30,000; N4", start=start)
    file = written(tmp_path, text.rstrip("\n").replace("\n", newline), encoding=encoding)
    scoring = read_scoring(file, start=datetime(2020, 9, 23, 23, 59))
    assert stages(scoring) == [W, N2, N3]
    assert scoring.hypnogram is not None
    assert scoring.hypnogram.start_s == 30.0
    assert codes(scoring) == ["scoring.rk-stages"]


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("Wake", W),
        ("Wach", W),
        ("N1", N1),
        ("S2", N2),
        ("N3", N3),
        ("N4", N3),
        ("Rem", R),
        ("Movement", U),
        ("Bewegung", U),
        ("A", U),
        ("Artifact", U),
        ("Artefakt", U),
        ("NS", U),
        ("SNORE", U),
    ],
)
def test_stage_words(tmp_path, word, stage):
    file = written(tmp_path, profile(f"23:59:30,000; {word}"))
    assert stages(read_scoring(file)) == [stage]


def test_an_unknown_stage_is_an_error_that_names_it(tmp_path):
    file = written(tmp_path, profile("23:59:30,000; Transitional"))
    with pytest.raises(ScoringFileError, match="unknown stage 'Transitional'"):
        read_scoring(file)


def test_an_epoch_that_is_missing_is_unscored(tmp_path):
    file = written(tmp_path, profile("23:59:30,000; N2", "00:00:30,000; N2"))
    assert stages(read_scoring(file)) == [N2, U, N2]


@pytest.mark.parametrize(
    ("row", "kind", "lasts_s"),
    [
        pytest.param("00:22:48,246-00:23:00,246; 12;Hypopnea", "hypopnea", 12.0, id="English"),
        pytest.param("00:22:48,246-00:23:00,246; 12;Obstruktive Apnoe", "apnea:obstructive", 12.0),
        pytest.param(
            "00:22:48,2-00:23:00,2; Zentrale Apnoe", "apnea:central", 12.0, id="no length"
        ),
        pytest.param("00:22:48,246-00:22:49,496; 1250;LM", "LM", 1.25, id="length in ms"),
        pytest.param("23:59:59,500-00:00:01,000; 2;LM", "LM", 1.5, id="over midnight"),
        pytest.param("00:22:48,246-00:23:00,246; 12;PLM", "PLM:imported", 12.0, id="PLM"),
        pytest.param("00:22:48-00:22:58; 10;PLM Arousal (EEG)", "arousal:plm", 10.0),
        pytest.param("00:22:48-00:22:58; 10;Arousal (EMG)", "other:Arousal (EMG)", 10.0),
        pytest.param("00:22:48-00:22:58; 10;LeftLegPhasic", "other:LeftLegPhasic", 10.0),
        pytest.param(
            "24.09.2020 00:22:48,2-00:23:00,2; 12;RERA; N1", "RERA", 12.0, id="dated rows"
        ),
    ],
)
def test_impulses(tmp_path, row, kind, lasts_s):
    scoring = read_scoring(written(tmp_path, impulses(row)), start=datetime(2020, 9, 23, 23, 0))
    assert kinds(scoring) == {kind: 1}
    assert scoring.events.duration_s.tolist() == [lasts_s]
    assert 3599 <= scoring.events.start_s[0] <= 4969


def test_a_file_without_events_is_no_error(tmp_path):
    scoring = read_scoring(written(tmp_path, impulses()), start=datetime(2020, 9, 23, 23))
    assert codes(scoring) == ["scoring.no-events"]
    assert not scoring.covers


def test_rows_half_a_day_from_the_start_time_are_taken_by_their_clock(tmp_path):
    text = impulses("01:18:00,865-01:18:01,143; LM", start="9/23/2020 01:00:00 PM")
    scoring = read_scoring(written(tmp_path, text), start=datetime(2020, 9, 23, 1))
    assert codes(scoring) == ["scoring.start-contradicted"]
    assert scoring.events.start_s.tolist() == [1080.865]


def test_a_date_that_could_be_two_days_is_not_used(tmp_path):
    text = profile("23:59:30,000; N2", start="04/05/2020 23:59:30")
    for day in (datetime(2020, 5, 4, 23, 59), datetime(2020, 4, 5, 23, 59)):
        scoring = read_scoring(written(tmp_path, text), start=day)
        assert scoring.hypnogram is not None
        assert scoring.hypnogram.start_s == 30.0
        assert codes(scoring) == []


def test_body_positions_are_spans(tmp_path):
    text = profile("23:59:30,000; Links", "00:00:00,000; Links", "00:00:30,000; Rücken")
    text = text.replace("SchlafProfil\\profil", "Position\\pos").replace(
        "N4,N3,N2,N1,REM,Wake", "Links"
    )
    scoring = read_scoring(written(tmp_path, text))
    assert scoring.hypnogram is None
    assert kinds(scoring) == {"position:left": 1, "position:supine": 1}
    assert scoring.events.stop_s.tolist() == [60.0, 90.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            profile("23:59:30,000; N2").replace("Discret", "Analog"), "a signal", id="signal"
        ),
        pytest.param(profile("23:59; N2"), "line 8: '23:59' is no clock time", id="no seconds"),
        pytest.param(profile(), "no rows", id="no rows"),
        pytest.param("PSG start: 01.00.00\n\nEMG REM baseline: 01.15.20-01.15.30\n", "baselines"),
    ],
)
def test_what_is_no_scoring_says_what_it_is(tmp_path, text, message):
    with pytest.raises(ScoringFileError, match=message):
        read_scoring(written(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("Sleep profile - test1 Unbekannt.txt", {R: 63, N2: 45, N1: 10, W: 3}),
        ("Sleep profile - test1 Unbekannt SNORE.txt", {R: 58, N2: 45, N1: 10, U: 5, W: 3}),
    ],
)
def test_real_profiles(real_data, name, counts):
    scoring = read_scoring(real_data(f"annotations/domino/{name}"), start=datetime(2020, 9, 23, 1))
    assert Counter(stages(scoring)) == counts
    assert codes(scoring) == []


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("Flow Events - test1 Unbekannt.txt", {"hypopnea": 13, "flow_limitation": 1}),
        (
            "Classification Arousals - test1 Unbekannt.txt",
            {
                "arousal:plm": 12,
                "arousal:respiratory": 9,
                "arousal": 4,
                "arousal:lm": 2,
                "other:Arousal (EMG)": 1,
                "other:LM Arousal (EMG)": 1,
            },
        ),
    ],
)
def test_real_events(real_data, name, some):
    scoring = read_scoring(real_data(f"annotations/domino/{name}"), start=datetime(2020, 9, 23, 1))
    assert kinds(scoring) == some


@pytest.mark.parametrize(
    ("name", "n", "n_left_leg"),
    [("Generic - test1 Unbekannt.txt", 631, 212), ("Generic_NO_test1.txt", 862, 219)],
)
def test_real_emg_events_are_kept_and_no_leg_movements(real_data, name, n, n_left_leg):
    scoring = read_scoring(real_data(f"annotations/domino/{name}"), start=datetime(2020, 9, 23, 1))
    assert len(scoring.events) == n
    assert kinds(scoring)["other:LeftLegPhasic"] == n_left_leg
    assert not scoring.covers
    assert "scoring.unknown-label" in codes(scoring)
    assert 1080 <= scoring.events.start_s[0] <= 1081


def test_real_baselines_are_refused_by_name(real_data):
    with pytest.raises(ScoringFileError, match="REM baselines"):
        read_scoring(real_data("annotations/domino/test1_Start-Baseline.txt"))


def test_damaged_files_end_in_a_clear_error(tmp_path):
    whole = (profile("23:59:30,000; N2"), impulses("00:22:48,246-00:23:00,246; 12;LM; N2"))
    for text in (one for each in whole for one in fuzzed(each, 200)):
        try:
            read_scoring(written(tmp_path, text))
        except PsgscoreError:
            continue
