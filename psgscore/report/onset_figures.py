"""One figure per transition from wake to sleep: what the EEG shows, and the interval."""

from __future__ import annotations

import textwrap

import numpy as np

from psgscore.model.hypnogram import Stage
from psgscore.model.staging import OnsetTrace
from psgscore.report.colours import DARK, GREY, PALE, STRONG
from psgscore.report.marks import Box, Picture, curve, png
from psgscore.report.parts import FigureText
from psgscore.report.texts import clock, number

_WIDTH = 300.0
_FONT = 8.5
_LEFT, _PANEL = 31.0, 239.0
_LINE = 11.0
"""From one line of the title to the next."""
_LETTERS = 52
"""That a line of the title has room for."""
_STAGES, _POWER, _SHARES, _PAUSE = 20.0, 80.0, 50.0, 7.0
"""Heights of the panels, and between the lower two."""
_POWER_DB = (-10.0, 25.0)
"""The same for everyone, so that figures can be compared."""
_TICKS_DB = (-10, 0, 10, 20)
_TICKS_HZ = (1, 4, 8, 12, 16, 20)
_BAND_HZ = (0.25, 20.25)
_SHADES = (
    "#00224e", "#002f6d", "#213b6e", "#39486c", "#4c556c", "#5d616e", "#6c6e72", "#7d7c78",
    "#8e8978", "#9f9775", "#b1a570", "#c5b568", "#d9c55c", "#edd54a", "#fee838",
)  # fmt: skip
"""From dark to light, the same way for those who confuse colours (cividis)."""
_UNREADABLE = "#ffffff"
_ALPHA = f'stroke="{DARK}" stroke-width="1.1"'
_THETA = f'stroke="{STRONG}" stroke-width="1" stroke-dasharray="3 1.4"'
_FRAME = 'stroke="#333333" stroke-width="0.6"'
_MIDDLE, _END = 'text-anchor="middle"', 'text-anchor="end"'


def onset_figure(trace: OnsetTrace, *, start: str = "") -> str:
    """Draw the two minutes around one onset.

    Stage letters, spectrogram from 0.5 to 20 Hz, and the shares of alpha and theta, with
    the interval shaded and its median marked; epoch boundaries throughout.

    Parameters
    ----------
    trace : OnsetTrace
        Of `psgscore.staging.onset_trace.onset_trace`.
    start : str
        Clock time of second 0, "" when unknown.

    Returns
    -------
    str
        One ``<svg>`` element; the same trace gives the same bytes.
    """
    lines = _title(trace, start)
    top = _LINE * len(lines) + 3
    span = float(trace.times_s[0]), float(trace.times_s[-1])
    stages = Box(_LEFT, top, _PANEL, _STAGES, span)
    power = Box(_LEFT, stages.bottom + 1, _PANEL, _POWER, span, _BAND_HZ)
    shares = Box(_LEFT, power.bottom + _PAUSE, _PANEL, _SHARES, span, (0.0, 100.0))
    picture = Picture(_WIDTH, shares.bottom + 15 + 10 * (not start), _FONT)
    for row, words in enumerate(lines):
        weight = 'font-weight="bold"' if row == 0 else ""
        picture.text((_LEFT, _LINE * (row + 0.8)), words, weight)
    _draw_stages(picture, stages, trace)
    _draw_power(picture, power, trace)
    _draw_shares(picture, shares, trace)
    _draw_clock(picture, shares, trace, start)
    return picture.svg()


def onset_figure_text(trace: OnsetTrace, *, start: str = "") -> FigureText:
    """Return the words of an onset figure: what is drawn, and what it shows.

    Parameters are those of `onset_figure`.
    """
    onset = trace.onset
    stages = ", ".join(_letter(stage) for stage in trace.stages)
    marks = (
        "Shaded: one epoch either side; the signals do not tell more."
        if onset.kind == "epoch"
        else "Shaded: the interval from 5 % to 95 %; line: its median."
    )
    return FigureText(
        key=onset_key(trace),
        alt=f"{' '.join(_title(trace, start))}. Stages of the epochs shown: {stages or 'none'}.",
        caption=(
            f"{trace.label} in the two minutes around the transition: power density in decibels "
            "over 1 uV^2/Hz, and the shares of alpha (8 to 12.5 Hz) and theta (4 to 7.5 Hz) in the "
            f"power from 1 to 30 Hz. Dotted: epoch boundaries. {marks} Automatic, unreviewed."
        ),
        width="half",
        time_s=onset.onset_s,
    )


