"""What the figures of a night share: frames, ticks, hatching, marks along an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from psgscore.model._arrays import Floats, Ints, Spans
from psgscore.report.colours import PALE
from psgscore.report.marks import Box, Picture, place, steps

Tick = tuple[float, str]

MIDDLE, END = 'text-anchor="middle"', 'text-anchor="end"'
FRAME = 'stroke="#333333" stroke-width="0.7"'
DASHED = 'stroke="black" stroke-width="0.8" stroke-dasharray="3.2 2.4"'
_TITLE_UP = 4.5
_TICK = 3.0
_DOWN = 0.36
"""Of the size of the letters: from the middle of a line of text to its base line."""


def frame(picture: Picture, box: Box, words: str = "") -> None:
    """Draw the left and the lower edge of a panel, and its title."""
    picture.path(
        f"M{place(box.left)} {place(box.top)}V{place(box.bottom)}H{place(box.right)}", FRAME
    )
    if words:
        picture.text((box.left, box.top - _TITLE_UP), words)


def x_ticks(picture: Picture, box: Box, ticks: Iterable[Tick], *, grid: bool = False) -> None:
    """Draw ticks under a panel; a label "" is a tick without one."""
    for value, label in ticks:
        across = box.at_x(value)
        if grid:
            style = f'stroke="{PALE}" stroke-width="0.5"'
            picture.line((across, box.top), (across, box.bottom), style)
        picture.line((across, box.bottom), (across, box.bottom + _TICK), FRAME)
        if label:
            down = box.bottom + _TICK + picture.font_size
            picture.text((across, down), label, MIDDLE)


def y_ticks(picture: Picture, box: Box, ticks: Iterable[Tick], *, marks: bool = True) -> None:
    """Write the values at the left of a panel."""
    for value, label in ticks:
        down = box.at_y(value)
        if marks:
            picture.line((box.left - _TICK, down), (box.left, down), FRAME)
        base = down + _DOWN * picture.font_size
        picture.text((box.left - _TICK - 2, base), label, END)


def y_name(picture: Picture, box: Box, words: str, left: float) -> None:
    """Write upwards what the values of a panel are."""
    middle = box.top + box.height / 2
    turn = f'transform="rotate(-90 {place(left)} {place(middle)})"'
    picture.text((left, middle), words, f"{MIDDLE} {turn}")


def numbered(values: Sequence[float]) -> list[Tick]:
    """Return ticks that say their value."""
    return [(value, f"{value:g}") for value in values]


def round_values(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Return round values from `low` to `high`, `most` steps at most.

    Parameters
    ----------
    low, high : float
        Ends of an axis.
    most : int
        Steps at most.
    whole : bool
        Whole numbers only.
    """
    rough = max((high - low) / most, 1.0 if whole else 0.0)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(step * number, 10) + 0.0 for number in range(first, last + 1)]


def uprights(box: Box, times: Floats, base: float, height: float) -> str:
    """Return the path of one upright mark per time; those at one place are drawn once.

    Parameters
    ----------
    box : Box
        The panel.
    times : ndarray
        On its horizontal axis; what lies outside is left out.
    base, height : float
        On its vertical axis.
    """
    inside = times[(times >= box.x[0]) & (times <= box.x[1])]
    foot = place(box.at_y(base))
    up = place(box.at_y(base + height) - box.at_y(base))
    across = np.unique(np.round(box.places_x(inside), 1))
    return "".join(f"M{one:g} {foot}v{up}" for one in across.tolist())


def blocks(box: Box, spans: Spans, base: float, height: float) -> str:
    """Return the path of one rectangle per stretch of time, cut to the panel.

    Parameters
    ----------
    box : Box
        The panel.
    spans : ndarray, shape (n, 2)
        On its horizontal axis.
    base, height : float
        On its vertical axis.
    """
    foot, top = place(box.at_y(base)), place(box.at_y(base + height))
    parts = []
    for start, stop in spans.tolist():
        if stop >= box.x[0] and start <= box.x[1]:
            left, right = (place(box.at_x(box.inside(one))) for one in (start, stop))
            parts.append(f"M{left} {foot}V{top}H{right}V{foot}z")
    return "".join(parts)


def hatched(corner: tuple[float, float], size: tuple[float, float], words: str) -> str:
    """Return the path of slanted lines over a rectangle.

    Parameters
    ----------
    corner, size : (float, float)
        Upper left corner; width and height.
    words : str
        Slashes, backslashes or both: the slant; two of a kind for lines twice as close.
    """
    pitch = 7.0 / max(words.count("/"), words.count("\\"), 1)
    parts = []
    for sign in dict.fromkeys(words):
        parts += list(_slanted(corner, size, pitch, rising=sign == "/"))
    return "".join(parts)


def _slanted(
    corner: tuple[float, float], size: tuple[float, float], pitch: float, *, rising: bool
) -> Iterable[str]:
    """Yield lines at 45 degrees; lines of neighbouring rectangles meet."""
    (left, top), (width, height) = corner, size
    right, bottom = left + width, top + height
    first = left + top if rising else left - bottom
    start = math.ceil(first / pitch) * pitch
    for number in range(max(math.ceil((first + width + height - start) / pitch), 0)):
        level = start + number * pitch  # x + y, or x - y, all along the line
        if rising:
            one, other = max(left, level - bottom), min(right, level - top)
            ends = (one, level - one), (other, level - other)
        else:
            one, other = max(left, level + top), min(right, level + bottom)
            ends = (one, one - level), (other, other - level)
        yield "M{} {}L{} {}".format(*(place(value) for end in ends for value in end))


def stairs(box: Box, edges: Floats, counts: Ints) -> str:
    """Return the path over the bins of a histogram; empty bins at its ends are not drawn.

    Parameters
    ----------
    box : Box
        The panel.
    edges : ndarray, shape (n + 1,)
        Of the bins, on its horizontal axis.
    counts : ndarray, shape (n,)
        Heights.
    """
    kept = np.flatnonzero(counts)
    if not kept.size:
        return ""
    first, last = int(kept[0]), int(kept[-1]) + 1
    tops = box.places_y(counts[first:last].astype(np.float64))
    return steps(box.places_x(edges[first : last + 1]), tops, box.bottom)
