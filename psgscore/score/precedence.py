"""One event explained once: what two kinds of movement could explain belongs to the higher."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Bools
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
    ranks = _ranks(events)
    for kind in sorted(RANKED, key=lambda one: one.rank):
        lower = ranks > kind.rank
        if not lower.any():
            break
        for row in np.flatnonzero(events.is_kind(kind.word)):
            if reasons[row] == "":
                hit = lower & (reasons == "") & _covered(events, int(row), kind, min_share)
                reasons[hit] = kind.title
    words = reasons.astype(np.str_)
    if np.array_equal(words, events.text(EXCLUDED_BY)):
        return events
    return events.with_text(EXCLUDED_BY, words)


def _ranks(events: Events) -> np.typing.NDArray[np.int64]:
    """Return the rank of each event, 0 for kinds that have none."""
    ranks = np.zeros(len(events), np.int64)
    for kind in RANKED:
        ranks[events.is_kind(kind.word)] = kind.rank
    return ranks


def _covered(events: Events, row: int, kind: MovementKind, min_share: float) -> Bools:
    """Say which events one of them covers for at least `min_share` of their length."""
    start, stop = events.start_s[row], events.stop_s[row]
    shared = np.minimum(events.stop_s, stop) - np.maximum(events.start_s, start)
    covered: Bools = (shared > 0) & (shared >= min_share * events.duration_s - 1e-9)
    own = str(events.channel[row])
    anywhere = kind.whole_body and (kind.word != ARTEFACT or not own)
    if anywhere or not covered.any():
        return covered
    mine = set(own.split("+"))
    for other in np.flatnonzero(covered):
        seen = str(events.channel[other])
        covered[other] = not own or not seen or bool(mine & set(seen.split("+")))
    return covered
