"""The histograms of the intervals between leg movements, as one SVG element."""

from __future__ import annotations

from itertools import chain

import numpy as np

from psgscore.model.score import Histogram, LegScore, Score
from psgscore.report.axes import (
    DASHED,
    MIDDLE,
    Tick,
    frame,
    numbered,
    round_values,
    stairs,
    x_ticks,
    y_name,
    y_ticks,
)
from psgscore.report.colours import DARK, LIGHT, STRONG
from psgscore.report.figure_texts import interval_scope
from psgscore.report.marks import Box, Picture
from psgscore.score.rates import WITHOUT_RESPIRATORY

_WIDTH, _HEIGHT, _FONT, _SMALL = 720.0, 216.0, 9.0, 8.0
_TOP, _PANEL_HEIGHT = 30.0, 150.0
_LEFTS, _PANEL_WIDTH = (46.0, 399.0), 310.0
_LINEAR_S, _LOG_S = (0.0, 94.0), (0.9, 450.0)
_LINEAR_TICKS_S = (0, 10, 20, 30, 40, 50, 60, 70, 80, 90)
_LOG_TICKS_S = (1, 2, 5, 10, 20, 50, 90, 200)
_HEADROOM = 1.38
"""Over the highest bar, for the limits and the geometric means."""
_DASHES = ("", "6 2", "2 2", "6 2 1.5 2")
_DOTS = "1 1.6"
_LEGEND = 186.0
"""Width of what says which line is which."""


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
    picture = Picture(_WIDTH, _HEIGHT, _FONT)
    linear = _box(0, score, "imi_linear", _LINEAR_S)
    log = _box(1, score, "imi_log", (float(np.log(_LOG_S[0])), float(np.log(_LOG_S[1]))))
    _draw_histogram(picture, linear, score, "imi_linear")
    _draw_histogram(picture, log, score, "imi_log")
    x_ticks(picture, linear, numbered(_LINEAR_TICKS_S))
    x_ticks(picture, log, [(float(np.log(tick)), str(tick)) for tick in _LOG_TICKS_S])
    frame(picture, linear, "2-s bins")
    frame(picture, log, "bins of 0.1 in ln s")
    y_name(picture, linear, "intervals", 13.0)
    for box, words in ((linear, "interval, s"), (log, "interval, s (logarithmic)")):
        picture.text((box.left + box.width / 2, box.bottom + 26), words, MIDDLE)
    _draw_legend(picture, linear, score)
    return picture.svg()


def _box(place: int, score: Score, name: str, span: tuple[float, float]) -> Box:
    shown = [one.counts for one in score.histograms if one.name == name]
    shown += [one.counts for _, one in _without(score, name)]
    top = max((int(counts.max(initial=0)) for counts in shown), default=0)
    values = (0.0, max(top, 1) * _HEADROOM)
    return Box(_LEFTS[place], _TOP, _PANEL_WIDTH, _PANEL_HEIGHT, span, values)


def _with(score: Score, name: str) -> list[tuple[LegScore, Histogram]]:
    """Return the histogram of each rule set."""
    shapes = {shape.rules: shape for shape in score.histograms if shape.name == name}
    rules = ((leg, shapes.get(leg.criteria.name)) for leg in score.legs)
    return [(leg, shape) for leg, shape in rules if shape is not None]


def _without(score: Score, name: str) -> list[tuple[LegScore, Histogram]]:
    """Return the histogram without respiratory-related movements, of one rule set at most."""
    return _with(score, name + WITHOUT_RESPIRATORY)[:1]


def _styles(score: Score, name: str) -> list[tuple[str, str, str]]:
    """Return words, fill and line of each histogram that is drawn under a name."""
    looks = []
    drawn = [leg for leg, _ in _with(score, name)]
    for place, leg in enumerate(score.legs):
        if leg not in drawn:
            continue
        dashes = _DASHES[(place - 1) % len(_DASHES)]
        line = f'stroke="{STRONG}" stroke-width="1.1"'
        line += f' stroke-dasharray="{dashes}"' if dashes else ""
        first = (LIGHT, f'stroke="{DARK}" stroke-width="0.5"')
        words = f"{leg.criteria.title}{_mean_words(score, leg)}"
        looks.append((words, *(("none", line) if place else first)))
    for leg, _ in _without(score, name):
        words = f"{leg.criteria.title}, respiratory left out"
        dotted = f'stroke="black" stroke-width="1.6" stroke-dasharray="{_DOTS}"'
        looks.append((words, "none", dotted))
    return looks


