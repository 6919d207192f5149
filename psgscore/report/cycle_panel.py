"""The panel of the sleep cycles: each from its start to its end, and the REM period in it."""

from __future__ import annotations

from psgscore.model.score import Score
from psgscore.report.axes import MIDDLE
from psgscore.report.colours import LIGHT
from psgscore.report.marks import Box, Picture

CYCLES_TITLE = "Sleep cycles (shaded: from the REM period on; dashed: incomplete)"
_EDGE = 'stroke="#333333" stroke-width="0.8"'
_FOOT, _TOP = 0.1, 0.9
_DOWN = 0.36
"""Of the size of the letters: from the middle of a line of text to its base line."""


def draw_cycles(picture: Picture, box: Box, score: Score) -> None:
    """Draw a box with its number for each cycle, dashed where it is not whole."""
    top, height = box.at_y(_TOP), box.at_y(_FOOT) - box.at_y(_TOP)
    for cycle in score.cycles:
        left, right = (box.at_x(box.inside(one)) for one in (cycle.start_s, cycle.stop_s))
        if cycle.rem_start_s is not None:
            rem = box.at_x(box.inside(cycle.rem_start_s))
            picture.rect((rem, top), (right - rem, height), f'fill="{LIGHT}"')
        dashes = ' stroke-dasharray="3 2"' if cycle.incomplete else ""
        picture.rect((left, top), (right - left, height), f'fill="none" {_EDGE}{dashes}')
        middle = ((left + right) / 2, top + height / 2 + _DOWN * picture.font_size)
        picture.text(middle, str(cycle.number), MIDDLE)
