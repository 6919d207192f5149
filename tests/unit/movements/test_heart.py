"""R peaks against beats that are known, and against published detectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from heart_signals import (
    P_WAVE,
    T_WAVE,
    agreement,
    beats_at,
    draw_beats,
    ecg_of,
    signal_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.detect.heart import find_r_peaks
from psgscore.model.heart_criteria import HEART
from psgscore.model.signal import Signal
from psgscore.opening import open_recording
from psgscore.simulate.artefacts import QRS
from psgscore.simulate.cardio import ECG_RATE_HZ, render_ecg
from psgscore.simulate.plan import plan_night
from psgscore.simulate.settings import PlanSettings

HOUR = 3600.0


@pytest.fixture(scope="module")
def night():
    plan = plan_night(3, 4.0, PlanSettings())
    return render_ecg(plan), plan.heart_beats_s()


def muscle(rng, n, sd_uv, share_s=400):
    """Return noise that comes and goes: bursts of 1 to 8 s, in about 2 % of the night."""
    on = np.zeros(n, np.float32)
    for start in rng.uniform(0, n / ECG_RATE_HZ - 10, int(n / ECG_RATE_HZ / share_s * 2)):
        on[int(start * ECG_RATE_HZ) : int((start + rng.uniform(1, 8)) * ECG_RATE_HZ)] = 1
    return on * rng.normal(0, sd_uv, n).astype(np.float32)


def pops(rng, n):
    values = np.zeros(n, np.float32)
    for at in rng.integers(0, n - 50, 60):
        values[at : at + 40] += 15000 * rng.choice([-1, 1]) * np.exp(-np.arange(40) / 3)
    return values


def hum(n):
    seconds = np.arange(n) / ECG_RATE_HZ
    return 200 * np.sin(2 * np.pi * 50 * seconds) + 2000 * np.sin(2 * np.pi * 0.1 * seconds)


def test_a_clean_night_is_found_beat_by_beat(night):
    ecg, truth = night
    found = find_r_peaks(ecg)
    sensitivity, precision, error = agreement(found, truth)
    assert found.not_scored is None
    assert found.readable.tolist() == [[0.0, ecg.duration_s]]
    assert min(sensitivity, precision) >= 0.999
    assert np.abs(error).max() <= 0.005


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda rng, n: rng.normal(0, 100, n), id="white noise of a tenth of R"),
        pytest.param(lambda rng, n: rng.normal(0, 200, n), id="white noise of a fifth of R"),
        pytest.param(lambda rng, n: muscle(rng, n, 300), id="muscle, 300 uV"),
        pytest.param(lambda rng, n: muscle(rng, n, 1500), id="muscle larger than the ECG"),
        pytest.param(pops, id="electrode pops"),
        pytest.param(lambda _, n: hum(n), id="mains and wander larger than the QRS"),
    ],
)
def test_noise_is_not_taken_for_beats(night, spoil):
    ecg, truth = night
    samples = ecg.samples + spoil(np.random.default_rng(1), ecg.samples.size)
    found = find_r_peaks(signal_of(samples))
    sensitivity, precision, error = agreement(found, truth)
    assert min(sensitivity, precision) >= 0.99
    assert np.percentile(np.abs(error), 99) <= 0.005
    assert found.measures["unreadable_min"] <= 0.1 * ecg.duration_s / 60


def test_a_lead_upside_down_gives_the_same_beats(night):
    ecg, _ = night
    turned = find_r_peaks(signal_of(-ecg.samples))
    assert turned.times_s == pytest.approx(find_r_peaks(ecg).times_s, abs=1e-6)


@pytest.mark.parametrize(("unit", "factor"), [("uV", 1.0), ("mV", 1e-3), ("V", 1e-6)])
def test_the_unit_is_only_a_scale(unit, factor):
    truth = beats_at(60, 120)
    samples = ecg_of(truth, 120)
    found = find_r_peaks(signal_of(samples * np.float32(factor), unit=unit))
    assert found.times_s == pytest.approx(find_r_peaks(signal_of(samples)).times_s, abs=1e-4)
    assert found.measures["qrs_uv"] == pytest.approx(480, rel=0.1)


@pytest.mark.parametrize("rate_hz", [100.0, 128.0, 200.0, 250.0, 256.0, 500.0, 512.0, 1000.0])
def test_any_rate_from_100_hz_on_and_no_drift(rate_hz):
    truth = beats_at(62, 1800)
    sensitivity, precision, error = agreement(
        find_r_peaks(signal_of(ecg_of(truth, 1800, rate_hz), rate_hz)), truth
    )
    assert min(sensitivity, precision) >= 0.999
    assert np.abs(error).max() <= 0.005


@pytest.mark.parametrize("bpm", [32, 40, 60, 90, 120, 150, 180, 200])
def test_slow_and_fast_hearts(bpm):
    truth = beats_at(bpm, 600, spread=0.01)
    waves = QRS if bpm > 120 else (P_WAVE, *QRS, T_WAVE)
    found = find_r_peaks(signal_of(ecg_of(truth, 600, waves=waves)))
    sensitivity, precision, _ = agreement(found, truth)
    assert min(sensitivity, precision) >= 0.998
    assert found.measures["unreadable_min"] < 0.5


@pytest.mark.parametrize(
    ("waves", "more"),
    [
        pytest.param((P_WAVE, *QRS, (0.26, 0.05, 0.9)), {}, id="T wave nearly as tall as R"),
        pytest.param((P_WAVE, *QRS, (0.20, 0.03, 0.5)), {}, id="early, narrow T wave"),
        pytest.param((P_WAVE, *QRS, (0.26, 0.02, 0.8)), {}, id="T wave as sharp as a QRS"),
        pytest.param((P_WAVE, (0.0, 0.012, 1.0), (0.03, 0.012, -0.9)), {}, id="R and S alike"),
        pytest.param((P_WAVE, (0.0, 0.022, 1.0), T_WAVE), {}, id="wide QRS"),
        pytest.param((P_WAVE, *QRS, T_WAVE), {"r_uv": 150.0, "noise_uv": 5.0}, id="small ECG"),
        pytest.param((P_WAVE, *QRS, T_WAVE), {"r_uv": 5000.0}, id="large ECG"),
    ],
)
def test_other_shapes(waves, more):
    truth = beats_at(65, 900)
    found = find_r_peaks(signal_of(ecg_of(truth, 900, waves=waves, **more)))
    sensitivity, precision, error = agreement(found, truth)
    assert min(sensitivity, precision) >= 0.999
    assert np.ptp(error) <= 0.012


def test_an_irregular_heart_keeps_every_beat():
    truth = beats_at(80, 1200, spread=0.22)
    truth = truth[np.append(True, np.diff(truth) > 0.36)]
    sensitivity, precision, _ = agreement(find_r_peaks(signal_of(ecg_of(truth, 1200))), truth)
    assert min(sensitivity, precision) >= 0.998


def test_early_wide_beats_of_the_ventricle_are_beats():
    normal = np.arange(1.0, 599.0, 0.95)
    early = normal[10::20] - 0.38
    normal = np.delete(normal, np.arange(10, normal.size, 20))
    samples = ecg_of(normal, 600)
    draw_beats(samples, 256.0, early, waves=((0.0, 0.022, 1.6), (0.08, 0.04, -0.6)))
    truth = np.sort(np.concatenate([normal, early]))
    sensitivity, precision, _ = agreement(find_r_peaks(signal_of(samples)), truth)
    assert min(sensitivity, precision) >= 0.995


@pytest.mark.parametrize("factor", [0.2, 0.5, 3.0, 6.0])
def test_a_step_of_the_amplitude_loses_no_more_than_a_moment(factor):
    truth = beats_at(60, 1200)
    samples = ecg_of(truth, 1200)
    samples[600 * 256 :] *= np.float32(factor)
    found = find_r_peaks(signal_of(samples))
    sensitivity, precision, _ = agreement(found, truth)
    assert precision == 1.0
    assert sensitivity >= 0.997
    assert found.measures["unreadable_min"] <= 0.3


def test_where_the_lead_is_off_there_are_no_beats():
    truth = beats_at(60, 900)
    samples = ecg_of(truth, 900)
    samples[300 * 256 : 500 * 256] = np.random.default_rng(2).normal(0, 3.0, 200 * 256)
    found = find_r_peaks(signal_of(samples))
    assert len(found.readable) == 2
    assert found.readable.ravel() == pytest.approx([0, 300, 500, 900], abs=7)
    assert not ((found.times_s > 301) & (found.times_s < 499)).any()
    assert found.measures["unreadable_min"] == pytest.approx(200 / 60, abs=0.2)


def test_a_gap_is_never_crossed_and_times_after_it_are_true():
    truth = beats_at(60, 120)
    samples = ecg_of(truth, 120)
    found = find_r_peaks(signal_of(samples, breaks=((60 * 256, 1060.0),)))
    moved = np.where(truth < 60, truth, truth + 1000)
    assert found.readable.tolist() == [[0.0, 60.0], [1060.0, 1120.0]]
    assert agreement(found, moved)[:2] == (1.0, 1.0)


def still(values):
    return np.full(120 * 256, values, np.float32)


@pytest.mark.parametrize(
    ("signal", "reason"),
    [
        pytest.param(signal_of(ecg_of([], 120), unit=""), "unit is not known", id="no unit"),
        pytest.param(signal_of(ecg_of([], 120), unit="NV"), "'NV' is no voltage", id="NV"),
        pytest.param(signal_of(still(0.0)), "flat", id="flat at 0"),
        pytest.param(signal_of(still(312.0)), "flat", id="flat elsewhere"),
        pytest.param(signal_of(ecg_of([], 120, noise_uv=2.0)), "flat, or too small", id="2 uV"),
        pytest.param(
            signal_of(ecg_of(np.arange(1.0, 119.0), 120, r_uv=30.0, noise_uv=0.2), unit="mV"),
            "too large",
            id="30 mV",
        ),
        pytest.param(signal_of(ecg_of([], 120, noise_uv=90)), "told from noise", id="noise only"),
        pytest.param(signal_of(ecg_of([1], 9)), "less than 10 s", id="nine seconds"),
        pytest.param(signal_of(ecg_of([1], 90, 99.0), 99.0), "too slow", id="99 Hz"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(signal, reason):
    found = find_r_peaks(signal)
    assert found.times_s.size == 0
    assert found.readable.shape == (0, 2)
    assert found.not_scored.what == "heart rate"
    assert reason in found.not_scored.reason
    assert "ECG" in found.not_scored.reason


def test_many_short_stretches_are_refused():
    samples = ecg_of(beats_at(60, 40), 40)
    breaks = tuple((k * 9 * 256, 100.0 * k) for k in range(1, 5))
    found = find_r_peaks(signal_of(samples, breaks=breaks))
    assert "no stretch without a gap lasts 10 s" in found.not_scored.reason
    assert found.times_s.size == 0


def test_noise_of_a_third_of_r_is_not_read(night):
    ecg, _ = night
    noise = np.random.default_rng(1).normal(0, 300, ecg.samples.size)
    found = find_r_peaks(signal_of(ecg.samples + noise))
    assert found.measures["unreadable_min"] >= 0.95 * ecg.duration_s / 60


def test_a_pop_is_no_beat_and_what_lies_beside_it_is_not_read():
    truth = np.arange(1.0, 299.0, 1.0)
    samples = ecg_of(truth, 300)
    at = np.arange(40.5, 280.0, 30.0)
    for pop_s in at:
        first = round(pop_s * 256)
        samples[first : first + 40] += 15000 * np.exp(-np.arange(40) / 3).astype(np.float32)
    found = find_r_peaks(signal_of(samples))
    assert np.abs(found.times_s[:, None] - at).min() >= 0.4
    assert len(found.readable) == at.size + 1
    sensitivity, precision, _ = agreement(found, truth)
    assert (sensitivity, precision) == (1.0, 1.0)


def test_what_lies_beside_a_burst_of_muscle_is_not_read():
    truth = beats_at(60, 600)
    samples = ecg_of(truth, 600)
    noise = np.random.default_rng(4).normal(0, 1500, 5 * 256).astype(np.float32)
    for start in range(50, 560, 50):
        samples[start * 256 : (start + 5) * 256] += noise
    found = find_r_peaks(signal_of(samples))
    gaps = np.column_stack([found.readable[:-1, 1], found.readable[1:, 0]])
    assert len(gaps) == 11
    assert (gaps[:, 0] <= np.arange(50, 560, 50) - 0.5).all()
    assert (gaps[:, 1] >= np.arange(55, 565, 50) + 0.5).all()
    assert agreement(found, truth)[:2] == (1.0, 1.0)


def test_the_slowest_rate_is_still_read():
    truth = beats_at(60, 60)
    assert find_r_peaks(signal_of(ecg_of(truth, 60, 100.0), 100.0)).not_scored is None


@settings(max_examples=15)
@given(
    start_s=st.floats(-500, 50000),
    scale=st.floats(0.3, 20),
    rate_hz=st.sampled_from([128.0, 200.0, 256.0]),
)
def test_beats_move_with_the_signal_and_do_not_depend_on_its_size(start_s, scale, rate_hz):
    truth = beats_at(70, 60)
    samples = ecg_of(truth, 60, rate_hz)
    plain = find_r_peaks(signal_of(samples, rate_hz))
    moved = find_r_peaks(signal_of(samples * np.float32(scale), rate_hz, start_s=start_s))
    assert moved.times_s - start_s == pytest.approx(plain.times_s, abs=2e-4)
    assert plain.times_s == pytest.approx(truth, abs=0.005)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("low_hz", 20.0),
        ("min_rate_hz", 79.0),
        ("threshold_share", 1.0),
        ("t_wave_share", 0.0),
        ("refractory_s", 0.37),
        ("artefact_ratio", 1.0),
        ("min_clearness", 1.0),
        ("min_local_clearness", 1.0),
        ("max_bpm", 25.0),
        ("max_qrs_uv", 20.0),
        ("ectopic_share", 1.0),
        ("level_s", 0.0),
    ],
)
def test_criteria_that_make_no_sense_are_refused(name, value):
    with pytest.raises(ValueError, match=r"\w"):
        replace(HEART, **{name: value})


def peaks_of_mne(ecg):
    mne = pytest.importorskip("mne")
    info = mne.create_info(["ECG"], ecg.rate_hz, ["ecg"])
    raw = mne.io.RawArray(ecg.samples[np.newaxis].astype(float) * 1e-6, info, verbose="ERROR")
    events = mne.preprocessing.find_ecg_events(raw, verbose="ERROR")[0]
    return events[:, 0] / ecg.rate_hz


def peaks_of_sleepecg(ecg):
    sleepecg = pytest.importorskip("sleepecg")
    return sleepecg.detect_heartbeats(ecg.samples.astype(float), ecg.rate_hz) / ecg.rate_hz


@pytest.mark.parametrize("published", [peaks_of_mne, peaks_of_sleepecg])
def test_published_detectors_find_the_same_beats_in_noise(published):
    truth = beats_at(64, 600)
    ecg = signal_of(ecg_of(truth, 600, noise_uv=80.0))
    others = published(ecg)
    sensitivity, precision, _ = agreement(find_r_peaks(ecg), others)
    assert min(sensitivity, precision) >= 0.995


@pytest.mark.parametrize("published", [peaks_of_mne, peaks_of_sleepecg])
def test_published_detectors_find_the_same_beats_in_a_real_ecg(published, real_data):
    recording = open_recording(real_data("recordings/nox_a1_leg_emg_120s.edf"))
    ecg = recording.signal("ECG")
    plain = Signal("ECG", ecg.samples, ecg.rate_hz, "uV")
    sensitivity, precision, error = agreement(find_r_peaks(ecg), published(plain))
    assert (sensitivity, precision) == (1.0, 1.0)
    assert np.abs(error).max() <= 0.02
