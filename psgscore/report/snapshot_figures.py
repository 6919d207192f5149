"""One small figure per movement: ten seconds of what its detector looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from psgscore.model.snapshot import PERIODIC, Snapshot, SnapshotChannel
from psgscore.report.colours import DARK, PALE
from psgscore.report.marks import Box, Picture, columns
from psgscore.report.parts import FigureText
from psgscore.report.texts import clock, long_minutes, number
from psgscore.score.examples import EXAMPLE_KINDS

TITLES = {"jerk": "hypnic jerk", **EXAMPLE_KINDS, PERIODIC: "periodic leg movement"}
"""What an example of each group is called, in the order of the report."""
_WIDTH, _FONT, _SMALL = 200.0, 8.0, 7.0
_LEFT, _PANEL = 3.0, 184.0
_HEAD, _LABEL, _LANE, _AXIS = 22.0, 9.0, 21.0, 15.0
"""Heights: both lines of the title, the name of a channel, its signal, the seconds."""
_LEAST_UV = 10.0
"""Above and below the middle: a quiet channel is not blown up to look like a movement."""
_LABELLED_S = 2
_LONG_S = 100.0
"""A movement this long is given in minutes."""
_EDGE = 'stroke="black" stroke-width="0.7"'
_TICK = 'stroke="#333333" stroke-width="0.6"'
_MIDDLE, _END = 'text-anchor="middle"', 'text-anchor="end"'


def snapshot_figure(snapshot: Snapshot, *, start: str = "") -> str:
    """Draw a movement: each channel in a lane of its own, the movement shaded.

    Parameters
    ----------
    snapshot : Snapshot
        Of `psgscore.snapshot_source`.
    start : str
        Clock time of second 0, "" when unknown.

    Returns
    -------
    str
        One ``<svg>`` element; the same snapshot gives the same bytes.
    """
    lane = _LABEL + _LANE
    bottom = _HEAD + lane * len(snapshot.channels)
    picture = Picture(_WIDTH, bottom + _AXIS, _FONT)
    head, rest = _title(snapshot, start)
    picture.text((_LEFT, 8), head, 'font-weight="bold"')
    picture.text((_LEFT, 18), rest)
    whole = Box(_LEFT, _HEAD, _PANEL, bottom - _HEAD, (snapshot.from_s, snapshot.to_s))
    _draw_movement(picture, whole, snapshot)
    for place, channel in enumerate(snapshot.channels):
        top = _HEAD + lane * place + _LABEL
        half = _half_range([one for one in snapshot.channels if one.band_hz == channel.band_hz])
        _draw_channel(picture, Box(_LEFT, top, _PANEL, _LANE, whole.x, (-half, half)), channel)
    _draw_seconds(picture, whole, snapshot)
    return picture.svg()


def snapshot_figure_text(snapshot: Snapshot, place: int, *, start: str = "") -> FigureText:
    """Return the words of the figure of a snapshot.

    Parameters
    ----------
    snapshot : Snapshot
        What is drawn.
    place : int
        Among those of the score: it names the figure.
    start : str
        Clock time of second 0, "" when unknown.
    """
    largest = ", ".join(f"{one.label} {_largest(one)}" for one in snapshot.channels)
    head, rest = _title(snapshot, start)
    return FigureText(
        key=snapshot_key(place),
        alt=f"{head}: {rest}. Largest value in the ten seconds shown: {largest}.",
        caption="",
        width="third",
        time_s=snapshot.onset_s,
    )


def snapshot_key(place: int) -> str:
    """Return the name of the figure of a snapshot, by its place among those of the score."""
    return f"snapshot-{place}"


def _title(snapshot: Snapshot, start: str) -> tuple[str, str]:
    when = clock(start, snapshot.onset_s, seconds=True)
    duration_s = snapshot.stop_s - snapshot.onset_s
    duration = (
        f"{number(duration_s, 2)} s" if duration_s < _LONG_S else long_minutes(duration_s / 60)
    )
    words = [one for one in (snapshot.label, duration) if one]
    return f"{when} {TITLES.get(snapshot.group, snapshot.group)}", ", ".join(words)


def _largest(channel: SnapshotChannel) -> str:
    known = np.isfinite(channel.low)
    if not known.any():
        return "not readable"
    value = max(-float(channel.low[known].min()), float(channel.high[known].max()))
    return f"{number(value, 0)} {channel.unit}"


def _half_range(channels: Sequence[SnapshotChannel]) -> float:
    """Return what the lanes of some channels show above and below the middle.

    One scale for those of a kind, so that a leg at rest looks like one beside a leg that moves.
    """
    known = [(one, np.isfinite(one.low)) for one in channels]
    lows = [-float(one.low[where].min(initial=0.0)) for one, where in known]
    highs = [float(one.high[where].max(initial=0.0)) for one, where in known]
    return max(_LEAST_UV, *lows, *highs)


def _draw_movement(picture: Picture, box: Box, snapshot: Snapshot) -> None:
    """Shade the movement under the signal; an edge outside the window is not drawn."""
    edges = (snapshot.onset_s, snapshot.stop_s)
    left, right = (box.at_x(box.inside(edge)) for edge in edges)
    picture.rect((left, box.top), (right - left, box.height), f'fill="{PALE}"')
    for edge, dashes in zip(edges, ("", ' stroke-dasharray="2 1.5"'), strict=True):
        if box.x[0] <= edge <= box.x[1]:
            across = box.at_x(edge)
            picture.line((across, box.top), (across, box.bottom), _EDGE + dashes)


def _draw_channel(picture: Picture, box: Box, channel: SnapshotChannel) -> None:
    size = channel.low.size
    x = box.left + (np.arange(size, dtype=np.float64) + 0.5) * (box.width / size)
    scale, middle = box.height / (box.y[1] - box.y[0]), box.at_y(0.0)
    points = columns(x, middle - scale * channel.high, middle - scale * channel.low)
    picture.path(points, f'stroke="{DARK}" stroke-width="0.7"')
    picture.text((box.left, box.top - 2), channel.label, f'font-size="{_SMALL:g}"')
    bar = _round_below(box.y[1])
    across, half = box.right + 5, scale * bar / 2
    picture.line((across, middle - half), (across, middle + half), 'stroke="black"')
    words = f"{bar:g} {channel.unit}"
    picture.text((_WIDTH - 3, box.top - 2), words, f'{_END} font-size="{_SMALL:g}"')


def _round_below(value: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is no larger."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= value)


def _draw_seconds(picture: Picture, box: Box, snapshot: Snapshot) -> None:
    """Mark every second from the onset."""
    picture.line((box.left, box.bottom), (box.right, box.bottom), _TICK)
    first = math.ceil(box.x[0] - snapshot.onset_s)
    last = math.floor(box.x[1] - snapshot.onset_s)
    for second in range(first, last + 1):
        across = box.at_x(snapshot.onset_s + second)
        labelled = second % _LABELLED_S == 0
        picture.line((across, box.bottom), (across, box.bottom + (3.5 if labelled else 2)), _TICK)
        if labelled:
            words = f"{second} s" if second == 0 else f"{second}"
            style = f'{_MIDDLE} font-size="{_SMALL:g}"'
            picture.text((across, box.bottom + 11), words, style)
