"""Two hypnograms on one grid of epochs, or the reason why that cannot be."""

from __future__ import annotations

import numpy as np

from psgscore.model.hypnogram import Hypnogram

_SAME_S = 1e-6


def on_shorter_epochs(first: Hypnogram, second: Hypnogram) -> tuple[Hypnogram, Hypnogram]:
    """Cut the longer epochs of two hypnograms into pieces as long as the shorter ones.

    An epoch of 30 s is three pieces of 10 s of the same stage: nothing is guessed, and each
    second counts as much as before.

    Raises
    ------
    ValueError
        One length is no multiple of the other.
    """
    short = min(first.epoch_s, second.epoch_s)
    return _cut(first, short), _cut(second, short)


def _cut(hypnogram: Hypnogram, epoch_s: float) -> Hypnogram:
    times = round(hypnogram.epoch_s / epoch_s)
    if abs(times * epoch_s - hypnogram.epoch_s) > _SAME_S:
        raise ValueError(
            f"epochs of {epoch_s:g} s and of {hypnogram.epoch_s:g} s cannot be compared: neither "
            "is a multiple of the other"
        )
    if times == 1:
        return hypnogram
    return Hypnogram(np.repeat(hypnogram.stages, times), epoch_s, hypnogram.start_s)
