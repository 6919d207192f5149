"""The panels of the overview figure and the time axis they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from psgscore.intervals import subtract
from psgscore.model._arrays import Bools, Floats, Spans
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.score import Score
from psgscore.model.scoring import AROUSAL, AUTOMATIC_AROUSAL, RESPIRATORY
from psgscore.report.leg_channels import SIDES, unknown_sides
from psgscore.report.leg_tables import course_parts
from psgscore.report.staging_panels import (
    CONFIDENCE_TITLE,
    HYPNODENSITY_TITLE,
    paint_confidence,
    paint_hypnodensity,
)
from psgscore.report.svg import DARK, GREY, LIGHT, PALE, STRONG
from psgscore.report.texts import clock_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEVELS = {Stage.W: 4, Stage.R: 3, Stage.N1: 2, Stage.N2: 1, Stage.N3: 0}
_SIDES = (("left", "left"), ("right", "right"), ("bilateral", "both"), ("", "leg"))
_BARS = ((DARK, ""), ("white", "////"), (LIGHT, ""), ("white", "xxxx"))
_PANEL_WORDS = {
    "arousal": "Arousals",
    "auto. ar.": "Automatic arousals (low trust)",
    "resp.": "Respiratory events (tall: apnoea, low: hypopnoea and others)",
}


@dataclass(frozen=True, slots=True)
class Panel:
    """One row of the overview: its height in rows of text, its title, and who paints it."""

    height: float
    title: str
    paint: Callable[[Axes, Score], None]
    of_legs: bool = False


def overview_panels(score: Score) -> list[Panel]:
    """Return the panels this night has something to show in, at least the empty hypnogram."""
    panels = [Panel(2.6, _hypnogram_title(score), _paint_hypnogram)]
    if score.staging is not None:
        panels.append(Panel(1.6, HYPNODENSITY_TITLE, paint_hypnodensity))
        panels.append(Panel(0.7, CONFIDENCE_TITLE, paint_confidence))
    if score.legs:
        title = score.legs[0].criteria.title
        rows = _legs_shown(score)
        marks = "tall dark: periodic, half light: in no series, low grey: no candidate"
        heading = f"Leg movements, {title} ({marks})"
        panels.append(Panel(0.75 * len(rows), heading, _paint_legs, of_legs=True))
        panels.append(Panel(1.6, _bars_title(score), _paint_hours, of_legs=True))
    kinds = _kinds_shown(score)
    if kinds:
        panels.append(
            Panel(0.5 * len(kinds), ", ".join(_PANEL_WORDS[name] for name in kinds), _paint_others)
        )
    return panels


def time_axis(ax: Axes, score: Score, *, labelled: bool) -> None:
    """Give a panel the time axis of the night, in seconds from its start."""
    ticks = clock_ticks(score.start, score.duration_s)
    ax.set_xlim(0, max(score.duration_s, 1.0))
    ax.set_xticks([time for time, _ in ticks], [label if labelled else "" for _, label in ticks])
    ax.grid(axis="x", color=PALE, linewidth=0.5)
    ax.set_axisbelow(True)
    if labelled and not score.start:
        ax.set_xlabel("h:min from the start of the recording")


def bands(ax: Axes, score: Score, *, legs: bool) -> None:
    """Cross-hatch the gaps, and hatch the leg panels where no leg channel can be read."""
    _band(ax, score.gaps, "xxxx", GREY)
    if legs:
        _band(ax, subtract(score.unreadable, score.gaps), "\\\\\\\\", GREY)


def mark_lights(axes: list[Axes], score: Score) -> None:
    """Draw lights off and on, where they are marked, through all panels."""
    for kind, side in (("lights_off", "left"), ("lights_on", "right")):
        word = kind.replace("_", " ")
        for time in score.events.of_kind(kind).start_s:
            for ax in axes:
                ax.axvline(time, color="black", linewidth=1.0, linestyle=(0, (1, 1.5)))
            axes[0].annotate(
                f"▾ {word}" if side == "left" else f"{word} ▾",
                (time, 1.0),
                xycoords=axes[0].get_xaxis_transform(),
                xytext=(-3 if side == "left" else 4, 15),
                textcoords="offset points",
                ha=side,
                fontsize=8,
            )


def _band(ax: Axes, spans: Spans, hatch: str, colour: str) -> None:
    if len(spans):
        ax.broken_barh(
            _start_and_length(spans),
            (0, 1),
            transform=ax.get_xaxis_transform(),
            facecolor="#f2f2f2",
            edgecolor=colour,
            hatch=hatch,
            linewidth=0.4,
            zorder=0.6,
        )


def _hypnogram_title(score: Score) -> str:
    if score.hypnogram is None:
        return "Hypnogram: not scored, no hypnogram"
    unscored = bool(np.any(score.hypnogram.stages == Stage.UNSCORED))
    words = ["automatic, unreviewed"] if score.staging is not None else []
    words += ["hatched: unscored"] if unscored else []
    return "Hypnogram" + (f" ({'; '.join(words)})" if words else "")


def _paint_hypnogram(ax: Axes, score: Score) -> None:
    ax.set_ylim(-0.5, 4.5)
    ax.set_yticks(list(_LEVELS.values()), [stage.name for stage in _LEVELS])
    if score.hypnogram is None:
        ax.text(0.5, 0.5, "no hypnogram", transform=ax.transAxes, ha="center", va="center")
        return
    times, levels = _staircase(score.hypnogram)
    ax.plot(times, levels, color="black", linewidth=0.9, solid_joinstyle="miter")
    in_r = np.where(levels == _LEVELS[Stage.R], levels, np.nan)
    # The vertical lines join R to its neighbours; only its own level is thick.
    ax.plot(times, in_r, color=STRONG, linewidth=4.0, solid_capstyle="butt")
    _band(ax, score.hypnogram.spans(Stage.UNSCORED), "////", "#9a9a9a")


def _staircase(hypnogram: Hypnogram) -> tuple[Floats, Floats]:
    """Return the line of a hypnogram, broken where it is unscored."""
    if not len(hypnogram):
        return np.zeros(0), np.zeros(0)
    stages, edges = hypnogram.stages, hypnogram.edges_s
    first = np.concatenate([[True], stages[1:] != stages[:-1]])
    starts = edges[:-1][first]
    stops = np.append(starts[1:], edges[-1])
    height = np.full(5, np.nan)
    for stage, level in _LEVELS.items():
        height[int(stage)] = level
    chosen = stages[first]
    levels = np.where(chosen == Stage.UNSCORED, np.nan, height[np.maximum(chosen, 0)])
    return np.column_stack([starts, stops]).ravel(), np.repeat(levels, 2)


def _legs_shown(score: Score) -> list[tuple[str, str]]:
    """Return the rows of the raster: sides that have movements, or could have had."""
    sides = set(score.legs[0].verdicts.side.tolist()) | (set(SIDES) - unknown_sides(score))
    return [pair for pair in _SIDES if pair[0] in sides] or [_SIDES[-1]]


def _paint_legs(ax: Axes, score: Score) -> None:
    leg = score.legs[0]
    rows = _legs_shown(score)
    verdicts = leg.verdicts
    looks: tuple[tuple[Bools, float, str, float], ...] = (
        (~verdicts.candidate & ~verdicts.plm, 0.22, GREY, 0.8),
        (verdicts.candidate & ~verdicts.plm, 0.48, LIGHT, 1.1),
        (verdicts.plm, 0.86, DARK, 0.7),
    )
    for row, (side, _) in enumerate(reversed(rows)):
        for chosen, height, colour, width in looks:
            times = leg.movements.start_s[chosen & (verdicts.side == side)]
            _ticks(ax, times, row + 0.04, height, colour, width)
    _rows(ax, [word for _, word in reversed(rows)])


def _ticks(
    ax: Axes, times_s: Floats, base: float, height: float, colour: str, width: float
) -> None:
    """Draw one upright mark per time, all of them as a single path."""
    if times_s.size:
        x = np.repeat(times_s, 3)
        y = np.tile([base, base + height, np.nan], times_s.size)
        ax.plot(x, y, color=colour, linewidth=width, solid_capstyle="butt")


def _bars_title(score: Score) -> str:
    names = ", ".join(
        f"{look} {leg.criteria.title}"
        for look, leg in zip(("dark", "hatched", "light", "crossed"), score.legs, strict=False)
    )
    what = "PLMS per hour of sleep"
    if score.hypnogram is None:
        what = "Periodic movements per hour of recording"
    return f"{what}, by hour from lights off ({names})"


def _paint_hours(ax: Axes, score: Score) -> None:
    parts = [part for part in course_parts(score) if part[0].startswith("hour")]
    shown = score.legs[: len(_BARS)]
    share = 0.86 / len(shown)
    highest = 0.0
    for place, (leg, (face, hatch)) in enumerate(zip(shown, _BARS, strict=False)):
        lefts, widths, heights = [], [], []
        for scope, start, stop in parts:
            rate = score.rate("plm", leg.criteria.name, scope)
            if rate is not None and rate.per_hour is not None:
                lefts.append(start + (0.07 + share * place) * (stop - start))
                widths.append(share * (stop - start))
                heights.append(rate.per_hour)
        ax.bar(lefts, heights, widths, align="edge", facecolor=face, edgecolor=DARK, hatch=hatch)
        highest = max([highest, *heights])
    ax.set_ylim(0, highest * 1.12 if highest else 1.0)
    ax.locator_params(axis="y", nbins=4, integer=highest >= 3)
    ax.set_ylabel("per h")


def _kinds_shown(score: Score) -> dict[str, Events]:
    """Return what else was scored, by row label, also when none was found."""
    verdicts = score.legs[0].verdicts if score.legs else None
    scored = {
        "arousal": verdicts is not None and verdicts.arousal is not None,
        "auto. ar.": verdicts is not None and verdicts.automatic_arousal is not None,
        "resp.": verdicts is not None and verdicts.respiratory is not None,
    }
    tables = {
        "arousal": score.events.of_kind(*AROUSAL),
        "auto. ar.": score.events.of_kind(*AUTOMATIC_AROUSAL),
        "resp.": score.events.of_kind(*RESPIRATORY),
    }
    return {name: table for name, table in tables.items() if scored[name] or len(table)}


def _paint_others(ax: Axes, score: Score) -> None:
    kinds = dict(reversed(_kinds_shown(score).items()))
    for row, (name, table) in enumerate(kinds.items()):
        if name != "resp.":
            _ticks(ax, table.start_s, row + 0.1, 0.75, "black", 0.6)
        else:
            _spells(ax, table, row)
    _rows(ax, list(kinds))


def _rows(ax: Axes, words: list[str]) -> None:
    """Name the rows of a panel, from below, and rule them off."""
    for row in range(len(words)):
        ax.axhline(row, color=PALE, linewidth=0.5)
    ax.set_ylim(0, len(words))
    ax.set_yticks([row + 0.45 for row in range(len(words))], words)
    ax.tick_params(axis="y", length=0)


def _spells(ax: Axes, table: Events, row: int) -> None:
    """Draw respiratory events over their length: apnoeas tall, the others half as high."""
    apnoea = table.is_kind("apnea")
    for chosen, height, colour in ((apnoea, 0.75, "#00664f"), (~apnoea, 0.4, "#3d9980")):
        spans = _start_and_length(table.where(chosen).spans)
        ax.broken_barh(spans, (row + 0.1, height), facecolor=colour, edgecolor=colour)


def _start_and_length(spans: Spans) -> list[tuple[float, float]]:
    return [(float(start), float(stop - start)) for start, stop in spans]
