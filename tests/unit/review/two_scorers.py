"""Two scorings of ten minutes, and what a third person does about them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.scoring import Scoring
from psgscore.review.adjudication import dispute
from psgscore.review.differences import STAGE, Other
from psgscore.review.edits import Add, Base, Restage
from psgscore.review.replay import apply
from tests.unit.review.journals import DURATION_S, entries

COVERS = frozenset({"LM", "LM:left", "LM:right", "arousal", "respiratory"})
STAGES = {"unscored": -1, **{stage.name: int(stage) for stage in Stage if stage >= 0}}


def other(name, events=(), stages=None, *, covers=COVERS, **more):
    """Return a scorer with events (kind, start, stop) and stages by epoch of 30 s."""
    table = Events.concat([Events.of(kind, [start], [stop]) for kind, start, stop in events])
    hypnogram = None if stages is None else Hypnogram(np.array(stages, np.int8))
    scoring = Scoring(hypnogram=hypnogram, events=table, covers=covers)
    return Other(name=name, label=name, scoring=scoring, **more)


@st.composite
def scorers(draw, name):
    """Draw a scorer whose events lie on half seconds, so that many overlaps are ties."""
    kinds = st.sampled_from(["LM:left", "LM:right", "arousal", "apnea", "hypopnea"])
    event = st.tuples(kinds, st.integers(0, 60), st.integers(1, 12))
    rows = draw(st.lists(event, unique=True, max_size=14))
    stages = draw(st.lists(st.integers(-1, 4), min_size=20, max_size=20))
    return other(name, [(kind, a / 2, (a + n) / 2) for kind, a, n in rows], stages)


def put(first, second):
    return dispute(first, second, DURATION_S)


def review_of(given, *edits):
    """Return the third person's review after some edits."""
    start = Base(
        events=given.events,
        hypnogram=given.hypnogram,
        scorer=given.scorer,
        duration_s=DURATION_S,
    )
    return apply(entries(*edits), start)


def taking(one, who):
    """Return the edit that takes over what a scorer has, None for nothing."""
    claim = one.claims[who]
    if claim is None:
        return None
    if one.what == STAGE:
        return Restage(one.epoch, (STAGES[claim.stage],))
    return Add(claim.start_s, claim.stop_s, claim.kind)


def rows(events):
    """Return kind, start and stop of each event, in an order of their own."""
    return sorted(
        zip(events.kind.tolist(), events.start_s.tolist(), events.stop_s.tolist(), strict=True)
    )
