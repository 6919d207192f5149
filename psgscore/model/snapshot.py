"""Ten seconds of signal around a movement, small enough to keep in a score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Floats, frozen

SNAPSHOT_S = 10.0
COLUMNS = 240
"""At most, of a channel: what a small picture can show."""
PERIODIC = "PLM"
"""Group of the examples of the longest periodic series; the others are words of `RANKED`."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SnapshotChannel:
    """What one channel did in the window, in columns of equal width.

    Parameters
    ----------
    label, unit : str
        Of the channel.
    band_hz : (float, float)
        What the detector let through before it looked.
    low, high : ndarray, shape (n,)
        Least and greatest value in each column, rounded; NaN where it cannot be read.
    """

    label: str
    unit: str
    band_hz: tuple[float, float]
    low: Floats
    high: Floats

    def __post_init__(self) -> None:
        low, high = (np.ascontiguousarray(one, np.float64) for one in (self.low, self.high))
        if low.ndim != 1 or low.shape != high.shape:
            raise ValueError(f"columns of {self.label!r} must be two of one shape (n,)")
        object.__setattr__(self, "low", frozen(low))
        object.__setattr__(self, "high", frozen(high))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Snapshot:
    """A movement as its detector saw it.

    Parameters
    ----------
    group : str
        What it is an example of: the first word of its kind, or `PERIODIC`.
    kind : str
        Of the event.
    label : str
        What tells it from others of its group: tier, side, stage.
    onset_s, stop_s : float
        Of the movement.
    from_s, to_s : float
        The window shown, which may reach beyond the recording; a long movement is cut.
    channels : tuple of SnapshotChannel
        Where it was found, EMG first.
    """

    group: str
    kind: str
    label: str
    onset_s: float
    stop_s: float
    from_s: float
    to_s: float
    channels: tuple[SnapshotChannel, ...]
