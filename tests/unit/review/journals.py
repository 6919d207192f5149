"""Bases and random edits for the tests of a review."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.hypnogram import Hypnogram
from psgscore.review.binding import Binding
from psgscore.review.edits import (
    Accept,
    Add,
    Base,
    Dismiss,
    Entry,
    Move,
    Reject,
    Relabel,
    Remove,
    Restage,
    Restore,
)

AT = "2026-01-02T03:04:05Z"
BINDING = Binding(
    input_name="a.edf", input_sha256="a" * 64, criteria_sha256="b" * 64, base_sha256="c" * 64
)
DURATION_S = 600.0


def base(*, hypnogram: bool = True) -> Base:
    starts = np.array([5.0, 30.0, 55.0, 80.0, 200.0])
    events = Events.of(
        ["LM:left", "LM:right", "LM:left", "arousal", "LMM"],
        starts,
        starts + 2,
        channel=["L", "R", "L", "", "L+R"],
        measures={"peak_uv": [20.0, 30.0, 40.0, np.nan, 90.0]},
        texts={EXCLUDED_BY: ["", "", "", "", ""]},
    )
    stages = Hypnogram(np.array([0, 1, 2, 2, 2, 3, 3, 2, 2, 4, 4, 4, 4, 2, 2, 2, 1, 0, 0, 0]))
    return Base(
        events=events,
        hypnogram=stages if hypnogram else None,
        scorer=np.full(20, "automatic") if hypnogram else None,
        duration_s=DURATION_S,
    )


def entries(*edits, first: int = 1):
    return [Entry(first + k, AT, "A B", edit) for k, edit in enumerate(edits)]


def same(one, other):
    """Say whether two states are equal in everything."""
    hypnograms = [
        None if s.hypnogram is None else s.hypnogram.stages.tolist() for s in (one, other)
    ]
    scorers = [None if s.scorer is None else s.scorer.tolist() for s in (one, other)]
    plain = [
        (s.n, s.counts, s.signatures, s.signed, s.undo, s.redo, s.accepted_s.tolist(), s.dismissed)
        for s in (one, other)
    ]
    return (
        one.events == other.events
        and hypnograms[0] == hypnograms[1]
        and scorers[0] == scorers[1]
        and plain[0] == plain[1]
    )


def edits():
    """Return a strategy of changes, possible or not, about events that are there or not."""
    ids = st.sampled_from([f"e{k}" for k in range(6)] + [f"a{k}" for k in range(1, 9)])
    starts = st.integers(-2, round(DURATION_S) + 1).map(float)
    spans = st.tuples(starts, st.sampled_from([-0.5, 0.0, 0.123, 2.0, 5.0])).map(
        lambda one: (one[0], one[0] + one[1])
    )
    stages = st.lists(st.integers(-1, 5), max_size=4).map(tuple)
    return st.one_of(
        st.builds(lambda span: Add(*span, "LM:left", "L"), spans),
        st.builds(Remove, ids),
        st.builds(lambda one, span: Move(one, *span), ids, spans),
        st.builds(Reject, ids, st.sampled_from(["", "a cough", "Müdigkeit \u202e"])),
        st.builds(Restore, ids),
        st.builds(Relabel, ids, st.just("LM:right"), st.sampled_from(["", "R"])),
        st.builds(Restage, st.integers(-1, 21), stages),
        st.builds(lambda span: Accept(*span), spans),
        st.builds(lambda span: Dismiss(*span, "LM:left"), spans),
    )
