"""Notes of the MIT-BIH Polysomnographic Database: epochs, never events with invented times."""

from __future__ import annotations

import importlib
import sys
from types import SimpleNamespace

import pytest

from psgscore.errors import ScoringFileError
from psgscore.io.scoring_files import read_scoring

NOTES = ["W", "1 L", "2 H HA", "3 LA A", "4\0", "MT", "R X CA CAA OA", "w"]


@pytest.fixture
def sample(data_dir, tmp_path):
    """Return a file of eight notes at 250 Hz, the first on sample 0."""
    path = tmp_path / "slp01a.st"
    path.write_bytes((data_dir / "scoring_samples" / "slpdb.st").read_bytes())
    return path


def notes_are(monkeypatch, notes, *, rate_hz=250, first=1, step=7500):
    samples = [first + k * step for k in range(len(notes))]
    found = SimpleNamespace(sample=samples, aux_note=notes, fs=rate_hz)
    monkeypatch.setitem(sys.modules, "wfdb", SimpleNamespace(rdann=lambda *_: found))


def binary(folder, name="slp01a.st"):
    path = folder / name
    path.write_bytes(b"\x00\x58\x01\xfcW\x00\x00\x00")
    return path


def test_notes_are_of_the_30_s_that_follow(tmp_path, monkeypatch):
    notes_are(monkeypatch, NOTES)
    path = tmp_path / "slp01a.st"
    path.write_bytes(b"\x01\x58\x01\xfcW\x00\x00\x00")
    found = read_scoring(path)
    assert found.hypnogram.stages.tolist() == [0, 1, 2, 3, 3, -1, 4, 0]
    epochs = [
        (str(kind), round(float(start)), round(float(stop)))
        for kind, start, stop in zip(
            found.events.kind, found.events.start_s, found.events.stop_s, strict=True
        )
    ]
    assert sorted(epochs) == sorted(
        [
            ("epoch:LM", 30, 60),
            ("epoch:hypopnea", 60, 90),
            ("epoch:hypopnea:arousal", 60, 90),
            ("epoch:LM:arousal", 90, 120),
            ("epoch:arousal", 90, 120),
            ("epoch:movement", 150, 180),
            ("epoch:apnea:obstructive:arousal", 180, 210),
            ("epoch:apnea:central", 180, 210),
            ("epoch:apnea:central:arousal", 180, 210),
            ("epoch:apnea:obstructive", 180, 210),
        ]
    )
    assert found.covers == frozenset()
    assert [one.code for one in found.findings] == ["scoring.rk-stages", "scoring.epoch-marks"]


def test_a_note_on_sample_0_that_wfdb_drops_is_read(tmp_path, monkeypatch):
    notes_are(monkeypatch, ["2", "R"], first=7500)
    found = read_scoring(binary(tmp_path))
    assert found.hypnogram.start_s == 0.0
    assert found.hypnogram.stages.tolist() == [0, 2, 4]


@pytest.mark.parametrize(
    ("notes", "rate_hz", "match"),
    [
        pytest.param(["W 1"], 250, "holds two stages: 'W 1'", id="two stages"),
        pytest.param(["H"], 250, "no notes with stages", id="no stage"),
        pytest.param(["W"], None, r"slp01a\.hea of the record beside it", id="no rate"),
        pytest.param(["W"], float("nan"), r"slp01a\.hea", id="rate no number"),
    ],
)
def test_refused(tmp_path, monkeypatch, notes, rate_hz, match):
    notes_are(monkeypatch, notes, rate_hz=rate_hz)
    path = tmp_path / "slp01a.st"
    path.write_bytes(b"\x01\x58\x01\xfcW\x00\x00\x00")
    with pytest.raises(ScoringFileError, match=match):
        read_scoring(path)


def test_without_wfdb_the_error_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wfdb", None)
    with pytest.raises(ScoringFileError, match=r"pip install 'psgscore\[wfdb\]'"):
        read_scoring(binary(tmp_path))


def test_damage_is_a_clear_error(tmp_path, monkeypatch):
    def damaged(*_):
        raise IndexError("out of bounds")

    monkeypatch.setitem(sys.modules, "wfdb", SimpleNamespace(rdann=damaged))
    with pytest.raises(ScoringFileError, match="damaged one: out of bounds"):
        read_scoring(binary(tmp_path))


def test_a_text_called_st_is_a_text(tmp_path):
    path = tmp_path / "stages.st"
    path.write_text("W\nN1\n", "utf-8")
    assert read_scoring(path).hypnogram.stages.tolist() == [0, 1]


def test_with_wfdb_itself(sample):
    pytest.importorskip("wfdb")
    importlib.import_module("wfdb")
    found = read_scoring(sample)
    assert found.hypnogram.start_s == 0.0
    assert found.hypnogram.stages.tolist() == [0, 1, 2, 3, 3, -1, 4, 0]
