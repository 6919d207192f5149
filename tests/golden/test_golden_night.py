"""One simulated night, scored from file to table, stays as it was looked at."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from psgscore.io.edf_write import write_edf
from psgscore.io.tables import movements_tsv
from psgscore.pipeline import score_recording
from psgscore.simulate import simulate_night

GOLDEN = Path(__file__).with_name("night_seed1_1h.movements.tsv")
TIMES = ("onset", "duration")


def rows(lines):
    return list(csv.DictReader(lines, delimiter="\t"))


def score(folder):
    night = simulate_night(1, hours=1.0)
    path = folder / "night.edf"
    events = night.events.of_kind("arousal", "apnea", "hypopnea", "lights_off", "lights_on")
    write_edf(path, night.signals, start=night.start, events=events, hypnogram=night.hypnogram)
    return score_recording(path)


def test_the_golden_night(tmp_path):
    found = rows(movements_tsv(score(tmp_path)).splitlines())
    expected = rows(GOLDEN.read_text("utf-8").splitlines())
    assert len(found) == len(expected)
    for row, golden in zip(found, expected, strict=True):
        for name in TIMES:
            # Another FFT rounds otherwise: an edge may move by a sample or two.
            assert float(row.pop(name)) == pytest.approx(float(golden.pop(name)), abs=0.02)
        assert row == golden
