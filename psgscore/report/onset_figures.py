"""One figure per transition from wake to sleep: what the EEG shows, and the interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psgscore.model.hypnogram import Stage
from psgscore.model.staging import OnsetTrace
from psgscore.report.parts import FigureText
from psgscore.report.svg import DARK, GREY, LIGHT, PALE, STRONG, draw_svg
from psgscore.report.texts import clock, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH_IN, _HEIGHT_IN = 7.4, 3.7
_HEIGHTS = (0.5, 1.9, 1.5)
_POWER_DB = (-10.0, 25.0)
"""The same for everyone, so that figures can be compared."""
_STRIP = 0.3
"""Of the panel of stages, from below: the interval, clear of the letters."""


def onset_figure(trace: OnsetTrace, *, start: str = "") -> str:
    """Draw the two minutes around one onset.

    Stage letters, spectrogram from 0.5 to 20 Hz, and the shares of alpha and theta, with
    the interval shaded and its median marked; epoch boundaries throughout.

    Parameters
    ----------
    trace : OnsetTrace
        Of `psgscore.staging.onset_trace.onset_trace`.
    start : str
        Clock time of second 0, "" when unknown.

    Returns
    -------
    str
        One ``<svg>`` element; the same trace gives the same bytes.
    """
    title = _title(trace, start, "\n")

    def paint(figure: Figure) -> None:
        grid = figure.add_gridspec(
            3, 2, height_ratios=_HEIGHTS, width_ratios=(60, 1), hspace=0.12, wspace=0.03,
            left=0.085, right=0.925, bottom=0.125, top=0.925 - 0.045 * ("\n" in title),
        )  # fmt: skip
        panels = [figure.add_subplot(grid[row, 0]) for row in range(3)]
        _paint_stages(panels[0], trace)
        _paint_power(panels[1], figure.add_subplot(grid[1, 1]), trace)
        _paint_shares(panels[2], trace)
        for ax in panels:
            _mark(ax, trace, on_image=ax is panels[1], height=_STRIP if ax is panels[0] else 1.0)
            _time_axis(ax, trace, start, labelled=ax is panels[2])
        panels[0].set_title(title)

    return draw_svg(onset_key(trace), _WIDTH_IN, _HEIGHT_IN, paint)


def onset_figure_text(trace: OnsetTrace, *, start: str = "") -> FigureText:
    """Return the words of an onset figure: what is drawn, and what it shows.

    Parameters are those of `onset_figure`.
    """
    stages = ", ".join(_letter(stage) for stage in trace.stages)
    marks = (
        "Shaded: one epoch either side; the signals do not tell more."
        if trace.onset.kind == "epoch"
        else "Shaded: the interval from 5 % to 95 %; line: its median."
    )
    return FigureText(
        key=onset_key(trace),
        alt=f"{_title(trace, start, ' ')}. Stages of the epochs shown: {stages or 'none'}.",
        caption=(
            f"{trace.label} in the two minutes around the transition: power density in decibels "
            "over 1 uV^2/Hz, and the shares of alpha (8 to 12.5 Hz) and theta (4 to 7.5 Hz) in the "
            f"power from 1 to 30 Hz. Dotted: epoch boundaries. {marks} Automatic, unreviewed."
        ),
    )


def onset_key(trace: OnsetTrace) -> str:
    """Return the name of the figure of a transition."""
    return f"onset-{trace.onset.epoch}"


def _letter(stage: Stage) -> str:
    return "unscored" if stage is Stage.UNSCORED else stage.name


def _title(trace: OnsetTrace, start: str, pause: str) -> str:
    """Return the estimate in words, with `pause` before the reason why there is none."""
    onset = trace.onset
    low, middle, high = (
        clock(start, time, seconds=True) for time in (onset.low_s, onset.onset_s, onset.high_s)
    )
    if onset.kind == "epoch":
        return f"Sleep onset about the epoch from {middle}, no closer:{pause}{onset.reason}"
    width = number(onset.high_s - onset.low_s, 0)
    return f"Sleep onset {middle}, between {low} and {high} ({width} s; {_basis(trace)})"


def _basis(trace: OnsetTrace) -> str:
    if trace.onset.kind == "alpha":
        return "loss of alpha"
    eyes = " and eye movements" if len(trace.onset.channels) > 1 else ""
    return f"theta{eyes}, no alpha"


def _paint_stages(ax: Axes, trace: OnsetTrace) -> None:
    ax.set_ylim(0, 1)
    ax.set_yticks([0.66], ["stage"])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    first, last = trace.times_s[0], trace.times_s[-1]
    for stage, left, right in zip(trace.stages, trace.edges_s[:-1], trace.edges_s[1:], strict=True):
        middle = (max(left, first) + min(right, last)) / 2
        # A sliver of an epoch has no room for its letter.
        if min(right, last) - max(left, first) >= 4:
            letter = "?" if stage is Stage.UNSCORED else stage.name
            ax.text(middle, 0.66, letter, ha="center", va="center", fontweight="bold")


def _paint_power(ax: Axes, scale: Axes, trace: OnsetTrace) -> None:
    hop = trace.times_s[1] - trace.times_s[0]
    ax.set_facecolor("white")
    if trace.frequencies_hz.size > 1:
        step = trace.frequencies_hz[1] - trace.frequencies_hz[0]
        image = ax.imshow(
            trace.power_db,
            origin="lower",
            aspect="auto",
            interpolation="nearest",
            cmap="cividis",
            vmin=_POWER_DB[0],
            vmax=_POWER_DB[1],
            extent=(
                trace.times_s[0] - hop / 2,
                trace.times_s[-1] + hop / 2,
                trace.frequencies_hz[0] - step / 2,
                trace.frequencies_hz[-1] + step / 2,
            ),
        )
        bar = scale.figure.colorbar(image, cax=scale, ticks=[-10, 0, 10, 20])
        bar.outline.set_linewidth(0.5)
        scale.set_ylabel("dB", rotation=0, labelpad=6, va="center")
    else:
        scale.set_visible(False)
    ax.set_ylim(0.25, 20.25)
    ax.set_yticks([1, 4, 8, 12, 16, 20])
    ax.set_ylabel("Hz")


def _paint_shares(ax: Axes, trace: OnsetTrace) -> None:
    alpha, theta = 100 * trace.alpha_share, 100 * trace.theta_share
    ax.plot(trace.times_s, alpha, color=DARK, linewidth=1.3, label="alpha", zorder=3)
    ax.plot(
        trace.times_s, theta, color=STRONG, linewidth=1.1, linestyle=(0, (3, 1.2)), label="theta",
        zorder=3,
    )  # fmt: skip
    ax.set_ylim(0, 118)  # room for the legend
    ax.set_yticks([0, 50, 100])
    ax.set_ylabel("% of power")
    ax.legend(loc="upper right", ncols=2, fontsize=8, borderaxespad=0.1, handlelength=2.6)


def _mark(ax: Axes, trace: OnsetTrace, *, on_image: bool, height: float) -> None:
    """Shade the interval and mark its median; on the spectrogram only by lines."""
    onset = trace.onset
    inside = [edge for edge in trace.edges_s if trace.times_s[0] < edge < trace.times_s[-1]]
    for edge in inside:
        colour = "white" if on_image else GREY
        ax.axvline(edge, color=colour, linewidth=0.8, linestyle=(0, (1, 2)), zorder=2)
    if on_image:
        for side in (onset.low_s, onset.high_s):
            ax.axvline(side, color="white", linewidth=1.0, linestyle=(0, (4, 2)), zorder=4)
    else:
        hatch = "////" if onset.kind == "epoch" else None
        ends = (onset.low_s, onset.high_s)
        ax.axvspan(*ends, 0, height, facecolor=PALE, edgecolor=LIGHT, hatch=hatch, lw=0.4, zorder=1)
    if onset.kind != "epoch":
        colour = "white" if on_image else "black"
        ax.axvline(onset.onset_s, 0, height, color=colour, linewidth=1.6, zorder=4)


def _time_axis(ax: Axes, trace: OnsetTrace, start: str, *, labelled: bool) -> None:
    first, last = trace.times_s[0], trace.times_s[-1]
    inside = [float(edge) for edge in trace.edges_s if first <= edge <= last]
    labels = [clock(start, edge, seconds=True) if labelled else "" for edge in inside]
    ax.set_xlim(first, last)
    ax.set_xticks(inside, labels)
    if labelled and not start:
        ax.set_xlabel("h:min:s from the start of the recording", labelpad=1)
