"""The figures of a report: every printed form holds the same ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from psgscore.model.score import Score
from psgscore.report.figures import overview_svg, staging_svg
from psgscore.report.heart_figure import heart_svg
from psgscore.report.interval_figure import interval_histograms_svg
from psgscore.report.onset_figures import onset_figure, onset_key
from psgscore.report.parts import ReportView
from psgscore.report.snapshot_figures import snapshot_figure, snapshot_key
from psgscore.report.translate import translated_drawing


def drawings(score: Score, view: ReportView) -> dict[str, str]:
    """Draw the figures a report speaks of.

    Parameters
    ----------
    score : Score
        A scored night.
    view : ReportView
        What is said of it, and in which language; see `psgscore.report.view.report_view`.

    Returns
    -------
    dict of str to str
        Key of the figure, and one ``<svg>`` element, in reading order. The same score gives
        the same texts; the ids of one figure are in no other.
    """
    pens = _pens(score)
    keys = [figure.key for part in view.sections for figure in part.figures]
    return {key: translated_drawing(pens[key](), view) for key in keys}


def _pens(score: Score) -> dict[str, Callable[[], str]]:
    """Return what draws each figure that a score could have."""
    pens: dict[str, Callable[[], str]] = {
        "overview": partial(overview_svg, score),
        "hypnodensity": partial(staging_svg, score),
        "intervals": partial(interval_histograms_svg, score),
        "heart": partial(heart_svg, score),
    }
    for trace in score.onset_traces:
        pens[onset_key(trace)] = partial(onset_figure, trace, start=score.start)
    for place, snapshot in enumerate(score.snapshots):
        pens[snapshot_key(place)] = partial(snapshot_figure, snapshot, start=score.start)
    return pens
