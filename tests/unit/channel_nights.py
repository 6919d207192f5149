"""Recordings that are only a list of channels, each with its own constant value if it is read."""

from __future__ import annotations

import numpy as np

from psgscore.io.channels import map_channels
from psgscore.io.recording import Channel, Recording
from psgscore.model.signal import Signal


class Ramps:
    """A source in which each channel has its own constant value: 1, 2, 4, ..."""

    def read(self, channels):
        return [Signal(c.label, np.full(4, 2.0**c.index, "f4"), 256.0, "uV") for c in channels]


def night_of(labels, changes=None):
    """Return a recording of channels of 256 Hz in uV; `changes` by label."""
    usual = {"rate_hz": 256.0, "unit": "uV", "n_samples": 4}
    return Recording(
        path=None,
        format="EDF",
        channels=tuple(
            Channel(index=k, label=label, **(usual | (changes or {}).get(label, {})))
            for k, label in enumerate(labels)
        ),
        start=None,
        duration_s=1.0,
        source=Ramps(),
    )


def mapped_night(labels, changes=None):
    """Return such a recording with the roles its labels give."""
    night = night_of(labels, changes)
    return night.mapped(map_channels(night.channels))
