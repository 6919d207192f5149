"""Event lists of Noxturnal, and the words of Nox in EDF+ annotations."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from text_exports import codes, fuzzed, kinds, stages, written

from psgscore.errors import PsgscoreError, ScoringFileError
from psgscore.io.recording import Annotation
from psgscore.io.scoring_files import read_scoring, scoring_from_annotations
from psgscore.model.hypnogram import Stage

W, N1, N2, N3, R, U = Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R, Stage.UNSCORED

FRENCH = (
    "Heure de début,Heure de fin,Événement,Durée,\n[],[],[],[s],\n"
    "27/04/2018 23:59:30,28/04/2018 00:00:00,Éveil,30,\n"
    "28/04/2018 00:00:00,28/04/2018 00:00:30,N2,30,\n"
    "28/04/2018 00:00:10,28/04/2018 00:00:18,Micro-éveil,7.994,\n"
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(FRENCH, "utf-16", id="French"),
        pytest.param(FRENCH, "utf-8", id="UTF-8"),
        pytest.param(FRENCH.replace("\n", "\r\n"), "utf-16", id="CRLF"),
        pytest.param(FRENCH.replace("7.994", '"7,994"'), "utf-16", id="quoted decimal comma"),
        pytest.param(FRENCH.replace(",", ";").replace("7.994", "7,994"), "utf-16", id="semicolons"),
        pytest.param(FRENCH.replace(",", "\t"), "utf-16", id="tabs"),
        pytest.param(FRENCH.replace("[],[],[],[s],\n", ""), "utf-16", id="no units"),
        pytest.param(FRENCH.replace("Heure de début", "?").replace("Événement", "?!"), "utf-16"),
        pytest.param(FRENCH.replace("27/04/2018", "27.4.2018").replace("28/04/", "28.4."), "utf-8"),
        pytest.param(FRENCH.replace("27/04/2018", "4/27/2018").replace("28/04/", "4/28/"), "utf-8"),
        pytest.param(
            "Start Time,End Time,Event,Duration,\n[],[],[],[s],\n"
            "4/27/2018 11:59:30\u202fPM,4/28/2018 12:00:00\u202fAM,Wake,30,\n"
            "4/28/2018 12:00:00\u202fAM,4/28/2018 12:00:30\u202fAM,N2,30,\n"
            "4/28/2018 12:00:10\u202fAM,4/28/2018 12:00:18\u202fAM,Arousal,7.994,",
            "utf-16",
            id="English, 12-hour clock",
        ),
        pytest.param(
            "Hora de inicio;Hora de fin;Evento;Duración;\n[];[];[];[s];\n"
            "27/04/2018 11:59:30 p. m.;28/04/2018 12:00:00 a. m.;Vigilia;30;\n"
            "28/04/2018 12:00:00 a. m.;28/04/2018 12:00:30 a. m.;N2;30;\n"
            "28/04/2018 12:00:10 a. m.;28/04/2018 12:00:18 a. m.;Microdespertar;7,994;\n",
            "utf-16",
            id="Spanish, p. m.",
        ),
        pytest.param(
            "Startzeit;Endzeit;Ereignis;Dauer\n[];[];[];[s]\n"
            "27.04.2018 23:59:30;28.04.2018 00:00:00;Wach;30\n"
            "28.04.2018 00:00:00;28.04.2018 00:00:30;N2;30\n"
            "28.04.2018 00:00:10;28.04.2018 00:00:18;Weckreaktion;7,994\n",
            "latin-1",
            id="German",
        ),
        pytest.param(
            "Upphafstími,Lokatími,Atburður,Lengd,\n[],[],[],[s],\n"
            "27.4.2018 23:59:30,28.4.2018 00:00:00,Vaka,30,\n"
            "28.4.2018 00:00:00,28.4.2018 00:00:30,N2,30,\n"
            "28.4.2018 00:00:10,28.4.2018 00:00:18,Örvökun,7.994,\n",
            "utf-16",
            id="Icelandic",
        ),
        pytest.param(
            "Hora de início,Hora de término,Evento,Duração,\n[],[],[],[s],\n"
            "2018-04-27 23:59:30,2018-04-28 00:00:00,Vigília,30,\n"
            "2018-04-28 00:00:00,2018-04-28 00:00:30,N2,30,\n"
            "2018-04-28 00:00:10,2018-04-28 00:00:18,Despertar,7.994,\n",
            "utf-16",
            id="Portuguese, ISO dates",
        ),
    ],
)
def test_every_language_and_locale(tmp_path, text, encoding):
    file = written(tmp_path, text, "night.csv", encoding)
    scoring = read_scoring(file, start=datetime(2018, 4, 27, 23, 59))
    assert stages(scoring) == [W, N2]
    assert scoring.hypnogram is not None
    assert scoring.hypnogram.start_s == 30.0
    assert kinds(scoring) == {"arousal": 1}
    assert scoring.events.start_s.tolist() == [70.0]
    assert scoring.events.duration_s.tolist() == [7.994]
    assert codes(scoring) == []


def test_without_a_duration_the_end_counts(tmp_path):
    text = FRENCH.replace("7.994", "")
    assert read_scoring(written(tmp_path, text)).events.duration_s.tolist() == [8.0]


def test_one_night_in_dates_that_could_be_two(tmp_path):
    rows = "05/04/2018 23:00:00,,N2,30,\n05/04/2018 23:00:30,,N3,30,\n"
    file = written(tmp_path, FRENCH.split("2", maxsplit=1)[0] + rows)
    for day in (datetime(2018, 4, 5, 23), datetime(2018, 5, 4, 23)):
        scoring = read_scoring(file, start=day)
        assert stages(scoring) == [N2, N3]
        assert codes(scoring) == []


def test_day_and_month_are_told_by_the_length_of_the_night(tmp_path):
    rows = "05/04/2018 23:59:30,,N2,30,\n05/05/2018 00:00:00,,N3,30,\n"
    file = written(tmp_path, FRENCH.split("2", maxsplit=1)[0] + rows)
    assert stages(read_scoring(file, start=datetime(2018, 5, 4, 23, 59, 30))) == [N2, N3]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("A. Obstructive", "apnea:obstructive"),
        ("A. Centrale", "apnea:central"),
        ("A. Mixte", "apnea:mixed"),
        ("Hypopnée", "hypopnea"),
        ("H. Central", "hypopnea:central"),
        ("Désat", "desat"),
        ("LM", "LM"),
        ("Limb Movement", "LM"),
        ("Movimiento de piernas", "LM"),
        ("PLM", "PLM:imported"),
        ("MPJ", "PLM:imported"),
        ("Rapide", "eye_movement:rapid"),
        ("Début de l\u2019analyse", "recording"),
        ("Extinction", "lights_off"),
        ("Rückenlage", "position:supine"),
        ("Activity-REMstart", "other:Activity-REMstart"),
    ],
)
def test_event_words(tmp_path, word, kind):
    text = FRENCH.replace("Micro-éveil", word)
    assert kinds(read_scoring(written(tmp_path, text, encoding="utf-16"))) == {kind: 1}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param("7.994", "-1", "line 5: a duration of -1", id="negative"),
        pytest.param("28/04/2018 00:00:10", "noon", "line 5: 'noon' is no clock", id="no time"),
        pytest.param("28/04/2018", "31/02/2018", "dates that cannot be", id="31 February"),
        pytest.param("28/04/2018 00:00:10", "00:00:10", "some have not", id="a date is missing"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(tmp_path, old, new, message):
    with pytest.raises(ScoringFileError, match=message):
        read_scoring(written(tmp_path, FRENCH.replace(old, new)))


def test_real_french_export(real_data):
    file = real_data("annotations/noxturnal_export_fr_utf16.csv")
    scoring = read_scoring(file, start=datetime(2018, 4, 27, 23))
    assert Counter(stages(scoring)) == {N2: 446, W: 310, N3: 246, R: 195, N1: 31}
    assert scoring.hypnogram is not None
    assert scoring.hypnogram.start_s == 30.0
    found = kinds(scoring)
    assert found["arousal"] == 107
    assert found["apnea:obstructive"] == 64
    assert found["apnea:central"] == 24
    assert found["apnea:mixed"] == 3
    assert found["hypopnea"] == 38
    assert found["desat"] == 27
    assert found["eye_movement:rapid"] == 551
    assert found["recording"] == 1
    assert sum(n for kind, n in found.items() if kind.startswith("other:")) == 20
    assert len(scoring.events) == 835
    assert codes(scoring) == ["scoring.unknown-label"]


def test_words_that_say_a_person_made_them():
    notes = [
        Annotation(0.0, 30.0, "sleep-wake,Manual"),
        Annotation(30.0, 30.0, "sleep-n2,Manual"),
        Annotation(60.0, 30.0, "sleep-rem,Manual"),
        Annotation(35.0, 4.0, "arousal-plm,Manual"),
        Annotation(36.0, 1.0, "limbmovement,Manual"),
        Annotation(70.0, 12.0, "apnea-obstructive,Manual"),
        Annotation(36.0, 1.0, "plm,Manual"),
    ]
    scoring = scoring_from_annotations(notes)
    assert stages(scoring) == [W, N2, R]
    assert kinds(scoring) == {
        "LM": 1,
        "PLM:imported": 1,
        "apnea:obstructive": 1,
        "arousal:plm": 1,
    }
    assert codes(scoring) == ["scoring.plm-imported"]


def test_words_that_say_a_program_made_them_count_as_automatic():
    notes = [
        Annotation(0.0, 30.0, "sleep-n2,Automatic"),
        Annotation(5.0, 4.0, "arousal,Automatic"),
        Annotation(15.0, 4.0, "arousal,Manual"),
    ]
    scoring = scoring_from_annotations(notes)
    assert stages(scoring) == [N2]
    assert kinds(scoring) == {"arousal": 1, "automatic_arousal": 1}
    assert codes(scoring) == ["scoring.automatic-stages", "scoring.automatic-events"]


def test_leg_movements_are_not_scored_where_those_of_series_are_called_plm():
    alone = [
        Annotation(10.0, 1.0, "LM"),
        Annotation(30.0, 1.0, "PLM"),
        Annotation(55.0, 1.0, "PLM"),
    ]
    scoring = scoring_from_annotations(alone)
    assert "LM" not in scoring.covers
    assert "scoring.movements-incomplete" in codes(scoring)
    series = [
        Annotation(10.0, 1.0, "LM"),
        Annotation(30.0, 1.0, "LM"),
        Annotation(10.0, 90.0, "PLM"),
    ]
    scoring = scoring_from_annotations(series)
    assert "LM" in scoring.covers
    assert "scoring.movements-incomplete" not in codes(scoring)


def test_damaged_files_end_in_a_clear_error(tmp_path):
    for text in fuzzed(FRENCH, 300):
        try:
            read_scoring(written(tmp_path, text, encoding="utf-16"))
        except PsgscoreError:
            continue
