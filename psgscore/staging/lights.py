"""Lights off and on as a light sensor saw them: a suggestion, always flagged."""

from __future__ import annotations

import numpy as np

from psgscore.intervals import runs
from psgscore.model.signal import Signal

_WINDOW_S = 60.0
_MIN_DARK_S = 2 * 3600.0
_MIN_CONTRAST = 0.5


def lights_from_sensor(signal: Signal) -> tuple[float | None, float | None]:
    """Return when the longest dark stretch begins and ends.

    Parameters
    ----------
    signal : Signal
        Of a light sensor, in any unit.

    Returns
    -------
    off_s, on_s : float or None
        Seconds from the start of the recording; None where the recording begins or ends
        dark, or where there is no plain difference between light and dark.
    """
    size = max(round(_WINDOW_S * signal.rate_hz), 1)
    whole = signal.samples.size // size
    if signal.breaks or whole * _WINDOW_S < _MIN_DARK_S:
        return None, None
    level = np.median(signal.samples[: whole * size].reshape(whole, size), axis=1)
    low, high = np.percentile(level, [5, 99])
    if high - low <= _MIN_CONTRAST * abs(high):
        return None, None
    dark = runs(level < (low + high) / 2)
    first, last = max(dark, key=lambda run: run[1] - run[0])
    if (last - first) * size / signal.rate_hz < _MIN_DARK_S:
        return None, None
    off_s = signal.start_s + first * size / signal.rate_hz if first > 0 else None
    on_s = signal.start_s + last * size / signal.rate_hz if last < whole else None
    return off_s, on_s
