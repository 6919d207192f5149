"""Leg movements of one leg: bursts that rise over the resting EMG.

The amplitude is the running RMS of the band-passed EMG (short spikes taken out by a
running median), times `amplitude_gain`; the resting level is a low percentile of it
in the seconds around, movements left out. See docs/rules/leg_movements.md.
"""

from __future__ import annotations

import numpy as np

from psgscore.detect.emg import EmgStretch, PreparedEmg, prepare_emg
from psgscore.dsp.edges import refine_edges
from psgscore.dsp.median import running_median
from psgscore.dsp.quality import assess_emg
from psgscore.errors import NotScorableError
from psgscore.model._arrays import Bools, Floats, Ints, Samples
from psgscore.model.criteria import DETECTION, LegMovementCriteria
from psgscore.model.events import Events
from psgscore.model.signal import Signal

MEASURES = ("peak_uv", "area_uv_s", "resting_uv", "onset_margin_uv", "offset_margin_uv")
_LONGEST_MASKED_S = 15.0
_MASK_MARGIN_S = 0.5


def detect_leg_movements(
    signal: Signal, criteria: LegMovementCriteria = DETECTION, *, kind: str = "LM"
) -> Events:
    """Detect leg movements by their rise over the resting EMG.

    Parameters
    ----------
    signal : Signal
        Tibialis anterior EMG of one leg, samples of shape (n_samples,) in uV, at
        least 100 Hz.
    criteria : LegMovementCriteria
        Thresholds, filter and amplitude definition.
    kind : str
        Kind given to the events, for example ``"LM:left"``.

    Returns
    -------
    Events
        One row per movement of at least `min_duration_s`, however long: what is too
        long to be a candidate is for the rule set to say. Measures: ``peak_uv``,
        ``area_uv_s`` (over the resting level), ``resting_uv``, ``onset_margin_uv``
        (peak over the onset threshold) and ``offset_margin_uv`` (how far the quiet
        after the end stays under the offset threshold).

    Raises
    ------
    UnitError
        The signal is not in uV.
    NotScorableError
        The signal gate refuses it; the message says why.

    References
    ----------
    Ferri et al. 2016, WASM standards for leg movements, Sleep Med 26:86-95.
    """
    quality = assess_emg(signal, criteria.gate)
    if quality.reasons:
        raise NotScorableError(signal.label, quality.reasons)
    return find_leg_movements(prepare_emg(signal, quality.unreadable, criteria), kind=kind)


def find_leg_movements(emg: PreparedEmg, *, kind: str = "LM") -> Events:
    """Detect leg movements in an EMG that has passed the gate and was prepared.

    Never across a gap or an unreadable stretch. See `detect_leg_movements`.
    """
    return Events.concat([_in_stretch(one, emg.label, kind) for one in emg.stretches])


def _in_stretch(stretch: EmgStretch, label: str, kind: str) -> Events:
    criteria = stretch.criteria
    grid = stretch.bursts()
    grid = grid[_has_body(stretch, grid)]
    edges = _refined(stretch, grid)
    long_enough = (edges[:, 1] - edges[:, 0]) / stretch.rate_hz >= criteria.min_duration_s - 1e-9
    grid, edges = grid[long_enough], edges[long_enough]
    times = stretch.start_s + edges / stretch.rate_hz
    return Events.of(
        kind,
        times[:, 0],
        times[:, 1],
        channel=label,
        measures=_measures(stretch, grid),
    )


def _has_body(stretch: EmgStretch, grid: Ints) -> Bools:
    """Say which bursts hold a window whose median is at or above the offset threshold.

    The morphology criterion of WASM 2016 for automatic detection: a median over the
    threshold is more than half of the values over it.
    """
    window = min(stretch.envelope.steps(stretch.criteria.body_s), stretch.envelope.values.size)
    before = np.concatenate([[0], np.cumsum(stretch.active, dtype=np.int32)])
    kept = []
    for first, last in grid:
        stop = min(max(last, first + window), stretch.active.size)
        inside = before[first + window : stop + 1] - before[first : stop + 1 - window]
        kept.append(bool((2 * inside >= window).any()))
    return np.array(kept, dtype=np.bool_)


def _refined(stretch: EmgStretch, grid: Ints) -> Floats:
    """Move the edges from the envelope's grid to the sample where the EMG changes."""
    step, rate_hz = stretch.envelope.step, stretch.rate_hz
    reach = round(stretch.criteria.envelope_s * rate_hz)
    places = np.minimum(grid, stretch.rest.size - 1)
    rest = stretch.rest[places].astype(np.float64) / stretch.criteria.amplitude_gain
    onsets, offsets = (
        refine_edges(stretch.filtered, grid[:, k] * step, reach, rest[:, k], rising=k == 0)
        for k in (0, 1)
    )
    return np.column_stack([onsets, np.maximum(onsets, offsets)]).astype(np.float64)


def _measures(stretch: EmgStretch, grid: Ints) -> dict[str, list[float]]:
    """Return the measures of each movement, in the uV a scorer sees."""
    columns: dict[str, list[float]] = {name: [] for name in MEASURES}
    quiet = stretch.envelope.steps(stretch.criteria.quiet_s)
    for (first, last), smooth in zip(grid, _smooth(stretch, grid, quiet), strict=True):
        rise, after = smooth[: last - first], smooth[last - first :]
        rest = float(stretch.rest[first])
        floor = float(after.mean()) if after.size else float("nan")
        columns["peak_uv"].append(float(rise.max()) + rest)
        columns["area_uv_s"].append(float(np.clip(rise, 0, None).sum()) * stretch.envelope.step_s)
        columns["resting_uv"].append(rest)
        columns["onset_margin_uv"].append(float(rise.max()) - stretch.criteria.onset_rise_uv)
        columns["offset_margin_uv"].append(stretch.criteria.offset_rise_uv - floor)
    return {name: np.round(values, 3).tolist() for name, values in columns.items()}


def _smooth(stretch: EmgStretch, grid: Ints, quiet: int) -> list[Samples]:
    """Return the median-filtered rise from each onset to the quiet after its end.

    It is worked out for all of them at once, each with a margin that keeps it from the next.
    """
    size = stretch.envelope.odd_steps(stretch.criteria.median_s)
    firsts = np.maximum(grid[:, 0] - size, 0)
    pieces = [
        stretch.rise[first : last + quiet + size]
        for first, last in zip(firsts, grid[:, 1], strict=True)
    ]
    if not pieces:
        return []
    smooth = running_median(np.concatenate(pieces), size)
    places = np.cumsum([0, *(piece.size for piece in pieces[:-1])]) + grid[:, 0] - firsts
    lengths = np.minimum(grid[:, 1] + quiet, stretch.rise.size) - grid[:, 0]
    return [smooth[place : place + length] for place, length in zip(places, lengths, strict=True)]
