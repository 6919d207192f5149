"""The hypnogram as a table (BIDS): one row per epoch, whose stage it is and how sure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from psgscore.io.tables import UNKNOWN, column, number_cells, table_text
from psgscore.model._arrays import Floats, Words
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.staging import AUTOMATIC, PROBABILITY_STAGES, StagingResult

_STAGES = {"W": "wake", "N1": "NREM 1", "N2": "NREM 2", "N3": "NREM 3", "R": "REM sleep"}
_COLUMNS = {
    "onset": column("Onset", "Start of the epoch, from the start of the recording.", units="s"),
    "duration": column("Duration", "Length of the epoch.", units="s"),
    "stage": column(
        "Sleep stage", "Stage of the epoch.", levels=_STAGES | {"UNSCORED": "no stage: not wake"}
    ),
    **{
        f"probability_{stage.name}": column(
            f"Probability of {stage.name}",
            "Of the automatic stager, class weights of its training taken out; n/a where there is "
            "none.",
        )
        for stage in PROBABILITY_STAGES
    },
    "confidence": column("Confidence", "Probability of the automatic stage of the epoch."),
    "reason": column("Reason", "Why the stager gave the epoch no stage; n/a where it did."),
    "scorer": column(
        "Scorer",
        "Who staged the epoch.",
        levels={"given": "a person or the lab", AUTOMATIC: "psgscore, unreviewed"},
    ),
}


def hypnogram_tsv(
    hypnogram: Hypnogram, scorer: Words | None = None, staging: StagingResult | None = None
) -> str:
    """Return the stages as a table.

    Parameters
    ----------
    hypnogram : Hypnogram
    scorer : ndarray of str, shape (n_epochs,), optional
        Who staged each epoch.
    staging : StagingResult, optional
        Gives probabilities, confidence and reasons.
    """
    edges = hypnogram.edges_s
    blank = np.full(len(hypnogram), "")
    cells = [
        number_cells(edges[:-1]),
        number_cells(np.full(len(hypnogram), hypnogram.epoch_s)),
        [Stage(stage).name for stage in hypnogram.stages.tolist()],
        *_beliefs(hypnogram, staging),
        _words(blank if scorer is None else scorer),
    ]
    return table_text(list(_COLUMNS), [cells])


def hypnogram_sidecar() -> dict[str, Any]:
    """Return the BIDS sidecar of `hypnogram_tsv`: one entry per column, in their order."""
    return dict(_COLUMNS)


def _beliefs(hypnogram: Hypnogram, staging: StagingResult | None) -> Iterator[list[str]]:
    """Yield the columns of the stager, on the epochs of the hypnogram."""
    n = len(hypnogram)
    values: Floats = np.full((n, len(PROBABILITY_STAGES) + 1), np.nan)
    reasons: Words = np.full(n, "", dtype="<U64")
    if staging is not None and staging.hypnogram.probabilities is not None:
        middles = hypnogram.edges_s[:-1] + hypnogram.epoch_s / 2
        epoch = np.floor((middles - staging.hypnogram.start_s) / staging.hypnogram.epoch_s).astype(
            np.int64
        )
        inside = (epoch >= 0) & (epoch < len(staging.hypnogram))
        known = np.column_stack([staging.hypnogram.probabilities, staging.confidence])
        values[inside] = known[epoch[inside]]
        reasons[inside] = staging.reasons[epoch[inside]]
    yield from (number_cells(column) for column in values.T)
    yield _words(reasons)


def _words(words: Words) -> list[str]:
    return [word or UNKNOWN for word in words.tolist()]
