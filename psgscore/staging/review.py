"""Which automatic epochs a person should look at first, and why.

A stage is in doubt by its own probability and by how it sits among its neighbours:
errors come in clusters around changes of stage. Measured on human stages the sequence
adds to the probability; the rule-based reasons mostly say where an error would matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from psgscore.model._arrays import Bools, Floats, Words
from psgscore.model.hypnogram import SLEEP, Hypnogram, Stage, Stages
from psgscore.model.staging import PROBABILITY_STAGES, ReviewItem

REASONS = (
    "poor signal",
    "implausible transition",
    "first R",
    "isolated epoch",
    "two backends disagree",
    "unlike its neighbours",
    "low confidence",
    "sleep-onset neighbourhood",
)
"""Why an epoch is on the list, the rarer and more telling first."""

TRANSITIONS: Mapping[Stage, tuple[float, ...]] = MappingProxyType(
    {
        Stage.W: (0.872, 0.108, 0.014, 0.000, 0.006),
        Stage.N1: (0.124, 0.395, 0.468, 0.000, 0.013),
        Stage.N2: (0.020, 0.008, 0.952, 0.013, 0.008),
        Stage.N3: (0.008, 0.000, 0.166, 0.827, 0.000),
        Stage.R: (0.020, 0.004, 0.015, 0.000, 0.961),
    }
)
"""Odds of the next epoch (W, N1, N2, N3, R) after each stage.

BOAS, majority of three experts, 128 nights, about 120,000 epochs: OpenNeuro ds005555.
"""

IMPLAUSIBLE = ((Stage.W, Stage.N3), (Stage.N3, Stage.R), (Stage.R, Stage.N3))
"""Changes those experts never scored from one epoch to the next (one expert alone may)."""

CONFIDENT = 0.9
"""Probability from which on a stage is not of low confidence.

