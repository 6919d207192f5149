"""The mean heart rate around the onsets of periodic leg movements, as one small figure."""

from __future__ import annotations

import numpy as np

from psgscore.intervals import runs
from psgscore.model.heart import HeartResponse
from psgscore.model.score import Score
from psgscore.report.axes import (
    DASHED,
    MIDDLE,
    frame,
    numbered,
    round_values,
    x_ticks,
    y_name,
    y_ticks,
)
from psgscore.report.colours import DARK, PALE
from psgscore.report.marks import Box, Picture, curve
from psgscore.report.parts import FigureText
from psgscore.report.texts import counted, number

_WIDTH, _HEIGHT, _FONT = 360.0, 180.0, 9.0
_CORNER, _SIZE = (40.0, 18.0), (312.0, 128.0)
_MEAN = f'stroke="{DARK}" stroke-width="1.4" stroke-linejoin="round"'
_MIN_RANGE_BPM = 6.0
"""A flat course is not blown up to look like a response."""


def heart_response(score: Score) -> HeartResponse | None:
    """Return the course to draw, None where it was not scored."""
    heart = None if score.movements is None else score.movements.heart
    return None if heart is None or heart.not_scored is not None else heart


def heart_svg(score: Score) -> str:
    """Draw the course; the same score gives the same bytes.

    Parameters
    ----------
    score : Score
        With a heart-rate response that was scored.

    Returns
    -------
    str
        One ``<svg>`` element.
    """
    heart = heart_response(score)
    if heart is None:
        raise ValueError("this score has no heart-rate response to draw")
    picture = Picture(_WIDTH, _HEIGHT, _FONT)
    box = _box(heart)
    x = box.places_x(heart.times_s)
    low, high = (box.places_y(heart.mean_bpm + sign * heart.sem_bpm) for sign in (-1, 1))
    for first, last in runs(np.isfinite(low)).tolist():
        part = slice(first, last)
        around = (np.append(one[part], other[part][::-1]) for one, other in ((x, x), (low, high)))
        picture.path(curve(*around), "", fill=PALE)
    picture.line((box.at_x(0.0), box.top), (box.at_x(0.0), box.bottom), DASHED)
    picture.path(curve(x, box.places_y(heart.mean_bpm)), _MEAN)
    x_ticks(picture, box, numbered(round_values(*box.x, 8)))
    y_ticks(picture, box, numbered(round_values(*box.y, 6)))
    frame(picture, box, f"Heart rate around {counted(heart.n, 'periodic movement')}")
    y_name(picture, box, "beats per minute", 11.0)
    below = (box.left + box.width / 2, box.bottom + 27)
    picture.text(below, "seconds from the onset of the movement", MIDDLE)
    _draw_legend(picture, box)
    return picture.svg()


def _box(heart: HeartResponse) -> Box:
    """Return the panel: room above and below, so that a flat course stays flat."""
    lowest = float(np.nanmin(heart.mean_bpm - heart.sem_bpm))
    highest = float(np.nanmax(heart.mean_bpm + heart.sem_bpm))
    room = max(_MIN_RANGE_BPM - (highest - lowest), 0.08 * (highest - lowest)) / 2
    half = float(np.diff(heart.times_s).min()) / 2 if heart.times_s.size > 1 else 0.5
    span = (float(heart.times_s[0]) - half, float(heart.times_s[-1]) + half)
    return Box(*_CORNER, *_SIZE, span, (lowest - room, highest + room))


def _draw_legend(picture: Picture, box: Box) -> None:
    left, top = box.left + 8, box.top + 8
    picture.rect((left, top - 3), (18, 7), f'fill="{PALE}"')
    picture.text((left + 22, top + 3), "standard error", 'font-size="8"')
    picture.line((left, top + 12), (left + 18, top + 12), _MEAN)
    picture.text((left + 22, top + 15), "mean", 'font-size="8"')


def heart_figure(score: Score) -> FigureText | None:
    """Return the words of the figure, None where there is nothing to draw."""
    heart = heart_response(score)
    if heart is None:
        return None
    before = heart.times_s < 0
    where = "sleep" if score.hypnogram is not None else "the recording"
    left_out = [f"{count} because {reason}" for reason, count in heart.left_out.items() if count]
    caption = (
        f"Mean heart rate around the onsets of {counted(heart.n, 'periodic leg movement')} of "
        f"{where}; grey: one standard error to either side; dashed: onset."
    )
    if left_out:
        caption += f" Left out: {', '.join(left_out)}."
    return FigureText(
        key="heart",
        alt=(
            f"Mean heart rate from {-heart.times_s[0]:.0f} s before to {heart.times_s[-1]:.0f} s "
            f"after the onset: {number(float(np.nanmean(heart.mean_bpm[before])))} beats per "
            f"minute before it, the highest mean rise {number(heart.peak_rise_bpm)} beats per "
            f"minute over the baseline, {number(heart.peak_latency_s)} s after it."
        ),
        caption=caption,
        width="half",
    )
