"""The signal gate: whether an EMG can be scored at all, and why not.

The answer is "not scorable: reason" or the stretches that cannot be read, never a
rate of 0 or of 300 per hour from a signal that shows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from psgscore.dsp.envelope import bridge_pops
from psgscore.dsp.parts import in_parts
from psgscore.intervals import close_gaps, runs
from psgscore.model._arrays import Bools, Floats, Samples, Spans, as_spans
from psgscore.model.criteria import GateCriteria
from psgscore.model.signal import Signal

MAINS_HZ = (50.0, 60.0)
_MAINS_HALF_WIDTH_HZ = 1.5
_PROBES = 96
_PROBE_S = 2.0
_FEW = 8
_SAMPLES_AT_ONCE = 1 << 18


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EmgQuality:
    """What the gate found in one EMG channel.

    Parameters
    ----------
    reasons : tuple of str
        Why it cannot be scored; empty when it can.
    warnings : tuple of str
        What makes its numbers less certain.
    measures : mapping of str to float
        ``step_uv`` (one digital step), ``levels``, ``resting_uv``, ``mains_uv``,
        ``mains_share``, ``clipped_share``, ``pops``, ``unreadable_min``.
    unreadable : ndarray, shape (n, 2)
        Stretches, in seconds, in which the signal is flat.
    """

    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    measures: Mapping[str, float]
    unreadable: Spans


def assess_emg(signal: Signal, gate: GateCriteria) -> EmgQuality:
    """Judge whether an EMG can be scored.

    Parameters
    ----------
    signal : Signal
        In uV.
    gate : GateCriteria
        The limits.

    Returns
    -------
    EmgQuality

    Raises
    ------
    UnitError
        The signal is not in uV.
    """
    signal.require_unit("uV")
    if signal.samples.size < signal.rate_hz:
        reason = "it holds less than a second of signal"
        return EmgQuality(reasons=(reason,), warnings=(), measures={}, unreadable=as_spans([]))
    unreadable = _flat_spans(signal, gate)
    measures = _measure(signal, unreadable, gate)
    return EmgQuality(
        reasons=tuple(_reasons(signal, measures, gate)),
        warnings=tuple(_warnings(signal, measures, gate)),
        measures=measures,
        unreadable=unreadable,
    )


def _reasons(signal: Signal, found: Mapping[str, float], gate: GateCriteria) -> list[str]:
    """Return why the signal cannot be scored, the plainest reason first."""
    flat_share = found["unreadable_min"] * 60.0 / signal.duration_s
    checks = [
        (
            signal.rate_hz < gate.min_rate_hz,
            f"{signal.rate_hz:g} Hz is too slow for EMG (at least {gate.min_rate_hz:g} Hz)",
        ),
        (
            found["step_uv"] > gate.max_step_uv,
            f"one digital step is {found['step_uv']:.4g} uV, a movement is a rise of 8 uV "
            f"(at most {gate.max_step_uv:g} uV per step)",
        ),
        (flat_share > gate.max_flat_share, f"it is flat for {100 * flat_share:.0f} % of the time"),
        (
            found["levels"] < gate.min_levels,
            f"it takes only {found['levels']:.0f} distinct values (at least {gate.min_levels})",
        ),
        (
            found["clipped_share"] > gate.max_clipped_share,
            f"{100 * found['clipped_share']:.1f} % of it is clipped",
        ),
        (
            found["mains_share"] >= gate.mains_share and found["mains_uv"] >= gate.mains_uv,
            f"mains hum of {found['mains_uv']:.3g} uV is {100 * found['mains_share']:.0f} % of it",
        ),
    ]
    return [text for hit, text in checks if hit]


def _warnings(signal: Signal, found: Mapping[str, float], gate: GateCriteria) -> list[str]:
    checks = [
        (
            gate.min_rate_hz <= signal.rate_hz < gate.advised_rate_hz,
            f"{signal.rate_hz:g} Hz is below the {gate.advised_rate_hz:g} Hz advised for EMG",
        ),
        (
            gate.advised_step_uv < found["step_uv"] <= gate.max_step_uv,
            f"one digital step is {found['step_uv']:.3g} uV, coarse for a 2 uV threshold",
        ),
        (
            found["resting_uv"] > gate.advised_resting_uv,
            f"the resting EMG is {found['resting_uv']:.3g} uV: weak movements are missed",
        ),
        (
            1e-4 < found["clipped_share"] <= gate.max_clipped_share,
            f"{100 * found['clipped_share']:.2f} % of it is clipped",
        ),
        (
            found["pops"] > 0,
            f"{found['pops']:.0f} electrode pops of more than {gate.pop_uv / 1000:g} mV, bridged "
            "by a straight line",
        ),
        (
            found["unreadable_min"] > 0,
            f"it is flat for {found['unreadable_min']:.1f} min, taken out as unreadable",
        ),
    ]
    return [text for hit, text in checks if hit]


def _measure(signal: Signal, unreadable: Spans, gate: GateCriteria) -> dict[str, float]:
    probes = _probes(signal, unreadable)
    step_uv, levels = _digital_step(signal.samples, probes)
    mains_uv, share, resting_uv = _spectrum(probes, signal.rate_hz)
    low, high = signal.samples.min(), signal.samples.max()
    pieces = signal.pieces() if float(high) - float(low) > gate.pop_uv else ()
    pops = [bridge_pops(one.samples, one.rate_hz, gate.pop_uv)[1] for one in pieces]
    at_limit = _count(signal.samples, low) + _count(signal.samples, high)
    return {
        "step_uv": step_uv,
        "levels": float(levels),
        "resting_uv": resting_uv,
        "mains_uv": mains_uv,
        "mains_share": share,
        # The one smallest and the one largest sample of any signal are not clipping.
        "clipped_share": float(max(at_limit - 2, 0)) / signal.samples.size,
        "pops": float(sum(pops)),
        "unreadable_min": float(np.sum(unreadable[:, 1] - unreadable[:, 0])) / 60.0,
    }


def _count(samples: Samples, value: np.float32) -> int:
    """Count the samples of exactly this value."""
    counts: list[int] = []

    def look(first: int, last: int) -> None:
        counts.append(int(np.count_nonzero(samples[first:last] == value)))

    in_parts(look, samples.size, _SAMPLES_AT_ONCE)
    return sum(counts)


def _flat_spans(signal: Signal, gate: GateCriteria) -> Spans:
    """Return the stretches of at least `flat_s` in which the signal hardly changes."""
    spans = []
    for piece in signal.pieces():
        size = max(round(piece.rate_hz), 1)
        whole = piece.samples.size // size * size
        seconds = piece.samples[:whole].reshape(-1, size)
        for first, last in runs(_still(seconds, gate.flat_uv)):
            if (last - first) * size / piece.rate_hz >= gate.flat_s:
                stop = piece.samples.size if last == len(seconds) else last * size
                spans.append(piece.start_s + np.array([first * size, stop]) / piece.rate_hz)
    return as_spans(close_gaps(np.array(spans)))


def _still(seconds: Samples, flat_uv: float) -> Bools:
    """Say which rows stay within `flat_uv`; a few samples of most rows show that they do not."""
    few = np.ascontiguousarray(seconds[:, :: max(seconds.shape[1] // _FEW, 1)].T)
    still: Bools = few.max(axis=0) - few.min(axis=0) <= flat_uv
    rows = seconds[still]
    still[still] = rows.max(axis=1) - rows.min(axis=1) <= flat_uv if len(rows) else False
    return still


def _probes(signal: Signal, unreadable: Spans) -> Samples:
    """Return short stretches spread over the readable night, shape (n, size)."""
    size = min(round(_PROBE_S * signal.rate_hz), signal.samples.size)
    firsts = np.unique(np.linspace(0, signal.samples.size - size, _PROBES).astype(np.int64))
    times = signal.times_s((firsts + size / 2).astype(np.float64))
    inside = np.searchsorted(unreadable[:, 0], times, side="right") - 1
    flat = (inside >= 0) & (times < unreadable[np.maximum(inside, 0), 1]) if len(unreadable) else 0
    firsts = firsts[~np.asarray(flat, dtype=np.bool_)] if len(unreadable) else firsts
    if not firsts.size:
        firsts = np.array([0])
    return np.stack([signal.samples[first : first + size] for first in firsts])


def _digital_step(samples: Samples, probes: Samples) -> tuple[float, int]:
    """Return the smallest step between values, and how many values there are (at least)."""
    values = np.unique(probes)
    if values.size < 64:
        values = np.unique(samples)
    return smallest_step(values), int(values.size)


def smallest_step(values: Samples) -> float:
    """Return the smallest step between sorted values that is no rounding error, 0 for none."""
    if values.size < 2:
        return 0.0
    steps = np.diff(values.astype(np.float64))
    # Neighbours closer than the precision of float32 are one value with rounding error.
    real = steps[steps > 4e-7 * np.abs(values).max()]
    return float(real.min()) if real.size else 0.0


def _spectrum(probes: Samples, rate_hz: float) -> tuple[float, float, float]:
    """Return mains RMS in uV, its share of the EMG band, and the resting RMS in uV."""
    from scipy import fft  # noqa: PLC0415 - start-up time

    size = probes.shape[1]
    window = np.hanning(size)
    centred = (probes - probes.mean(axis=1, keepdims=True)) * window
    power = np.abs(fft.rfft(centred, axis=1)) ** 2 * (2.0 / (size * np.sum(window**2)))
    freq = np.arange(power.shape[1]) * rate_hz / size
    band = (freq >= 10.0) & (freq <= min(100.0, 0.475 * rate_hz))
    if not band.any():
        return 0.0, 0.0, 0.0
    total = power[:, band].sum(axis=1)
    mains = max(_mains_power(power, freq, hz) for hz in MAINS_HZ)
    quiet = float(np.percentile(total, 25))
    share = mains / quiet if quiet > 0 else 0.0
    return float(np.sqrt(mains)), min(share, 1.0), float(np.sqrt(quiet))


def _mains_power(power: Floats, freq: Floats, mains_hz: float) -> float:
    """Return the quiet-time power in a narrow band at the mains, its neighbourhood taken out."""
    away = np.abs(freq - mains_hz)
    line = away <= _MAINS_HALF_WIDTH_HZ
    beside = (away > _MAINS_HALF_WIDTH_HZ) & (away <= 3 * _MAINS_HALF_WIDTH_HZ)
    if not (line.any() and beside.any()) or mains_hz > freq[-1] - 3 * _MAINS_HALF_WIDTH_HZ:
        return 0.0
    excess = power[:, line].sum(axis=1) - line.sum() * np.median(power[:, beside], axis=1)
    return max(float(np.percentile(excess, 25)), 0.0)