def onset_key(trace: OnsetTrace) -> str:
    """Return the name of the figure of a transition."""
    return f"onset-{trace.onset.epoch}"


def _letter(stage: Stage) -> str:
    return "unscored" if stage is Stage.UNSCORED else stage.name


def _title(trace: OnsetTrace, start: str) -> list[str]:
    """Return the estimate in words, line by line."""
    onset = trace.onset
    low, middle, high = (
        clock(start, time, seconds=True) for time in (onset.low_s, onset.onset_s, onset.high_s)
    )
    if onset.kind == "epoch":
        head = f"Sleep onset about the epoch from {middle},"
        rest = f"no closer: {onset.reason}"
    else:
        width = number(onset.high_s - onset.low_s, 0)
        head = f"Sleep onset {middle},"
        rest = f"between {low} and {high} ({width} s; {_basis(trace)})"
    return [head, *textwrap.wrap(rest, _LETTERS)]


def _basis(trace: OnsetTrace) -> str:
    if trace.onset.kind == "alpha":
        return "loss of alpha"
    eyes = " and eye movements" if len(trace.onset.channels) > 1 else ""
    return f"theta{eyes}, no alpha"


def _draw_stages(picture: Picture, box: Box, trace: OnsetTrace) -> None:
    middle = box.top + box.height / 2 + 2.5
    picture.text((box.left - 4, middle), "stage", _END)
    for stage, left, right in zip(trace.stages, trace.edges_s[:-1], trace.edges_s[1:], strict=True):
        ends = box.at_x(box.inside(left)), box.at_x(box.inside(right))
        # A sliver of an epoch has no room for its letter.
        if ends[1] - ends[0] >= _FONT:
            letter = "?" if stage is Stage.UNSCORED else stage.name
            style = f'{_MIDDLE} font-weight="bold"'
            picture.text(((ends[0] + ends[1]) / 2, middle), letter, style)
    _draw_epochs(picture, box, trace, GREY)
    onset = trace.onset
    low, high = (box.at_x(box.inside(one)) for one in (onset.low_s, onset.high_s))
    foot = box.bottom - 1.5
    picture.line((low, foot), (high, foot), 'stroke="black" stroke-width="2.5"')
    if onset.kind != "epoch":
        across = box.at_x(box.inside(onset.onset_s))
        picture.line((across, foot - 4), (across, box.bottom), 'stroke="black" stroke-width="1.6"')


def _draw_power(picture: Picture, box: Box, trace: OnsetTrace) -> None:
    low, high = _POWER_DB
    if trace.frequencies_hz.size > 1:
        power = trace.power_db[::-1]
        level = np.floor((power - low) / (high - low) * len(_SHADES))
        level = np.where(np.isfinite(level), np.clip(level, 0, len(_SHADES) - 1), len(_SHADES))
        picture.image(_image_box(box, trace), png(level.astype(np.uint8), (*_SHADES, _UNREADABLE)))
        _draw_scale(picture, Box(box.right + 5, box.top, 6.0, box.height, (0.0, 1.0), _POWER_DB))
    for tick in _TICKS_HZ:
        _tick(picture, box, tick)
    picture.text((box.left - 18, box.top + box.height / 2 + 3), "Hz", _END)
    _draw_epochs(picture, box, trace, "white")
    onset = trace.onset
    for side in (onset.low_s, onset.high_s):
        _draw_over_image(picture, box, side, 'stroke-width="1" stroke-dasharray="4 2"')
    if onset.kind != "epoch":
        _draw_over_image(picture, box, onset.onset_s, 'stroke-width="1.5"')


