"""Whose the stages of a signed review are, and what the score says of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from psgscore.intervals import spans_inside
from psgscore.model._arrays import Bools
from psgscore.model.hypnogram import Stage
from psgscore.model.score import Score
from psgscore.model.staging import AUTOMATIC
from psgscore.report.texts import counted
from psgscore.review.state import ReviewState


def confirmed(score: Score, base: Score, state: ReviewState) -> Score:
    """Return the score with the stages a person found right as those of a person.

    Where that is so of every epoch there is nothing automatic about the stages any more.

    Parameters
    ----------
    score : Score
        As the review left it.
    base : Score
        As the review began.
    state : ReviewState
        Says what was accepted.
    """
    hypnogram, scorer = score.hypnogram, score.scorer
    if hypnogram is None or scorer is None or not (scorer == AUTOMATIC).any():
        return _with_source(score, base)
    seen = spans_inside(hypnogram.epochs_s, state.accepted_s)
    score = replace(score, scorer=np.where(seen & (scorer == AUTOMATIC), "given", scorer))
    if bool((scorer[~seen & (hypnogram.stages != Stage.UNSCORED)] == AUTOMATIC).any()):
        return _with_source(score, base)
    source = f"every epoch looked at by a person; {score.provenance.stage_source} before that"
    return replace(
        score,
        hypnogram=replace(hypnogram, probabilities=None),
        staging=None,
        ranges=(),
        provenance=replace(score.provenance, stage_source=source),
    )


def _with_source(score: Score, base: Score) -> Score:
    """Say of how many epochs the stage is no longer from where the others come from."""
    count = int(np.sum(_by_reviewer(score, base)))
    if not count:
        return score
    source = f"{score.provenance.stage_source}; then {counted(count, 'epoch')} by the reviewer"
    return replace(score, provenance=replace(score.provenance, stage_source=source))


def _by_reviewer(score: Score, base: Score) -> Bools:
    """Say of each epoch whether its stage was changed, or an automatic one made a person's."""
    if score.hypnogram is None or base.hypnogram is None:
        return np.zeros(0, np.bool_)
    changed: Bools = score.hypnogram.stages != base.hypnogram.stages
    if score.scorer is None or base.scorer is None:
        return changed
    taken: Bools = (base.scorer == AUTOMATIC) & (score.scorer != AUTOMATIC)
    return changed | taken
