"""The figures of a view as SVG elements, each drawn from the score by its key."""

from __future__ import annotations

from psgscore.model.score import Score
from psgscore.report.figures import interval_histograms_svg, overview_svg
from psgscore.report.heart_figure import heart_svg
from psgscore.report.onset_figures import onset_figure, onset_key
from psgscore.report.parts import ReportView
from psgscore.report.translate import translated_drawing

_FIGURES = {"overview": overview_svg, "intervals": interval_histograms_svg, "heart": heart_svg}


def drawings(view: ReportView, score: Score) -> dict[str, str]:
    """Draw the figures a view speaks of.

    Parameters
    ----------
    view : ReportView
        Whose figures, and in which language their words are.
    score : Score
        What it was made from.

    Returns
    -------
    dict
        One ``<svg>`` element by the key of each figure.
    """
    keys = [figure.key for section in view.sections for figure in section.figures]
    return {key: translated_drawing(_drawing(key, score), view) for key in keys}


def _drawing(key: str, score: Score) -> str:
    if key in _FIGURES:
        return _FIGURES[key](score)
    trace = next(one for one in score.onset_traces if onset_key(one) == key)
    return onset_figure(trace, start=score.start)
