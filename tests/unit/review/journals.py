"""Bases and random edits for the tests of a review."""

from __future__ import annotations

import numpy as np

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
    Redo,
    Reject,
    Relabel,
    Remove,
    Reopen,
    Restage,
    Restore,
    Sign,
    Undo,
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


def random_edit(random: np.random.Generator, ids):
    """Return some edit, possible or not, about one of some events."""
    one = ids[random.integers(len(ids))]
    start = round(float(random.uniform(-5, DURATION_S)), 3)
    stop = round(start + float(random.uniform(-0.5, 5)), 3)
    first = int(random.integers(-1, 21))
    edits = (
        Add(start, stop, "LM:left", "L"),
        Remove(one),
        Move(one, start, stop),
        Reject(one, "a cough"),
        Restore(one),
        Relabel(one, "LM:right", "R"),
        Restage(first, tuple(random.integers(-1, 5, random.integers(0, 4)).tolist())),
        Accept(start, stop),
        Dismiss(start, stop, "LM:left"),
        Undo(),
        Undo(),
        Undo(),
        Redo(),
        Redo(),
        Sign("A B"),
        Reopen(),
        Reopen(),
    )
    return edits[random.integers(len(edits))]
