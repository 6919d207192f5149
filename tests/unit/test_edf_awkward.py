"""Every awkward EDF file is read right, or refused with the reason."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from psgscore.errors import CalibrationError, PsgscoreError, UnitError
from psgscore.io.edf import open_edf
from psgscore.io.units import microvolts_per

FOLDER = Path(__file__).parents[1] / "data" / "awkward_edf"
CASES = json.loads((FOLDER / "expected.json").read_text("utf-8"))
SIGNALS = [case for case in CASES if not case.get("annotation_only")]


def case_id(case):
    return case["file"]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_start_time(case):
    start = open_edf(FOLDER / case["file"]).start
    expected = case["start"]
    assert start == (datetime.fromisoformat(expected) if expected else None)


@pytest.mark.parametrize("case", SIGNALS, ids=case_id)
def test_leg_channel(case):
    recording = open_edf(FOLDER / case["file"])
    matching = [channel for channel in recording.channels if channel.label == case["label"]]
    channel = matching[0]
    assert channel.rate_hz == pytest.approx(case["rate_hz"])
    assert channel.unit == case["unit"]
    if isinstance(case["leg"], str):
        assert "edf.no-calibration" in {finding.code for finding in recording.findings}
        with pytest.raises(CalibrationError, match="Leg L"):
            recording.signal(channel.index)
        return
    signal = recording.signal(channel.index)
    factor = microvolts_per(case["unit"]) or 1.0
    expected = case["leg"]
    assert channel.n_samples == signal.samples.size == expected["n"]
    assert signal.samples[:4] == pytest.approx(np.array(expected["first"]) * factor, rel=1e-4)
    assert signal.samples[expected["n"] - 4 :] == pytest.approx(
        np.array(expected["last"]) * factor, rel=1e-3
    )
    if expected["n"]:
        mean = float(np.mean(np.abs(signal.samples.astype(np.float64))))
        assert mean == pytest.approx(expected["mean_abs"] * factor, rel=1e-4)


@pytest.mark.parametrize("case", [case for case in SIGNALS if "spo2" in case], ids=case_id)
def test_slow_channel_keeps_its_own_rate_and_unit(case):
    recording = open_edf(FOLDER / case["file"])
    signal = recording.signal(
        next(channel.index for channel in recording.channels if channel.unit == "%")
    )
    assert signal.unit == "%"
    assert signal.samples == pytest.approx(np.array(case["spo2"]["values"]), abs=0.01)


@pytest.mark.parametrize("case", [c for c in CASES if "annotations" in c], ids=case_id)
def test_annotations(case):
    found = [[n.onset_s, n.duration_s, n.text] for n in open_edf(FOLDER / case["file"]).annotations]
    assert sorted(found, key=str) == sorted(case["annotations"], key=str)


def test_gap_gives_true_times():
    recording = open_edf(FOLDER / "04_edfplusD_gap100s.edf")
    (gap,) = recording.gaps
    signal = recording.signal("Leg L")
    assert gap.stop_s - gap.start_s == pytest.approx(100.0)
    assert recording.duration_s == pytest.approx(110.0)
    assert signal.stop_s == pytest.approx(110.0)
    first, second = signal.pieces()
    assert first.stop_s == gap.start_s
    assert second.start_s == gap.stop_s


def test_duplicate_labels_are_reached_by_index():
    recording = open_edf(FOLDER / "17_duplicate_labels.edf")
    with pytest.raises(PsgscoreError, match="use the channel index"):
        recording.signal("Leg L")
    same = [channel.index for channel in recording.channels if channel.label == "Leg L"]
    assert len(same) == 2
    assert all(recording.signal(index).samples.size for index in same)


@pytest.mark.parametrize("unit", ["uv", "UV", "mu_latin1"])
def test_microvolts_in_any_known_spelling(unit):
    signal = open_edf(FOLDER / f"16_unit_{unit}.edf").signal("Leg L" if unit != "x" else 0)
    assert signal.unit == "uV"
    assert float(np.abs(signal.samples).max()) < 1000


def test_empty_unit_is_refused_where_microvolts_are_needed():
    signal = open_edf(FOLDER / "16_unit_empty.edf").signal("Leg L")
    with pytest.raises(UnitError, match=r"Leg L.*\[units\]"):
        signal.require_unit("uV")


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("04_edfplusD_gap100s.edf", "edf.gap"),
        ("06_truncated_last_record.edf", "edf.truncated"),
        ("07_nrec_minus1.edf", "edf.record-count-unknown"),
        ("09_nrec_header_too_small.edf", "edf.record-count"),
        ("10_nrec_zero.edf", "edf.no-records"),
        ("12_phys_min_eq_max.edf", "edf.no-calibration"),
        ("13_dig_min_eq_max.edf", "edf.no-calibration"),
        ("14_dig_min_gt_max.edf", "edf.inverted"),
        ("15_phys_min_gt_max_inverted.edf", "edf.inverted"),
        ("16_unit_empty.edf", "edf.unit-missing"),
        ("17_duplicate_labels.edf", "edf.duplicate-label"),
        ("18_nonascii_label_latin1.edf", "edf.not-ascii"),
        ("22_startdate_XX.edf", "edf.start-unknown"),
        ("32_trailing_garbage.edf", "edf.trailing-bytes"),
        ("36_ann_label_but_plain_edf.edf", "edf.annotations-in-plain"),
        ("44_version_nonascii.edf", "edf.version"),
    ],
)
def test_what_is_tolerated_is_a_finding(file, code):
    assert code in {finding.code for finding in open_edf(FOLDER / file).findings}


def test_a_clean_file_has_no_findings():
    assert open_edf(FOLDER / "01_base.edf").findings == ()
