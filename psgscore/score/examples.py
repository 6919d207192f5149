"""Which movements of a night are worth a picture: chosen by rule, the same ones each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Ints
from psgscore.model.events import Event
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.movement_kinds import ARTEFACT, RANKED
from psgscore.model.score import LegScore, Score
from psgscore.model.snapshot import PERIODIC
from psgscore.score.jerk_context import CONTEXT, OTHER
from psgscore.score.jerks import KIND as JERK
from psgscore.score.jerks import TIERS

MOST_JERKS = 24
EACH_KIND = 3
OF_SERIES = 4
EXAMPLE_KINDS = {one.word: one.title for one in RANKED if one.word not in (ARTEFACT, "LM", JERK)}
"""Kinds of which a few examples are shown: first word and title, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A movement to show: its group, the event, and what tells it from others of the group."""

    group: str
    event: Event
    label: str


def examples(score: Score) -> Iterator[Example]:
    """Yield the movements of a night to show, each group in time order.

    Parameters
    ----------
    score : Score
        With every event that counts.

    Yields
    ------
    Example
        Hypnic jerks, definite before probable before possible, the earliest of a tier first,
        `MOST_JERKS` at most; of every other kind the middle one of each third of those found,
        in time order; and `OF_SERIES` of the longest periodic series, chosen likewise.
    """
    counted = score.events.counted()
    left = MOST_JERKS
    for tier in TIERS:
        for event in list(counted.of_kind(f"{JERK}:{tier}"))[:left]:
            left -= 1
            context = event.texts.get(CONTEXT, OTHER)
            words = tier if context == OTHER else f"{tier}, {context}"
            yield _example(JERK, event, words, score.hypnogram)
    for kind in EXAMPLE_KINDS:
        found = counted.of_kind(kind)
        for row in _spread(len(found), EACH_KIND):
            (event,) = found.where(np.arange(len(found)) == row)
            yield _example(kind, event, event.kind.partition(":")[2], score.hypnogram)
    leg = next(iter(score.legs), None)
    rows = longest_series(leg)
    if leg is not None:
        for place in _spread(rows.size, OF_SERIES):
            (event,) = leg.movements.where(np.arange(len(leg.movements)) == rows[place])
            side = str(leg.verdicts.side[rows[place]])
            words = f"{place + 1} of {rows.size}" + (f", {side}" if side else "")
            yield _example(PERIODIC, event, words, score.hypnogram)


def longest_series(leg: LegScore | None) -> Ints:
    """Return the rows of the periodic series with most movements, of equal ones the first."""
    if leg is None or not leg.verdicts.plm.any():
        return np.zeros(0, np.int64)
    sizes = np.bincount(leg.verdicts.series)
    sizes[0] = 0
    return np.flatnonzero(leg.verdicts.series == int(np.argmax(sizes)))


def _spread(count: int, wanted: int) -> Iterator[int]:
    """Yield the middle place of each of `wanted` equal parts; every place of a few."""
    parts = min(count, wanted)
    for part in range(parts):
        yield (2 * part + 1) * count // (2 * parts)


def _example(group: str, event: Event, words: str, hypnogram: Hypnogram | None) -> Example:
    parts = [words] if words else []
    if hypnogram is not None:
        stage = Stage(int(hypnogram.at(event.start_s)))
        parts.append("no stage" if stage is Stage.UNSCORED else stage.name)
    return Example(group=group, event=event, label=", ".join(parts))
