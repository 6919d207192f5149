"""The panels of the overview figure and the time axis they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from psgscore.intervals import subtract
from psgscore.model._arrays import Bools, Floats, Spans
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.score import LegScore, Score
from psgscore.model.scoring import AROUSAL, AUTOMATIC_AROUSAL, RESPIRATORY
from psgscore.report.axes import (
    MIDDLE,
    blocks,
    hatched,
    numbered,
    round_values,
    uprights,
    x_ticks,
    y_name,
    y_ticks,
)
from psgscore.report.colours import DARK, GREY, LIGHT, PALE, STRONG
from psgscore.report.cycle_panel import CYCLES_TITLE, draw_cycles
from psgscore.report.leg_channels import SIDES, unknown_sides
from psgscore.report.leg_tables import course_parts
from psgscore.report.marks import Box, Picture, curve
from psgscore.report.staging_panels import CONFIDENCE_TITLE, draw_confidence
from psgscore.report.texts import clock_ticks

_LEVELS = {Stage.W: 4, Stage.R: 3, Stage.N1: 2, Stage.N2: 1, Stage.N3: 0}
_SIDES = (("left", "left"), ("right", "right"), ("bilateral", "both"), ("", "leg"))
_BARS = ((DARK, ""), ("white", "//"), (LIGHT, ""), ("white", "/\\"))
_PANEL_WORDS = {
    "arousal": "Arousals",
    "auto. ar.": "Automatic arousals (low trust)",
    "resp.": "Respiratory events (tall: apnoea, low: hypopnoea and others)",
}
_NO_SIGNAL = "#f2f2f2"
_NAME_LEFT = 13.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One row of the overview: its height in rows of text, its values, and who draws it."""

    height: float
    title: str
    values: tuple[float, float]
    draw: Callable[[Picture, Box, Score], None]
    of_legs: bool = False


def overview_panels(score: Score) -> list[Panel]:
    """Return the panels this night has something to show in, at least the empty hypnogram."""
    panels = [hypnogram_panel(score, 2.6)]
    if score.cycles:
        panels.append(Panel(0.5, CYCLES_TITLE, (0.0, 1.0), draw_cycles))
    if score.staging is not None:
        panels.append(Panel(0.7, CONFIDENCE_TITLE, (0.0, 1.02), draw_confidence))
    if score.legs:
        rows = len(_legs_shown(score))
        marks = "tall dark: periodic, half light: in no series, low grey: no candidate"
        heading = f"Leg movements, {score.legs[0].criteria.title} ({marks})"
        panels.append(Panel(0.75 * rows, heading, (0.0, rows), _draw_legs, of_legs=True))
        top = _highest(score)
        panels.append(Panel(1.6, _bars_title(score), (0.0, top), _draw_hours, of_legs=True))
    kinds = _kinds_shown(score)
    if kinds:
        title = ", ".join(_PANEL_WORDS[name] for name in kinds)
        panels.append(Panel(0.5 * len(kinds), title, (0.0, len(kinds)), _draw_others))
    return panels


def hypnogram_panel(score: Score, height: float) -> Panel:
    """Return the panel of the hypnogram."""
    return Panel(height, _hypnogram_title(score), (-0.5, 4.5), _draw_hypnogram)


def time_axis(picture: Picture, box: Box, score: Score, *, labelled: bool) -> None:
    """Draw the time axis of the night, in seconds from its start."""
    ticks = clock_ticks(score.start, score.duration_s)
    x_ticks(picture, box, [(time, label if labelled else "") for time, label in ticks], grid=True)
    if labelled and not score.start:
        place = (box.left + box.width / 2, box.bottom + 2.6 * picture.font_size)
        picture.text(place, "h:min from the start of the recording", MIDDLE)


def bands(picture: Picture, box: Box, score: Score, *, legs: bool) -> None:
    """Cross-hatch the gaps, and hatch the leg panels where no leg channel can be read."""
    _band(picture, box, score.gaps, "//\\\\", GREY)
    if legs:
        _band(picture, box, subtract(score.unreadable, score.gaps), "\\\\", GREY)


def mark_lights(picture: Picture, boxes: list[Box], score: Score) -> None:
    """Draw lights off and on, where they are marked, through all panels."""
    for kind, anchor in (("lights_off", "start"), ("lights_on", "end")):
        word = kind.replace("_", " ")
        for time in score.events.counted().of_kind(kind).start_s.tolist():
            if not boxes[0].x[0] <= time <= boxes[0].x[1]:
                continue
            for box in boxes:
                across = box.at_x(time)
                style = 'stroke="black" stroke-dasharray="1 1.5"'
                picture.line((across, box.top), (across, box.bottom), style)
            across, up = boxes[0].at_x(time), boxes[0].top - 17
            words = f"▾ {word}" if anchor == "start" else f"{word} ▾"
            # The arrow stands over the line.
            shift = -3 if anchor == "start" else 3
            picture.text((across + shift, up), words, f'text-anchor="{anchor}" font-size="8"')


def _band(picture: Picture, box: Box, spans: Spans, hatch: str, colour: str) -> None:
    for start, stop in spans.tolist():
        left, right = (box.at_x(box.inside(one)) for one in (start, stop))
        corner, size = (left, box.top), (right - left, box.height)
        edge = f'stroke="{colour}" stroke-width="0.4"'
        picture.rect(corner, size, f'fill="{_NO_SIGNAL}" {edge}')
        picture.path(hatched(corner, size, hatch), f'stroke="{colour}" stroke-width="0.6"')


