"""NSRR XML and the Profusion XML it comes from."""

from __future__ import annotations

import math

import numpy as np
import pytest
from xml_files import (
    codes,
    kinds,
    nsrr,
    nsrr_row,
    nsrr_stage,
    profusion,
    profusion_row,
    read,
    rows,
    words_of,
)

from psgscore.errors import ScoringFileError
from psgscore.model.hypnogram import Stage

W, N1, N2, N3, R = (int(Stage[name]) for name in ("W", "N1", "N2", "N3", "R"))
NONE = int(Stage.UNSCORED)


@pytest.mark.parametrize(
    ("concept", "kind"),
    [
        ("Limb movement - left|Limb Movement (Left)", "LM:left"),
        ("Limb movement - right|Limb Movement (Right)", "LM:right"),
        ("Limb movement|Limb Movement", "LM"),
        ("Periodic leg movement - left|PLM (Left)", "PLM:imported"),
        ("Periodic leg movement - right|PLM (Right)", "PLM:imported"),
        ("Periodic leg movement|PLM", "PLM:imported"),
        ("Arousal|Arousal ()", "arousal"),
        ("Arousal|Arousal (Standard)", "arousal"),
        ("Arousal|Arousal (STANDARD)", "arousal"),
        ("ASDA arousal|Arousal (ASDA)", "arousal"),
        ("Arousal|Arousal (Asda)", "arousal"),
        ("Arousal|Arousal (ARO Limb)", "arousal:lm"),
        ("Arousal resulting from respiratory effort|Arousal (ARO RES)", "arousal:respiratory"),
        ("Spontaneous arousal|Arousal (ARO SPONT)", "arousal:spontaneous"),
        ("Arousal resulting from Chin EMG|Arousal (Cheshire)", "arousal:cheshire"),
        ("External arousal|Arousal (External Arousal)", "arousal:external"),
        ("Respiratory effort related arousal|RERA", "RERA"),
        ("Obstructive apnea|Obstructive Apnea", "apnea:obstructive"),
        ("Obstructive apnea|APNEA-OBSTRUCTIVE", "apnea:obstructive"),
        ("Central apnea|Central Apnea", "apnea:central"),
        ("Mixed apnea|Mixed Apnea", "apnea:mixed"),
        ("Hypopnea|Hypopnea", "hypopnea"),
        ("Unsure|Unsure", "respiratory"),
        ("SpO2 desaturation|SpO2 desaturation", "desat"),
        ("SpO2 desaturation|DESAT", "desat"),
        ("SpO2 artifact|SpO2 artifact", "sensor_artifact:SpO2"),
        ("Respiratory artifact|Respiratory artifact", "sensor_artifact:respiratory"),
        ("Proximal pH|Distal pH artifact", "sensor_artifact:pH"),
        ("Periodic breathing|Periodic Breathing", "periodic_breathing"),
        ("Narrow complex tachycardia|Narrow Complex Tachycardia", "arrhythmia:narrow_complex_tach"),
        ("Obstructive apnea", "apnea:obstructive"),
        ("Recording Start Time", "recording"),
        ("Something new|Anything", "other:Something new|Anything"),
    ],
)
def test_a_concept_is_known_by_either_of_its_names(tmp_path, concept, kind):
    found = kinds(read(tmp_path, nsrr(nsrr_row(concept))))
    assert len(found) == 1
    assert found[0].startswith(kind)


@pytest.mark.parametrize(("word", "kind"), words_of("nsrr", "kinds"))
def test_every_word_of_the_table(tmp_path, word, kind):
    assert kinds(read(tmp_path, nsrr(nsrr_row(word)))) == [kind]
    assert kinds(read(tmp_path, profusion(profusion_row(word)))) == [kind]


