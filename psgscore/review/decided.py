"""Which differences between two scorers a third person has decided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from psgscore.agree.kinds import events_of
from psgscore.agree.matching import overlapping_enough
from psgscore.intervals import spans_inside
from psgscore.model._arrays import Bools, as_spans
from psgscore.model.events import Events
from psgscore.model.hypnogram import Stage
from psgscore.model.scoring import Scoring
from psgscore.review.differences import STAGE, Claim, Disagreement, Dispute, Tally, claims_of
from psgscore.review.state import MADE, REVIEW_ID, REVIEWER, ReviewState


def undecided(dispute: Dispute, state: ReviewState) -> tuple[Disagreement, ...]:
    """Return the differences that a review has not decided.

    An epoch is decided once it was given a stage; an event once the review has one of its own
    that is the same or overlaps it enough, or once it was dismissed. What was accepted is
    decided as it stands.

    Parameters
    ----------
    dispute : Dispute
        The two scorings.
    state : ReviewState
        The third person's review.
    """
    given = dispute.differences
    accepted = spans_inside([(one.start_s, one.stop_s) for one in given], state.accepted_s)
    done = accepted | _answered(dispute, state)
    staged = () if state.scorer is None else np.flatnonzero(state.scorer == REVIEWER).tolist()
    epochs = frozenset(staged)
    return tuple(
        one
        for row, one in enumerate(given)
        if not (done[row] or one.epoch in epochs or one.dismissal in state.dismissed)
    )


def tally(dispute: Dispute, state: ReviewState) -> Tally:
    """Count what is agreed, decided and not decided; see `undecided`."""
    left = undecided(dispute, state)
    open_epochs = {one.epoch for one in left if one.what == STAGE}
    disputed = {one.epoch for one in dispute.differences if one.what == STAGE}
    stages = [] if state.hypnogram is None else state.hypnogram.stages.tolist()
    return Tally(
        events=len(dispute.events),
        epochs=dispute.epochs,
        differences=len(dispute.differences),
        open_events=len(left) - len(open_epochs),
        open_epochs=len(open_epochs),
        unscored_epochs=sum(
            stages[epoch] == Stage.UNSCORED for epoch in disputed - open_epochs if epoch is not None
        ),
    )


def _answered(dispute: Dispute, state: ReviewState) -> Bools:
    """Say which differences a review has an event of its own for, be it a rejected one."""
    found = np.zeros(len(dispute.differences), np.bool_)
    added = np.char.startswith(state.events.text(REVIEW_ID), "a")
    own = added | np.isin(state.events.text(MADE), ("moved", "relabelled"))
    if own.any():
        mine = Scoring(events=state.events.where(own))
        for kind in dispute.kinds:
            claims = [
                (claim, row)
                for row, one in enumerate(dispute.differences)
                for claim in one.claims
                if claim is not None and one.kind == kind
            ]
            found[_claimed(claims, events_of(mine, kind))] = True
    return found


def _claimed(claims: Sequence[tuple[Claim, int]], events: Events) -> list[int]:
    """Return the rows of the claims that some events answer.

    An event that was taken over as it was answers its own claim alone; any other answers all
    that it overlaps enough.
    """
    rows_of: dict[Claim, list[int]] = {}
    for claim, row in claims:
        rows_of.setdefault(claim, []).append(row)
    own = claims_of(events)
    as_it_was = np.array([one in rows_of for one in own], np.bool_)
    rows = [row for one in own for row in rows_of.get(one, ())]
    ordered = sorted(claims, key=lambda pair: (pair[0].start_s, pair[0].stop_s))
    spans = as_spans([(claim.start_s, claim.stop_s) for claim, _ in ordered])
    _, columns, _ = overlapping_enough(events.spans[~as_it_was], spans)
    return [*rows, *(ordered[column][1] for column in columns.tolist())]