Of epochs between 0.8 and 0.9 one in five is still wrong (docs/staging-accuracy.md).
"""

ONSET_EPOCHS = 3
"""Epochs either side of sleep onset: five experts differ on it by a median of three."""

# Chosen on Sleep-EDF with human stages (scripts/sleep_edf_bands.py): two to three more
# errors in a hundred are found than by the probability alone, half as many or as much
# again of the weight does about as well, and the boosts change next to nothing.
_SEQUENCE_WEIGHT = 0.3
# Classifiers have seen the neighbours already: their probabilities are no independent
# evidence, so they are tempered, and the share of each stage is half taken out.
_TEMPER, _PRIOR_TEMPER = 0.3, 0.5
_FLOOR = 5e-4  # odds printed as 0.000 are below this
_BOOSTS = {
    "implausible transition": 0.1,
    "first R": 0.1,
    "isolated epoch": 0.1,
    # Where two backends disagree 48 % of epochs are wrong, 11 % where they agree.
    "two backends disagree": 0.3,
    "sleep-onset neighbourhood": 0.02,
}


def review_list(
    hypnogram: Hypnogram,
    probabilities: Floats | None,
    reasons: Words,
    *,
    other: Hypnogram | None = None,
) -> tuple[ReviewItem, ...]:
    """List the epochs in doubt.

    Parameters
    ----------
    hypnogram : Hypnogram
        Automatic stages.
    probabilities : ndarray of float64, shape (n_epochs, 5), or None
        W, N1, N2, N3, R; rows of NaN, or None, where there are none.
    reasons : ndarray of str, shape (n_epochs,)
        Why an epoch has no stage, "" where it has one.
    other : Hypnogram, optional
        Stages of a second backend.

    Returns
    -------
    tuple of ReviewItem
        Most doubtful first; epochs of equal doubt, and at the end those without a
        stage, in order of time.

    Raises
    ------
    ValueError
        Shapes that do not fit the hypnogram.
    """
    given = _checked(hypnogram, probabilities, reasons)
    staged = hypnogram.stages != Stage.UNSCORED
    index = np.where(staged, hypnogram.stages, 0)
    sure = np.where(staged, given[np.arange(len(hypnogram)), index], np.nan)
    in_sequence = np.where(np.isnan(sure), np.nan, sequence_probability(given, hypnogram.stages))
    why = _reasons(hypnogram, sure, in_sequence, other)
    why["poor signal"] = ~staged & (reasons != "")
    doubt = _doubt(sure, in_sequence, why)
    listed = np.flatnonzero(np.any(list(why.values()), axis=0))
    # Rounded, so that the last bit of a sum never decides the order.
    order = listed[np.lexsort((listed, -np.round(doubt[listed], 9)))]
    return tuple(_item(int(epoch), hypnogram, given, why) for epoch in order)


def sequence_probability(probabilities: Floats, stages: Stages) -> Floats:
    """Return how likely each stage given is in the light of the whole night.

    Parameters
    ----------
    probabilities : ndarray of float64, shape (n_epochs, 5)
        Rows with NaN say nothing.
    stages : ndarray of int8, shape (n_epochs,)
        The stages given.

    Returns
    -------
    ndarray of float64, shape (n_epochs,)
        Posterior of the stage given (forward and backward over `TRANSITIONS`, the
        probabilities tempered); NaN in unscored epochs.

    References
    ----------
    Rabiner 1989, A tutorial on hidden Markov models, Proc IEEE 77:257-286.
    """
    n_epochs = len(stages)
    if not n_epochs:
        return np.zeros(0)
    odds = np.array([TRANSITIONS[stage] for stage in PROBABILITY_STAGES]) + _FLOOR
    odds /= odds.sum(axis=1, keepdims=True)
    prior = np.linalg.matrix_power(odds, 1024)[0]
    evidence = (np.maximum(probabilities, 1e-3) / prior**_PRIOR_TEMPER) ** _TEMPER
    evidence[np.isnan(probabilities).any(axis=1)] = 1.0
    before, after = np.empty_like(evidence), np.ones_like(evidence)
    before[0] = _normalised(evidence[0] * prior)
    for epoch in range(1, n_epochs):
        before[epoch] = _normalised(evidence[epoch] * (before[epoch - 1] @ odds))
    for epoch in range(n_epochs - 2, -1, -1):
        after[epoch] = _normalised(odds @ (evidence[epoch + 1] * after[epoch + 1]))
    joint = before * after
    joint /= joint.sum(axis=1, keepdims=True)
    staged = stages != Stage.UNSCORED
    found: Floats = joint[np.arange(n_epochs), np.where(staged, stages, 0)]
    return np.where(staged, found, np.nan)


def _normalised(weights: Floats) -> Floats:
    shares: Floats = weights / weights.sum()
    return shares


def _checked(hypnogram: Hypnogram, probabilities: Floats | None, reasons: Words) -> Floats:
    shape = (len(hypnogram), len(PROBABILITY_STAGES))
    given = np.full(shape, np.nan) if probabilities is None else np.asarray(probabilities)
    if given.shape != shape or reasons.shape != shape[:1]:
        raise ValueError(
            f"{shape[0]} epochs need probabilities of shape {shape} and as many reasons, "
            f"not {given.shape} and {reasons.shape}"
        )
    return given


def _reasons(
    hypnogram: Hypnogram, sure: Floats, in_sequence: Floats, other: Hypnogram | None
) -> dict[str, Bools]:
    """Return where each reason holds, but for poor signal."""
    stages = hypnogram.stages
    return {
        "implausible transition": _implausible(stages),
        "first R": _first(stages, Stage.R),
        "isolated epoch": _isolated(stages),
        "two backends disagree": _disagreement(hypnogram, other),
        # NaN compares as false: nothing is said of an epoch without probability.
        "unlike its neighbours": in_sequence < 0.5,
        "low confidence": sure < CONFIDENT,
        "sleep-onset neighbourhood": _near_onset(stages),
    }


def _doubt(sure: Floats, in_sequence: Floats, why: Mapping[str, Bools]) -> Floats:
    """Return the rank score; below all others without a stage, which is no doubt about one."""
    alone = 1.0 - np.nan_to_num(sure, nan=1.0)
    together = 1.0 - np.nan_to_num(in_sequence, nan=1.0)
    doubt = (1.0 - _SEQUENCE_WEIGHT) * alone + _SEQUENCE_WEIGHT * together
    for reason, boost in _BOOSTS.items():
        doubt = doubt + boost * why[reason]
    return np.where(why["poor signal"], -1.0, doubt)


def _item(epoch: int, hypnogram: Hypnogram, given: Floats, why: Mapping[str, Bools]) -> ReviewItem:
    first, row = Stage(int(hypnogram.stages[epoch])), given[epoch].copy()
    second, probability, second_probability = Stage.UNSCORED, float("nan"), float("nan")
    if first != Stage.UNSCORED and not np.isnan(row).any():
        probability, row[first] = float(row[first]), -1.0
        second = PROBABILITY_STAGES[int(row.argmax())]
        second_probability = float(row[second])
    return ReviewItem(
        epoch=epoch,
        start_s=float(hypnogram.start_s + epoch * hypnogram.epoch_s),
        first=first,
        second=second,
        probability=probability,
        second_probability=second_probability,
        reasons=tuple(reason for reason in REASONS if why[reason][epoch]),
    )


def _implausible(stages: Stages) -> Bools:
    """Mark both epochs of an implausible change: either may be the wrong one."""
    found = np.zeros(len(stages), np.bool_)
    for before, after in IMPLAUSIBLE:
        change = np.flatnonzero((stages[:-1] == before) & (stages[1:] == after))
        found[change] = found[change + 1] = True
    return found


def _first(stages: Stages, *wanted: Stage) -> Bools:
    found = np.zeros(len(stages), np.bool_)
    found[np.flatnonzero(np.isin(stages, wanted))[:1]] = True
    return found


def _near_onset(stages: Stages) -> Bools:
    onset = np.flatnonzero(_first(stages, *SLEEP))
    distance: NDArray[np.int64] = np.abs(np.arange(len(stages)) - (onset[0] if onset.size else 0))
    near: Bools = (distance <= ONSET_EPOCHS) & (stages != Stage.UNSCORED)
    return near & bool(onset.size)


def _isolated(stages: Stages) -> Bools:
    """Mark an epoch between two of one other stage."""
    found = np.zeros(len(stages), np.bool_)
    scored = (stages[1:-1] != Stage.UNSCORED) & (stages[:-2] != Stage.UNSCORED)
    found[1:-1] = scored & (stages[:-2] == stages[2:]) & (stages[1:-1] != stages[2:])
    return found


def _disagreement(hypnogram: Hypnogram, other: Hypnogram | None) -> Bools:
    if other is None:
        return np.zeros(len(hypnogram), np.bool_)
    edges = hypnogram.edges_s
    theirs = other.at((edges[:-1] + edges[1:]) / 2)
    both = (hypnogram.stages != Stage.UNSCORED) & (theirs != Stage.UNSCORED)
    differ: Bools = both & (hypnogram.stages != theirs)
    return differ
