"""REM epochs in tenths: which hold bursts, and what that makes of an epoch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.intervals import counts_touching
from psgscore.model._arrays import Bools, Floats, Ints, Spans, to_microsecond
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.rem import Share
from psgscore.model.rem_criteria import RemAtoniaCriteria


@dataclass(frozen=True, slots=True, eq=False)
class RemGrid:
    """The epochs of stage R and their mini-epochs.

    Parameters
    ----------
    epoch_start_s : ndarray, shape (n,)
        Starts of the epochs.
    criteria : RemAtoniaCriteria
        Lengths.
    left_out : ndarray of bool, shape (n, k)
        Mini-epochs that are not to be counted.
    """

    epoch_start_s: Floats
    criteria: RemAtoniaCriteria
    left_out: Bools

    @classmethod
    def of(cls, hypnogram: Hypnogram, left_out: Spans, criteria: RemAtoniaCriteria) -> RemGrid:
        """Cut the REM epochs of a night."""
        starts = hypnogram.edges_s[:-1][hypnogram.stages == Stage.R]
        grid = cls(starts, criteria, np.zeros((starts.size, 0), np.bool_))
        touched = counts_touching(grid.mini_spans, left_out, closed=False) > 0
        return cls(starts, criteria, touched.reshape(starts.size, grid.n_mini))

    @property
    def n_mini(self) -> int:
        """Mini-epochs in an epoch."""
        return round(self.criteria.epoch_s / self.criteria.mini_epoch_s)

    @property
    def mini_spans(self) -> Spans:
        """The mini-epochs, shape (n * k, 2), in time order."""
        edges = self.epoch_start_s[:, np.newaxis] + self.criteria.mini_epoch_s * np.arange(
            self.n_mini + 1
        )
        return to_microsecond(np.column_stack([edges[:, :-1].ravel(), edges[:, 1:].ravel()]))

    @property
    def second_start_s(self) -> Floats:
        """Starts of the whole seconds of the epochs, shape (n, seconds)."""
        seconds = np.arange(round(self.criteria.epoch_s))
        starts: Floats = self.epoch_start_s[:, np.newaxis] + seconds
        return starts

    def in_mini_epochs(self, spans: Spans) -> tuple[Ints, Ints, Spans]:
        """Share bursts out to the mini-epochs that hold them.

        A burst belongs to every mini-epoch in which at least `min_burst_s` of it lies,
        and to that in which at least half of it lies.

        Returns
        -------
        burst, mini : ndarray of int, shape (m,)
            Rows of `spans` and of `mini_spans`.
        parts : ndarray, shape (m, 2)
            The part of the burst in the mini-epoch.
        """
        minis = self.mini_spans
        first = np.searchsorted(minis[:, 1], spans[:, 0], side="right")
        last = np.searchsorted(minis[:, 0], spans[:, 1], side="left")
        counts = np.maximum(last - first, 0)
        burst = np.repeat(np.arange(len(spans)), counts)
        mini = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        mini = mini + np.repeat(first, counts)
        parts = np.column_stack(
            [
                np.maximum(spans[burst, 0], minis[mini, 0]),
                np.minimum(spans[burst, 1], minis[mini, 1]),
            ]
        )
        inside = to_microsecond(parts[:, 1] - parts[:, 0])
        half = to_microsecond((spans[burst, 1] - spans[burst, 0]) / 2)
        held = (inside > 0) & ((inside >= self.criteria.min_burst_s) | (inside >= half))
        return burst[held], mini[held], parts[held]

    def hold(self, spans: Spans) -> Bools:
        """Say which mini-epochs hold any of the bursts, shape (n, k)."""
        held = np.zeros(self.left_out.size, np.bool_)
        held[self.in_mini_epochs(spans)[1]] = True
        return held.reshape(self.left_out.shape)


def bursts_of(spans: Spans, shortest_s: float, longest_s: float = np.inf) -> Spans:
    """Return the bursts whose length lies in a range, both ends included."""
    length = to_microsecond(spans[:, 1] - spans[:, 0])
    return spans[(length >= shortest_s) & (length <= longest_s)]


def phasic_bursts(spans: Spans, criteria: RemAtoniaCriteria) -> Spans:
    """Return the bursts of 0.1 to 5.0 s, both included."""
    return bursts_of(spans, criteria.min_burst_s, criteria.max_burst_s)


def at_least(held: Bools, known: Bools, least: int) -> tuple[Bools, Bools]:
    """Judge epochs by how many of their parts are held, also where some are not known.

    Parameters
    ----------
    held, known : ndarray of bool, shape (n, k)
        Parts that count; parts that were read. What is not known may be either.
    least : int
        How many parts make the epoch one.

    Returns
    -------
    positive, judged : ndarray of bool, shape (n,)
        An epoch is judged where the unknown parts cannot change the answer.
    """
    sure = np.sum(held & known, axis=1)
    possible = sure + np.sum(~known, axis=1)
    positive: Bools = sure >= least
    judged: Bools = positive | (possible < least)
    return positive, judged


def share_of(positive: Bools, judged: Bools) -> Share:
    """Return how many of those that can be judged are positive."""
    return Share(int(np.sum(positive & judged)), int(np.sum(judged)))
