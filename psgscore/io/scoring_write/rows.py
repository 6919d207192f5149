"""A scoring as rows: stages among the events, and numbers as text."""

from __future__ import annotations

import numpy as np

from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage

STAGE = "Sleep stage"
"""Before the name of a stage, as EDF+ has it."""


def stage_rows(hypnogram: Hypnogram | None) -> Events:
    """Return one row per epoch, of kind ``Sleep stage N2``; UNSCORED is ``Sleep stage ?``."""
    if hypnogram is None:
        return Events.empty()
    edges = hypnogram.edges_s
    return Events.of(
        [f"{STAGE} {stage_name(stage)}" for stage in hypnogram.stages.tolist()],
        edges[:-1],
        edges[:-1] + hypnogram.epoch_s,
    )


def stage_name(stage: int) -> str:
    """Return ``W``, ``N1``, ``N2``, ``N3``, ``R`` or ``?``."""
    return "?" if stage == int(Stage.UNSCORED) else Stage(stage).name


def number_text(value: float) -> str:
    """Return a number that reads back as the same number, "" where it is none or infinite."""
    return repr(float(value)) if np.isfinite(value) else ""