@pytest.mark.parametrize(("word", "stage"), words_of("nsrr", "stages"))
@pytest.mark.parametrize("kind", ["Stages|Stages", "Stages", ""], ids=lambda kind: kind or "none")
def test_every_stage_of_the_table(tmp_path, word, stage, kind):
    found = read(tmp_path, nsrr(nsrr_row(word, "0", "30", kind=kind)))
    assert found.hypnogram.stages.tolist() == [int(Stage[stage])]
    assert len(found.events) == 0


def test_stages_last_a_multiple_of_the_epoch(tmp_path):
    stages = [("Wake|0", 0, "90.0"), ("Stage 2 sleep|2", 90, "60.0"), ("REM sleep|5", 150, "30.0")]
    found = read(tmp_path, nsrr(*(nsrr_stage(*stage) for stage in stages)))
    assert found.hypnogram.stages.tolist() == [W, W, W, N2, N2, R]
    assert (found.hypnogram.epoch_s, found.hypnogram.start_s) == (30.0, 0.0)
    assert found.findings == ()


def test_stage_4_says_that_stages_are_rechtschaffen_and_kales_and_stage_3_does_not(tmp_path):
    assert codes(read(tmp_path, nsrr(nsrr_stage("Stage 4 sleep|4", 0)))) == {"scoring.rk-stages"}
    assert codes(read(tmp_path, nsrr(nsrr_stage("Stage 3 sleep|3", 0)))) == set()
    assert codes(read(tmp_path, profusion(stages=[3, 4]))) == {"scoring.rk-stages"}
    assert codes(read(tmp_path, profusion(stages=[3, 3]))) == set()


@pytest.mark.parametrize(
    ("epoch", "length", "expected"),
    [("20", 20.0, [W, W, N2]), ("10", 10.0, [W] * 4 + [N2] * 2), ("60", 30.0, [W, N2])],
)
def test_epochs_that_are_not_30_s(tmp_path, epoch, length, expected):
    unit = 20 if epoch != "60" else 15
    text = nsrr(
        nsrr_stage("Wake|0", 0, 2 * unit),
        nsrr_stage("Stage 2 sleep|2", 2 * unit, unit if epoch != "60" else 30),
        epoch=f"<EpochLength>{epoch}</EpochLength>",
    )
    found = read(tmp_path, text)
    assert found.hypnogram.epoch_s == length
    assert found.hypnogram.stages.tolist() == expected
    assert "scoring.off-grid" not in codes(found)


def test_an_unsure_stage_is_unscored_and_an_unsure_event_is_respiratory(tmp_path):
    text = nsrr(
        nsrr_stage("Unsure|Unsure", 0),
        nsrr_row("Unsure|Unsure", "5", "12", kind="Respiratory|Respiratory"),
    )
    found = read(tmp_path, text)
    assert found.hypnogram.stages.tolist() == [NONE]
    assert rows(found) == [("respiratory", 5.0, 17.0, "")]


def test_stages_that_overlap_and_differ_are_refused(tmp_path):
    text = nsrr(nsrr_stage("Wake|0", 0, 60), nsrr_stage("Stage 2 sleep|2", 30, 30))
    with pytest.raises(ScoringFileError, match="two stages at 30 s"):
        read(tmp_path, text)
    text = nsrr(nsrr_stage("Wake|0", 0, 60), nsrr_stage("Wake|0", 30, 60))
    assert read(tmp_path, text).hypnogram.stages.tolist() == [W, W, W]


