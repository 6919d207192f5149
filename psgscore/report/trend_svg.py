"""A drawing of lines, dots and texts: a picture, and texts that are cut to their room."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from psgscore.report.marks import Picture, place

FONT_PX = 11.0
_WIDE = frozenset("WF")
_CUT = "\u2026"


class Drawing:
    """A picture in the making; lengths are its own pixels, y grows downwards."""

    def __init__(self, width: float, height: float) -> None:
        self._picture = Picture(width, height, FONT_PX)

    def line(self, points: Sequence[tuple[float, float]], style: str) -> None:
        """Add a line through points."""
        places = "L".join(f"{place(x)} {place(y)}" for x, y in points)
        self._picture.path(f"M{places}", style)

    def dot(self, x: float, y: float, style: str, *, radius: float = 3.6) -> None:
        """Add a dot."""
        self._picture.parts.append(
            f'<circle cx="{place(x)}" cy="{place(y)}" r="{place(radius)}" {style}/>'
        )

    def box(self, x: float, y: float, width: float, height: float, style: str) -> None:
        """Add a rectangle."""
        self._picture.rect((x, y), (width, height), style)

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "middle", up: bool = False
    ) -> None:
        """Add a text at its baseline; `up` reads from below."""
        turned = f' transform="rotate(-90 {place(x)} {place(y)})"' if up else ""
        self._picture.text((x, y), words, f'text-anchor="{anchor}"{turned}')

    def svg(self) -> str:
        """Return the element."""
        return self._picture.svg()


def width_px(words: str) -> float:
    """Return about how wide a text is, on the wide side."""
    return (
        sum(1.1 if unicodedata.east_asian_width(one) in _WIDE else 0.66 for one in words) * FONT_PX
    )


def cut(words: str, room_px: float) -> str:
    """Return a text that fits, its middle left out where it has to be."""
    if width_px(words) <= room_px:
        return words
    keep = len(words) - 1
    while keep > 1:
        head = keep // 2
        short = f"{words[:head]}{_CUT}{words[len(words) - (keep - head) :]}"
        if width_px(short) <= room_px:
            return short
        keep -= 1
    return _CUT


def ticks(low: float, high: float) -> list[float]:
    """Return three to seven round numbers from at or under `low` to at or over `high`."""
    span = high - low
    if span <= 0:
        span = abs(low) or 1.0
        low, high = low - span / 2, high + span / 2
    rough = span / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(one * size for one in (1, 2, 2.5, 5, 10) if one * size >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [k * step for k in range(first, last + 1)]


def tick_text(value: float) -> str:
    """Return a round number without needless zeros."""
    return f"{round(value, 9) + 0.0:.10g}"
