"""Tables of STAGES, the Human Sleep Project, Alice and the Wisconsin Sleep Cohort."""

from __future__ import annotations

from datetime import datetime

import pytest
from text_exports import codes, fuzzed, kinds, stages, written

from psgscore.errors import PsgscoreError, ScoringFileError
from psgscore.io.scoring_files import read_scoring
from psgscore.model.hypnogram import Stage

W, N1, N2, N3, R, U = Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R, Stage.UNSCORED
START = datetime(2019, 3, 4, 23, 59)

STAGES = (
    "Start Time,Duration (seconds),Event\n23:59:30,30.0, Wake\n00:00:00,30.0, Stage2\n"
    "00:00:30,30.0, UnknownStage\n00:00:10,4.5, Right Leg w/ Arousal\n00:00:10,5, Arousal w/ PLM\n"
)
HSP = (
    "epoch,time,duration,event\n1,23:59:30,30,Sleep_stage_W\n2,00:00:00,30,Sleep_stage_N2\n"
    "3,00:00:30,30,Sleep_stage_?\n2,00:00:10,4.5,right leg\n2,00:00:10,5,arousal w/ plm\n"
)
ALLSCORE = (
    "23:59:00.00\tSTART RECORDING\n23:59:30.00\tSTAGE - W\n00:00:00.00\tSTAGE - N2\n"
    "00:00:10.00\tRIGHT LEG - DUR: 4.5 SEC.\n00:00:10.00\tAROUSAL - DUR: 5.0 SEC. - PLM\n"
    "00:00:30.00\tSTAGE - NO STAGE\n00:01:00.00\tLIGHTS ON\n"
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(STAGES, id="STAGES"),
        pytest.param(HSP, id="Human Sleep Project"),
        pytest.param(
            "time,event,duration\n"
            "23:59:30,Sleep_stage_W,30\n00:00:00,Sleep_stage_N2,30\n00:00:30,Sleep_stage_?,30\n"
            "00:00:10,right leg,4.5\n00:00:10,* Arousal - PLM,5\n",
            id="Human Sleep Project, without epochs",
        ),
        pytest.param(ALLSCORE, id="WSC allscore"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_tables_of_clock_times(tmp_path, text, newline):
    file = written(tmp_path, text.rstrip("\n").replace("\n", newline), encoding="latin-1")
    scoring = read_scoring(file, start=START)
    assert stages(scoring) == [W, N2, U]
    assert scoring.hypnogram is not None
    assert scoring.hypnogram.start_s == 30.0
    events = scoring.events.of_kind("LM", "arousal")
    assert events.kind.tolist() == ["LM:right", "arousal:plm"]
    assert events.start_s.tolist() == [70.0, 70.0]
    assert events.duration_s.tolist() == [4.5, 5.0]
    assert set(codes(scoring)) <= {"scoring.columns-ignored"}


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Both Leg w/ Arousal", "LM"),
        ("left leg", "LM:left"),
        ("PLM - Periodic - 1", "PLM:imported"),
        ("PLM - Isolated", "PLM:imported"),
        ("ObstructiveApnea", "apnea:obstructive"),
        ("RespEvent - CentralApnea - 2", "apnea:central"),
        ("Respiratory Event - Mixed Apnea", "apnea:mixed"),
        ("Respiratory Event - Hypopnea - Desat 93.0 %", "hypopnea"),
        ("RespEvent - RERA - 6", "RERA"),
        ("* Arousal - Respiratory Event", "arousal:respiratory"),
        ("* Arousal - Spontaneous", "arousal:spontaneous"),
        ("Desaturation w/ Respiratory", "desat"),
        ("Position - Left - 1", "position:left"),
        ("LightsOff", "lights_off"),
        ("LIGHTS OUT", "lights_off"),
        ("Patient laughs", "other:Patient laughs"),
    ],
)
def test_event_words(tmp_path, word, kind):
    scoring = read_scoring(written(tmp_path, f"time,event,duration\n23:59:30,{word},3\n"))
    assert kinds(scoring) == {kind: 1}


def test_leg_movements_named_isolated_or_periodic_give_no_numbers(tmp_path):
    text = "time,event,duration\n23:59:30,PLM - Isolated,3\n23:59:50,PLM - Periodic,3\n"
    scoring = read_scoring(written(tmp_path, text))
    assert "LM" not in scoring.covers
    assert "scoring.plm-imported" in codes(scoring)


@pytest.mark.parametrize(
    "header", [" Epoch Number ,Start Time ,Sleep Stage", "Epoch Number,Start Time,Sleep Stage"]
)
def test_alice(tmp_path, header):
    rows = "1,11:59:30 PM,WK\n2,12:00:00 AM,N2\n3,12:00:30 AM,N3\n5,12:01:30 AM,REM\n"
    scoring = read_scoring(written(tmp_path, f"{header}\n{rows}"), start=START)
    assert stages(scoring) == [W, N2, N3, U, R]
    assert codes(scoring) == []


@pytest.mark.parametrize("mark", ["\t", ","])
def test_wsc_epochs_count_from_the_recording(tmp_path, mark):
    rows = [
        "Epoch,User-Defined Stage,CAST-Defined Stage",
        "3,0,1",
        "4,2,2",
        "5,4,4",
        "6,5,5",
        "7,7,0",
    ]
    text = "\n".join(rows).replace(",", mark)
    scoring = read_scoring(written(tmp_path, text), start=START)
    assert stages(scoring) == [W, N2, N3, R, U]
    assert scoring.hypnogram is not None
    assert scoring.hypnogram.start_s == 60.0
    assert codes(scoring) == ["scoring.columns-ignored", "scoring.rk-stages"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("Epoch\tUser-Defined Stage\n1\t8\n", "unknown stage '8'", id="stg code"),
        pytest.param("Epoch\tUser-Defined Stage\n0\t2\n", "numbered from 1", id="epoch 0"),
        pytest.param("Epoch\tUser-Defined Stage\nx\t2\n", "line 2: 'x' is no number", id="epoch x"),
        pytest.param("Epoch\tUser-Defined Stage\n", "no rows", id="stg without rows"),
        pytest.param(
            "Epoch Number,Start Time,Sleep Stage\n1,9:18 PM,WK\n", "line 2", id="Alice time"
        ),
        pytest.param(
            "Epoch Number,Start Time,Sleep Stage\n1,9:18:51 PM,N9\n", "'N9'", id="Alice N9"
        ),
        pytest.param("time,event,duration\n24:00:00,rera,3\n", "line 2: '24:00:00'", id="hour 24"),
        pytest.param("time,event,duration\n23:00:00,rera,nan3\n", "line 2: 'nan3'", id="duration"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(tmp_path, text, message):
    with pytest.raises(ScoringFileError, match=message):
        read_scoring(written(tmp_path, text))


def test_damaged_files_end_in_a_clear_error(tmp_path):
    alice = "Epoch Number,Start Time,Sleep Stage\n1,9:18:51 PM,WK\n2,9:19:21 PM,WK\n"
    stg = "Epoch\tUser-Defined Stage\n1\t0\n2\t1\n"
    for text in (one for each in (STAGES, HSP, ALLSCORE, alice, stg) for one in fuzzed(each, 150)):
        try:
            read_scoring(written(tmp_path, text))
        except PsgscoreError:
            continue
