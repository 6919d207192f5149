"""Where scorings of a night differ, for the person who decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from psgscore.agree.events import compare_events
from psgscore.agree.grids import on_shorter_epochs
from psgscore.agree.kinds import ANY_LEG, AROUSALS, BREATHING, LEFT, RIGHT, events_of, looked_for
from psgscore.model._arrays import Spans, as_spans
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Stage
from psgscore.model.scoring import Scoring
from psgscore.review.edits import Dismiss
from psgscore.review.kinds import stage_name
from psgscore.review.state import REVIEW_ID, ReviewState
from psgscore.score.precedence import with_precedence

EVENT, KIND, STAGE = "event", "kind", "stage"
KINDS = (LEFT, RIGHT, ANY_LEG, AROUSALS, BREATHING)
"""The kinds that any review of leg movements and sleep is about."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Other:
    """Another scorer of the night.

    Parameters
    ----------
    name : str
        What the page calls them.
    label : str
        What they are called in what is signed.
    scoring : Scoring
        What they say.
    automatic_s : ndarray, shape (n, 2)
        Where their stages are a program's that they did not look at.
    findings : tuple of Finding
        What was tolerated on reading it.
    """

    name: str
    label: str
    scoring: Scoring
    automatic_s: Spans = field(default_factory=lambda: as_spans([]))
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one scorer has where another has something else.

    Parameters
    ----------
    start_s, stop_s : float
        Where.
    kind : str
        Of the event, "" for a stage.
    stage : str
        Its name, "" for an event.
    """

    start_s: float
    stop_s: float
    kind: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One difference.

    Parameters
    ----------
    start_s, stop_s : float
        Where.
    what : str
        `EVENT` that not everybody has, `KIND` of an event, or `STAGE`.
    text : str
        Who says what.
    kind : str
        What the event is compared as, "" for a stage.
    event : str
        Its id in this review, "" where it has none.
    epoch : int or None
        Of the hypnogram of this review.
    claims : tuple of Claim or None
        What each of the other scorers has, None for nothing.
    """

    start_s: float
    stop_s: float
    what: str
    text: str
    kind: str = ""
    event: str = ""
    epoch: int | None = None
    claims: tuple[Claim | None, ...] = ()

    @property
    def dismissal(self) -> Dismiss:
        """The edit that leaves it as this review has it."""
        return Dismiss(self.start_s, self.stop_s, self.kind)


def in_order(found: list[Disagreement]) -> tuple[Disagreement, ...]:
    """Return differences in order of time."""
    return tuple(sorted(found, key=lambda one: (one.start_s, one.stop_s, one.what, one.kind)))


def said(others: Sequence[Other], words: Sequence[str]) -> str:
    """Return who says what."""
    return ", ".join(f"{who.name}: {word}" for who, word in zip(others, words, strict=True))


def claims_of(events: Events) -> list[Claim]:
    """Return what a scorer says with some events."""
    rows = zip(events.start_s.tolist(), events.stop_s.tolist(), events.kind.tolist(), strict=True)
    return [Claim(start_s=start, stop_s=stop, kind=kind) for start, stop, kind in rows]


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
            yield _alone(mine[row], kind, "only here", event=str(ids[row]))
        for row in paired.other_alone.tolist():
            yield _alone(theirs[row], kind, "only there", theirs[row])


def _alone(
    claim: Claim, kind: str, words: str, theirs: Claim | None = None, *, event: str = ""
) -> Disagreement:
    return Disagreement(
        start_s=claim.start_s,
        stop_s=claim.stop_s,
        what=EVENT,
        text=f"{claim.kind}: {words}",
        kind=kind,
        event=event,
        claims=(theirs,),
    )


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
