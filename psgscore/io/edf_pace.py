"""How fast the record onsets advance: drift, jitter and rounding are no interruptions."""

from __future__ import annotations

import numpy as np

from psgscore.errors import RecordingError
from psgscore.model._arrays import Floats, Ints

# Steps of this share of a record, or this long, may be a clock; from a quarter record on, not.
_CLOCK_SHARE, _CLOCK_S, _MOST_SHARE = 0.01, 0.05, 0.25
# A clock differs again and again; a few steps may each be samples that are missing.
_OFTEN, _OFTEN_SHARE = 5, 0.1
_NO_STEP_S = 1e-7


def rounding_s(onsets: Floats, record_s: float) -> float:
    """Return the unit onsets are rounded to where records are no multiple of it, else 0."""
    for unit in (1.0, 0.1, 0.01):
        low = float(np.floor(record_s / unit + 1e-6))
        in_units = onsets / unit
        rounded = bool((np.abs(in_units - np.round(in_units)) < 1e-4).all())
        if not rounded or abs(record_s / unit - low) < 1e-6:
            continue
        steps = np.round(np.diff(in_units))
        down, up = np.count_nonzero(steps == low), np.count_nonzero(steps == low + 1)
        if down and up and down + up >= 0.9 * steps.size:
            return unit
    return 0.0


def refuse_other_pace(
    records: Ints, onsets: Floats, record_s: float, tolerance_s: float, *, may_pause: bool
) -> None:
    """Raise RecordingError where most records begin at another pace than one lasts.

    Parameters
    ----------
    records, onsets : ndarray, shape (n,)
        Numbers of records, and when they begin.
    record_s : float
        Duration of a record by the header.
    tolerance_s : float
        Differences up to this do not count.
    may_pause : bool
        Whether the file calls itself interrupted: its records may be apart.
    """
    steps = np.diff(onsets) / np.diff(records)
    if steps.size < 3:
        return
    typical = float(np.median(steps))
    alike = float(np.mean(np.abs(steps - typical) <= tolerance_s))
    if abs(typical - record_s) <= _clock_step_s(record_s) + tolerance_s or alike < 0.5:
        return
    if may_pause and typical > record_s:
        return
    raise RecordingError(
        f"a record lasts {record_s:g} s by the header, but one begins every {typical:g} s: the "
        "sampling rates cannot be known. Correct the record duration (bytes 244 to 251), or "
        "export the recording again"
    )


def drift_of(
    records: Ints, onsets: Floats, record_s: float, tolerance_s: float
) -> tuple[float, float]:
    """Return how much longer a record lasts by its onsets, and how far these scatter.

    Both are 0 where the onsets differ from the record duration only here and there.
    """
    offsets = onsets - records * record_s
    steps, counts = np.diff(offsets), np.diff(records)
    small = np.abs(steps) <= _clock_step_s(record_s) * counts
    moves = np.count_nonzero(np.abs(steps[small]) > _NO_STEP_S)
    if moves < _OFTEN:
        return 0.0, 0.0
    pace = float(steps[small].sum() / counts[small].sum())
    scatter = np.cumsum(np.where(small, steps - pace * counts, 0.0))
    spread_s = float(np.ptp(scatter))
    if spread_s > tolerance_s and moves < _OFTEN_SHARE * small.sum():
        return 0.0, 0.0
    if abs(pace) * (records[-1] - records[0]) <= tolerance_s:
        pace = 0.0
    return pace, spread_s


def _clock_step_s(record_s: float) -> float:
    return min(max(_CLOCK_SHARE * record_s, _CLOCK_S), _MOST_SHARE * record_s)