def _image_box(box: Box, trace: OnsetTrace) -> Box:
    """Return where the image stands: each pixel around its own window and frequency."""
    times, bins = trace.times_s, trace.frequencies_hz
    half_s, half_hz = (times[1] - times[0]) / 2, (bins[1] - bins[0]) / 2
    left, right = (box.at_x(one) for one in (times[0] - half_s, times[-1] + half_s))
    top, bottom = (box.at_y(one) for one in (bins[-1] + half_hz, bins[0] - half_hz))
    return Box(left, top, right - left, bottom - top, box.x, box.y)


def _draw_scale(picture: Picture, box: Box) -> None:
    column = np.arange(len(_SHADES), dtype=np.uint8)[::-1, None]
    picture.image(box, png(column, _SHADES))
    for tick in _TICKS_DB:
        picture.text(
            (box.right + 1.5, box.at_y(tick) + (-1 if tick == _TICKS_DB[0] else 3)), str(tick)
        )
    picture.text((box.right - 2, box.top - 5), "dB", _END)


def _draw_over_image(picture: Picture, box: Box, time_s: float, style: str) -> None:
    """Draw an upright line that shows on dark and on light."""
    if box.x[0] <= time_s <= box.x[1]:
        ends = (box.at_x(time_s), box.top), (box.at_x(time_s), box.bottom)
        picture.line(*ends, 'stroke="black" stroke-width="2.2" stroke-opacity="0.75"')
        picture.line(*ends, f'stroke="white" {style}')


def _draw_shares(picture: Picture, box: Box, trace: OnsetTrace) -> None:
    onset = trace.onset
    low, high = (box.at_x(box.inside(one)) for one in (onset.low_s, onset.high_s))
    picture.rect((low, box.top), (high - low, box.height), f'fill="{PALE}"')
    _draw_epochs(picture, box, trace, GREY)
    x = box.left + (trace.times_s - box.x[0]) / (box.x[1] - box.x[0]) * box.width
    for share, style in ((trace.theta_share, _THETA), (trace.alpha_share, _ALPHA)):
        y = box.bottom - share * box.height
        picture.path(curve(x, y), f'{style} stroke-linejoin="round"')
    if onset.kind != "epoch":
        across = box.at_x(box.inside(onset.onset_s))
        picture.line((across, box.top), (across, box.bottom), 'stroke="black" stroke-width="1.6"')
    for tick in (0, 50, 100):
        _tick(picture, box, tick)
    middle = box.top + box.height / 2
    turn = f'{_MIDDLE} transform="rotate(-90 8 {middle:g})"'
    picture.text((8, middle), "% of power", turn)
    picture.line((box.left, box.top), (box.left, box.bottom), _FRAME)
    picture.line((box.left, box.bottom), (box.right, box.bottom), _FRAME)
    _draw_names(picture, box)


def _draw_names(picture: Picture, box: Box) -> None:
    """Name the two curves beside the panel, each with a piece of its line."""
    for row, (name, style) in enumerate((("alpha", _ALPHA), ("theta", _THETA))):
        top = box.top + 12 + 20 * row
        picture.text((box.right + 3, top), name)
        picture.line((box.right + 4, top + 4), (box.right + 24, top + 4), style)


def _draw_epochs(picture: Picture, box: Box, trace: OnsetTrace, colour: str) -> None:
    style = f'stroke="{colour}" stroke-width="0.7" stroke-dasharray="1 2"'
    for edge in trace.edges_s:
        if box.x[0] < edge < box.x[1]:
            picture.line((box.at_x(edge), box.top), (box.at_x(edge), box.bottom), style)


def _tick(picture: Picture, box: Box, value: float) -> None:
    down = box.at_y(value)
    picture.line((box.left - 2.5, down), (box.left, down), _FRAME)
    picture.text((box.left - 4, down + 3), f"{value:g}", _END)


def _draw_clock(picture: Picture, box: Box, trace: OnsetTrace, start: str) -> None:
    for edge in trace.edges_s:
        if box.x[0] <= edge <= box.x[1]:
            across = box.at_x(edge)
            picture.line((across, box.bottom), (across, box.bottom + 2.5), _FRAME)
            words = clock(start, edge, seconds=True)
            picture.text((across, box.bottom + 11.5), words, _MIDDLE)
    if not start:
        middle = box.left + box.width / 2
        picture.text((middle, box.bottom + 22), "h:min:s from the start of the recording", _MIDDLE)
