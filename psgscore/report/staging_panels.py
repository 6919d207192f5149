"""Panels of automatic stages: how likely each stage was, and how sure the stager."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Floats
from psgscore.model.score import Score
from psgscore.model.staging import PROBABILITY_STAGES
from psgscore.report.axes import numbered, y_ticks
from psgscore.report.colours import DARK, GREY
from psgscore.report.marks import Box, Picture, place, steps
from psgscore.score.doubt import DOUBTFUL_BELOW

# From deep sleep to wake, dark to light, so that the order also shows in grey; R has lines over it.
_LAYERS = (
    ("N3", "#12263f"),
    ("N2", "#4a76ad"),
    ("N1", "#a9c6e8"),
    ("R", "#f3c9ac"),
    ("W", "#f7f4ec"),
)
_LINED, _LINES = "R", 'stroke="#b3450a" stroke-width="0.8"'
HYPNODENSITY_TITLE = (
    "Probability of each stage, from below N3 (dark), N2, N1, R (upright lines), W (light): "
    "automatic, unreviewed"
)
CONFIDENCE_TITLE = f"Confidence of the stager (line: {DOUBTFUL_BELOW:g}, below it in doubt)"
_LINE_EVERY = 3.0
"""Between the upright lines over R."""
_LEAST = 0.5
"""A shorter line is none."""


def draw_hypnodensity(picture: Picture, box: Box, score: Score) -> None:
    """Draw the probabilities of the stages upon each other, epoch by epoch."""
    y_ticks(picture, box, numbered([0.0, 0.5, 1.0]))
    staging = score.staging
    if staging is None or staging.probabilities is None:
        return
    names = [stage.name for stage in PROBABILITY_STAGES]
    order = [names.index(name) for name, _ in _LAYERS]
    tops = np.cumsum(staging.probabilities[:, order], axis=1)
    edges = box.places_x(staging.hypnogram.edges_s)
    # Each layer hides the lower part of the one before.
    for layer in reversed(range(len(_LAYERS))):
        path = steps(edges, box.places_y(tops[:, layer]), box.bottom)
        picture.path(path, "", fill=_LAYERS[layer][1])
    lined = [name for name, _ in _LAYERS].index(_LINED)
    picture.path(_lines_over(box, edges, tops[:, lined - 1], tops[:, lined]), _LINES)


def _lines_over(box: Box, edges: Floats, low: Floats, high: Floats) -> str:
    """Return upright lines between two courses, evenly spaced whatever an epoch's width."""
    if edges.size < 2:
        return ""
    places = np.arange(np.ceil(edges[0] / _LINE_EVERY), edges[-1] / _LINE_EVERY) * _LINE_EVERY
    epoch = np.searchsorted(edges, places, side="right") - 1
    ends = box.places_y(np.column_stack([low, high])[epoch])
    return "".join(
        f"M{place(across)} {place(foot)}V{place(top)}"
        for across, (foot, top) in zip(places.tolist(), ends.tolist(), strict=True)
        if foot - top >= _LEAST
    )


def draw_confidence(picture: Picture, box: Box, score: Score) -> None:
    """Draw the probability of the stage given, epoch by epoch."""
    y_ticks(picture, box, numbered([0.0, 1.0]))
    if score.staging is None:
        return
    edges = box.places_x(score.staging.hypnogram.edges_s)
    path = steps(edges, box.places_y(score.staging.confidence))
    picture.path(path, f'stroke="{DARK}" stroke-width="0.7"')
    level = box.at_y(DOUBTFUL_BELOW)
    style = f'stroke="{GREY}" stroke-width="0.6" stroke-dasharray="4 3"'
    picture.line((box.left, level), (box.right, level), style)
