"""The figures of the report, each as one SVG element drawn from a `Score`."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from psgscore.model.score import Histogram, LegScore, Score
from psgscore.report.figure_texts import interval_scope
from psgscore.report.overview import bands, mark_lights, overview_panels, time_axis
from psgscore.report.svg import DARK, LIGHT, STRONG, draw_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH_IN = 10.0
_UNIT_IN = 0.52
_MARGIN_IN = (0.36, 0.42)
"""Below and above the panels."""
_LOG_TICKS_S = (1, 2, 5, 10, 20, 50, 90, 200)
_HEADROOM = 1.38
"""Over the highest bar, for the limits and the geometric means."""
_LINES = ("-", "--", ":", "-.")


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
    panels = overview_panels(score)
    heights = [panel.height for panel in panels]
    height_in = sum(heights) * _UNIT_IN + sum(_MARGIN_IN) + 0.28 * (len(panels) - 1)

    def paint(figure: Figure) -> None:
        grid = figure.add_gridspec(
            len(panels),
            1,
            height_ratios=heights,
            left=0.06,
            right=0.978,
            bottom=_MARGIN_IN[0] / height_in,
            top=1 - _MARGIN_IN[1] / height_in,
            hspace=0.28 / (_UNIT_IN * sum(heights) / len(heights)),
        )
        axes = [figure.add_subplot(grid[row]) for row in range(len(panels))]
        for ax, panel in zip(axes, panels, strict=True):
            panel.paint(ax, score)
            ax.set_title(panel.title)
            bands(ax, score, legs=panel.of_legs)
            time_axis(ax, score, labelled=ax is axes[-1])
        mark_lights(axes, score)

    return draw_svg("overview", _WIDTH_IN, height_in, paint)


def interval_histograms_svg(score: Score) -> str:
    """Draw the histograms of the intervals, linear and logarithmic, of every rule set.

    Parameters
    ----------
    score : Score
        A scored night.

    Returns
    -------
    str
        One ``<svg>`` element; "no intervals" is written into empty axes.
    """

    def paint(figure: Figure) -> None:
        linear, log = figure.subplots(1, 2)
        figure.subplots_adjust(left=0.065, right=0.985, bottom=0.17, top=0.86, wspace=0.14)
        _histogram(linear, score, "imi_linear")
        _histogram(log, score, "imi_log")
        linear.set(xlim=(0, 94), xlabel="interval, s", ylabel="intervals")
        linear.set_xticks([0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
        log.set(xscale="log", xlim=(0.9, 450), xlabel="interval, s (logarithmic)")
        log.set_xticks(_LOG_TICKS_S, [str(tick) for tick in _LOG_TICKS_S])
        log.set_xticks([], minor=True)
        linear.set_title("2-s bins")
        log.set_title("bins of 0.1 in ln s")
        if score.legs:
            linear.legend(loc="center right", bbox_to_anchor=(0.94, 0.5), fontsize=8.5)

    return draw_svg("intervals", _WIDTH_IN, 3.0, paint)


def _histogram(ax: Axes, score: Score, name: str) -> None:
    shapes = {shape.rules: shape for shape in score.histograms if shape.name == name}
    legs = [leg for leg in score.legs if leg.criteria.name in shapes]
    for place, leg in enumerate(legs):
        _shape(ax, shapes[leg.criteria.name], place, leg.criteria.title)
    top = max((int(shape.counts.max(initial=0)) for shape in shapes.values()), default=0)
    ax.set_ylim(0, max(top, 1) * _HEADROOM)
    ax.locator_params(axis="y", nbins=5, integer=True)
    if not top:
        ax.text(0.5, 0.5, "no intervals", transform=ax.transAxes, ha="center", va="center")
    _limits(ax, legs)
    for place, leg in enumerate(legs):
        _geometric_mean(ax, score, leg, place, labelled=name == "imi_linear")


def _shape(ax: Axes, shape: Histogram, place: int, label: str) -> None:
    """Fill the first histogram; draw the others as outlines of different dashes."""
    edges = np.exp(shape.edges) if shape.name == "imi_log" else shape.edges
    if place == 0:
        ax.stairs(shape.counts, edges, fill=True, color=LIGHT, label=label)
        ax.stairs(shape.counts, edges, color=DARK, linewidth=0.5)
    else:
        ax.stairs(
            shape.counts,
            edges,
            color=STRONG,
            linewidth=1.1,
            linestyle=_LINES[(place - 1) % len(_LINES)],
            label=label,
        )


def _limits(ax: Axes, legs: list[LegScore]) -> None:
    """Mark the shortest and the longest interval a series may have."""
    pairs = ((leg.criteria.min_interval_s, leg.criteria.max_interval_s) for leg in legs)
    limits = sorted(set(chain.from_iterable(pairs)))
    for place, limit in enumerate(limits):
        # Labels of neighbouring limits would run into each other on the same side.
        inner = 0 < place < len(limits) - 1
        ax.axvline(limit, color="black", linewidth=0.8, linestyle=(0, (4, 3)))
        ax.annotate(
            f"{limit:g} s",
            (limit, 0.99),
            xycoords=ax.get_xaxis_transform(),
            xytext=(3 if inner else -3, 0),
            textcoords="offset points",
            va="top",
            ha="left" if inner else "right",
            fontsize=8,
        )


def _geometric_mean(ax: Axes, score: Score, leg: LegScore, place: int, *, labelled: bool) -> None:
    found = score.statistic("imi_geometric_mean_s", leg.criteria.name, interval_scope(score))
    if found is None or found.value is None:
        return
    height = 0.87 - 0.08 * place
    if labelled:
        ax.text(
            found.value + 1.5,
            height,
            f"{found.value:.1f} s, {leg.criteria.title}",
            transform=ax.get_xaxis_transform(),
            va="center",
            fontsize=8,
        )
    ax.plot(
        [found.value],
        [height],
        marker="v",
        markersize=6,
        color=DARK if place == 0 else STRONG,
        markerfacecolor=DARK if place == 0 else "white",
        transform=ax.get_xaxis_transform(),
        clip_on=False,
        linestyle="none",
    )
