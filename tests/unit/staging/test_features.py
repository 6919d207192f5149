"""Each feature against its definition, written out slowly."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_features import features

from psgscore.errors import UnitError
from psgscore.model.signal import Signal
from psgscore.staging.complexity import (
    higuchi_dimension,
    hjorth,
    permutation_entropy,
    petrosian_dimension,
    zero_crossings,
)
from psgscore.staging.filtering import band_pass_kernel, zero_phase
from psgscore.staging.prepare import prepare
from psgscore.staging.resample import resample
from psgscore.staging.smoothing import centred_mean, past_mean, robust_scale
from psgscore.staging.spectrum import BANDS_HZ, band_powers, median_spectrum, simpson_weights

RATE_HZ = 100.0


def noise(n, seed=0):
    return np.random.default_rng(seed).normal(0.0, 20.0, n)


def eight_minutes(seed=0):
    """Return 16 epochs of noise that grows and shrinks."""
    n = 16 * 3000
    return noise(n, seed) * (1.5 + np.sin(np.arange(n) / 7000))


def column(found, name):
    names, matrix = found
    return matrix[:, names.index(name)]


# --- resampling and filtering ---------------------------------------------------------


@pytest.mark.parametrize("rate_hz", [64.0, 128.0, 200.0, 256.0, 512.0])
def test_a_slow_wave_survives_any_rate(rate_hz):
    t_s = np.arange(round(60 * rate_hz)) / rate_hz
    found = resample(np.sin(2 * np.pi * 3.0 * t_s), rate_hz)
    assert found.size == 6000
    expected = np.sin(2 * np.pi * 3.0 * np.arange(6000) / RATE_HZ)
    assert found[200:-200] == pytest.approx(expected[200:-200], abs=2e-3)


def test_resampling_cuts_the_spectrum_of_the_mirrored_signal():
    x = noise(3000)
    before = (4096 - 3000) // 2
    padded = np.concatenate(
        [2 * x[0] - x[before:0:-1], x, 2 * x[-1] - x[-2 : -(4096 - 3000 - before) - 2 : -1]]
    )
    spectrum = np.fft.rfft(padded)[:801]
    spectrum[800] *= 2
    whole = np.fft.irfft(spectrum, 1600) * 1600 / 4096
    first = round(before * 100 / 256)
    assert resample(x, 256.0) == pytest.approx(whole[first : first + 1172], abs=1e-11)


def test_a_long_signal_is_transformed_in_rows_and_is_the_same(monkeypatch):
    x = noise(30_000)
    whole = resample(x, 512.0)
    monkeypatch.setattr("psgscore.staging.resample._ROW", 1 << 9)
    assert resample(x, 512.0) == pytest.approx(whole, abs=1e-11)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 50])
def test_a_few_samples_do_no_harm(n):
    assert resample(np.ones(n), 256.0).size == (max(round(n / 2.56), 1) if n else 0)
    assert np.isfinite(zero_phase(np.ones(n), band_pass_kernel(RATE_HZ))).all()


def test_the_filter_is_a_convolution_with_odd_mirrors():
    kernel, x = band_pass_kernel(RATE_HZ), noise(20_000) + 100
    half = kernel.size // 2
    padded = np.concatenate(
        [2 * x[0] - x[half:0:-1], x, 2 * x[-1] - x[-2 : -half - 2 : -1]],
    )
    assert zero_phase(x, kernel) == pytest.approx(np.convolve(padded, kernel, "valid"), abs=1e-9)


@pytest.mark.parametrize(
    ("frequency_hz", "gain"),
    [(0.0, 0.0), (0.2, 0.5), (0.5, 1.0), (10.0, 1.0), (29.0, 1.0), (33.75, 0.5), (40.0, 0.0)],
)
def test_the_pass_band(frequency_hz, gain):
    kernel = band_pass_kernel(RATE_HZ)
    n = np.arange(kernel.size) - kernel.size // 2
    found = (kernel * np.cos(2 * np.pi * frequency_hz / RATE_HZ * n)).sum()
    assert kernel.size == 825
    assert found == pytest.approx(gain, abs=0.012)


def test_prepare_needs_microvolts():
    with pytest.raises(UnitError, match="C4"):
        prepare(Signal("C4", np.ones(100), RATE_HZ, "mV"))


def test_a_gap_is_nan_at_its_true_time():
    first, second = noise(20_000), noise(30_000, 1)
    whole = Signal("C4", np.concatenate([first, second]), 200.0, "uV", 5.0, ((20_000, 135.0),))
    found = prepare(whole)
    assert found.size == 28_000
    assert found[:10_000].tolist() == prepare(Signal("C4", first, 200.0, "uV")).tolist()
    assert np.isnan(found[10_000:13_000]).all()
    assert found[13_000:].tolist() == prepare(Signal("C4", second, 200.0, "uV")).tolist()


def test_both_ends_are_zero_whatever_the_rounding():
    found = prepare(Signal("C4", noise(30_000), 256.0, "uV"))
    assert found[[0, -1]].tolist() == [0.0, 0.0]
    assert np.abs(found[[1, -2]]).min() > 0


# --- one epoch ------------------------------------------------------------------------


def slow_zero_crossings(x):
    return sum((a < 0) != (b < 0) for a, b in itertools.pairwise(x))


def slow_permutation_entropy(x):
    counts = {}
    for k in range(len(x) - 2):
        order = tuple(sorted(range(3), key=lambda i, k=k: x[k + i]))
        counts[order] = counts.get(order, 0) + 1
    share = np.array(list(counts.values())) / (len(x) - 2)
    return -(share * np.log2(share)).sum() / np.log2(6)


def slow_higuchi(x, max_step=10):
    n, lengths = len(x), []
    for step in range(1, max_step + 1):
        each = []
        for start in range(step):
            n_jumps = (n - 1 - start) // step
            path = sum(
                abs(x[start + i * step] - x[start + (i - 1) * step]) for i in range(1, n_jumps + 1)
            )
            each.append(path * (n - 1) / (n_jumps * step) / step)
        lengths.append(np.mean(each))
    return np.polyfit(np.log(1 / np.arange(1, max_step + 1)), np.log(lengths), 1)[0]


def slow_petrosian(x):
    slopes = np.diff(x)
    turns = sum((a < 0) != (b < 0) for a, b in itertools.pairwise(slopes))
    return np.log10(len(x)) / (np.log10(len(x)) + np.log10(len(x) / (len(x) + 0.4 * turns)))


PLAIN = {
    "nzc": (zero_crossings, slow_zero_crossings),
    "perm": (permutation_entropy, slow_permutation_entropy),
    "higuchi": (higuchi_dimension, slow_higuchi),
    "petrosian": (petrosian_dimension, slow_petrosian),
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("n", [30, 101, 250])
def test_measure_against_its_definition(name, n):
    fast, slow = PLAIN[name]
    epochs = np.stack([noise(n), np.sin(np.arange(n) / 5), np.round(noise(n, 1) / 20)])
    assert fast(epochs) == pytest.approx([slow(x) for x in epochs], rel=1e-12)


@given(st.lists(st.integers(-2, 2), min_size=12, max_size=40))
def test_equal_neighbours_keep_their_order(values):
    epochs = np.array([values], dtype=float)
    found = permutation_entropy(epochs)[0]
    assert found == pytest.approx(slow_permutation_entropy(values), abs=1e-12)
    assert petrosian_dimension(epochs)[0] == pytest.approx(slow_petrosian(values))


def test_hjorth_of_a_sine():
    step = 0.05
    mobility, complexity = hjorth(np.sin(np.arange(20_000) * step)[None])
    assert mobility[0] == pytest.approx(2 * np.sin(step / 2), rel=1e-3)
    assert complexity[0] == pytest.approx(1.0, rel=1e-3)


# --- the spectrum ---------------------------------------------------------------------


def test_the_spectrum_against_scipy():
    from scipy.signal import welch  # noqa: PLC0415

    epochs = noise(9000).reshape(3, 3000) + 5
    frequency_hz, density = welch(epochs, RATE_HZ, "hamming", 500, average="median")
    assert frequency_hz[150] == pytest.approx(30.0)
    assert median_spectrum(epochs, RATE_HZ) == pytest.approx(density[:, :151], rel=1e-10)


@pytest.mark.parametrize("n", [3, 4, 5, 16, 21, 71, 149])
def test_simpson_against_scipy(n):
    from scipy.integrate import simpson  # noqa: PLC0415

    y = noise(n)
    assert y @ simpson_weights(n) == pytest.approx(simpson(y), rel=1e-11)
    assert np.arange(n) ** 2 @ simpson_weights(n) == pytest.approx((n - 1) ** 3 / 3)


def test_band_powers_of_a_flat_spectrum():
    found = band_powers(np.full((1, 151), 2.0))
    assert found["abspow"][0] == pytest.approx(2.0 * 29.6)
    for name, (low_hz, high_hz) in BANDS_HZ.items():
        assert found[name][0] == pytest.approx((high_hz - low_hz) / 29.6)
    assert found["dt"][0] == pytest.approx(3.6 / 4)
    assert found["ds"][0] == pytest.approx(3.6 / 4)
    assert found["db"][0] == pytest.approx(3.6 / 14)
    assert found["at"][0] == pytest.approx(1.0)


@pytest.mark.parametrize(("frequency_hz", "band"), [(2, "fdelta"), (6, "theta"), (10, "alpha")])
def test_a_sine_is_in_its_band(frequency_hz, band):
    wave = np.sin(2 * np.pi * frequency_hz * np.arange(3000) / RATE_HZ)[None]
    found = band_powers(median_spectrum(wave, RATE_HZ))
    assert found[band][0] > 0.95


def mean(weighted):
    return sum(value * weight for value, weight in weighted) / sum(w for _, w in weighted)


# --- the night ------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 7, 14, 15, 16, 40])
def test_smoothing_against_its_definition(n):
    values = noise(n)[:, None].copy()
    values[n // 3] = np.nan if n > 3 else values[n // 3]
    centred, past = centred_mean(values)[:, 0], past_mean(values)[:, 0]
    for k in range(n):
        near = [(j, 1 - abs(j - k) / 8) for j in range(k - 7, k + 8) if 0 <= j < n]
        near = [(values[j, 0], w) for j, w in near if not np.isnan(values[j, 0])]
        assert centred[k] == pytest.approx(mean(near))
        assert past[k] == pytest.approx(np.nanmean(values[max(k - 3, 0) : k + 1]))


def test_nothing_to_smooth_stays_unknown():
    values = np.full((40, 1), np.nan)
    values[0] = 1.0
    assert np.isnan(past_mean(values)[4:]).all()
    assert np.isnan(centred_mean(values)[8:]).all()
    assert np.isnan(robust_scale(np.full((4, 1), np.nan))).all()


def test_robust_scale():
    values = np.stack([np.arange(101.0), np.full(101, 7.0)], axis=1)
    values[100] = np.nan
    found = robust_scale(values)
    assert found[:100, 0] == pytest.approx((np.arange(100) - 49.5) / (0.9 * 99))
    assert found[:100, 1].tolist() == [0.0] * 100
    assert np.isnan(found[100]).all()


def test_the_moments():
    from scipy.stats import kurtosis, skew  # noqa: PLC0415

    x = eight_minutes()
    found, epochs = features(x), x.reshape(-1, 3000)
    expected = {
        "eeg_std": epochs.std(axis=1, ddof=1),
        "eeg_iqr": np.subtract(*np.percentile(epochs, [75, 25], axis=1)),
        "eeg_skew": skew(epochs, axis=1),
        "eeg_kurt": kurtosis(epochs, axis=1),
    }
    for name, values in expected.items():
        assert column(found, name) == pytest.approx(values, rel=1e-6, abs=1e-9)


def test_each_measure_stands_raw_centred_and_past():
    found = features(eight_minutes(), eight_minutes(1), eight_minutes(2), 40, True)
    for name in ("eeg_higuchi", "eog_theta", "emg_abspow"):
        raw = column(found, name).astype(float)[:, None]
        for suffix, smooth in (("c7min", centred_mean), ("p2min", past_mean)):
            expected = robust_scale(smooth(raw))[:, 0]
            assert column(found, f"{name}_{suffix}_norm") == pytest.approx(expected, abs=1e-4)
    assert column(found, "time_hour") == pytest.approx(np.arange(16) / 120)
    assert column(found, "time_norm") == pytest.approx(np.arange(16) / 15)
    assert set(column(found, "age")) == {40.0}
    assert set(column(found, "male")) == {1.0}


@pytest.mark.parametrize("n_epochs", [0, 1, 2, 14])
def test_a_short_recording_has_features(n_epochs):
    names, matrix = features(noise(3000 * n_epochs + 2999))
    assert matrix.shape == (n_epochs, len(names))
    assert np.isfinite(matrix).all()
    if n_epochs == 1:
        assert [v for name, v in zip(names, matrix[0], strict=True) if "norm" in name] == [0] * 43


def test_an_epoch_with_a_gap_has_no_features_and_no_part_in_the_others():
    x = eight_minutes()
    x[5 * 3000 + 10] = np.nan
    names, matrix = features(x)
    raw = [k for k, name in enumerate(names) if not name.endswith("_norm") and "time" not in name]
    assert np.isnan(matrix[5, raw]).all()
    assert np.isfinite(np.delete(matrix, 5, axis=0)).all()
    assert np.isfinite(matrix[5, names.index("eeg_std_c7min_norm")])


def test_a_flat_channel_gives_unknowns_not_warnings():
    names, matrix = features(np.zeros(9000))
    found = dict(zip(names, matrix[0], strict=True))
    assert [found[f"eeg_{name}"] for name in ("std", "iqr", "nzc", "perm", "abspow")] == [0] * 5
    assert found["eeg_petrosian"] == 1
    assert np.isnan([found[f"eeg_{name}"] for name in ("skew", "kurt", "hmob", "dt")]).all()


def test_a_gain_changes_amplitudes_only():
    x = eight_minutes()
    one, ten = features(x), features(10 * x)
    assert column(ten, "eeg_std") == pytest.approx(10 * column(one, "eeg_std"))
    for name in ("eeg_theta", "eeg_perm", "eeg_nzc", "eeg_kurt", "eeg_std_c7min_norm"):
        assert column(ten, name) == pytest.approx(column(one, name), rel=1e-4, abs=1e-4)


def test_what_does_not_belong_together_is_refused():
    with pytest.raises(ValueError, match="number of epochs"):
        features(noise(9000), noise(6000))
    with pytest.raises(ValueError, match="both or neither"):
        features(noise(9000), age=40)
