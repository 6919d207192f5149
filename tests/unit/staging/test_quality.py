"""What is no EEG never reaches the stager: every bad epoch has its reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from psgscore.model.eeg_criteria import STAGING_GATE
from psgscore.model.signal import Signal
from psgscore.simulate import simulate_night
from psgscore.staging import quality
from psgscore.staging.grid import on_grid
from psgscore.staging.quality import epoch_reasons

RATE = 128.0
EPOCHS = 60


@pytest.fixture(scope="module")
def night():
    return simulate_night(5, hours=1.0)


def like_eeg(sd_uv=20.0, seed=0, epochs=EPOCHS):
    """Return noise that falls as 1/f and changes through the night."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=round(epochs * 30 * RATE))
    spectrum = np.fft.rfft(values)
    freq = np.fft.rfftfreq(values.size, 1 / RATE)
    values = np.fft.irfft(spectrum / np.maximum(freq, 0.5), values.size)
    values *= sd_uv / values.std() * np.repeat(rng.uniform(0.7, 1.4, epochs), round(30 * RATE))
    return values.astype(np.float32)


def reasons(values, kind="EEG", rate_hz=RATE, **changes):
    signal = Signal("X", np.asarray(values, np.float32), rate_hz, "uV", **changes)
    n_epochs = int(signal.stop_s // 30)
    return epoch_reasons(on_grid(signal, 0.0, n_epochs), kind, STAGING_GATE)


def white(sd_uv, seed=1):
    return np.random.default_rng(seed).normal(0, sd_uv, round(EPOCHS * 30 * RATE))


def pink(exponent):
    values = white(1.0)
    freq = np.fft.rfftfreq(values.size, 1 / RATE)
    values = np.fft.irfft(np.fft.rfft(values) / np.maximum(freq, 0.3) ** (exponent / 2))
    return values / values.std() * 25


def mains(values, uv, hz=50.0):
    return values + uv * np.sin(2 * np.pi * hz * np.arange(values.size) / RATE)


@pytest.mark.parametrize("kind", ["EEG", "EOG"])
@pytest.mark.parametrize("label", ["C4-M1", "O1-M2", "F3-M2"])
def test_simulated_sleep_passes(night, label, kind):
    signal = night.signal(label)
    found = epoch_reasons(on_grid(signal, 0.0, 120), kind, STAGING_GATE)
    assert set(found.tolist()) == {""}


def test_what_falls_like_eeg_and_changes_passes():
    assert set(reasons(like_eeg()).tolist()) == {""}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param(np.zeros(round(EPOCHS * 30 * RATE)), quality.FLAT, id="flat"),
        pytest.param(like_eeg(20e-3), quality.FLAT, id="unit wrong by 1e-3"),
        pytest.param(like_eeg(20e3), quality.AMPLITUDE, id="unit wrong by 1e3"),
        pytest.param(like_eeg(1.5), quality.AMPLITUDE, id="too small"),
        pytest.param(like_eeg(180.0), quality.AMPLITUDE, id="too large"),
        pytest.param(white(20.0), quality.NOISE, id="white noise of 20 uV"),
        pytest.param(white(60.0), quality.NOISE, id="white noise of 60 uV"),
        pytest.param(pink(1.0), quality.NO_CHANGE, id="pink noise"),
        pytest.param(pink(2.0), quality.NO_CHANGE, id="brown noise"),
        pytest.param(mains(like_eeg(), 300.0), quality.MAINS, id="50 Hz"),
        pytest.param(mains(like_eeg(), 300.0, 60.0), quality.MAINS, id="60 Hz"),
        pytest.param(np.clip(like_eeg(), -15, 15), quality.CLIPPED, id="clipped"),
    ],
)
def test_bad_signal_is_never_staged_from(values, reason):
    found = reasons(values)
    assert "" not in found
    assert (found == reason).mean() > 0.8


@pytest.mark.parametrize("scale", [1.0, 0.2, 0.05, 0.02])
def test_an_ecg_is_no_eeg_at_any_size(night, scale):
    ecg = night.signal("ECG")
    found = epoch_reasons(
        on_grid(replace(ecg, samples=ecg.samples * scale), 0.0, 120), "EEG", STAGING_GATE
    )
    assert "" not in found


def test_one_bad_epoch_leaves_its_neighbours():
    values = like_eeg()
    size = round(30 * RATE)
    values[10 * size : 11 * size] = 0.0
    found = reasons(values)
    assert np.flatnonzero(found != "").tolist() == [10]
    assert found[10] == quality.FLAT


@pytest.mark.parametrize(("missing_s", "reason"), [(0.9, ""), (1.2, quality.GAP)])
def test_more_than_a_second_without_samples_is_a_gap(missing_s, reason):
    values = like_eeg()
    at = round(95 * RATE)
    found = reasons(values, breaks=((at, at / RATE + missing_s),))
    assert found[3] == reason
    assert set(found[:3].tolist()) == {""}


def test_chin_emg_may_be_as_white_as_it_is():
    assert set(reasons(white(5.0), "chin").tolist()) == {""}


def test_a_late_start_and_an_early_end_are_gaps():
    signal = Signal("X", like_eeg(epochs=4), RATE, "uV", start_s=45.0)
    grid = on_grid(signal, 0.0, 7)
    assert grid.missing_s.tolist() == [30.0, 15.0, 0.0, 0.0, 0.0, 15.0, 30.0]
    assert np.isfinite(grid.signal.samples).all()
