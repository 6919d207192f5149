"""How far the events of two scorings of one night agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from psgscore.agree.matching import (
    MIN_IOU,
    ONSET_TOLERANCE_S,
    match_by_onset,
    match_by_overlap,
)
from psgscore.model._arrays import Bools, Floats, Ints, to_microsecond
from psgscore.model.events import Events

OVERLAP, ONSET = "overlap", "onset"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRule:
    """When two events are one.

    Parameters
    ----------
    min_iou : float
        Smallest intersection over union, of the comparison by overlap.
    onset_s : float
        Largest distance of the onsets, of the comparison by onset.
    """

    min_iou: float = MIN_IOU
    onset_s: float = ONSET_TOLERANCE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """Pairs and events, counted; the measures are None where they cannot be known.

    Parameters
    ----------
    n_hits : int
        Pairs.
    n_reference, n_other : int
        Events of each scoring.
    """

    n_hits: int = 0
    n_reference: int = 0
    n_other: int = 0

    @property
    def precision(self) -> float | None:
        """Share of the other's events that the reference has; None where it has no events."""
        return self.n_hits / self.n_other if self.n_other else None

    @property
    def recall(self) -> float | None:
        """Share of the reference's events that were found; None where it has no events."""
        return self.n_hits / self.n_reference if self.n_reference else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both, the same from either side; None where neither has events."""
        total = self.n_reference + self.n_other
        return 2 * self.n_hits / total if total else None


def together(hits: Iterable[Hits]) -> Hits:
    """Add up counts; none at all gives zeros."""
    each = list(hits)
    return Hits(
        n_hits=sum(one.n_hits for one in each),
        n_reference=sum(one.n_reference for one in each),
        n_other=sum(one.n_other for one in each),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What is typical of differences, other minus reference; None without any.

    Parameters
    ----------
    n : int
        How many.
    median_s, q1_s, q3_s : float or None
        Median and quartiles; their distance is the interquartile range.
    bias_s : float or None
        Mean.
    """

    n: int = 0
    median_s: float | None = None
    q1_s: float | None = None
    q3_s: float | None = None
    bias_s: float | None = None

    @property
    def iqr_s(self) -> float | None:
        """Distance of the quartiles."""
        return None if self.q1_s is None or self.q3_s is None else self.q3_s - self.q1_s


def spread(differences_s: Floats) -> Spread:
    """Summarise differences."""
    if not differences_s.size:
        return Spread()
    q1, median, q3 = (float(value) for value in np.percentile(differences_s, [25, 50, 75]))
    return Spread(
        n=int(differences_s.size),
        median_s=median,
        q1_s=q1,
        q3_s=q3,
        bias_s=float(np.mean(differences_s)),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EventAgreement:
    """Events of one kind in two scorings, paired.

    Parameters
    ----------
    reference, other : Events
        All events of either.
    by : str
        `OVERLAP` or `ONSET`.
    pairs : ndarray of int, shape (n_pairs, 2)
        Rows of `reference` and of `other` that are one event.
    reference_in, other_in : ndarray of bool
        Which events are judged: all, or those of a part of the night. A pair is judged
        where its event of the reference is.
    """

    reference: Events
    other: Events
    by: str
    pairs: Ints
    reference_in: Bools
    other_in: Bools

    @property
    def judged_pairs(self) -> Ints:
        """Pairs that are judged."""
        return self.pairs[self.reference_in[self.pairs[:, 0]]]

    @property
    def reference_alone(self) -> Ints:
        """Judged rows of the reference without a partner."""
        return np.setdiff1d(np.flatnonzero(self.reference_in), self.pairs[:, 0])

    @property
    def other_alone(self) -> Ints:
        """Judged rows of the other without a partner."""
        return np.setdiff1d(np.flatnonzero(self.other_in), self.pairs[:, 1])

    @property
    def hits(self) -> Hits:
        """The counts."""
        n = len(self.judged_pairs)
        return Hits(
            n_hits=n,
            n_reference=n + self.reference_alone.size,
            n_other=n + self.other_alone.size,
        )

    @property
    def onset_error(self) -> Spread:
        """How much later the other's events begin than those they are paired with."""
        rows, others = self.judged_pairs.T
        return spread(to_microsecond(self.other.start_s[others] - self.reference.start_s[rows]))

    @property
    def duration_error(self) -> Spread:
        """How much longer the other's events last."""
        rows, others = self.judged_pairs.T
        longer_s = self.other.duration_s[others] - self.reference.duration_s[rows]
        return spread(to_microsecond(longer_s))


def compare_events(
    reference: Events,
    other: Events,
    *,
    by: str = OVERLAP,
    rule: MatchRule | None = None,
    judged: tuple[Bools, Bools] | None = None,
) -> EventAgreement:
    """Pair the events of two scorings, each at most once, whatever their kinds and channels.

    Parameters
    ----------
    reference, other : Events
        Of one kind, seconds on the same clock.
    by : str
        `OVERLAP` or `ONSET`.
    rule : MatchRule, optional
        When two events are one.
    judged : pair of ndarray of bool, optional
        Which events of each count; without it all. All are paired first, so that a pair
        across a border is not torn.
    """
    rule = rule or MatchRule()
    if by == OVERLAP:
        pairs = match_by_overlap(reference.spans, other.spans, rule.min_iou)
    else:
        pairs = match_by_onset(reference.start_s, other.start_s, rule.onset_s)
    if judged is None:
        judged = (np.ones(len(reference), np.bool_), np.ones(len(other), np.bool_))
    return EventAgreement(
        reference=reference,
        other=other,
        by=by,
        pairs=pairs,
        reference_in=judged[0],
        other_in=judged[1],
    )
