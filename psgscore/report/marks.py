"""Small pictures written as SVG by hand: many of them cost little, and are the same each time."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
from numpy.typing import NDArray

from psgscore.intervals import runs
from psgscore.model._arrays import Floats

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_DEPTH = 4
PALETTE_SIZE = 1 << _PNG_DEPTH
"""Colours an image may have."""


def xml_text(text: str) -> str:
    """Return a text with every character replaced that no XML file may hold."""
    return _NO_XML.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class Box:
    """A panel: where it stands in the picture, and the values at its edges.

    Parameters
    ----------
    left, top, width, height : float
        In units of the picture.
    x, y : (float, float)
        Values at the left and right, and at the bottom and top edge.
    """

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float] = (0.0, 1.0)

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.top + self.height

    def at_x(self, value: float) -> float:
        """Return where a value stands, from left to right."""
        return float(self.left + self.width * (value - self.x[0]) / (self.x[1] - self.x[0]))

    def at_y(self, value: float) -> float:
        """Return where a value stands, from top to bottom."""
        return float(self.bottom - self.height * (value - self.y[0]) / (self.y[1] - self.y[0]))

    def inside(self, value: float) -> float:
        """Return `value` moved to the nearest that the panel has."""
        return min(max(value, self.x[0]), self.x[1])

    def places_x(self, values: Floats) -> Floats:
        """Return where values stand, from left to right; those outside at the edges."""
        inside = np.clip(values, *self.x)
        return self.left + (inside - self.x[0]) / (self.x[1] - self.x[0]) * self.width

    def places_y(self, values: Floats) -> Floats:
        """Return where values stand, from top to bottom; NaN stays."""
        return self.bottom - (values - self.y[0]) / (self.y[1] - self.y[0]) * self.height


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture being drawn: what is put in last lies on top.

    Parameters
    ----------
    width, height : float
        In units of its own.
    font_size : float
        Of texts that say nothing else.
    """

    width: float
    height: float
    font_size: float
    parts: list[str] = field(default_factory=list)

    def svg(self) -> str:
        """Return one ``<svg>`` element, without ids."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {place(self.width)} '
            f'{place(self.height)}" font-family="DejaVu Sans" '
            f'font-size="{place(self.font_size)}">'
        )
        return "\n".join([head, *self.parts, "</svg>"])

    def line(self, start: tuple[float, float], stop: tuple[float, float], style: str) -> None:
        """Draw a line; `style` holds its attributes."""
        (x1, y1), (x2, y2) = start, stop
        places = f'x1="{place(x1)}" y1="{place(y1)}" x2="{place(x2)}" y2="{place(y2)}"'
        self.parts.append(f"<line {places} {style}/>")

    def rect(self, corner: tuple[float, float], size: tuple[float, float], style: str) -> None:
        """Draw a rectangle by its upper left corner, its width and height."""
        x, y = corner
        width, height = (max(one, 0.0) for one in size)
        places = f'x="{place(x)}" y="{place(y)}" width="{place(width)}" height="{place(height)}"'
        self.parts.append(f"<rect {places} {style}/>")

    def path(self, points: str, style: str, *, fill: str = "none") -> None:
        """Draw a path; nothing where it has no point."""
        if points:
            self.parts.append(f'<path d="{points}" fill="{fill}" {style}/>')

    def text(self, corner: tuple[float, float], words: str, style: str = "") -> None:
        """Write a text, escaped, at the left end of its base line unless `style` says else."""
        x, y = corner
        safe = escape(xml_text(words), quote=False)
        self.parts.append(f'<text x="{place(x)}" y="{place(y)}" {style}>{safe}</text>')

    def image(self, box: Box, png: bytes) -> None:
        """Fill a panel with an image; its pixels stay sharp."""
        data = base64.b64encode(png).decode("ascii")
        # Browsers know the one word for sharp pixels, print the other.
        self.parts.append(
            f'<image x="{place(box.left)}" y="{place(box.top)}" width="{place(box.width)}" '
            f'height="{place(box.height)}" preserveAspectRatio="none" '
            'image-rendering="optimizeSpeed" style="image-rendering:pixelated" '
            f'href="data:image/png;base64,{data}"/>'
        )


def place(value: float) -> str:
    """Return a place in the picture with at most two decimals."""
    return f"{round(value, 2) + 0.0:g}"


def curve(x: Floats, y: Floats) -> str:
    """Return the path through points, broken where one of them is not known.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Places in the picture; NaN breaks the line.

    Returns
    -------
    str
        With one decimal; a point between two breaks is no line.
    """
    known = np.isfinite(x) & np.isfinite(y)
    places = np.round(np.column_stack([x, y]), 1) + 0.0
    parts, drawing = [], False
    for one, (across, down) in zip(known.tolist(), places.tolist(), strict=True):
        if one:
            parts.append(f"{'L' if drawing else 'M'}{across:g} {down:g}")
        drawing = one
    return "".join(parts)


def columns(x: Floats, top: Floats, bottom: Floats) -> str:
    """Return the path along columns from top to bottom, broken where one is not known.

    Parameters
    ----------
    x, top, bottom : ndarray, shape (n,)
        Places in the picture, taken to one decimal; NaN breaks the path.

    Returns
    -------
    str
        In steps from each point to the next, counted in tenths, so that nothing adds up.
    """
    known = np.isfinite(top) & np.isfinite(bottom)
    places = np.round(10 * np.column_stack([x, top, bottom]))
    tenths = np.where(known[:, None], places, 0).astype(np.int64).tolist()
    parts: list[str] = []
    across = level = -1
    for one, (here, high, low) in zip(known.tolist(), tenths, strict=True):
        if one:
            if across < 0:
                parts.append(f"M{here / 10:g} {high / 10:g}v{_step(low - high)}")
            else:
                down = _step(high - level)
                gap = "" if down[0] == "-" else " "
                parts.append(f"l{_step(here - across)}{gap}{down}v{_step(low - high)}")
        across, level = (here, low) if one else (-1, -1)
    return "".join(parts)


def steps(edges: Floats, tops: Floats, foot: float | None = None) -> str:
    """Return the path over bins, level within each, broken where one is not known.

    Parameters
    ----------
    edges : ndarray, shape (n + 1,)
        Where the bins begin and end in the picture, taken to one decimal.
    tops : ndarray, shape (n,)
        Where their tops are, likewise; NaN breaks the path.
    foot : float, optional
        Begin and end there, so that the path can be filled.

    Returns
    -------
    str
        In steps counted in tenths, so that nothing adds up.
    """
    known = np.isfinite(tops)
    across = np.round(10 * edges).astype(np.int64).tolist()
    level = np.round(10 * np.where(known, tops, 0)).astype(np.int64).tolist()
    ground = None if foot is None else round(10 * foot)
    parts: list[str] = []
    for first, last in runs(known).tolist():
        height = level[first] if ground is None else ground
        parts.append(f"M{across[first] / 10:g} {height / 10:g}")
        begin = across[first]
        for one in range(first, last):
            if level[one] != height:
                parts.append(_across(across[one] - begin) + f"v{_step(level[one] - height)}")
                begin, height = across[one], level[one]
        parts.append(_across(across[last] - begin))
        parts.append("" if ground is None else f"V{ground / 10:g}z")
    return "".join(parts)


def _across(tenths: int) -> str:
    return f"h{_step(tenths)}" if tenths else ""


def _step(tenths: int) -> str:
    """Return a step as short as SVG allows: ``".7"``, ``"-12"``."""
    return f"{tenths / 10:g}".replace("0.", ".", 1) if -10 < tenths < 10 else f"{tenths / 10:g}"


def png(indices: NDArray[np.uint8], palette: Sequence[str]) -> bytes:
    """Return an image as a PNG file of at most 16 colours.

    Parameters
    ----------
    indices : ndarray of uint8, shape (rows, columns)
        Which colour each pixel has, the upper row first.
    palette : sequence of str
        ``"#rrggbb"``, at most `PALETTE_SIZE`.

    Raises
    ------
    ValueError
        The image is empty, or a pixel has a colour the palette lacks.
    """
    if not indices.size or len(palette) > PALETTE_SIZE or indices.max() >= len(palette):
        raise ValueError(f"no image of {indices.shape} pixels in {len(palette)} colours")
    rows, width = indices.shape
    even = np.pad(indices.astype(np.uint8), ((0, 0), (0, width % 2)))
    packed = (even[:, ::2] << _PNG_DEPTH) | even[:, 1::2]
    lines = np.pad(packed, ((0, 0), (1, 0)))  # filter 0 before each row
    header = struct.pack(">2I5B", width, rows, _PNG_DEPTH, 3, 0, 0, 0)
    colours = bytes.fromhex("".join(one.removeprefix("#") for one in palette))
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(lines.tobytes(), 9)))
    return _PNG + b"".join(_chunk(*one) for one in (*chunks, (b"IEND", b"")))


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)
