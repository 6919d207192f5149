"""Faults of other tools that must not be ours, where no other test stands for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import psgscore
from psgscore.detect.leg_movements import detect_leg_movements
from psgscore.dsp.quality import assess_emg
from psgscore.io.edf_write import write_edf
from psgscore.model.criteria import DETECTION
from psgscore.model.signal import Signal
from psgscore.report.html import render_html
from psgscore.simulate import LegSettings, simulate_leg_emg, simulate_night

ADVICE = ("recommend", "treat", "therap", "medication", "dose", "prescri", "should take", "iron")


@pytest.fixture(scope="module")
def night():
    return simulate_night(2, hours=1.0)


@pytest.fixture(scope="module")
def path(night, tmp_path_factory):
    path = tmp_path_factory.mktemp("lessons") / "night.edf"
    write_edf(path, night.signals, start=night.start, hypnogram=night.hypnogram)
    return path


def test_a_quiet_emg_is_not_taken_for_another_unit():
    values = np.random.default_rng(1).normal(0.0, 1.0, 256 * 3600).clip(-4.7, 4.7)
    assert len(detect_leg_movements(Signal("LAT", values.astype(np.float32), 256.0, "uV"))) == 0


def test_a_slow_channel_keeps_its_rate_and_its_range(night, path):
    true = night.signal("SpO2")
    read = psgscore.open_recording(path).signal("SpO2")
    assert read.rate_hz == true.rate_hz
    assert read.samples.max() == pytest.approx(true.samples.max(), abs=0.01)
    assert read.samples.min() == pytest.approx(true.samples.min(), abs=0.01)


def test_pops_are_bridged_and_said():
    leg = LegSettings(pops=(300.0, 900.0, 1500.0))
    quality = assess_emg(simulate_leg_emg(4, hours=1.0, leg=leg)[0], DETECTION.gate)
    assert quality.measures["pops"] == 3
    assert any("3 electrode pops" in warning for warning in quality.warnings)


def test_the_report_gives_no_advice(path):
    text = render_html(psgscore.score_recording(path)).lower()
    words = text.split("<svg")[0] + "".join(part.split("</svg>")[-1] for part in text.split("<svg"))
    assert [word for word in ADVICE if word in words] == []


def test_a_recording_in_memory_is_scored_like_its_file(path):
    from_path = psgscore.score_recording(path)
    opened = psgscore.score_recording(psgscore.open_recording(path))
    assert opened.rates == from_path.rates
    assert opened.provenance == from_path.provenance
    assert opened.findings == from_path.findings


def test_a_recording_that_came_from_mne_is_scored(path):
    pytest.importorskip("mne")
    raw = next(raw for raw in psgscore.open_recording(path).to_mne() if "Left Leg" in raw.ch_names)
    score = psgscore.score_recording(psgscore.from_mne(raw))
    wanted = psgscore.score_recording(path)
    assert score.provenance.input_sha256 == ""
    assert len(score.events.of_kind("LM:left")) == len(wanted.events.of_kind("LM:left")) > 0


def test_a_map_for_a_recording_that_has_one_is_refused(path, tmp_path):
    (tmp_path / "map.toml").write_text("")
    options = psgscore.Options(channels=tmp_path / "map.toml")
    with pytest.raises(psgscore.PsgscoreError, match="pass yours to open_recording"):
        psgscore.score_recording(psgscore.open_recording(path), options)


def test_one_unreadable_leg_does_not_take_the_other(path):
    recording = psgscore.open_recording(path)
    left = next(c for c in recording.channels if c.role == "leg:left")
    unknown = tuple(replace(c, unit="") if c.index == left.index else c for c in recording.channels)
    score = psgscore.score_recording(replace(recording, channels=unknown))
    assert [channel.role for channel in score.provenance.channels] == ["leg:right"]
    assert "uV" in next(missing.reason for missing in score.not_scored)


def test_rules_are_in_the_provenance_even_when_nothing_could_be_scored_by_them():
    score = psgscore.score_events(psgscore.Events.empty(), rules=["wasm-2016"])
    assert [rules.name for rules in score.provenance.rules] == ["wasm-2016"]
