"""The figures of the trend page: a measure night by night, and movements beside a note."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from psgscore.report.colours import DARK, GREY, PALE, STRONG
from psgscore.report.trend_notes import Followed, pairs
from psgscore.report.trend_svg import FONT_PX, Drawing, cut, tick_text, ticks, width_px
from psgscore.report.trend_view import MOST_NOTED, Trend
from psgscore.score.trend import spread
from psgscore.score.trend_measures import TrendMeasure
from psgscore.score.trend_nights import NoteColumn

WIDTH = 900.0
_LEFT, _RIGHT, _TOP = 128.0, 16.0, 14.0
_PLOT = 128.0
_LINE = 15.0
_MOST_UPRIGHT_PX = 96.0
_AXIS = f'stroke="{GREY}" stroke-width="1"'
_GRID = f'stroke="{PALE}" stroke-width="1"'
_COURSE = f'stroke="{DARK}" stroke-width="1.6" stroke-linejoin="round"'
_DOT = f'fill="{DARK}"'
_RING = f'fill="#fff" stroke="{DARK}" stroke-width="1.6"'
_MEAN = f'stroke="{STRONG}" stroke-width="1.3" stroke-dasharray="5 4"'
_GAP = 'fill="#efefef"'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """From the values of a measure to the height in a drawing."""

    marks: list[float]
    top: float
    bottom: float

    @classmethod
    def over(cls, values: Sequence[float], top: float, bottom: float, *, zero: bool) -> _Scale:
        low, high = min(values), max(values)
        return cls(marks=ticks(min(low, 0.0) if zero else low, high), top=top, bottom=bottom)

    def y(self, value: float) -> float:
        first, last = self.marks[0], self.marks[-1]
        return self.bottom - (value - first) / (last - first) * (self.bottom - self.top)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strip:
    """One row of texts under the nights: its heading, its cells, and how they stand."""

    name: str
    cells: list[str]
    upright: bool
    height: float

    @classmethod
    def of(cls, name: str, texts: Sequence[str], slot_px: float) -> _Strip:
        widest = max(map(width_px, texts), default=0.0)
        if widest <= slot_px - 4:
            return cls(name=name, cells=list(texts), upright=False, height=_LINE)
        room = min(widest, _MOST_UPRIGHT_PX)
        cells = [cut(text, room) for text in texts]
        return cls(name=name, cells=cells, upright=True, height=room + 8)


def course_svg(trend: Trend, measure: TrendMeasure) -> str:
    """Draw a measure night by night, with what is noted under it.

    Parameters
    ----------
    trend : Trend
        Nights and notes.
    measure : TrendMeasure
        Known in at least one night.

    Returns
    -------
    str
        One ``<svg>`` element; the same nights give the same bytes.
    """
    values = trend.values(measure)
    slot = (WIDTH - _LEFT - _RIGHT) / len(values)
    strips = _strips(trend, slot)
    bottom = _TOP + _PLOT
    drawing = Drawing(WIDTH, bottom + 6 + sum(strip.height for strip in strips) + 4)
    known = [value for value in values if value is not None]
    scale = _Scale.over(known, _TOP, bottom, zero=measure.from_zero)
    _axis(drawing, scale, _LEFT, WIDTH - _RIGHT)
    at = [_LEFT + slot * (place + 0.5) for place in range(len(values))]
    mean = spread(values).mean
    if mean is not None:
        drawing.line([(_LEFT, scale.y(mean)), (WIDTH - _RIGHT, scale.y(mean))], _MEAN)
    for x, value in zip(at, values, strict=True):
        if value is None:
            drawing.box(x - slot * 0.4, _TOP, slot * 0.8, _PLOT, _GAP)
            if slot > FONT_PX:
                drawing.text(x + FONT_PX * 0.35, bottom - 6, "not scored", anchor="start", up=True)
    _through(drawing, scale, at, values)
    _notes(drawing, strips, at, bottom + 6)
    return drawing.svg()


def beside_svg(column: NoteColumn, movements: Followed) -> str:
    """Draw every movement beside a column of the notes, by group or along its numbers.

    Parameters
    ----------
    column : NoteColumn
        Of kind ``"number"`` or ``"groups"``.
    movements : sequence of (TrendMeasure, list of float or None)
        Movements along the nights; those without a night that has both are left out.
    """
    shown = [(one, pairs(column, values)) for one, values in movements]
    shown = [(one, known) for one, known in shown if known]
    across = min(3, len(shown))
    rows = math.ceil(len(shown) / across)
    wide, high = WIDTH / across, 190.0
    drawing = Drawing(WIDTH, rows * high)
    for place, (one, known) in enumerate(shown):
        left, top = wide * (place % across), high * (place // across)
        drawing.text(left + 6, top + 14, cut(one.name, wide - 12), anchor="start")
        scale = _Scale.over([value for _, value in known], top + 26, top + high - 44, zero=True)
        area = (left + 44, left + wide - 12)
        _axis(drawing, scale, *area)
        if column.kind == "groups":
            _groups(drawing, scale, area, column, known)
        else:
            _scatter(drawing, scale, area, column.name, known)
    return drawing.svg()


def _strips(trend: Trend, slot: float) -> list[_Strip]:
    every = math.ceil(len(trend.nights) / MOST_NOTED)
    labels = [night.label if place % every == 0 else "" for place, night in enumerate(trend.nights)]
    strips = [_Strip.of("", labels, slot * every)]
    if len(trend.nights) <= MOST_NOTED:
        for column in trend.columns:
            texts = [_noted(value) for value in column.values]
            strips.append(_Strip.of(column.name, texts, slot))
    return strips


def _noted(value: float | str | None) -> str:
    return value if isinstance(value, str) else "" if value is None else f"{value:g}"


def _axis(drawing: Drawing, scale: _Scale, left: float, right: float) -> None:
    for mark in scale.marks:
        y = scale.y(mark)
        drawing.line([(left, y), (right, y)], _GRID)
        drawing.text(left - 6, y + FONT_PX * 0.35, tick_text(mark), anchor="end")
    drawing.line([(left, scale.top), (left, scale.bottom), (right, scale.bottom)], _AXIS)


def _through(
    drawing: Drawing, scale: _Scale, at: Sequence[float], values: Sequence[float | None]
) -> None:
    """Draw the line, broken where a night has no number, and the dots on it."""
    run: list[tuple[float, float]] = []
    points = zip(at, values, strict=True)
    for x, value in (*points, (0.0, None)):
        if value is not None:
            run.append((x, scale.y(value)))
            continue
        if len(run) > 1:
            drawing.line(run, _COURSE)
        for dot in run:
            drawing.dot(*dot, _DOT)
        run = []


def _notes(drawing: Drawing, strips: Sequence[_Strip], at: Sequence[float], top: float) -> None:
    for strip in strips:
        if strip.name:
            drawing.line([(8, top), (WIDTH - _RIGHT, top)], _GRID)
            middle = top + min(strip.height, _LINE) - 4
            drawing.text(8, middle, cut(strip.name, _LEFT - 16), anchor="start")
        for x, cell in zip(at, strip.cells, strict=True):
            if strip.upright:
                drawing.text(x + FONT_PX * 0.35, top + 4, cell, anchor="end", up=True)
            else:
                drawing.text(x, top + _LINE - 4, cell)
        top += strip.height


def _groups(
    drawing: Drawing,
    scale: _Scale,
    area: tuple[float, float],
    column: NoteColumn,
    known: Sequence[tuple[float | str, float]],
) -> None:
    left, right = area
    half = (right - left) / 2
    for place, group in enumerate(column.groups):
        middle = left + half * (place + 0.5)
        mine = [value for noted, value in known if noted == group]
        for order, value in enumerate(mine):
            # Side by side in the order of the nights, so that equal values stay apart.
            x = middle + (order - (len(mine) - 1) / 2) * min(9.0, 0.7 * half / len(mine))
            drawing.dot(x, scale.y(value), _RING if place else _DOT)
        if mine:
            y = scale.y(sum(mine) / len(mine))
            drawing.line([(middle - half * 0.38, y), (middle + half * 0.38, y)], _MEAN)
        words = cut(group, half - 6)
        drawing.text(middle, scale.bottom + 16, words)
        drawing.text(middle, scale.bottom + 30, f"{len(mine)} night{'s' * (len(mine) != 1)}")


def _scatter(
    drawing: Drawing,
    scale: _Scale,
    area: tuple[float, float],
    name: str,
    known: Sequence[tuple[float | str, float]],
) -> None:
    left, right = area
    points = [(noted, value) for noted, value in known if isinstance(noted, float)]
    marks = ticks(min(x for x, _ in points), max(x for x, _ in points))
    first, last = marks[0], marks[-1]
    for mark in marks:
        x = left + 8 + (mark - first) / (last - first) * (right - left - 16)
        drawing.text(x, scale.bottom + 16, tick_text(mark))
    for noted, value in points:
        x = left + 8 + (noted - first) / (last - first) * (right - left - 16)
        drawing.dot(x, scale.y(value), _DOT)
    drawing.text((left + right) / 2, scale.bottom + 31, cut(name, right - left))
