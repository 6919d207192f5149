"""What a person should look at first: movements near a limit, and stages in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from psgscore.model._arrays import Floats
from psgscore.model.criteria import Criteria
from psgscore.model.events import Events
from psgscore.model.score import LegScore, Score
from psgscore.model.staging import ReviewItem
from psgscore.review.documents import components
from psgscore.review.rescoring import doubt_of
from psgscore.review.state import REVIEW_ID, ReviewState

MOVEMENT, STAGE = "movement", "stage"
_NEAR_ONSET_UV = 3.0
_NEAR_OFFSET_UV = 0.5
_NEAR_DURATION_S = 0.1
_NEAR_INTERVAL_S = 1.0
_DOUBTFUL_STAGE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """Something to look at.

    Parameters
    ----------
    start_s, stop_s : float
        Where.
    what : str
        `MOVEMENT` or `STAGE`.
    event : str
        Id of the movement, "" for a stage.
    epoch : int or None
        Of the hypnogram, None for a movement.
    reasons : tuple of str
        Why, in words.
    doubt : float
        0 to 1: how near the nearest limit is, or how unsure the stage.
    """

    start_s: float
    stop_s: float
    what: str
    event: str = ""
    epoch: int | None = None
    reasons: tuple[str, ...] = ()
    doubt: float = 0.0


@dataclass(slots=True)
class _Doubts:
    """What is said against one movement."""

    reasons: list[str] = field(default_factory=list)
    doubt: float = 0.0

    def add(self, reason: str, doubt: float) -> None:
        self.reasons.append(reason)
        self.doubt = max(self.doubt, doubt)


def uncertain(
    state: ReviewState, scored: Score, staged: tuple[ReviewItem, ...] = ()
) -> tuple[Uncertain, ...]:
    """Return what a person has not accepted yet and may want to look at, most doubtful first.

    Parameters
    ----------
    state : ReviewState
        The review as it stands.
    scored : Score
        The score of it.
    staged : tuple of ReviewItem
        Epochs in doubt as they were staged.
    """
    items = [*_movements(scored), *_epochs(state, staged)]
    left = [one for one in items if not _is_accepted(one, state.accepted_s)]
    return tuple(sorted(left, key=lambda one: (-one.doubt, one.start_s)))


def _is_accepted(one: Uncertain, accepted_s: Floats) -> bool:
    return any(start <= one.start_s and one.stop_s <= stop for start, stop in accepted_s)


def _movements(scored: Score) -> Iterator[Uncertain]:
    legs = scored.events.where(scored.events.is_kind("LM")).counted()
    if not len(legs):
        return
    found = [_Doubts() for _ in range(len(legs))]
    _margins(legs, found)
    for leg in scored.legs[:1]:
        _form(legs, leg.criteria, found)
        _intervals(legs, leg, found)
    _stage(legs, scored, found)
    ids = legs.text(REVIEW_ID)
    repeated = _repeated(legs, scored, found)
    for row, one in enumerate(found):
        if one.reasons and row not in repeated:
            yield Uncertain(
                start_s=float(legs.start_s[row]),
                stop_s=float(legs.stop_s[row]),
                what=MOVEMENT,
                event=str(ids[row]),
                reasons=tuple(one.reasons),
                doubt=round(one.doubt, 3),
            )


def _repeated(legs: Events, scored: Score, found: list[_Doubts]) -> set[int]:
    """Return the rows that say nothing but what the other leg of the same movement says."""
    place = {identifier: row for row, identifier in enumerate(legs.text(REVIEW_ID).tolist())}
    repeated: set[int] = set()
    for leg in scored.legs[:1]:
        for part in components(leg.movements, legs):
            rows = [place[one] for one in part if one in place]
            for k, row in enumerate(rows):
                said = [set(found[one].reasons) for one in rows[:k]]
                if any(set(found[row].reasons) <= one for one in said):
                    repeated.add(row)
    return repeated


def _margins(legs: Events, found: list[_Doubts]) -> None:
    nothing = np.full(len(legs), np.nan)
    onset = legs.measures.get("onset_margin_uv", nothing).tolist()
    offset = legs.measures.get("offset_margin_uv", nothing).tolist()
    for one, above, under in zip(found, onset, offset, strict=True):
        if above < _NEAR_ONSET_UV:
            one.add(f"{above:.1f} uV over the onset threshold", 1 - max(above, 0) / _NEAR_ONSET_UV)
        if under < _NEAR_OFFSET_UV:
            text = f"the quiet after its end is {under:.1f} uV under the offset threshold"
            one.add(text, 0.5 * (1 - max(under, 0) / _NEAR_OFFSET_UV))


def _form(legs: Events, criteria: Criteria, found: list[_Doubts]) -> None:
    for one, lasts_s in zip(found, legs.duration_s.tolist(), strict=True):
        for limit in (criteria.min_duration_s, criteria.max_duration_s):
            if abs(lasts_s - limit) <= _NEAR_DURATION_S:
                text = f"lasts {lasts_s:.2f} s, and the limit is {limit:g} s"
                one.add(text, 1 - abs(lasts_s - limit) / _NEAR_DURATION_S)


def _intervals(legs: Events, leg: LegScore, found: list[_Doubts]) -> None:
    """Doubt what stands at the border of a series: an interval near a limit, a short series."""
    criteria, series = leg.criteria, leg.verdicts.series
    place = {identifier: row for row, identifier in enumerate(legs.text(REVIEW_ID).tolist())}
    parts = components(leg.movements, legs)
    rows = np.flatnonzero(leg.verdicts.candidate).tolist()
    sizes = np.bincount(series[series > 0]) if (series > 0).any() else np.zeros(1, np.int64)
    for before, row in zip([None, *rows[:-1]], rows, strict=True):
        doubts = [found[place[one]] for one in parts[row] if one in place]
        if series[row] and sizes[series[row]] == criteria.min_movements:
            for one in doubts:
                one.add(f"in a series of just {criteria.min_movements}", 0.3)
        if before is None:
            continue
        interval_s = float(leg.movements.start_s[row] - leg.movements.start_s[before])
        for limit in (criteria.min_interval_s, criteria.max_interval_s):
            away = abs(interval_s - limit)
            if away <= _NEAR_INTERVAL_S:
                text = f"{interval_s:.1f} s after the one before, and the limit is {limit:g} s"
                for one in doubts:
                    one.add(text, 0.8 * (1 - away / _NEAR_INTERVAL_S))


def _stage(legs: Events, scored: Score, found: list[_Doubts]) -> None:
    hypnogram = scored.hypnogram
    doubts = doubt_of(hypnogram)
    if hypnogram is None:
        return
    epochs = np.floor((legs.start_s - hypnogram.start_s) / hypnogram.epoch_s).astype(np.int64)
    for one, epoch in zip(found, epochs.tolist(), strict=True):
        doubt = doubts[epoch] if 0 <= epoch < len(doubts) else None
        if doubt is not None and doubt > _DOUBTFUL_STAGE:
            one.add("its sleep stage is in doubt", 0.5 * doubt)


def _epochs(state: ReviewState, staged: tuple[ReviewItem, ...]) -> Iterator[Uncertain]:
    hypnogram = state.hypnogram
    if hypnogram is None:
        return
    doubts = doubt_of(hypnogram)
    for item in staged:
        # What a person staged since has no doubt of a program any more.
        if item.epoch < len(doubts) and doubts[item.epoch] is not None:
            yield Uncertain(
                start_s=item.start_s,
                stop_s=item.start_s + hypnogram.epoch_s,
                what=STAGE,
                epoch=item.epoch,
                reasons=item.reasons,
                doubt=doubts[item.epoch] or 0.0,
            )