def _hypnogram_title(score: Score) -> str:
    if score.hypnogram is None:
        return "Hypnogram: not scored, no hypnogram"
    unscored = bool(np.any(score.hypnogram.stages == Stage.UNSCORED))
    words = ["automatic, unreviewed"] if score.staging is not None else []
    words += ["hatched: unscored"] if unscored else []
    return "Hypnogram" + (f" ({'; '.join(words)})" if words else "")


def _draw_hypnogram(picture: Picture, box: Box, score: Score) -> None:
    y_ticks(picture, box, [(level, stage.name) for stage, level in _LEVELS.items()])
    if score.hypnogram is None:
        middle = (box.left + box.width / 2, box.top + box.height / 2)
        picture.text(middle, "no hypnogram", MIDDLE)
        return
    _band(picture, box, score.hypnogram.spans(Stage.UNSCORED), "//", "#9a9a9a")
    times, levels = _staircase(score.hypnogram)
    line = curve(box.places_x(times), box.places_y(levels))
    picture.path(line, 'stroke="black" stroke-width="0.9"')
    # The upright lines join R to its neighbours; only its own level is thick.
    in_r = score.hypnogram.spans(Stage.R)
    picture.path(blocks(box, in_r, _LEVELS[Stage.R] - 0.13, 0.26), "", fill=STRONG)


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


def _draw_legs(picture: Picture, box: Box, score: Score) -> None:
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
            style = f'stroke="{colour}" stroke-width="{width}"'
            picture.path(uprights(box, times, row + 0.04, height), style)
    _rows(picture, box, [word for _, word in reversed(rows)])


def _bars_title(score: Score) -> str:
    names = ", ".join(
        f"{look} {leg.criteria.title}"
        for look, leg in zip(("dark", "hatched", "light", "crossed"), score.legs, strict=False)
    )
    what = "PLMS per hour of sleep"
    if score.hypnogram is None:
        what = "Periodic movements per hour of recording"
    return f"{what}, by hour from lights off ({names})"


def _hours(score: Score, leg: LegScore) -> list[tuple[float, float, float]]:
    """Return the hours that have an index: start, stop, index."""
    found = []
    for scope, start, stop in course_parts(score):
        rate = score.rate("plm", leg.criteria.name, scope)
        if scope.startswith("hour") and rate is not None and rate.per_hour is not None:
            found.append((start, stop, rate.per_hour))
    return found


def _highest(score: Score) -> float:
    shown = score.legs[: len(_BARS)]
    highest = max((index for leg in shown for _, _, index in _hours(score, leg)), default=0.0)
    return highest * 1.12 or 1.0


def _draw_hours(picture: Picture, box: Box, score: Score) -> None:
    shown = score.legs[: len(_BARS)]
    share = 0.86 / len(shown)
    style = f'stroke="{DARK}" stroke-width="0.8"'
    for place, (leg, (face, hatch)) in enumerate(zip(shown, _BARS, strict=False)):
        for start, stop, index in _hours(score, leg):
            first = start + (0.07 + share * place) * (stop - start)
            left, right = (box.at_x(one) for one in (first, first + share * (stop - start)))
            corner, size = (left, box.at_y(index)), (right - left, box.bottom - box.at_y(index))
            picture.rect(corner, size, f'fill="{face}" {style}')
            picture.path(hatched(corner, size, hatch), f'stroke="{DARK}" stroke-width="0.6"')
    highest = box.y[1] / 1.12
    y_ticks(picture, box, numbered(round_values(0.0, box.y[1], 4, whole=highest >= 3)))
    y_name(picture, box, "per h", _NAME_LEFT)


def _kinds_shown(score: Score) -> dict[str, Events]:
    """Return what else was scored, by row label, also when none was found."""
    verdicts = score.legs[0].verdicts if score.legs else None
    scored = {
        "arousal": verdicts is not None and verdicts.arousal is not None,
        "auto. ar.": verdicts is not None and verdicts.automatic_arousal is not None,
        "resp.": verdicts is not None and verdicts.respiratory is not None,
    }
    events = score.events.counted()
    tables = {
        "arousal": events.of_kind(*AROUSAL),
        "auto. ar.": events.of_kind(*AUTOMATIC_AROUSAL),
        "resp.": events.of_kind(*RESPIRATORY),
    }
    return {name: table for name, table in tables.items() if scored[name] or len(table)}


def _draw_others(picture: Picture, box: Box, score: Score) -> None:
    kinds = dict(reversed(_kinds_shown(score).items()))
    for row, (name, table) in enumerate(kinds.items()):
        if name != "resp.":
            marks = uprights(box, table.start_s, row + 0.1, 0.75)
            picture.path(marks, 'stroke="black" stroke-width="0.6"')
        else:
            _spells(picture, box, table, row)
    _rows(picture, box, list(kinds))


def _rows(picture: Picture, box: Box, words: list[str]) -> None:
    """Name the rows of a panel, from below, and rule them off."""
    for row in range(1, len(words)):
        down = box.at_y(row)
        picture.line((box.left, down), (box.right, down), f'stroke="{PALE}" stroke-width="0.5"')
    y_ticks(picture, box, [(row + 0.45, word) for row, word in enumerate(words)], marks=False)


def _spells(picture: Picture, box: Box, table: Events, row: int) -> None:
    """Draw respiratory events over their length: apnoeas tall, the others half as high."""
    apnoea = table.is_kind("apnea")
    for chosen, height, colour in ((apnoea, 0.75, "#00664f"), (~apnoea, 0.4, "#3d9980")):
        style = f'stroke="{colour}" stroke-width="0.5"'
        picture.path(blocks(box, table.where(chosen).spans, row + 0.1, height), style, fill=colour)
