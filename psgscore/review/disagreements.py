"""Where two scorings of a night differ, for the person who decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from psgscore.agree.events import compare_events
from psgscore.agree.grids import on_shorter_epochs
from psgscore.agree.kinds import events_of, looked_for
from psgscore.model.events import Events
from psgscore.model.hypnogram import Stage
from psgscore.model.scoring import Scoring
from psgscore.review.state import REVIEW_ID

ONLY_HERE, ONLY_THERE, STAGE = "only here", "only there", "stage"
_KINDS = ("LM:left", "LM:right", "LM", "arousal", "respiratory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One difference.

    Parameters
    ----------
    start_s, stop_s : float
        Where.
    what : str
        `ONLY_HERE`, `ONLY_THERE` or `STAGE`.
    kind : str
        Of the event, "" for a stage.
    event : str
        Its id in this review, "" where it has none.
    epoch : int or None
        Of the hypnogram of this review.
    here, there : str
        The stages.
    """

    start_s: float
    stop_s: float
    what: str
    kind: str = ""
    event: str = ""
    epoch: int | None = None
    here: str = ""
    there: str = ""


def disagreements(here: Scoring, there: Scoring) -> tuple[Disagreement, ...]:
    """Return every difference in what both looked for, in order of time."""
    found = [*_events(here, there), *_stages(here, there)]
    return tuple(sorted(found, key=lambda one: (one.start_s, one.stop_s, one.what, one.kind)))


def _events(here: Scoring, there: Scoring) -> Iterator[Disagreement]:
    for kind in _KINDS:
        if not (looked_for(here, kind) and looked_for(there, kind)):
            continue
        paired = compare_events(events_of(here, kind), events_of(there, kind))
        yield from _alone(paired.reference, paired.reference_alone.tolist(), ONLY_HERE)
        yield from _alone(paired.other, paired.other_alone.tolist(), ONLY_THERE)


def _alone(events: Events, rows: list[int], what: str) -> Iterator[Disagreement]:
    ids = events.text(REVIEW_ID)
    for row in rows:
        yield Disagreement(
            start_s=float(events.start_s[row]),
            stop_s=float(events.stop_s[row]),
            what=what,
            kind=str(events.kind[row]),
            event=str(ids[row]) if what == ONLY_HERE else "",
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
        yield Disagreement(
            start_s=float(edges[row]),
            stop_s=float(edges[row + 1]),
            what=STAGE,
            epoch=int((centres[row] - own.start_s) // own.epoch_s),
            here=Stage(int(mine.stages[row])).name,
            there=Stage(int(theirs[row])).name,
        )
