"""The figures of a whole night on one clock axis, each as one SVG element."""

from __future__ import annotations

from collections.abc import Sequence

from psgscore.model.score import Score
from psgscore.report.axes import frame
from psgscore.report.marks import Box, Picture
from psgscore.report.overview import (
    Panel,
    bands,
    hypnogram_panel,
    mark_lights,
    overview_panels,
    time_axis,
)
from psgscore.report.staging_panels import HYPNODENSITY_TITLE, draw_hypnodensity

_WIDTH, _FONT = 720.0, 9.0
_LEFT, _PANEL = 43.0, 661.0
_ROW = 37.5
"""Of a panel: its height in rows of text, in units of the picture."""
_ABOVE, _BETWEEN, _BELOW = 30.0, 20.0, 17.0
_AXIS_NAME = 11.0


def overview_svg(score: Score) -> str:
    """Draw the night on one clock axis.

    Hypnogram, leg movements, periodic movements per hour, arousals and respiratory events
    where they were scored, gaps, unreadable stretches and lights.

    Parameters
    ----------
    score : Score
        A scored night, whatever is missing in it.

    Returns
    -------
    str
        One ``<svg>`` element; the same score gives the same bytes.
    """
    return _night_svg(score, overview_panels(score))


def staging_svg(score: Score) -> str:
    """Draw the hypnogram and how likely each stage was, on the axis of the overview.

    Parameters
    ----------
    score : Score
        With automatic stages.

    Returns
    -------
    str
        One ``<svg>`` element; the same score gives the same bytes.
    """
    density = Panel(3.2, HYPNODENSITY_TITLE, (0.0, 1.0), draw_hypnodensity)
    return _night_svg(score, [hypnogram_panel(score, 2.0), density])


def _night_svg(score: Score, panels: Sequence[Panel]) -> str:
    """Draw panels below each other, on the time axis of the night."""
    span = (0.0, max(score.duration_s, 1.0))
    boxes: list[Box] = []
    for panel in panels:
        top = boxes[-1].bottom + _BETWEEN if boxes else _ABOVE
        boxes.append(Box(_LEFT, top, _PANEL, panel.height * _ROW, span, panel.values))
    bottom = boxes[-1].bottom + _BELOW + (0.0 if score.start else _AXIS_NAME)
    picture = Picture(_WIDTH, bottom, _FONT)
    for box, panel in zip(boxes, panels, strict=True):
        time_axis(picture, box, score, labelled=box is boxes[-1])
        bands(picture, box, score, legs=panel.of_legs)
        panel.draw(picture, box, score)
        frame(picture, box, panel.title)
    mark_lights(picture, boxes, score)
    return picture.svg()
