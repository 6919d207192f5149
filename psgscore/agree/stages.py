"""How far the stages of two scorings of one night agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psgscore.model._arrays import Bools, Floats, Ints, frozen
from psgscore.model.hypnogram import Hypnogram, Stage, Stages
from psgscore.model.staging import PROBABILITY_STAGES

GRID_TOLERANCE_S = 0.01
"""Grids that lie closer together than this are one; files round their onsets."""

_NAMES = tuple(stage.name for stage in PROBABILITY_STAGES)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StageAgreement:
    """Agreement of two scorings, epoch by epoch.

    Parameters
    ----------
    confusion : ndarray of int, shape (5, 5)
        Epochs by stage of the reference (rows) and of the other (columns), both in the
        order W, N1, N2, N3, R.
    reference_only, other_only : int
        Epochs with a stage in one scoring alone: in none of the measures.
    neither : int
        Epochs without a stage in both, from the first epoch of either to the last.
    """

    confusion: Ints
    reference_only: int = 0
    other_only: int = 0
    neither: int = 0

    def __post_init__(self) -> None:
        confusion = np.asarray(self.confusion, dtype=np.int64)
        if confusion.shape != (len(_NAMES), len(_NAMES)):
            raise ValueError(f"confusion must have shape (5, 5), not {confusion.shape}")
        object.__setattr__(self, "confusion", frozen(confusion))

    @property
    def n_epochs(self) -> int:
        """Epochs with a stage in both scorings."""
        return int(self.confusion.sum())

    @property
    def left_out(self) -> int:
        """Epochs without a stage in at least one scoring."""
        return self.reference_only + self.other_only + self.neither

    @property
    def accuracy(self) -> float | None:
        """Share of epochs with the same stage, None without epochs."""
        return float(np.trace(self.confusion)) / self.n_epochs if self.n_epochs else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None without epochs, or where chance alone explains all agreement.

        References
        ----------
        Cohen 1960, Educ Psychol Meas 20:37-46.
        """
        n = self.n_epochs
        chance = int(self.confusion.sum(axis=0) @ self.confusion.sum(axis=1))
        if not n or chance == n * n:
            return None
        return (n * int(np.trace(self.confusion)) - chance) / (n * n - chance)

    @property
    def precision(self) -> Mapping[str, float | None]:
        """Share of the other's epochs of a stage that are right; None where it gave none."""
        return self._shares(self.confusion.sum(axis=0))

    @property
    def recall(self) -> Mapping[str, float | None]:
        """Share of the reference's epochs of a stage that were found; None where it has none."""
        return self._shares(self.confusion.sum(axis=1))

    @property
    def f1(self) -> Mapping[str, float | None]:
        """Harmonic mean of precision and recall; None for a stage that neither scoring has."""
        return self._shares((self.confusion.sum(axis=0) + self.confusion.sum(axis=1)) / 2)

    @property
    def macro_f1(self) -> float | None:
        """Plain mean of F1 over the stages that occur, None without epochs."""
        known = [value for value in self.f1.values() if value is not None]
        return sum(known) / len(known) if known else None

    def _shares(self, totals: Ints | Floats) -> dict[str, float | None]:
        return {
            name: float(hit / total) if total else None
            for name, hit, total in zip(_NAMES, np.diag(self.confusion), totals, strict=True)
        }


def compare_stages(reference: Hypnogram, other: Hypnogram) -> StageAgreement:
    """Compare two hypnograms of one night.

    Parameters
    ----------
    reference, other : Hypnogram
        On the same clock with epochs of the same length; one may start whole epochs
        before the other. Outside a hypnogram is unscored.

    Returns
    -------
    StageAgreement
        Epochs that are unscored in either are left out, and counted.

    Raises
    ------
    ValueError
        The epochs do not lie on one grid.
    """
    first, second = _on_one_grid(reference, other)
    has_first, has_second = first != Stage.UNSCORED, second != Stage.UNSCORED
    both = has_first & has_second
    return StageAgreement(
        confusion=_confusion(first[both], second[both]),
        reference_only=int(np.sum(has_first & ~has_second)),
        other_only=int(np.sum(has_second & ~has_first)),
        neither=int(np.sum(~has_first & ~has_second)),
    )


def pooled(agreements: Iterable[StageAgreement]) -> StageAgreement:
    """Put the epochs of several nights together; none at all gives an empty agreement."""
    each = list(agreements)
    return StageAgreement(
        confusion=np.sum([_confusion([], []), *(one.confusion for one in each)], axis=0),
        reference_only=sum(one.reference_only for one in each),
        other_only=sum(one.other_only for one in each),
        neither=sum(one.neither for one in each),
    )


def judged(reference: Hypnogram, other: Hypnogram) -> tuple[Bools, Bools]:
    """Say which epochs of `other` can be judged by the reference, and which are wrong.

    Returns
    -------
    known, wrong : ndarray of bool, shape (n_epochs of `other`,)
        Scored in both; scored in both and different.

    Raises
    ------
    ValueError
        The epochs do not lie on one grid.
    """
    first, second = _on_one_grid(reference, other)
    begin = max(epochs_apart(reference, other), 0)
    mine = slice(begin, begin + len(other))
    known = (first[mine] != Stage.UNSCORED) & (second[mine] != Stage.UNSCORED)
    return known, known & (first[mine] != second[mine])


def _confusion(first: ArrayLike, second: ArrayLike) -> Ints:
    counts = np.zeros((len(_NAMES), len(_NAMES)), np.int64)
    np.add.at(counts, (np.asarray(first, np.int64), np.asarray(second, np.int64)), 1)
    return counts


def epochs_apart(reference: Hypnogram, other: Hypnogram) -> int:
    """Return how many epochs after the reference the other begins.

    Raises
    ------
    ValueError
        The epochs do not lie on one grid.
    """
    if abs(reference.epoch_s - other.epoch_s) > 1e-6:
        raise ValueError(
            f"epochs of {reference.epoch_s:g} s and of {other.epoch_s:g} s cannot be compared"
        )
    apart_s = other.start_s - reference.start_s
    shift = round(apart_s / reference.epoch_s)
    if abs(apart_s - shift * reference.epoch_s) > GRID_TOLERANCE_S:
        raise ValueError(
            f"epochs of {reference.epoch_s:g} s that start at {reference.start_s:g} s and at "
            f"{other.start_s:g} s do not lie on one grid: shift one of them"
        )
    return shift


def _on_one_grid(reference: Hypnogram, other: Hypnogram) -> tuple[Stages, Stages]:
    """Return the stages of both over all epochs of either, UNSCORED where one has none."""
    shift = epochs_apart(reference, other)
    begin, end = min(shift, 0), max(len(reference), shift + len(other))
    first, second = (np.full(end - begin, int(Stage.UNSCORED), np.int8) for _ in range(2))
    first[-begin : len(reference) - begin] = reference.stages
    second[shift - begin : shift - begin + len(other)] = other.stages
    return first, second
