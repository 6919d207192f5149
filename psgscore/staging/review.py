"""Which automatic stages a person should look at first, and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from psgscore.model._arrays import Bools, Floats, Words
from psgscore.model.hypnogram import Hypnogram, Stage, Stages
from psgscore.model.staging import PROBABILITY_STAGES, ReviewItem, StagingResult

LOW_CONFIDENCE = "low confidence"
TRANSITION = "implausible transition"
ONSET = "sleep-onset neighbourhood"
FIRST_R = "first R"
ISOLATED = "isolated epoch"
DISAGREE = "two backends disagree"
POOR_SIGNAL = "poor signal"
REASONS = (DISAGREE, POOR_SIGNAL, TRANSITION, ISOLATED, LOW_CONFIDENCE, ONSET, FIRST_R)
"""The weightiest first."""

TRANSITIONS = np.array(
    [
        [0.872, 0.108, 0.014, 0.000, 0.006],
        [0.124, 0.395, 0.468, 0.000, 0.013],
        [0.020, 0.008, 0.952, 0.013, 0.008],
        [0.008, 0.000, 0.166, 0.827, 0.000],
        [0.020, 0.004, 0.015, 0.000, 0.961],
    ]
)
"""From row to column, W N1 N2 N3 R: 128 nights, majority of three experts (BOAS, ds005555)."""

LOW_PROBABILITY = 0.6
_IMPLAUSIBLE = 0.0005
_NEIGHBOURS = 1
_WEIGHTS = {DISAGREE: 0.35, TRANSITION: 0.2, ISOLATED: 0.12, ONSET: 0.03, FIRST_R: 0.03}


def review_list(
    hypnogram: Hypnogram,
    probabilities: Floats,
    reasons: Words,
    other: Hypnogram | None = None,
) -> tuple[ReviewItem, ...]:
    """Rank the epochs that are in doubt, most doubtful first.

    Parameters
    ----------
    hypnogram : Hypnogram
        The stages.
    probabilities : ndarray, shape (n_epochs, 5)
        W, N1, N2, N3, R, de-weighted; NaN where there is no stage.
    reasons : ndarray of str, shape (n_epochs,)
        Why an epoch has no stage.
    other : Hypnogram, optional
        Stages of another backend on the same epochs.

    Returns
    -------
    tuple of ReviewItem
        Only epochs with a reason. An epoch is the more doubtful the closer its two
        likeliest stages are; every further reason adds to that. Epochs without a stage
        come last: a person must stage them, but there is nothing to correct.

    References
    ----------
    Where two backends disagree 48 % of the epochs are wrong, where they agree 11 %.
    """
    stages = hypnogram.stages
    marks = _marks(stages, probabilities, other)
    marks[POOR_SIGNAL] = (stages == Stage.UNSCORED) & (reasons != "")
    named = np.any(list(marks.values()), axis=0)
    doubt = _doubt(stages, probabilities)
    for reason, weight in _WEIGHTS.items():
        doubt += weight * marks[reason]
    doubt[marks[POOR_SIGNAL]] = -1.0
    order = sorted(np.flatnonzero(named).tolist(), key=lambda epoch: (-doubt[epoch], epoch))
    return tuple(
        _item(hypnogram, probabilities, epoch, [one for one in REASONS if marks[one][epoch]])
        for epoch in order
    )


def in_doubt(result: StagingResult) -> Bools:
    """Say which epochs are doubtful enough that numbers are also given with them moved."""
    doubtful = np.zeros(len(result.hypnogram), dtype=np.bool_)
    for item in result.review:
        doubtful[item.epoch] = bool({LOW_CONFIDENCE, TRANSITION, DISAGREE} & set(item.reasons))
    return doubtful


def implausible(stages: Stages) -> Bools:
    """Say which epochs are entered by a transition experts practically never score."""
    found = np.zeros(stages.size, dtype=np.bool_)
    before, after = stages[:-1], stages[1:]
    known = (before >= 0) & (after >= 0)
    odds = np.where(known, TRANSITIONS[np.maximum(before, 0), np.maximum(after, 0)], 1.0)
    found[1:] = odds < _IMPLAUSIBLE
    return found


def second_choice(stages: Stages, probabilities: Floats) -> Stages:
    """Return the likeliest stage besides the one given; UNSCORED where there is none."""
    others = np.where(np.isnan(probabilities), -1.0, probabilities).copy()
    staged = np.flatnonzero(stages >= 0)
    others[staged, stages[staged]] = -1.0
    best = others.argmax(axis=1)
    some = others[np.arange(len(others)), best] > 0
    second: Stages = np.where(some, best, int(Stage.UNSCORED)).astype(np.int8)
    return second


def _marks(stages: Stages, probabilities: Floats, other: Hypnogram | None) -> dict[str, Bools]:
    staged = stages >= 0
    asleep = staged & (stages != Stage.W)
    given = _probability_of(stages, probabilities)
    onset = np.zeros(stages.size, dtype=np.bool_)
    for epoch in np.flatnonzero(asleep[1:] & (stages[:-1] == Stage.W)) + 1:
        onset[max(epoch - _NEIGHBOURS, 0) : epoch + _NEIGHBOURS + 1] = True
    first_r = np.zeros(stages.size, dtype=np.bool_)
    first_r[np.flatnonzero(stages == Stage.R)[:1]] = True
    isolated = np.zeros(stages.size, dtype=np.bool_)
    isolated[1:-1] = (stages[1:-1] != stages[:-2]) & (stages[:-2] == stages[2:])
    transition = implausible(stages)
    disagree = np.zeros(stages.size, dtype=np.bool_)
    if other is not None:
        theirs = other.at(np.arange(stages.size) * 30.0 + 15.0)
        disagree = staged & (theirs >= 0) & (theirs != stages)
    return {
        LOW_CONFIDENCE: staged & (given < LOW_PROBABILITY),
        TRANSITION: transition,
        ONSET: onset & staged,
        FIRST_R: first_r,
        ISOLATED: isolated & staged,
        DISAGREE: disagree,
    }


def _probability_of(stages: Stages, probabilities: Floats) -> Floats:
    """Return the probability of the stage given, NaN where there is none."""
    given: Floats = np.full(stages.size, np.nan)
    staged = np.flatnonzero(stages >= 0)
    given[staged] = probabilities[staged, stages[staged]]
    return given


def _doubt(stages: Stages, probabilities: Floats) -> Floats:
    """Return 1 minus the probability of the stage given, 0 where nothing is known."""
    doubt: Floats = np.nan_to_num(1.0 - _probability_of(stages, probabilities))
    return doubt


def _item(
    hypnogram: Hypnogram, probabilities: Floats, epoch: int, reasons: Sequence[str]
) -> ReviewItem:
    row = slice(epoch, epoch + 1)
    first = Stage(int(hypnogram.stages[epoch]))
    second = Stage(int(second_choice(hypnogram.stages[row], probabilities[row])[0]))

    def probability(stage: Stage) -> float:
        unknown = stage is Stage.UNSCORED
        place = 0 if unknown else PROBABILITY_STAGES.index(stage)
        return float("nan") if unknown else float(probabilities[epoch, place])

    return ReviewItem(
        epoch=epoch,
        start_s=float(hypnogram.edges_s[epoch]),
        first=first,
        second=second,
        probability=probability(first),
        second_probability=probability(second),
        reasons=tuple(reasons),
    )