def test_channels_sides_saturations_and_times(tmp_path):
    text = nsrr(
        nsrr_row(
            "Recording Start Time", "0", "36000.0", more="<ClockTime>01.01.85 20.29.59</ClockTime>"
        ),
        nsrr_row(
            "Limb movement|Limb Movement",
            "70,5",
            "1.5",
            more="<SignalLocation>Leg R</SignalLocation>",
        ),
        nsrr_row(
            "SpO2 desaturation|SpO2 desaturation",
            "80",
            "9.1",
            more="<SignalLocation>SpO2</SignalLocation><SpO2Nadir>91.0</SpO2Nadir><SpO2Baseline>95%</SpO2Baseline>",
        ),
        nsrr_row("Arousal|Arousal ()", "-3", "0"),
        nsrr_row("Hypopnea|Hypopnea", "90", ""),
    )
    found = read(tmp_path, text)
    assert rows(found) == [
        ("arousal", -3.0, -3.0, ""),
        ("recording", 0.0, 36000.0, ""),
        ("LM:right", 70.5, 72.0, "Leg R"),
        ("desat", 80.0, 89.1, "SpO2"),
        ("hypopnea", 90.0, 90.0, ""),
    ]
    assert found.hypnogram is None
    nadir = found.events.measures["spo2_nadir_pct"]
    assert np.isnan(nadir).tolist() == [True, True, True, False, True]
    assert nadir[3] == 91.0
    assert found.events.measures["spo2_baseline_pct"][3] == 95.0
    assert found.covers == {"LM", "arousal", "respiratory"}


@pytest.mark.parametrize(
    ("note", "kind"),
    [
        ("Lights Off", "lights_off"),
        ("Arousal (AASM)", "arousal"),
        ("stage change", "other:Technician Notes: stage change"),
        ("Wake", "other:Technician Notes: Wake"),
        ("N2", "other:Technician Notes: N2"),
        ("", "other:Technician Notes"),
    ],
)
def test_what_a_technician_wrote_is_an_event_or_a_remark_and_never_a_stage(tmp_path, note, kind):
    row = nsrr_row("Technician Notes", "3", "0", more=f"<Notes>{note}</Notes>")
    assert kinds(read(tmp_path, nsrr(row))) == [kind]
    row = profusion_row("Technician Notes", "3", "0", more=f"<Text>{note}</Text>")
    assert kinds(read(tmp_path, profusion(row))) == [kind]


def test_a_very_long_remark_is_cut_and_says_so(tmp_path):
    row = nsrr_row("Technician Notes", more=f"<Notes>{'very ' * 1000}</Notes>")
    (kind,) = kinds(read(tmp_path, nsrr(row)))
    assert kind.endswith("...")
    assert len(kind) < 250


def test_profusion(tmp_path):
    text = profusion(
        profusion_row("Limb Movement (Left)", "10.5", "2", more="<Input>Leg L</Input>"),
        profusion_row("PLM (Right)", "20", "200", more="<Input>Leg R</Input>"),
        profusion_row("Arousal (ARO RES)", "30", "5"),
        profusion_row(
            "SpO2 desaturation",
            "40",
            "9",
            more="<LowestSpO2>88</LowestSpO2><Desaturation>4</Desaturation>",
        ),
        stages=[0, 1, 2, 3, 5, 6, 9, 10, "", -1],
    )
    found = read(tmp_path, text)
    assert found.hypnogram.stages.tolist() == [W, N1, N2, N3, R] + [NONE] * 5
    assert rows(found) == [
        ("LM:left", 10.5, 12.5, "Leg L"),
        ("PLM:imported", 20.0, 220.0, "Leg R"),
        ("arousal:respiratory", 30.0, 35.0, ""),
        ("desat", 40.0, 49.0, ""),
    ]
    assert found.events.measures["spo2_drop_pct"].tolist()[3] == 4.0
    assert math.isnan(found.events.measures["spo2_drop_pct"][0])
    assert codes(found) == {"scoring.plm-imported", "scoring.movements-incomplete"}


@pytest.mark.parametrize(
    ("epoch", "length", "code"),
    [
        ("<EpochLength>20</EpochLength>", 20.0, set()),
        ("<EpochLength>30.0</EpochLength>", 30.0, set()),
        ("", 30.0, {"scoring.epoch-length"}),
        ("<EpochLength/>", 30.0, {"scoring.epoch-length"}),
    ],
)
def test_the_epochs_of_a_list_of_stages(tmp_path, epoch, length, code):
    found = read(tmp_path, profusion(stages=[0, 2, 5], epoch=epoch))
    assert found.hypnogram.epoch_s == length
    assert found.hypnogram.stages.tolist() == [W, N2, R]
    assert codes(found) == code


