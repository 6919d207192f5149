"""Peaks that are far enough from each other."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Bools, Ints, Samples


def highest_apart(places: Ints, heights: Samples, distance: int) -> Ints:
    """Keep the highest, then the highest of those that are `distance` from every one kept.

    Parameters
    ----------
    places : ndarray of int
        Rising.
    heights : ndarray
        Of each; the first of equals is kept.
    distance : int
        Between any two that are kept.
    """
    kept = []
    while places.size:
        best = _highest_near(places, heights, distance)
        kept.append(places[best])
        after = np.searchsorted(places[best], places, side="right")
        ends = np.concatenate([[-distance], places[best], [places[-1] + distance]])
        free = (places - ends[after] >= distance) & (ends[after + 1] - places >= distance)
        places, heights = places[free], heights[free]
    return np.sort(np.concatenate(kept)) if kept else places


def _highest_near(places: Ints, heights: Samples, distance: int) -> Bools:
    """Say which heights no other within `distance` exceeds; of equals, the first."""
    best = np.ones(places.size, np.bool_)
    for shift in range(1, places.size):
        near = places[shift:] - places[:-shift] < distance
        if not near.any():
            break
        later = heights[shift:] > heights[:-shift]
        best[:-shift] &= ~(near & later)
        best[shift:] &= ~(near & ~later)
    return best
