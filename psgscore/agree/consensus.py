"""What most of several scorers say of one night."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from psgscore.agree.grids import on_shorter_epochs
from psgscore.agree.stages import epochs_apart
from psgscore.intervals import close_gaps, runs
from psgscore.model._arrays import Spans, to_microsecond
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage


def event_consensus(scorings: Sequence[Events], kind: str) -> Events:
    """Return the stretches that more than half of the scorers mark.

    Parameters
    ----------
    scorings : sequence of Events
        The events of one kind, one table per scorer who looked for it. What one scorer
        marks twice over counts once.
    kind : str
        Kind of the result.

    Returns
    -------
    Events
        A stretch lasts as long as more than half agree, however short that is.
    """
    spans = majority_spans([one.spans for one in scorings])
    return Events.of(kind, spans[:, 0], spans[:, 1])


def majority_spans(scorings: Sequence[ArrayLike]) -> Spans:
    """Return where more than half of several sets of spans lie."""
    each = [to_microsecond(close_gaps(spans)) for spans in scorings]
    if not each:
        return np.zeros((0, 2))
    edges = np.unique(np.concatenate([one.ravel() for one in each]))
    if edges.size < 2:
        return np.zeros((0, 2))
    marks = np.zeros(edges.size, np.int64)
    for one in each:
        np.add.at(marks, np.searchsorted(edges, one[:, 0]), 1)
        np.add.at(marks, np.searchsorted(edges, one[:, 1]), -1)
    found = runs(2 * np.cumsum(marks) > len(each))
    return edges[found].reshape(-1, 2)


def stage_consensus(scorings: Sequence[Hypnogram]) -> Hypnogram:
    """Return the stage that has the most votes in each epoch.

    Parameters
    ----------
    scorings : sequence of Hypnogram
        One per scorer, at least one.

    Returns
    -------
    Hypnogram
        On the shortest epochs of all, from the first to the last. UNSCORED is a vote too;
        a tie is UNSCORED.

    Raises
    ------
    ValueError
        The epochs do not lie on one grid.
    """
    shortest = min(scorings, key=lambda one: one.epoch_s)
    each = [on_shorter_epochs(shortest, one)[1] for one in scorings]
    shifts = [epochs_apart(shortest, one) for one in each]
    begin = min(shifts)
    end = max(shift + len(one) for shift, one in zip(shifts, each, strict=True))
    votes = np.zeros((len(Stage), end - begin), np.int64)
    for shift, one in zip(shifts, each, strict=True):
        stages = np.full(end - begin, int(Stage.UNSCORED), np.int64)
        stages[shift - begin : shift - begin + len(one)] = one.stages
        votes[stages + 1, np.arange(end - begin)] += 1
    best = votes.argmax(axis=0) - 1
    tie = (votes == votes.max(axis=0)).sum(axis=0) > 1
    best[tie] = int(Stage.UNSCORED)
    start_s = shortest.start_s + begin * shortest.epoch_s
    return Hypnogram(best.astype(np.int8), shortest.epoch_s, start_s)
