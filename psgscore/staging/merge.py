"""Stages of a person and of a program in one hypnogram: the person always wins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Floats, Words
from psgscore.model.hypnogram import Hypnogram, Stage, Stages
from psgscore.model.staging import AUTOMATIC, PROBABILITY_STAGES, StagingResult

GIVEN = "given"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MergedStages:
    """A hypnogram, and who scored each epoch.

    Parameters
    ----------
    hypnogram : Hypnogram or None
        None where a person scored nothing and nothing was to be filled. `probabilities`
        hold NaN wherever the stage is not automatic.
    scorer : ndarray of str, shape (n_epochs,)
        ``"given"`` (a person's, or imported), ``"automatic"`` (unreviewed), "" if unscored.
    """

    hypnogram: Hypnogram | None
    scorer: Words


def merge_stages(human: Hypnogram | None, automatic: StagingResult, *, fill: bool) -> MergedStages:
    """Put automatic stages where a person scored none, if asked to.

    Parameters
    ----------
    human : Hypnogram or None
        Scored or imported stages: kept epoch by epoch, on their own grid.
    automatic : StagingResult
        Stages of a program on the same clock.
    fill : bool
        Whether to fill epochs that are unscored, or outside the human hypnogram. An epoch
        takes the automatic stage at its midpoint: at most half an epoch away from where
        that was found, if the two grids differ.

    Returns
    -------
    MergedStages

    Raises
    ------
    ValueError
        The human epochs are not as long as the automatic ones.
    """
    if human is None:
        return (
            _alone(automatic.hypnogram, AUTOMATIC)
            if fill
            else MergedStages(hypnogram=None, scorer=np.zeros(0, np.str_))
        )
    if not fill:
        return _alone(human, GIVEN)
    machine = automatic.hypnogram
    if abs(human.epoch_s - machine.epoch_s) > 1e-6:
        raise ValueError(
            f"the scored epochs last {human.epoch_s:g} s, automatic ones {machine.epoch_s:g} s: "
            "missing epochs cannot be filled; score in epochs of one length or do not fill"
        )
    return _filled(human, machine)


def _alone(hypnogram: Hypnogram, scorer: str) -> MergedStages:
    scored = hypnogram.stages != Stage.UNSCORED
    return MergedStages(hypnogram=hypnogram, scorer=np.where(scored, scorer, ""))


def _filled(human: Hypnogram, machine: Hypnogram) -> MergedStages:
    """Fill a human hypnogram on its own grid, made longer to hold the automatic one."""
    before, after = _missing_epochs(human, machine)
    mine = np.pad(human.stages, (before, after), constant_values=int(Stage.UNSCORED))
    start_s = human.start_s - before * human.epoch_s
    theirs, probabilities = _at_midpoints(machine, start_s, len(mine))
    missing = mine == Stage.UNSCORED
    stages = np.where(missing, theirs, mine).astype(np.int8)
    automatic = missing & (theirs != Stage.UNSCORED)
    if probabilities is not None:
        probabilities[~automatic] = np.nan
    if not automatic.any():
        probabilities = None
    scorer = np.where(automatic, AUTOMATIC, np.where(missing, "", GIVEN))
    return MergedStages(
        hypnogram=Hypnogram(stages, human.epoch_s, start_s, probabilities), scorer=scorer
    )


def _missing_epochs(human: Hypnogram, machine: Hypnogram) -> tuple[int, int]:
    """Return how many epochs of the human grid lie outside it, midpoint in the automatic one."""
    half_s = human.epoch_s / 2
    # Rounded, so that grids which agree to the microsecond do not gain an epoch.
    before = np.round((human.start_s + half_s - machine.start_s) / human.epoch_s, 6)
    after = np.round((machine.stop_s - human.stop_s + half_s) / human.epoch_s, 6)
    return max(int(np.floor(before)), 0), max(int(np.ceil(after)) - 1, 0)


def _at_midpoints(
    machine: Hypnogram, start_s: float, n_epochs: int
) -> tuple[Stages, Floats | None]:
    """Return the automatic stages and probabilities at the midpoints of a grid."""
    middles = start_s + (np.arange(n_epochs) + 0.5) * machine.epoch_s
    epoch = np.floor(np.round((middles - machine.start_s) / machine.epoch_s, 6)).astype(np.int64)
    inside = (epoch >= 0) & (epoch < len(machine))
    stages = np.full(n_epochs, int(Stage.UNSCORED), np.int8)
    stages[inside] = machine.stages[epoch[inside]]
    if machine.probabilities is None:
        return stages, None
    probabilities = np.full((n_epochs, len(PROBABILITY_STAGES)), np.nan)
    probabilities[inside] = machine.probabilities[epoch[inside]]
    return stages, probabilities
