"""The mean heart rate around the onsets of periodic leg movements, as one small figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from psgscore.model.heart import HeartResponse
from psgscore.model.score import Score
from psgscore.report.parts import FigureText
from psgscore.report.svg import DARK, PALE, draw_svg
from psgscore.report.texts import counted, number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDTH_IN, _HEIGHT_IN = 6.2, 2.5
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

    def paint(figure: Figure) -> None:
        ax = figure.subplots()
        figure.subplots_adjust(left=0.1, right=0.98, bottom=0.19, top=0.89)
        low, high = heart.mean_bpm - heart.sem_bpm, heart.mean_bpm + heart.sem_bpm
        ax.fill_between(heart.times_s, low, high, color=PALE, linewidth=0, label="standard error")
        ax.plot(heart.times_s, heart.mean_bpm, color=DARK, linewidth=1.4, label="mean")
        ax.axvline(0, color="black", linewidth=0.8, linestyle=(0, (4, 3)))
        lowest, highest = float(np.nanmin(low)), float(np.nanmax(high))
        room = max(_MIN_RANGE_BPM - (highest - lowest), 0.08 * (highest - lowest)) / 2
        ax.set_ylim(lowest - room, highest + room)
        half = float(np.diff(heart.times_s).min()) / 2 if heart.times_s.size > 1 else 0.5
        ax.set_xlim(float(heart.times_s[0]) - half, float(heart.times_s[-1]) + half)
        ax.set(xlabel="seconds from the onset of the movement", ylabel="beats per minute")
        ax.set_title(f"Heart rate around {counted(heart.n, 'periodic movement')}")
        ax.legend(loc="upper left", fontsize=8)

    return draw_svg("heart", _WIDTH_IN, _HEIGHT_IN, paint)


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
    )
