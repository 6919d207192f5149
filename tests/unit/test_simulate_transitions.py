"""Simulated transitions are what their truth says they are."""

from __future__ import annotations

import numpy as np
import pytest

from psgscore.errors import UsageError
from psgscore.model.hypnogram import Stage
from psgscore.simulate.transitions import simulate_transition


@pytest.fixture(scope="module")
def simulated():
    return simulate_transition(3)


def power(signal, start_s, stop_s, low_hz, high_hz):
    """Mean power between two frequencies, in uV^2."""
    rate = signal.rate_hz
    part = signal.samples[round(start_s * rate) : round(stop_s * rate)].astype(float)
    size = int(2 * rate)
    windows = np.lib.stride_tricks.sliding_window_view(part, size)[:: size // 2]
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(size), axis=1)) ** 2
    hz = np.fft.rfftfreq(size, 1 / rate)
    return 2 * spectrum[:, (hz >= low_hz) & (hz <= high_hz)].sum(axis=1).mean() / size**2 / 0.375


def test_the_same_seed_gives_the_same_bytes(simulated):
    again = simulate_transition(3)
    for first, second in zip(simulated.eeg + simulated.eog, again.eeg + again.eog, strict=True):
        assert first.samples.tobytes() == second.samples.tobytes()
    assert simulate_transition(4).onsets_s.tolist() != simulated.onsets_s.tolist()


@pytest.mark.parametrize("rate_hz", [100.0, 128.0, 512.0])
def test_the_truth_does_not_depend_on_the_rate(simulated, rate_hz):
    other = simulate_transition(3, rate_hz=rate_hz)
    assert other.onsets_s.tolist() == simulated.onsets_s.tolist()
    assert other.hypnogram.stages.tolist() == simulated.hypnogram.stages.tolist()
    assert other.eeg[0].duration_s == pytest.approx(simulated.hypnogram.stop_s)


@pytest.mark.parametrize("seed", range(6))
def test_the_hypnogram_follows_from_the_truth(seed):
    simulated = simulate_transition(seed, rate_hz=50)
    stages = simulated.hypnogram.stages
    away = simulated.onsets_s - 30.0 * simulated.onset_epochs
    assert 2 <= len(away) <= 8
    assert (np.abs(away) <= 15).all()
    assert (stages[simulated.onset_epochs] > Stage.W).all()
    assert (stages[simulated.onset_epochs - 1] == Stage.W).all()
    assert len(set(simulated.onsets_s)) == len(away)


def test_onsets_lie_anywhere_in_the_epoch():
    seeds = [simulate_transition(seed, rate_hz=50) for seed in range(12)]
    away = np.concatenate([one.onsets_s - 30.0 * one.onset_epochs for one in seeds])
    assert away.min() < -10
    assert away.max() > 10
    assert np.mean(np.abs(away) < 2) < 0.4


def test_alpha_goes_and_theta_comes(simulated):
    occipital = simulated.eeg[0]
    for onset_s in simulated.onsets_s:
        before, after = (onset_s - 20, onset_s), (onset_s + 10, onset_s + 40)
        assert power(occipital, *before, 8, 12) > 1.8 * power(occipital, *after, 8, 12)
        assert power(occipital, *after, 4, 7) > 1.3 * power(occipital, *before, 4, 7)


def test_alpha_comes_and_goes_while_awake(simulated):
    onset_s = simulated.onsets_s[0]
    shown = [
        power(simulated.eeg[0], time, time + 2, 8, 12) for time in np.arange(onset_s - 60, onset_s)
    ]
    assert max(shown) > 20 * min(shown)


def test_without_alpha_there_is_none():
    simulated = simulate_transition(3, alpha=False)
    assert simulated.alpha_uv < 1
    onset_s = simulated.onsets_s[0]
    occipital = simulated.eeg[0]
    before = power(occipital, onset_s - 40, onset_s, 8, 12)
    assert before < 2 * power(occipital, onset_s + 10, onset_s + 40, 8, 12)


def test_alpha_is_as_large_as_asked_for():
    quiet, loud = (simulate_transition(3, alpha_uv=uv) for uv in (0.0, 20.0))
    shown = loud.eeg[0].samples - quiet.eeg[0].samples
    onset = round(loud.onsets_s[0] * 256)
    assert 8 < np.std(shown[onset - 60 * 256 : onset]) < 20
    assert np.std(loud.eeg[2].samples - quiet.eeg[2].samples) < 0.6 * np.std(shown)


def test_open_eyes_show_no_alpha():
    simulated = simulate_transition(3, eyes_open_share=0.9, alpha_uv=15.0)
    lights_out = 0.9 * simulated.onsets_s[0]
    opened = power(simulated.eeg[0], 10, lights_out - 2, 8, 12)
    closed = power(simulated.eeg[0], lights_out + 2, simulated.onsets_s[0], 8, 12)
    assert closed > 10 * opened


def test_the_eyes_move_together(simulated):
    left, right = (eye.samples.astype(float) for eye in simulated.eog)
    assert np.corrcoef(left, right)[0, 1] < -0.3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rate_hz": 40.0}, "rate_hz"),
        ({"minutes": 5.0}, "minutes"),
        ({"alpha_uv": -1.0}, "alpha_uv"),
        ({"eyes_open_share": 1.0}, "eyes_open_share"),
    ],
)
def test_settings_out_of_range_are_refused(wrong, said):
    with pytest.raises(UsageError, match=said):
        simulate_transition(1, **wrong)
