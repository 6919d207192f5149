"""R peaks: where the ECG, within the band of the QRS complex, stands out of its surroundings.

The sign of the complex does not matter, nor does the unit's scale between patients: a
beat is compared with the beats around it. See docs/rules/heart_rate.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.dsp.filters import band_pass
from psgscore.dsp.median import running_median
from psgscore.dsp.parts import in_parts
from psgscore.dsp.peaks import highest_apart
from psgscore.intervals import close_gaps, moments_inside, runs, subtract
from psgscore.model._arrays import Bools, Floats, Ints, Samples, Spans, as_spans, to_microsecond
from psgscore.model.heart import HeartBeats
from psgscore.model.heart_criteria import HEART, HeartCriteria
from psgscore.model.signal import Signal

MICROVOLTS = {"uV": 1.0, "mV": 1000.0, "V": 1e6}
_ENOUGH_HZ = 120.0
_BLOCK, _BLOCKS = 16, 8
_CELL = _BLOCK * _BLOCKS
_AT_ONCE = 1 << 17
_BLOCKS_AT_ONCE = 1 << 11
_TURN_S = 0.06
_SPOILED = 2
_SIGN_BEATS, _AGREED = 31, 0.8


@dataclass(frozen=True, slots=True, eq=False)
class _Levels:
    """The usual QRS around each cell of 128 samples, and how far it stands over the quiet.

    `blocks` is the highest value of each 16 samples.
    """

    blocks: Samples
    qrs: Samples
    clearness: Samples
    usual_clearness: Samples


def find_r_peaks(ecg: Signal, criteria: HeartCriteria = HEART) -> HeartBeats:
    """Find the R peaks of an ECG.

    Parameters
    ----------
    ecg : Signal
        Any lead, either way up, in uV, mV or V, at least `min_rate_hz`.
    criteria : HeartCriteria
        Band, thresholds, and what is too unclear to read.

    Returns
    -------
    HeartBeats
        Without beats and with `reasons` where the signal cannot be read at all.
    """
    reasons = _refused(ecg, criteria)
    if reasons:
        none = as_spans([])
        return HeartBeats(label=ecg.label, times_s=none[:, 0], readable=none, reasons=reasons)
    found = [_in_piece(piece, criteria) for piece in ecg.pieces()]
    times = np.concatenate([one[0] for one in found])
    readable = as_spans(np.concatenate([one[1] for one in found]))
    levels = [one[2] for one in found if one[2].qrs.size]
    if not readable.size:
        reasons = (_unclear(levels, criteria),)
    unreadable_s = ecg.duration_s - float(np.sum(readable[:, 1] - readable[:, 0]))
    return HeartBeats(
        label=ecg.label,
        times_s=to_microsecond(times),
        readable=readable,
        reasons=reasons,
        measures=_usual(levels) | {"unreadable_min": unreadable_s / 60.0},
    )


def _refused(ecg: Signal, criteria: HeartCriteria) -> tuple[str, ...]:
    """Return why the signal cannot be read at all."""
    if ecg.unit not in MICROVOLTS:
        found = f"the unit {ecg.unit!r} is no voltage" if ecg.unit else "its unit is not known"
        return (found,)
    if ecg.rate_hz < criteria.min_rate_hz:
        return (
            f"{ecg.rate_hz:g} Hz is too slow for R peaks (at least {criteria.min_rate_hz:g} Hz)",
        )
    if ecg.duration_s < criteria.min_readable_s:
        return (f"it holds less than {criteria.min_readable_s:g} s of signal",)
    few = ecg.samples[:: ecg.samples.size // 64]
    if few.min() == few.max() and ecg.samples.min() == ecg.samples.max():
        return ("it is flat",)
    return ()


def _unclear(levels: list[_Levels], criteria: HeartCriteria) -> str:
    usual = _usual(levels)
    if not usual:
        return f"no stretch without a gap lasts {criteria.min_readable_s:g} s"
    if usual["qrs_uv"] < criteria.min_qrs_uv:
        return "it is flat, or too small to be an ECG"
    if usual["qrs_uv"] > criteria.max_qrs_uv:
        return "it is too large to be an ECG"
    return "beats cannot be told from noise"


def _usual(levels: list[_Levels]) -> dict[str, float]:
    if not levels:
        return {}
    return {
        "qrs_uv": float(np.median(np.concatenate([one.qrs for one in levels]))),
        "clearness": float(np.median(np.concatenate([one.clearness for one in levels]))),
    }


def _in_piece(piece: Signal, criteria: HeartCriteria) -> tuple[Floats, Spans, _Levels]:
    """Return the beats and the readable stretches of an uninterrupted piece."""
    step = max(int(piece.rate_hz // _ENOUGH_HZ), 1)
    rate_hz = piece.rate_hz / step
    slow = _thinned(piece.samples, step)
    if slow.size < max(criteria.min_readable_s * rate_hz, 2 * _CELL):
        nothing = np.zeros(0, np.float32)
        return np.zeros(0), np.zeros((0, 2)), _Levels(nothing, nothing, nothing, nothing)
    if piece.unit != "uV":
        slow = slow * np.float32(MICROVOLTS[piece.unit])
    wave = band_pass(slow, rate_hz, criteria.low_hz, criteria.high_hz)
    levels = _levels(wave, rate_hz, criteria)
    places, too_large = _candidates(wave, levels, rate_hz, criteria)
    places = _without_t_waves(wave, places, rate_hz, criteria)
    # The mean of `step` samples stands for the middle of them.
    middle_s = piece.start_s + (step - 1) / (2 * piece.rate_hz)
    times = middle_s + _peaks(wave, places, rate_hz) / rate_hz
    cells = piece.start_s + runs(_readable(levels, criteria)) * (_CELL / rate_hz)
    cells = np.minimum(cells, piece.stop_s)
    spoiled = middle_s + too_large[:, np.newaxis] / rate_hz + np.array([[-0.5, 0.5]])
    readable = subtract(close_gaps(cells), spoiled)
    readable = readable[readable[:, 1] - readable[:, 0] >= criteria.min_readable_s]
    return times[moments_inside(times, readable)], readable, levels


def _thinned(samples: Samples, step: int) -> Samples:
    """Return the mean of every `step` samples: what would alias is averaged out."""
    if step == 1:
        return samples
    thinned = np.empty(samples.size // step, np.float32)

    def fill(first: int, last: int) -> None:
        rows = samples[first * step : last * step].reshape(-1, step)
        out = thinned[first:last]
        np.add(rows[:, 0], rows[:, 1], out=out)
        for k in range(2, step):
            out += rows[:, k]
        out *= np.float32(1.0 / step)

    in_parts(fill, thinned.size, _AT_ONCE)
    return thinned


def _block_maxima(wave: Samples) -> Samples:
    """Return how far each block reaches, up or down, whole cells of them.

    What the last cell lacks is as if it were quiet.
    """
    maxima = np.zeros(-(-wave.size // _CELL) * _BLOCKS, np.float32)
    whole = wave.size // _BLOCK

    def fill(first: int, last: int) -> None:
        blocks = np.abs(wave[first * _BLOCK : last * _BLOCK])
        for _ in range(3):
            blocks = np.maximum(blocks[::2], blocks[1::2])
        np.maximum(blocks[::2], blocks[1::2], out=maxima[first:last])

    in_parts(fill, whole, _AT_ONCE // _BLOCK)
    if whole * _BLOCK < wave.size:
        maxima[whole] = np.abs(wave[whole * _BLOCK :]).max()
    return maxima


def _levels(wave: Samples, rate_hz: float, criteria: HeartCriteria) -> _Levels:
    """Return the usual QRS around each cell, and how far it stands over the quiet."""
    blocks = _block_maxima(wave)
    highest, quiet = (f(blocks.reshape(-1, _BLOCKS), axis=1) for f in (np.max, np.min))
    # Three cells hold a beat down to some 30 beats a minute.
    beat = np.maximum(highest, np.append(highest[1:], highest[-1:]))
    beat = np.maximum(beat, np.append(highest[:1], highest[:-1]))
    reach = max(round(criteria.level_s * rate_hz / _CELL) // 2, 1)
    # A median keeps a step of the amplitude a step, and takes no notice of a pop.
    qrs = running_median(beat, 2 * reach + 1)
    if qrs.size > 2 * reach:
        # At the ends it holds one value: that of the nearest whole window is taken.
        qrs[:reach], qrs[-reach:] = qrs[reach], qrs[-reach - 1]
    between: Samples = np.maximum(running_median(quiet, 3), np.float32(1e-6))
    clearness = (qrs / between).astype(np.float32)
    usual = _by_stretch(clearness, round(criteria.clearness_s * rate_hz))
    return _Levels(blocks, qrs, clearness, usual)


def _by_stretch(clearness: Samples, n_samples: int) -> Samples:
    """Return the median of each stretch of about so many samples, for each of its cells."""
    n_parts = max(round(clearness.size * _CELL / n_samples), 1)
    width = -(-clearness.size // n_parts)
    rows = np.pad(clearness, (0, -clearness.size % width), mode="reflect").reshape(-1, width)
    medians: Samples = np.repeat(np.median(rows, axis=1), width)[: clearness.size]
    return medians


def _candidates(
    wave: Samples, levels: _Levels, rate_hz: float, criteria: HeartCriteria
) -> tuple[Ints, Ints]:
    """Return where beats may be, and where something far larger than a beat is."""
    limit = np.where(_readable(levels, criteria), criteria.threshold_share * levels.qrs, np.inf)
    limit = np.repeat(limit.astype(np.float32), _BLOCKS)
    # A beat is short: most blocks of 16 samples hold nothing of one.
    tall = np.flatnonzero(levels.blocks > limit)
    some = np.split(tall, range(_BLOCKS_AT_ONCE, tall.size, _BLOCKS_AT_ONCE))
    peaks = np.concatenate([_tops(wave, blocks, limit[blocks]) for blocks in some])
    # After the last sample it is quiet up to the end of its cell; nothing is known after that.
    peaks = peaks[(peaks > 0) & (peaks < min(wave.size, levels.blocks.size * _BLOCK - 1))]
    heights = _height(wave, peaks)
    large = heights > criteria.artefact_ratio * levels.qrs[peaks // _CELL]
    return highest_apart(peaks, heights, round(criteria.refractory_s * rate_hz)), peaks[large]


def _tops(wave: Samples, blocks: Ints, limit: Samples) -> Ints:
    """Return where in some blocks the wave is over a limit and higher than beside it."""
    near = blocks[:, np.newaxis] * _BLOCK + np.arange(_BLOCK)
    over = near[_height(wave, near) > limit[:, np.newaxis]]
    here = _height(wave, over)
    top = (here > _height(wave, over - 1)) & (here >= _height(wave, over + 1))
    tops: Ints = over[top]
    return tops


def _height(wave: Samples, places: Ints) -> Samples:
    """Return how far the wave reaches, up or down, at some places; its last value goes on."""
    heights: Samples = np.abs(wave.take(places, mode="clip"))
    return heights


def _without_t_waves(wave: Samples, places: Ints, rate_hz: float, criteria: HeartCriteria) -> Ints:
    """Drop what follows a larger beat too soon for its size."""
    heights = _height(wave, places)
    soon = np.diff(places) < criteria.t_wave_s * rate_hz
    t_wave = soon & (heights[1:] < criteria.t_wave_share * heights[:-1])
    kept: Ints = places[~np.append(np.zeros(min(places.size, 1), np.bool_), t_wave)]
    return kept


def _peaks(wave: Samples, places: Ints, rate_hz: float) -> Floats:
    """Return the peaks, between the samples, of the sign most beats around have."""
    if not places.size:
        return np.zeros(0)
    signs = _usual_signs(wave[places])
    reach = max(round(_TURN_S * rate_hz), 1)
    near = np.clip(places[:, np.newaxis] + np.arange(-reach, reach + 1), 1, wave.size - 2)
    upright = wave[near] * signs[:, np.newaxis]
    top = np.take_along_axis(near, upright.argmax(axis=1)[:, np.newaxis], axis=1)[:, 0]
    left, middle, right = (wave[top + k].astype(np.float64) for k in (-1, 0, 1))
    bend = left - 2 * middle + right
    shift = np.where(bend != 0, 0.5 * (left - right) / np.where(bend != 0, bend, 1.0), 0.0)
    return np.unique(top + np.clip(shift, -0.5, 0.5))


def _usual_signs(peaks: Samples) -> Samples:
    """Return the sign most peaks around each one have; where few agree, that of all."""
    total = np.concatenate([[0.0], np.cumsum(np.sign(peaks), dtype=np.float64)])
    first = np.maximum(np.arange(peaks.size) - _SIGN_BEATS // 2, 0)
    last = np.minimum(first + _SIGN_BEATS, peaks.size)
    balance = (total[last] - total[first]) / (last - first)
    balance[np.abs(balance) < _AGREED] = total[-1]
    return np.where(balance < 0, np.float32(-1.0), np.float32(1.0))


def _readable(levels: _Levels, criteria: HeartCriteria) -> Bools:
    """Say which cells can be read; what is too unclear spoils the cells beside it too."""
    unclear = levels.clearness < criteria.min_local_clearness
    spoiled = np.convolve(unclear, np.ones(2 * _SPOILED + 1), mode="same") > 0.5
    clear = ~spoiled & (levels.usual_clearness >= criteria.min_clearness)
    return clear & (levels.qrs >= criteria.min_qrs_uv) & (levels.qrs <= criteria.max_qrs_uv)
