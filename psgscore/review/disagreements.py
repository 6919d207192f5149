"""Where scorings of a night differ, for the person who decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from psgscore.agree.events import compare_events
from psgscore.agree.grids import on_shorter_epochs
from psgscore.agree.kinds import ANY_LEG, AROUSALS, BREATHING, LEFT, RIGHT, events_of, looked_for
from psgscore.model.hypnogram import Stage
from psgscore.model.scoring import Scoring
from psgscore.review.differences import STAGE, Claim, Disagreement, alone, claims_of, in_order
from psgscore.review.kinds import stage_name
from psgscore.review.state import REVIEW_ID, ReviewState
from psgscore.score.precedence import with_precedence

KINDS = (LEFT, RIGHT, ANY_LEG, AROUSALS, BREATHING)
"""The kinds that any review of leg movements and sleep is about."""


def disagreements(state: ReviewState, here: Scoring, there: Scoring) -> tuple[Disagreement, ...]:
    """Return where a review differs from a second scorer, in what both looked for.

    Parameters
    ----------
    state : ReviewState
        The review as it stands.
    here : Scoring
        What it makes: events that another kind of movement explains count for nothing.
    there : Scoring
        The second scorer's.
    """
    there = replace(there, events=with_precedence(there.events))
    found = [*_events(here, there), *_stages(here, there)]
    return in_order([one for one in found if one.dismissal not in state.dismissed])


def _events(here: Scoring, there: Scoring) -> Iterator[Disagreement]:
    for kind in KINDS:
        if not (looked_for(here, kind) and looked_for(there, kind)):
            continue
        paired = compare_events(events_of(here, kind), events_of(there, kind))
        mine, theirs = claims_of(paired.reference), claims_of(paired.other)
        ids = paired.reference.text(REVIEW_ID)
        for row in paired.reference_alone.tolist():
            text = f"{mine[row].kind}: only here"
            yield alone(mine[row], kind, text, (None,), str(ids[row]))
        for row in paired.other_alone.tolist():
            text = f"{theirs[row].kind}: only there"
            yield alone(theirs[row], kind, text, (theirs[row],))


def _stages(here: Scoring, there: Scoring) -> Iterator[Disagreement]:
    if here.hypnogram is None or there.hypnogram is None:
        return
    try:
        mine, other = on_shorter_epochs(here.hypnogram, there.hypnogram)
    except ValueError:
        return
    edges = mine.edges_s
    centres = (edges[:-1] + edges[1:]) / 2
    theirs = other.at(centres)
    scored = (mine.stages != Stage.UNSCORED) & (theirs != Stage.UNSCORED)
    own = here.hypnogram
    for row in np.flatnonzero(scored & (mine.stages != theirs)).tolist():
        start_s, stop_s = float(edges[row]), float(edges[row + 1])
        claim = Claim(start_s=start_s, stop_s=stop_s, stage=stage_name(int(theirs[row])))
        yield Disagreement(
            start_s=start_s,
            stop_s=stop_s,
            what=STAGE,
            text=f"Stage: {stage_name(int(mine.stages[row]))} here, {claim.stage} there",
            epoch=int((centres[row] - own.start_s) // own.epoch_s),
            claims=(claim,),
        )
