"""The gate before staging: why an epoch of a channel must not be staged from.

A classifier does not see bad signal: noise and flat lines are staged with mean
confidence 0.45-0.80. So what is no EEG never reaches it.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from psgscore.model._arrays import Bools, Floats, Samples, Words
from psgscore.model.eeg_criteria import StagingGate
from psgscore.staging.grid import GridSignal

GAP = "gap in the recording"
FLAT = "flat"
CLIPPED = "clipped"
MAINS = "mains hum"
ECG = "ECG, not EEG"
AMPLITUDE = "implausible amplitude"
NOISE = "noise or muscle"
NO_CHANGE = "unchanging noise"
MOSTLY_BAD = "bad signal all around"
_MAINS_HZ = (50.0, 60.0)
_BAND_HZ = (0.4, 30.0)
_BEAT_S = (0.33, 1.5)
_BEAT_BAND_HZ = (5.0, 25.0)
_ROWS_AT_ONCE = 64
_CHANGING_HZ = ((1.0, 4.0), (11.0, 16.0))
_ENOUGH_EPOCHS = 20
_AROUND_EPOCHS = 21


def epoch_reasons(grid: GridSignal, kind: str, gate: StagingGate) -> Words:
    """Say of each epoch why it cannot be staged from.

    Parameters
    ----------
    grid : GridSignal
        In uV.
    kind : {"EEG", "EOG", "chin"}
        What the channel is; an EEG has more to live up to.
    gate : StagingGate
        The limits.

    Returns
    -------
    ndarray of str, shape (n_epochs,)
        "" where nothing speaks against it.
    """
    rate_hz, n_epochs = grid.signal.rate_hz, grid.missing_s.size
    low, high = grid.signal.samples.min(), grid.signal.samples.max()
    reasons: Words = np.full(n_epochs, "", dtype="<U32")
    levels = np.full((n_epochs, len(_CHANGING_HZ)), np.nan)
    for first in range(0, n_epochs, _ROWS_AT_ONCE):
        rows = grid.epochs(first, min(first + _ROWS_AT_ONCE, n_epochs))
        span = slice(first, first + len(rows))
        power, freq = _power(rows, rate_hz)
        reasons[span] = _first_reason(
            {
                GAP: grid.missing_s[span] > gate.max_missing_s,
                FLAT: _flat_share(rows, rate_hz, gate.flat_uv) > gate.max_flat_share,
                CLIPPED: _share_at(rows, low, high) > gate.max_clipped_share,
                MAINS: _mains_rms(power, freq) > gate.max_mains_ratio * _band_sd(power, freq),
                AMPLITUDE: _implausible(_band_sd(power, freq), kind, gate),
                ECG: _looks_like_beats(rows, rate_hz, gate) & (kind == "EEG"),
                NOISE: (_slope(power, freq) > gate.max_slope) & (kind != "chin"),
            }
        )
        levels[span] = _log_levels(power, freq)
    good = reasons == ""
    lost = good & (_share_around(~good & (reasons != GAP)) > gate.max_bad_share)
    reasons[lost] = MOSTLY_BAD
    good &= ~lost
    if kind == "EEG" and good.sum() >= _ENOUGH_EPOCHS:
        variation = levels[good].std(axis=0)
        if (variation < (gate.min_delta_variation, gate.min_sigma_variation)).any():
            reasons[good] = NO_CHANGE
    return reasons


def _log_levels(power: Floats, freq: Floats) -> Floats:
    """Return the log power of delta and sigma, which sleep never leaves unchanged."""
    bands = [power[:, (freq >= low) & (freq < high)].sum(axis=1) for low, high in _CHANGING_HZ]
    levels: Floats = np.log(np.stack(bands, axis=1) + np.finfo(np.float64).tiny)
    return levels


def _share_around(bad: Bools) -> Floats:
    """Return the share of bad epochs in the ten minutes around each, or in all there are."""
    window = np.ones(min(_AROUND_EPOCHS, bad.size))
    around = np.convolve(bad, window, mode="same")
    share: Floats = around / np.convolve(np.ones(bad.size), window, mode="same")
    return share


def _first_reason(checks: dict[str, Bools]) -> Words:
    """Return the first reason that holds in each row."""
    found: Words = np.select(list(checks.values()), list(checks), default="")
    return found


def _power(rows: Samples, rate_hz: float) -> tuple[Floats, Floats]:
    """Return the power spectrum of each epoch (mean square per bin), and its frequencies."""
    from scipy import fft  # noqa: PLC0415 - start-up time

    size = rows.shape[1]
    window = np.hanning(size).astype(np.float32)
    centred = (rows - rows.mean(axis=1, keepdims=True)) * window
    power = np.abs(fft.rfft(centred, axis=1)).astype(np.float64) ** 2
    power *= 2.0 / (size * float(np.sum(window.astype(np.float64) ** 2)))
    return power, np.arange(power.shape[1]) * rate_hz / size


def _band_sd(power: Floats, freq: Floats) -> Floats:
    band = (freq >= _BAND_HZ[0]) & (freq <= _BAND_HZ[1])
    sd: Floats = np.sqrt(power[:, band].sum(axis=1))
    return sd


def _mains_rms(power: Floats, freq: Floats) -> Floats:
    lines = [power[:, np.abs(freq - hz) <= 1.0].sum(axis=1) for hz in _MAINS_HZ]
    rms: Floats = np.sqrt(np.max(lines, axis=0))
    return rms


def _implausible(sd: Floats, kind: str, gate: StagingGate) -> Bools:
    limits = {
        "EEG": (gate.min_eeg_sd_uv, gate.max_eeg_sd_uv),
        "EOG": (gate.min_eeg_sd_uv, gate.max_eog_sd_uv),
        "chin": (0.0, gate.max_chin_sd_uv),
    }
    low, high = limits[kind]
    outside: Bools = (sd < low) | (sd > high)
    return outside


def _flat_share(rows: Samples, rate_hz: float, flat_uv: float) -> Floats:
    """Return the share of seconds in which the signal hardly changes."""
    size = max(int(rate_hz), 1)
    seconds = rows[:, : rows.shape[1] // size * size].reshape(len(rows), -1, size)
    share: Floats = (np.ptp(seconds, axis=2) <= flat_uv).mean(axis=1)
    return share


def _share_at(rows: Samples, low: np.float32, high: np.float32) -> Floats:
    """Return the share of samples at either end of what the channel ever reaches."""
    share: Floats = ((rows == low) | (rows == high)).mean(axis=1)
    return share


def _slope(power: Floats, freq: Floats) -> Floats:
    """Return how log power falls with log frequency from 1 to 30 Hz: noise does not fall."""
    edges = np.geomspace(1.0, _BAND_HZ[1], 13)
    bands = np.searchsorted(freq, edges)
    level = np.stack([power[:, a:b].mean(axis=1) for a, b in pairwise(bands)], axis=1)
    x = np.log(np.sqrt(edges[:-1] * edges[1:]))
    x -= x.mean()
    slope: Floats = np.log(level + np.finfo(np.float64).tiny) @ x / (x @ x)
    return slope


def _looks_like_beats(rows: Samples, rate_hz: float, gate: StagingGate) -> Bools:
    """Say which epochs hold sharp waves that come back at the pace of a heart."""
    from scipy import fft  # noqa: PLC0415 - start-up time

    size = rows.shape[1]
    spectrum = fft.rfft(rows - rows.mean(axis=1, keepdims=True), axis=1)
    freq = np.arange(spectrum.shape[1]) * rate_hz / size
    spectrum[:, (freq < _BEAT_BAND_HZ[0]) | (freq > _BEAT_BAND_HZ[1])] = 0
    sharp = fft.irfft(spectrum, size, axis=1)
    square = np.square(sharp)
    mean = square.mean(axis=1)
    kurtosis = np.square(square).mean(axis=1) / np.maximum(mean**2, np.finfo(np.float32).tiny)
    step = max(round(rate_hz / 50.0), 1)
    blocks = square[:, : size // step * step].reshape(len(rows), -1, step).mean(axis=2)
    level = np.sqrt(blocks)
    level -= level.mean(axis=1, keepdims=True)
    n = level.shape[1]
    beats = np.abs(fft.rfft(level, 2 * n, axis=1)) ** 2
    likeness = fft.irfft(beats, 2 * n, axis=1)[:, :n]
    likeness /= np.maximum(likeness[:, :1], np.finfo(np.float32).tiny)
    lags = np.arange(n) * step / rate_hz
    inside = np.flatnonzero((lags >= _BEAT_S[0]) & (lags <= _BEAT_S[1]))
    period = inside[likeness[:, inside].argmax(axis=1)]
    each = np.arange(len(rows))
    # A burst of spindles or alpha is like itself at every short lag, a heartbeat only at its own.
    found: Bools = (
        (likeness[each, period] > gate.max_beat_likeness)
        & (likeness[each, period // 2] < 0)
        & (kurtosis > gate.min_beat_kurtosis)
    )
    return found
