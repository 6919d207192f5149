"""What exports of the same programs hold elsewhere: other words, other languages, odd rows."""

from __future__ import annotations

from datetime import datetime

import pytest

from psgscore.errors import ScoringFileError
from psgscore.io.recording import Annotation
from psgscore.io.scoring_files import read_scoring, scoring_from_annotations
from psgscore.model.hypnogram import Stage

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


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        pytest.param("Décubitus dorsal", "position:supine", id="French, position"),
        pytest.param("Ap. centrale", "apnea:central", id="French, shortened"),
        pytest.param("Hypopnée obstr.", "hypopnea:obstructive", id="French, hypopnea"),
        pytest.param("Mouvement des membres", "LM", id="French, movement"),
        pytest.param("Movimiento de las piernas", "LM", id="Spanish, movement"),
        pytest.param("Movimiento periódico de las piernas", "PLM:imported", id="Spanish, PLM"),
        pytest.param("Movimento de membros", "LM", id="Portuguese, movement"),
        pytest.param("Movimento periódico de pernas", "PLM:imported", id="Portuguese, PLM"),
        pytest.param("Movimento gambe", "LM", id="Italian, movement"),
        pytest.param("Rugligging", "position:supine", id="Dutch, position"),
        pytest.param("Beenbeweging links", "LM:left", id="Dutch, side"),
        pytest.param("Oxygen Saturation Drop", "desat", id="desaturation"),
        pytest.param("Unclassified Arousal", "arousal", id="arousal"),
        pytest.param("Arousal (Spontaneous)", "arousal:spontaneous", id="arousal in brackets"),
    ],
)
def test_words_of_noxturnal(tmp_path, word, kind):
    text = f"Start Time,End Time,Event,Duration\n22:10:00,22:10:02,{word},2\n"
    assert read(tmp_path, text).events.kind.tolist() == [kind]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        pytest.param("LMArousal", "arousal:lm", id="arousal of a movement"),
        pytest.param("RespiratoryArousal", "arousal:respiratory", id="arousal of breathing"),
        pytest.param("SpontaneousArousal", "arousal:spontaneous", id="arousal of nothing"),
        pytest.param("LM - PLM", "PLM:imported", id="half of a list, in series"),
        pytest.param("Leg Movement - Isolated", "PLM:imported", id="half of a list, alone"),
        pytest.param("Oxygen Desaturation - Min 92.0", "desat", id="with its depth"),
    ],
)
def test_words_of_cohorts(tmp_path, word, kind):
    text = f"Start Time,Duration (seconds),Event\n22:10:00,2,{word}\n"
    assert read(tmp_path, text).events.kind.tolist() == [kind]


@pytest.mark.parametrize("column", ["Orario", "Tempo", "Ora"])
def test_the_clock_of_an_italian_remlogic(tmp_path, column):
    text = f"Stadio\t{column} [hh:mm:ss]\tEvento\tDurata[s]\nW\t22.10.00\tPLM-LM\t2\n"
    assert read(tmp_path, text, "night.txt").events.start_s.tolist() == [600.0]


def test_numbered_stages_of_a_german_domino(tmp_path):
    text = (
        "Signal ID: SchlafProfil\\profil\nStart Time: 01.03.2020 22:00:00\nUnit: \n"
        "Signal Type: Discret\nEvents list: Stadium 4,REM,Wach\nRate: 30 s\n\n"
        "22:00:00,000; Wach\n22:00:30,000; Stadium 2\n22:01:00,000; Stadium 4\n"
    )
    found = read(tmp_path, text, "profile.txt")
    assert [Stage(int(code)) for code in found.hypnogram.stages] == [Stage.W, Stage.N2, Stage.N3]
    assert "scoring.rk-stages" in [one.code for one in found.findings]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Body Position: Supine", "position:supine"),
        ("LM (L)", "LM:left"),
        ("Leg movement, right", "LM:right"),
        ("Limb Movement (Bilateral)", "LM"),
        ("Hypopnea obstructive", "hypopnea:obstructive"),
        ("SpO2 Desat", "desat"),
        ("PLMS left", "PLM:imported"),
        ("Cheyne-Stokes", "cheyne_stokes"),
    ],
)
def test_words_in_edf_annotations(word, kind):
    found = scoring_from_annotations([Annotation(0.0, 2.0, word)])
    assert found.events.kind.tolist() == [kind]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"Signal ID: a\nSignal Type: {'1' * 9000}\n", id="DOMINO, signal type"),
        pytest.param(f"stage,{'x' * 9000},{'x' * 9000}\nW,,\n", id="a column named twice"),
        pytest.param(f"stage,event,{'x' * 9000}\nW,,\n", id="a table without onsets"),
    ],
)
def test_messages_are_of_bounded_length(tmp_path, text):
    with pytest.raises(ScoringFileError) as raised:
        read(tmp_path, text)
    assert len(str(raised.value)) < 500


def test_of_very_many_columns_some_are_named(tmp_path):
    names = ",".join(f"{'x' * 90}{k}" for k in range(400))
    found = read(tmp_path, f"onset,event,{names}\n0,LM,{','.join(['a'] * 400)}\n")
    (finding,) = [one for one in found.findings if one.code == "scoring.columns-ignored"]
    assert finding.message.endswith(" and 380 more")
    assert len(finding.message) < 2000
