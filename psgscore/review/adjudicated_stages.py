"""The stages that two scorers both gave, and the epochs they differ in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from psgscore.agree.grids import on_shorter_epochs
from psgscore.intervals import moments_inside
from psgscore.model._arrays import Words
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.staging import AUTOMATIC
from psgscore.review.differences import STAGE, Claim, Disagreement, Other, said
from psgscore.review.kinds import stage_name

_SAME_GRID = 1e-6


def stages_side_by_side(
    both: Sequence[Other],
) -> tuple[Hypnogram | None, Words | None, list[Disagreement], list[Finding]]:
    """Return the stages both gave, who gave them, where they differ, and what is left out.

    Parameters
    ----------
    both : sequence of Other
        Two scorers.

    Returns
    -------
    hypnogram : Hypnogram or None
        UNSCORED where they differ; None where not both gave stages, or their epochs do not fit.
    scorer : ndarray of str or None
        As in a `Score`: a program's where neither looked at the stage it gave.
    differences : list of Disagreement
        Every epoch to which they did not give the same.
    findings : list of Finding
        Why there are none.
    """
    given = [one.scoring.hypnogram for one in both]
    first, second = given
    if first is None or second is None:
        names = [one.name for one, stages in zip(both, given, strict=True) if stages is not None]
        return None, None, [], [_without_stages(one) for one in names]
    try:
        first, second = on_shorter_epochs(first, second)
        grid = _common(first, second)
    except ValueError as error:
        message = f"stages are not put to adjudication, and none is taken over: {error}"
        return None, None, [], [Finding("adjudication.no-common-epochs", message)]
    centres = (grid.edges_s[:-1] + grid.edges_s[1:]) / 2
    mine, theirs = first.at(centres), second.at(centres)
    stages = np.where(mine == theirs, mine, np.int8(Stage.UNSCORED))
    program = np.logical_and(*(moments_inside(centres, one.automatic_s) for one in both))
    scorer = np.where(program, AUTOMATIC, "given")
    found = [
        _staged_otherwise(grid, row, both, (int(mine[row]), int(theirs[row])))
        for row in np.flatnonzero(mine != theirs).tolist()
    ]
    known: Words = np.where(stages == Stage.UNSCORED, "", scorer)
    return replace(grid, stages=stages), known, found, []


def _without_stages(name: str) -> Finding:
    return Finding(
        "adjudication.not-in-dispute",
        f"stages are not put to adjudication, and none is taken over: only {name} gave any",
    )


def _common(first: Hypnogram, second: Hypnogram) -> Hypnogram:
    """Return empty epochs from the first to the last of both; ValueError if they do not fit."""
    apart = (second.start_s - first.start_s) / first.epoch_s
    if abs(apart - round(apart)) > _SAME_GRID:
        raise ValueError(
            f"the epochs of one begin {first.start_s:g} s into the recording, those of the other "
            f"{second.start_s:g} s, and they are {first.epoch_s:g} s long"
        )
    start_s = min(first.start_s, second.start_s)
    count = round((max(first.stop_s, second.stop_s) - start_s) / first.epoch_s)
    return Hypnogram(np.full(count, int(Stage.UNSCORED), np.int8), first.epoch_s, start_s)


def _staged_otherwise(
    grid: Hypnogram, row: int, both: Sequence[Other], stages: tuple[int, int]
) -> Disagreement:
    start_s, stop_s = float(grid.edges_s[row]), float(grid.edges_s[row + 1])
    names = [stage_name(one) for one in stages]
    return Disagreement(
        start_s=start_s,
        stop_s=stop_s,
        what=STAGE,
        text=said(both, names),
        epoch=row,
        claims=tuple(Claim(start_s=start_s, stop_s=stop_s, stage=name) for name in names),
    )
