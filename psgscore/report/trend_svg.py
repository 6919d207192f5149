"""A drawing of lines, dots and texts as one SVG element; every text is escaped."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from html import escape

FONT_PX = 11.0
_WIDE = frozenset("WF")
_XML_FORBIDDEN = {code: None for code in range(32) if code not in (9, 10, 13)}
_CUT = "\u2026"


class Drawing:
    """An SVG element in the making; lengths are its own pixels, y grows downwards."""

    def __init__(self, width: float, height: float) -> None:
        self._width, self._height = width, height
        self._parts: list[str] = []

    def line(self, points: Sequence[tuple[float, float]], style: str) -> None:
        """Add a line through points."""
        path = " ".join(f"{_px(x)},{_px(y)}" for x, y in points)
        self._parts.append(f'<polyline points="{path}" fill="none" {style}/>')

    def dot(self, x: float, y: float, style: str, *, radius: float = 3.6) -> None:
        """Add a dot."""
        self._parts.append(f'<circle cx="{_px(x)}" cy="{_px(y)}" r="{_px(radius)}" {style}/>')

    def box(self, x: float, y: float, width: float, height: float, style: str) -> None:
        """Add a rectangle."""
        size = f'width="{_px(width)}" height="{_px(height)}"'
        self._parts.append(f'<rect x="{_px(x)}" y="{_px(y)}" {size} {style}/>')

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "middle", up: bool = False
    ) -> None:
        """Add a text at its baseline; `up` reads from below."""
        turned = f' transform="rotate(-90 {_px(x)} {_px(y)})"' if up else ""
        place = f'x="{_px(x)}" y="{_px(y)}" text-anchor="{anchor}"{turned}'
        said = escape(words.translate(_XML_FORBIDDEN))
        self._parts.append(f"<text {place}>{said}</text>")

    def svg(self) -> str:
        """Return the element."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_px(self._width)} '
            f'{_px(self._height)}" font-family="DejaVu Sans, Verdana, Arial, sans-serif" '
            f'font-size="{_px(FONT_PX)}" fill="#1a1a1a">'
        )
        return "\n".join([head, *self._parts, "</svg>"])


def _px(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


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