def _draw_histogram(picture: Picture, box: Box, score: Score, name: str) -> None:
    shapes = [*_with(score, name), *_without(score, name)]
    for (_, shape), (_, fill, line) in zip(shapes, _styles(score, name), strict=True):
        picture.path(stairs(box, shape.edges, shape.counts), line, fill=fill)
    if not any(shape.counts.any() for _, shape in shapes):
        middle = (box.left + box.width / 2, box.top + box.height / 2)
        picture.text(middle, "no intervals", MIDDLE)
    y_ticks(picture, box, _counts(box))
    _draw_limits(picture, box, score, logarithmic=name == "imi_log")
    for place, leg in enumerate(score.legs):
        _draw_mean(picture, box, score, leg, place)


def _counts(box: Box) -> list[Tick]:
    return numbered(round_values(0.0, box.y[1], 5, whole=True))


def _draw_limits(picture: Picture, box: Box, score: Score, *, logarithmic: bool) -> None:
    """Mark the shortest and the longest interval a series may have."""
    rules = [leg.criteria for leg in score.legs]
    pairs = ((one.min_interval_s, one.max_interval_s) for one in rules)
    limits = sorted(set(chain.from_iterable(pairs)))
    for place, limit in enumerate(limits):
        # Labels of neighbouring limits would run into each other on the same side.
        inner = 0 < place < len(limits) - 1
        across = box.at_x(float(np.log(limit)) if logarithmic else limit)
        picture.line((across, box.top), (across, box.bottom), DASHED)
        anchor = "start" if inner else "end"
        corner = (across + (3 if inner else -3), box.top + _SMALL)
        picture.text(corner, f"{limit:g} s", f'text-anchor="{anchor}" font-size="{_SMALL:g}"')


def _mean_s(score: Score, leg: LegScore) -> float | None:
    found = score.statistic("imi_geometric_mean_s", leg.criteria.name, interval_scope(score))
    return None if found is None else found.value


def _mean_words(score: Score, leg: LegScore) -> str:
    mean_s = _mean_s(score, leg)
    return "" if mean_s is None else f", geometric mean {mean_s:.1f} s"


def _draw_mean(picture: Picture, box: Box, score: Score, leg: LegScore, place: int) -> None:
    """Mark the geometric mean by a triangle."""
    mean_s = _mean_s(score, leg)
    if not mean_s:
        return
    across = box.at_x(mean_s if box.x == _LINEAR_S else float(np.log(mean_s)))
    down = box.top + box.height * (0.13 + 0.08 * place)
    colour, fill = (DARK, DARK) if place == 0 else (STRONG, "white")
    triangle = f"M{across - 3:.1f} {down - 3:.1f}h6l-3 6z"
    picture.path(triangle, f'stroke="{colour}" stroke-width="0.9"', fill=fill)


def _draw_legend(picture: Picture, box: Box, score: Score) -> None:
    """Name what is drawn, over the long intervals, which are few."""
    styles = _styles(score, "imi_linear")
    left, top = box.right - _LEGEND, box.top + 20
    room = (_LEGEND, 12.0 * len(styles))
    picture.rect((left, top - 6), room, 'fill="white" fill-opacity="0.8"')
    for row, (words, fill, line) in enumerate(styles):
        middle = top + 12 * row
        if fill == "none":
            picture.line((left + 2, middle), (left + 20, middle), line)
        else:
            picture.rect((left + 2, middle - 3.5), (18, 7), f'fill="{fill}" {line}')
        picture.text((left + 24, middle + 3), words, f'font-size="{_SMALL:g}"')
