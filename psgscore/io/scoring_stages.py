"""Rows of onset, duration and stage -> a hypnogram on one epoch grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from psgscore.errors import ScoringFileError
from psgscore.model._arrays import Floats, Ints
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram, Stage, Stages

EPOCH_S = 30.0
_GRID_TOLERANCE_S = 0.01
_LONGEST_S = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage from `onset_s` on; `duration_s` is None when the file gives none."""

    onset_s: float
    duration_s: float | None
    stage: Stage


def hypnogram_from_rows(
    rows: Sequence[StageRow], source: str, epoch_s: float | None = None
) -> tuple[Hypnogram | None, list[Finding]]:
    """Put scored stages on an epoch grid.

    Parameters
    ----------
    rows : sequence of StageRow
        In any order.
    source : str
        Where they come from, for messages.
    epoch_s : float, optional
        Length of an epoch; without it the rows show it.

    Returns
    -------
    hypnogram : Hypnogram or None
        None without rows. An epoch not covered by one stage for at least half of its
        length is UNSCORED.
    findings : list of Finding

    Raises
    ------
    ScoringFileError
        Two different stages for the same time.
    """
    if not rows:
        return None, []
    spans, stages, findings = _spans(rows)
    if spans[:, 1].max() - spans[0, 0] > _LONGEST_S:
        raise ScoringFileError(f"{source}: stages reach over more than a week: check the onsets")
    _refuse_conflicts(spans, stages, source)
    epoch_s = epoch_s or _epoch_s(spans)
    start_s = float(spans[0, 0])
    places = (spans - start_s) / epoch_s
    off_grid = np.abs(places - np.round(places)) * epoch_s > _GRID_TOLERANCE_S
    n_epochs = int(np.ceil(places[:, 1].max() - _GRID_TOLERANCE_S / epoch_s))
    if not off_grid.any():
        filled = _fill(np.round(places).astype(np.int64), stages, n_epochs)
        return Hypnogram(filled, epoch_s, start_s), findings
    filled, unsure = _majority(_without_overlap(places), stages, n_epochs)
    message = (
        f"{int(off_grid.any(axis=1).sum())} stage marks are off the {epoch_s:g}-s grid: epochs "
        f"take the stage that covers at least half of them, {unsure} have none and are unscored"
    )
    findings.append(Finding("scoring.off-grid", message, source))
    return Hypnogram(filled, epoch_s, start_s), findings


def _spans(rows: Sequence[StageRow]) -> tuple[Floats, list[Stage], list[Finding]]:
    """Return starts and stops by start; a row without a length lasts until the next onset."""
    rows = sorted(rows, key=attrgetter("onset_s"))
    onsets = np.array([row.onset_s for row in rows])
    if not (np.diff(onsets) > 0).all():
        # A row that is there twice says nothing new.
        rows = list(dict.fromkeys(rows))
        onsets = np.array([row.onset_s for row in rows])
    lengths = np.array([row.duration_s or 0.0 for row in rows])
    later = np.searchsorted(onsets, onsets, side="right")
    until = np.append(onsets, onsets[-1] + EPOCH_S)[later]
    missing = lengths <= 0
    findings = []
    if missing.any():
        message = (
            f"{int(missing.sum())} stage marks have no length: taken to last until the next one, "
            f"the last one for {EPOCH_S:g} s"
        )
        findings.append(Finding("scoring.stage-length", message))
    stops = np.where(missing, until, onsets + lengths)
    return np.column_stack([onsets, stops]), [row.stage for row in rows], findings


def _refuse_conflicts(spans: Floats, stages: Sequence[Stage], source: str) -> None:
    reached = np.maximum.accumulate(spans[:, 1])
    if (spans[1:, 0] >= reached[:-1] - _GRID_TOLERANCE_S).all():
        return
    longest = 0
    for k in range(1, len(spans)):
        stop = spans[longest, 1]
        if spans[k, 0] < stop - _GRID_TOLERANCE_S and stages[k] != stages[longest]:
            raise ScoringFileError(
                f"{source}: two stages at {spans[k, 0]:g} s: {stages[longest].name} until "
                f"{stop:g} s and {stages[k].name}. Keep one of them."
            )
        if spans[k, 1] > stop:
            longest = k


def _without_overlap(spans: Floats) -> Floats:
    """Cut from each span what earlier ones cover already, so that no second counts twice."""
    reached = np.concatenate([[-np.inf], np.maximum.accumulate(spans[:, 1])[:-1]])
    starts = np.minimum(np.maximum(spans[:, 0], reached), spans[:, 1])
    return np.column_stack([starts, spans[:, 1]])


def _epoch_s(spans: Floats) -> float:
    """Return 30 s, or the one length all rows share when that is not a multiple of 30 s."""
    lengths = np.unique(np.round(spans[:, 1] - spans[:, 0], 3))
    if lengths.size == 1 and len(spans) > 1 and lengths[0] < EPOCH_S:
        return float(lengths[0])
    return EPOCH_S


def _fill(places: Ints, stages: Sequence[Stage], n_epochs: int) -> Stages:
    filled = np.full(n_epochs, int(Stage.UNSCORED), np.int8)
    for (first, last), stage in zip(places.tolist(), stages, strict=True):
        filled[first:last] = int(stage)
    return filled


def _majority(places: Floats, stages: Sequence[Stage], n_epochs: int) -> tuple[Stages, int]:
    """Give each epoch the stage that covers at least half of it."""
    cover = np.zeros((n_epochs, len(Stage)))
    for (start, stop), stage in zip(places, stages, strict=True):
        for epoch in range(int(start), min(int(np.ceil(stop)), n_epochs)):
            cover[epoch, int(stage)] += min(stop, epoch + 1) - max(start, epoch)
    best = cover.argmax(axis=1)
    sure = cover[np.arange(n_epochs), best] >= 0.5 - 1e-9
    # Stage.UNSCORED is -1: the last column.
    named = np.where(best == len(Stage) - 1, int(Stage.UNSCORED), best)
    return np.where(sure, named, int(Stage.UNSCORED)).astype(np.int8), int(np.sum(~sure))
