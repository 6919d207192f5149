"""Panels of automatic stages: how likely each stage was, and how sure the stager."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from psgscore.model._arrays import Floats
from psgscore.model.score import Score
from psgscore.model.staging import PROBABILITY_STAGES
from psgscore.report.svg import DARK, GREY
from psgscore.score.doubt import DOUBTFUL_BELOW

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# From deep sleep to wake, dark to light, so that the order also shows in grey; R is hatched.
_LAYERS = (
    ("N3", "#12263f", ""),
    ("N2", "#4a76ad", ""),
    ("N1", "#a9c6e8", ""),
    ("R", "#f3c9ac", "////"),
    ("W", "#f7f4ec", ""),
)
HYPNODENSITY_TITLE = (
    "Probability of each stage, from below N3 (dark), N2, N1, R (hatched), W (light): "
    "automatic, unreviewed"
)
CONFIDENCE_TITLE = f"Confidence of the stager (line: {DOUBTFUL_BELOW:g}, below it in doubt)"


def paint_hypnodensity(ax: Axes, score: Score) -> None:
    """Draw the probabilities of the stages upon each other, epoch by epoch."""
    ax.set_ylim(0, 1)
    ax.set_yticks([0, 0.5, 1])
    if score.staging is None or score.staging.hypnogram.probabilities is None:
        return
    staged = score.staging.hypnogram
    names = [stage.name for stage in PROBABILITY_STAGES]
    base: Floats = np.zeros(len(staged))
    for name, colour, hatch in _LAYERS:
        top = base + np.asarray(score.staging.hypnogram.probabilities)[:, names.index(name)]
        ax.fill_between(
            staged.edges_s,
            np.append(base, base[-1:]),
            np.append(top, top[-1:]),
            step="post",
            facecolor=colour,
            edgecolor="#b3450a" if hatch else "none",
            hatch=hatch,
            linewidth=0.0,
        )
        base = top


def paint_confidence(ax: Axes, score: Score) -> None:
    """Draw the probability of the stage given, epoch by epoch."""
    ax.set_ylim(0, 1.02)
    ax.set_yticks([0, 1])
    if score.staging is None:
        return
    edges = score.staging.hypnogram.edges_s
    confidence = score.staging.confidence
    ax.step(edges, np.append(confidence, confidence[-1:]), where="post", color=DARK, linewidth=0.7)
    ax.axhline(DOUBTFUL_BELOW, color=GREY, linewidth=0.6, linestyle=(0, (4, 3)))
