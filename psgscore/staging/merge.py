"""A person's stages and automatic ones on one grid: the person's always win."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Words
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.staging.grid import EPOCH_S

GIVEN = "given"
AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, eq=False)
class MergedStages:
    """One hypnogram, and who staged each epoch: "given", "automatic" or "" for nobody."""

    hypnogram: Hypnogram
    scorer: Words


def merge_stages(
    given: Hypnogram | None, automatic: Hypnogram | None, *, fill: bool
) -> MergedStages | None:
    """Put stages together, epoch by epoch.

    Parameters
    ----------
    given : Hypnogram or None
        Of a person or the lab: never changed.
    automatic : Hypnogram or None
        Automatic stages; all of it is taken where nothing was given.
    fill : bool
        Let automatic stages fill what was given as UNSCORED or lies outside.

    Returns
    -------
    MergedStages or None
        None when there are no stages at all.

    Raises
    ------
    ValueError
        To be filled, but the epochs given are not of 30 s.
    """
    if given is None:
        return (
            None if automatic is None else MergedStages(automatic, _scorers(automatic, AUTOMATIC))
        )
    if automatic is None or not fill:
        return MergedStages(given, _scorers(given, GIVEN))
    if given.epoch_s != EPOCH_S:
        raise ValueError(
            f"the stages given are epochs of {given.epoch_s:g} s, automatic ones of {EPOCH_S:g} s: "
            "they cannot be filled"
        )
    return _filled(given, automatic)


def _filled(given: Hypnogram, automatic: Hypnogram) -> MergedStages:
    before = max(round((given.start_s - automatic.start_s) / EPOCH_S + 0.4999), 0)
    after = max(round((automatic.stop_s - given.stop_s) / EPOCH_S - 0.4999), 0)
    start_s = given.start_s - before * EPOCH_S
    n_epochs = before + len(given) + after
    # The middle of an epoch decides, so that grids that are out of step still meet.
    middles = start_s + (np.arange(n_epochs) + 0.5) * EPOCH_S
    own, theirs = given.at(middles), automatic.at(middles)
    missing = own == Stage.UNSCORED
    stages = np.where(missing, theirs, own).astype(np.int8)
    scorer = np.where(missing, AUTOMATIC, GIVEN)
    return MergedStages(
        Hypnogram(stages, EPOCH_S, start_s), np.where(stages == Stage.UNSCORED, "", scorer)
    )


def _scorers(hypnogram: Hypnogram, who: str) -> Words:
    scorers: Words = np.where(hypnogram.stages == Stage.UNSCORED, "", who)
    return scorers
