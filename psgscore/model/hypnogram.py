"""Sleep stages on a fixed epoch grid."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from psgscore.model._arrays import Floats, Spans, StageShares, as_spans, frozen, require_parallel

Stages = NDArray[np.int8]


class Stage(IntEnum):
    """A sleep stage. UNSCORED is a stage of its own: never wake, never dropped."""

    UNSCORED = -1
    W = 0
    N1 = 1
    N2 = 2
    N3 = 3
    R = 4


SLEEP = (Stage.N1, Stage.N2, Stage.N3, Stage.R)
NREM = (Stage.N1, Stage.N2, Stage.N3)
SCOPE_STAGES = {
    "total": (Stage.W, *SLEEP),
    "W": (Stage.W,),
    "sleep": SLEEP,
    "N1": (Stage.N1,),
    "N2": (Stage.N2,),
    "N3": (Stage.N3,),
    "NREM": NREM,
    "R": (Stage.R,),
}
"""The stages each scope of a number takes in; UNSCORED is in none."""


@dataclass(frozen=True, slots=True, eq=False)
class Hypnogram:
    """Sleep stages, one per epoch, on the clock of the recording.

    Parameters
    ----------
    stages : ndarray of int8, shape (n_epochs,)
        `Stage` values.
    epoch_s : float
        Length of an epoch in seconds.
    start_s : float
        Start of the first epoch, seconds from the start of the recording.
    probabilities : ndarray of float64, shape (n_epochs, 5), optional
        W, N1, N2, N3, R; None for stages that a person scored.
    """

    stages: Stages
    epoch_s: float = 30.0
    start_s: float = 0.0
    probabilities: StageShares | None = None

    def __post_init__(self) -> None:
        stages = np.ascontiguousarray(self.stages, dtype=np.int8)
        known = np.isin(stages, [int(stage) for stage in Stage])
        if stages.ndim != 1 or not known.all():
            raise ValueError("stages must have shape (n,) and hold Stage values only")
        if not self.epoch_s > 0:
            raise ValueError(f"epoch_s must be above 0, not {self.epoch_s}")
        require_parallel(stages=stages, probabilities=self.probabilities)
        object.__setattr__(self, "stages", frozen(stages))

    def __len__(self) -> int:
        return int(self.stages.size)

    @property
    def stop_s(self) -> float:
        """End of the last epoch, seconds from the start of the recording."""
        return float(self.start_s + len(self) * self.epoch_s)

    @property
    def edges_s(self) -> Floats:
        """Epoch boundaries, shape (n_epochs + 1,)."""
        edges: Floats = self.start_s + np.arange(len(self) + 1, dtype=np.float64) * self.epoch_s
        return edges

    @property
    def epochs_s(self) -> Spans:
        """Begin and end of every epoch, shape (n_epochs, 2)."""
        edges = self.edges_s
        return np.column_stack([edges[:-1], edges[1:]])

    def at(self, times_s: ArrayLike) -> Stages:
        """Return the stage of the half-open epoch that holds each time.

        Parameters
        ----------
        times_s : array_like of float
            Seconds from the start of the recording.

        Returns
        -------
        ndarray of int8
            UNSCORED outside the hypnogram.
        """
        times = np.asarray(times_s, dtype=np.float64)
        epoch = np.searchsorted(self.edges_s, times, side="right") - 1
        inside = (epoch >= 0) & (epoch < len(self))
        found = np.full(times.shape, int(Stage.UNSCORED), dtype=np.int8)
        found[inside] = self.stages[epoch[inside]]
        return found

    def spans(self, *stages: Stage) -> Spans:
        """Return the stretches spent in any of `stages`, neighbouring epochs joined."""
        chosen = np.concatenate([[False], np.isin(self.stages, stages), [False]])
        edges = np.flatnonzero(chosen[1:] != chosen[:-1])
        return as_spans(self.edges_s[edges])
