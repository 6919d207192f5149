"""The annotation sidecar: what is in it, and that every library reads the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import edfio
import mne
import numpy as np
import pyedflib
import pytest

from psgscore.io.conformance import strict_viewers
from psgscore.io.edf import open_edf
from psgscore.io.edf_write import write_annotations_edf
from psgscore.io.edf_write_marks import score_annotations
from psgscore.io.recording import Annotation, Recording
from psgscore.io.scoring_files import read_scoring
from psgscore.model.criteria import WASM_2016
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.subject import Review
from psgscore.score.night import Context, score_events

ONSETS = [60.1, 85.123456, 110.0, 135.999999]


class NoSamples:
    def read(self, channels):
        return []


def recording(start: datetime | None) -> Recording:
    return Recording(
        path=None, format="EDF", channels=(), start=start, duration_s=300.0, source=NoSamples()
    )


def night(**context):
    onset = np.array(ONSETS)
    events = Events.concat(
        [
            Events.of("LM:left", onset, onset + 2.000001, channel="Left Leg"),
            Events.of("LM:right", onset[:1], onset[:1] + 2.0, channel="EMG 7"),
            Events.of("other:Schnäuzen 睡眠 " + "x" * 60, [3.5], [4.5], channel="C3-M2"),
            Events.of(["lights_off", "lights_on"], [0.0, 290.0], [0.0, 290.0]),
            Events.of("apnea:obstructive", [200.0], [215.0]),
        ]
    )
    stages = [Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R, Stage.UNSCORED, *[Stage.N2] * 4]
    return score_events(
        events,
        Hypnogram(np.array(stages, np.int8)),
        rules=(WASM_2016,),
        context=Context(duration_s=300.0, **context),
    )


def with_suffix(note: Annotation) -> str:
    return f"{note.text}@@{note.channel}" if note.channel else note.text


def expected(score) -> list[tuple[float, float | None, str]]:
    return [(n.onset_s, n.duration_s, with_suffix(n)) for n in score_annotations(score)]


def ours(path: Path):
    return [(n.onset_s, n.duration_s, with_suffix(n)) for n in open_edf(path).annotations]


def by_edfio(path: Path):
    return list(map(tuple, edfio.read_edf(path).annotations))


def by_pyedflib(path: Path):
    with pyedflib.EdfReader(str(path)) as reader:
        rows = list(zip(*reader.readAnnotations(), strict=True))
    return [(float(on), None if dur < 0 else float(dur), str(text)) for on, dur, text in rows]


def by_mne(path: Path):
    notes = mne.read_annotations(path)
    return [
        (float(on), float(dur) or None, str(text))
        for on, dur, text in zip(notes.onset, notes.duration, notes.description, strict=True)
    ]


@pytest.mark.parametrize("read", [ours, by_edfio, by_pyedflib, by_mne])
@pytest.mark.parametrize(
    "start",
    [
        pytest.param(datetime(2024, 3, 14, 22, 30), id="whole second"),
        pytest.param(datetime(2024, 3, 14, 22, 30, 5, 123456), id="fraction of a second"),
        pytest.param(None, id="unknown start"),
    ],
)
def test_every_library_reads_what_was_written(tmp_path, start, read):
    score, path = night(), tmp_path / "s.edf"
    write_annotations_edf(path, score, recording(start))
    found, wanted = sorted(read(path), key=str), sorted(expected(score), key=str)
    assert sorted(text for *_, text in found) == sorted(text for *_, text in wanted)
    by_text = sorted(found, key=lambda row: (row[2], row[0]))
    for (onset, duration, _), (true_onset, true_duration, _) in zip(
        by_text, sorted(wanted, key=lambda row: (row[2], row[0])), strict=True
    ):
        assert onset == pytest.approx(true_onset, abs=2e-7)
        assert duration == true_duration


def test_what_is_written():
    score = night()
    assert len(score.legs[0].movements) == 4
    assert score.legs[0].verdicts.plm.all()
    texts = [with_suffix(note) for note in score_annotations(score)]
    assert texts.count("LM@@Left Leg") == 4
    assert texts.count("LM:right@@EMG 7") == 1  # the name of the channel gives no side
    assert texts.count("PLM") == 1  # bilateral
    assert texts.count("PLM@@Left Leg") == 3
    assert texts.count("Lights off") == texts.count("Lights on") == 1
    stages = [note for note in score_annotations(score) if note.text.startswith("Sleep stage")]
    assert [note.text[12:] for note in stages] == ["W", "N1", "N2", "N3", "R", "?", *["N2"] * 4]
    assert [note.onset_s for note in stages] == [30.0 * k for k in range(10)]
    assert {note.duration_s for note in stages} == {30.0}


def test_who_signed_a_review_is_told_at_the_start():
    review = Review(by="Dr. Zoë <b>", at="2026-11-28T09:30:05Z", edits=1)
    score = night()
    told = set(score_annotations(replace(score, review=review))) - set(score_annotations(score))
    text = "Reviewed by Dr. Zoë <b> at 2026-11-28 09:30:05 UTC, 1 edit"
    assert told == {Annotation(0.0, None, text)}


def test_gaps_and_unreadable_stretches_are_written_once():
    score = night(gaps=np.array([[10.0, 20.0]]), unreadable=np.array([[250.0, 260.5]]))
    notes = [note for note in score_annotations(score) if note.text in ("gap", "unreadable")]
    assert notes == [Annotation(10.0, 10.0, "gap"), Annotation(250.0, 10.5, "unreadable")]


def test_reading_back_loses_nothing_and_counts_no_movement_twice(tmp_path):
    score, path = night(), tmp_path / "s.edf"
    write_annotations_edf(path, score, recording(datetime(2024, 3, 14, 22, 30)))
    scoring = read_scoring(path)
    plm = scoring.events.is_kind("PLM")
    assert int(plm.sum()) == 4
    back = scoring.events.where(~plm)
    assert back == Events.of(
        list(score.events.kind),
        score.events.start_s,
        score.events.stop_s,
        channel=list(score.events.channel),
    )
    assert np.array_equal(scoring.hypnogram.stages, score.hypnogram.stages)


@pytest.mark.parametrize(
    ("start", "date", "clock", "recording_field"),
    [
        pytest.param(
            datetime(2024, 3, 14, 22, 30),
            "14.03.24",
            "22.30.00",
            "Startdate 14-MAR-2024",
            id="known",
        ),
        pytest.param(None, "01.01.85", "00.00.00", "Startdate X", id="unknown"),
        pytest.param(
            datetime(2090, 1, 2, 3, 4, 5), "01.01.85", "03.04.05", "Startdate X", id="not in EDF"
        ),
    ],
)
def test_header_has_the_start_and_no_patient(tmp_path, start, date, clock, recording_field):
    path = tmp_path / "s.edf"
    write_annotations_edf(path, night(), recording(start))
    head = path.read_bytes()[:512].decode("ascii")
    assert head[8:88].strip() == "X X X X"
    assert head[88:168].startswith(recording_field + " ")
    assert "PLM:wasm-2016" in head[88:168]
    assert (head[168:176], head[176:184]) == (date, clock)
    assert head[192:197] == "EDF+C"
    assert strict_viewers(path).opens


def test_the_same_score_gives_the_same_bytes(tmp_path):
    for name in ("a.edf", "b.edf"):
        write_annotations_edf(tmp_path / name, night(), recording(datetime(2024, 3, 14)))
    assert (tmp_path / "a.edf").read_bytes() == (tmp_path / "b.edf").read_bytes()


def test_an_empty_score_is_a_file_without_annotations(tmp_path):
    path = tmp_path / "s.edf"
    write_annotations_edf(path, score_events(Events.empty()), None)
    assert strict_viewers(path).opens
    assert open_edf(path).annotations == ()
    assert len(mne.read_annotations(path)) == 0


@pytest.mark.parametrize(
    ("word", "written"),
    [
        pytest.param("a\x14b\x15c\0d", "a b c d", id="separators of EDF+"),
        pytest.param("caf\udce9", "caf?", id="lone surrogate"),
        pytest.param("y" * 300, "y" * 300, id="long text is not cut"),
    ],
)
def test_texts_cannot_break_the_file(tmp_path, word, written):
    path = tmp_path / "s.edf"
    events = Events.of([f"other:{word}", "arousal"], [1.0, 2.0], [1.5, 3.0])
    write_annotations_edf(path, score_events(events), None)
    assert [note.text for note in open_edf(path).annotations] == [written, "arousal"]
    assert [text for *_, text in by_pyedflib(path)] == [written, "arousal"]


def test_annotations_before_the_start_and_after_the_end(tmp_path):
    path = tmp_path / "s.edf"
    score = score_events(Events.of("arousal", [-5.25, 1e5], [-4.0, 1e5 + 3.0]))
    write_annotations_edf(path, score, recording(datetime(2024, 1, 1, 0, 0, 0, 500000)))
    for read in (ours, by_edfio, by_pyedflib, by_mne):
        assert [onset for onset, *_ in read(path)] == [-5.25, 1e5]
