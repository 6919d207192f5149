"""One event explained once: what two kinds of movement could explain belongs to the higher."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Bools, Ints, to_microsecond
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.movement_kinds import ARTEFACT, RANKED, MovementKind

MIN_SHARE = 0.5
"""A movement is explained by another that covers at least half of it: no source, our choice."""


def with_precedence(events: Events, min_share: float = MIN_SHARE) -> Events:
    """Say which movements another kind explains.

    Parameters
    ----------
    events : Events
        Of any kind; those of `RANKED` explain each other, all others are left alone.
    min_share : float
        Share of a movement that one of a higher rank must cover.

    Returns
    -------
    Events
        The same rows. `EXCLUDED_BY` says what explains a movement; a reason that was there
        stays, and a movement that is itself excluded explains nothing.

    Notes
    -----
    Kinds of one rank do not exclude each other. Apart from movements of the whole body, a
    movement explains only what was seen on a channel it was seen on.
    """
    reasons = events.text(EXCLUDED_BY).astype(object)
    rows_of = {kind: np.flatnonzero(events.is_kind(kind.word)) for kind in RANKED}
    ranks = np.zeros(len(events), np.int64)
    for kind, rows in rows_of.items():
        ranks[rows] = kind.rank
    for kind in sorted(RANKED, key=lambda one: one.rank):
        rows = rows_of[kind]
        row, other = _overlapping(events, rows[reasons[rows] == ""])
        open_to = (ranks[other] > kind.rank) & (reasons[other] == "")
        row, other = row[open_to], other[open_to]
        reasons[other[_covered(events, row, other, kind, min_share)]] = kind.title
    words = reasons.astype(np.str_)
    if np.array_equal(words, events.text(EXCLUDED_BY)):
        return events
    return events.with_text(EXCLUDED_BY, words)


def _overlapping(events: Events, rows: Ints) -> tuple[Ints, Ints]:
    """Return pairs of one of some events and another that may share time with it."""
    reach = np.maximum.accumulate(events.stop_s)
    first = np.searchsorted(reach, events.start_s[rows], side="right")
    last = np.searchsorted(events.start_s, events.stop_s[rows], side="left")
    counts = np.maximum(last - first, 0)
    before = np.cumsum(counts) - counts
    others = np.arange(counts.sum()) + np.repeat(first - before, counts)
    return np.repeat(rows, counts), others


def _covered(events: Events, row: Ints, other: Ints, kind: MovementKind, min_share: float) -> Bools:
    """Say by pair whether the first event covers at least `min_share` of the second one."""
    start_s, stop_s = events.start_s, events.stop_s
    shared = np.minimum(stop_s[other], stop_s[row]) - np.maximum(start_s[other], start_s[row])
    asked = min_share * to_microsecond(stop_s[other] - start_s[other]) - 1e-9
    covered: Bools = (shared > 0) & (shared >= asked)
    for pair in np.flatnonzero(covered):
        own, seen = str(events.channel[row[pair]]), str(events.channel[other[pair]])
        anywhere = kind.whole_body and (kind.word != ARTEFACT or not own)
        same = not own or not seen or bool(set(own.split("+")) & set(seen.split("+")))
        covered[pair] = anywhere or same
    return covered