def test_a_list_of_stages_under_the_root_of_nsrr(tmp_path):
    more = "<SleepStages><SleepStage>2</SleepStage><SleepStage>REM</SleepStage></SleepStages>"
    assert read(tmp_path, nsrr(more=more)).hypnogram.stages.tolist() == [N2, R]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (nsrr(nsrr_stage("Stage 7 sleep|7", 0)), "unknown stage 'Stage 7 sleep|7' at 0 s"),
        (profusion(stages=[0, 42]), "unknown stage 'SleepStage 42' at 30 s"),
        (nsrr(nsrr_row("Arousal", "soon")), "line 6: Start is 'soon', not a number"),
        (nsrr(nsrr_row("Arousal", "")), "line 6: Start is ''"),
        (nsrr(nsrr_row("Arousal", "nan")), "line 6: Start is 'nan'"),
        (nsrr(nsrr_row("Arousal", "1e300")), "more than a month"),
        (nsrr(nsrr_row("Arousal", "1_0")), "Start is '1_0'"),
        (nsrr(nsrr_row("Arousal", "1", "-1")), "line 6: Duration -1 s is negative"),
        (nsrr(nsrr_row("Arousal", "1", "inf")), "Duration is 'inf'"),
        (nsrr(nsrr_row("", "1", "1")), "line 6: no EventConcept"),
        (
            nsrr("<ScoredEvent><EventConcept>RERA</EventConcept></ScoredEvent>"),
            "'RERA' has no Start",
        ),
        (profusion(profusion_row("")), "line 7: no Name"),
        (nsrr(nsrr_row("RERA", more="<SpO2Nadir>low</SpO2Nadir>")), "SpO2Nadir is 'low'"),
        (profusion(stages=[0], epoch="<EpochLength>0</EpochLength>"), "line 3: EpochLength is '0'"),
        (profusion(stages=[0], epoch="<EpochLength>x</EpochLength>"), "EpochLength is 'x'"),
        (nsrr(nsrr_stage("Wake|0", 0))[:-40], "cut off"),
        ('<!DOCTYPE a [<!ENTITY x "y">]>' + nsrr().split("?>\n")[1], "a document type or entities"),
    ],
)
def test_what_cannot_be_understood_is_an_error_with_its_place(tmp_path, text, message):
    with pytest.raises(ScoringFileError, match=r"night\.xml") as caught:
        read(tmp_path, text)
    assert message in str(caught.value)


def test_nothing_scored(tmp_path):
    for text in (nsrr(), profusion()):
        found = read(tmp_path, text)
        assert found.hypnogram is None
        assert len(found.events) == 0


@pytest.mark.parametrize(
    "text",
    [
        "<PSGAnnotation/>",
        "<CMPStudyConfig><EpochLength>30</EpochLength></CMPStudyConfig>",
        f"<PSGAnnotation><Study>{nsrr().partition('?>')[2]}</Study></PSGAnnotation>",
        "<PatientStudy><Acquisition/></PatientStudy>",
        "<annotationlist><event/></annotationlist>",
    ],
)
def test_a_file_whose_scoring_is_not_where_it_belongs_is_not_an_empty_scoring(tmp_path, text):
    with pytest.raises(ScoringFileError, match=r"night\.xml, line 1: .*there is no scoring in it"):
        read(tmp_path, text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings_and_line_ends(tmp_path, encoding):
    row = nsrr_row("Körperbewegung", "3", "1", more="<SignalLocation>Leg L</SignalLocation>")
    text = nsrr(row, nsrr_stage("Wake|0", 0)).replace("\n", "\r\n").rstrip()
    found = read(tmp_path, text, encoding=encoding)
    assert kinds(found) == ["other:Körperbewegung"]
    assert found.hypnogram.stages.tolist() == [W]
