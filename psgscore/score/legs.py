"""One rule set on one night's leg movements: join, judge, number the series."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from psgscore.intervals import close_gaps, counts_touching, moments_inside
from psgscore.model._arrays import Bools, Floats, Ints, Spans, Words
from psgscore.model.criteria import Criteria
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.hypnogram import SLEEP, Hypnogram, Stage, Stages
from psgscore.model.movement_kinds import EXPLAINED_BY
from psgscore.model.score import LegScore
from psgscore.model.scoring import AROUSAL, AUTOMATIC_AROUSAL, RESPIRATORY
from psgscore.model.verdicts import LegVerdicts
from psgscore.score.associate import with_arousal, with_respiratory
from psgscore.score.bilateral import SIDES, is_candidate, join_legs, merge_marks
from psgscore.score.plm import number_series


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Night:
    """What the rules need to know of a night besides its movements.

    Parameters
    ----------
    events : Events
        Every event; ``LM*`` are the single-leg movements. What says `EXCLUDED_BY` is not
        counted, whatever it is.
    hypnogram : Hypnogram or None
        None when there are no stages at all.
    covers : frozenset of str
        What was scored, found or not: ``"LM"`` (and ``"LM:left"``, ``"LM:right"``),
        ``"arousal"``, ``"respiratory"``.
    lights_s : tuple of float
        Lights off and lights on; movements outside are not counted.
    unreadable : ndarray, shape (n, 2)
        Stretches without a readable leg channel, gaps included.
    """

    events: Events
    hypnogram: Hypnogram | None
    covers: frozenset[str]
    lights_s: tuple[float, float]
    unreadable: Spans = field(default_factory=lambda: np.zeros((0, 2)))

    @property
    def sides(self) -> tuple[str, ...]:
        """Sides that can be told apart; both legs are needed for a bilateral movement."""
        known = [
            side
            for side in SIDES
            if f"LM:{side}" in self.covers or self.events.is_kind(f"LM:{side}").any()
        ]
        return (*known, "bilateral") if len(known) == len(SIDES) else tuple(known)

    def readable(self, times_s: Floats) -> Bools:
        """Say at which times at least one leg channel can be read."""
        return ~moments_inside(times_s, close_gaps(self.unreadable))

    def barriers(self, criteria: Criteria) -> Spans:
        """Return the stretches that no interval between movements may cross.

        What looked like a leg movement and is something else (a large movement, an ALMA)
        is no candidate: it ends a series where those do, and is ignored where they are. One
        that a person rejected is as if it were not there.
        """
        stretches = [self.unreadable]
        if self.hypnogram is not None:
            stretches.append(self.hypnogram.spans(Stage.UNSCORED))
        if criteria.long_movement == "ends_series":
            legs = self.events.of_kind("LM")
            stretches.append(legs.where(np.isin(legs.text(EXCLUDED_BY), EXPLAINED_BY)).spans)
        return close_gaps(np.concatenate(stretches))


def score_legs(night: Night, criteria: Criteria) -> LegScore:
    """Score the leg movements of a night under one rule set.

    Parameters
    ----------
    night : Night
        Movements, stages and what else was scored.
    criteria : Criteria
        The rule set.

    Returns
    -------
    LegScore
        One row per movement after joining the legs; nothing is deleted.
    """
    counted = night.events.counted()
    joined = join_legs(merge_marks(counted, criteria), criteria)
    candidate, reasons = is_candidate(joined, criteria)
    arousal = automatic = respiratory = None
    if "arousal" in night.covers:
        arousal = with_arousal(joined, counted.of_kind(*AROUSAL), criteria)
    if "automatic_arousal" in night.covers:
        automatic = with_arousal(joined, counted.of_kind(*AUTOMATIC_AROUSAL), criteria)
    if "respiratory" in night.covers:
        found = counted.of_kind(*RESPIRATORY)
        respiratory = with_respiratory(joined, found, criteria.respiratory_window)
    breaker = ~candidate & (criteria.long_movement == "ends_series")
    excluded_by = _excluded_by(joined, np.array(reasons, dtype=np.str_), night, criteria)
    if criteria.respiratory == "excluded" and respiratory is not None:
        excluded_by = _add_reason(excluded_by, respiratory, "respiratory event")
        candidate = candidate & ~respiratory
    series, without = _series(joined, night, criteria, excluded_by == "", breaker, respiratory)
    if criteria.short_interval == "skipped":
        skipped = _skipped(joined.start_s, series, (excluded_by == ""), criteria)
        excluded_by = _add_reason(
            excluded_by, skipped, f"less than {criteria.min_interval_s:g} s after the one before"
        )
    return LegScore(
        criteria=criteria,
        movements=joined,
        verdicts=LegVerdicts(
            stage=onset_stages(joined, night.hypnogram),
            side=_sides(joined),
            components=_components(joined),
            candidate=candidate,
            series=series,
            arousal=arousal,
            automatic_arousal=automatic,
            respiratory=respiratory,
            plm_without_respiratory=without,
            excluded_by=excluded_by,
        ),
    )


def onset_stages(movements: Events, hypnogram: Hypnogram | None) -> Stages:
    """Return the stage of the epoch that holds each onset; UNSCORED without a hypnogram."""
    if hypnogram is None:
        return np.full(len(movements), int(Stage.UNSCORED), np.int8)
    return hypnogram.at(movements.start_s)


def counted_stages(movements: Events, hypnogram: Hypnogram | None, criteria: Criteria) -> Stages:
    """Return the stage each movement is counted under.

    That of its onset; where a part in sleep is enough (AASM v3) and the onset lies
    in wake, that of the first sleep epoch it reaches.
    """
    stages = onset_stages(movements, hypnogram)
    if hypnogram is None or criteria.eligible != "part_in_sleep":
        return stages
    sleep = hypnogram.spans(*SLEEP)
    late = (stages == Stage.W) & (counts_touching(movements.spans, sleep, closed=False) > 0)
    if not late.any():
        return stages
    begins = sleep[np.searchsorted(sleep[:, 0], movements.start_s[late], side="right"), 0]
    counted = stages.copy()
    counted[late] = hypnogram.at(begins)
    return counted


def _excluded_by(joined: Events, reasons: Words, night: Night, criteria: Criteria) -> Words:
    """Add to the reasons of form those of time and stage."""
    off, on = night.lights_s
    start = joined.start_s
    reasons = _add_reason(reasons, start < off, "before lights off")
    reasons = _add_reason(reasons, start >= on, "after lights on")
    reasons = _add_reason(reasons, ~night.readable(start), "unreadable signal")
    if night.hypnogram is None:
        return reasons
    stages = counted_stages(joined, night.hypnogram, criteria)
    reasons = _add_reason(reasons, stages == Stage.UNSCORED, "unscored epoch")
    if criteria.eligible != "any_stage":
        reasons = _add_reason(reasons, ~np.isin(stages, SLEEP), "wake")
    return reasons


def _add_reason(reasons: Words, hit: Bools, text: str) -> Words:
    """Put `text` where there is a hit and no reason yet."""
    added: Words = np.where((reasons == "") & hit, text, reasons)
    return added


def _series(
    joined: Events,
    night: Night,
    criteria: Criteria,
    member: Bools,
    breaker: Bools,
    respiratory: Bools | None,
) -> tuple[Ints, Bools | None]:
    """Return the series, and which movements are in one without the respiratory-related."""
    onset, barriers = joined.start_s, night.barriers(criteria)
    series = number_series(onset, criteria, member=member, breaker=breaker, barriers=barriers)
    if respiratory is None:
        return series, None
    without = number_series(
        onset, criteria, member=member & ~respiratory, breaker=breaker, barriers=barriers
    )
    return series, without > 0


def _skipped(onset_s: Floats, series: Ints, member: Bools, criteria: Criteria) -> Bools:
    """Say which members a series passed over: in reach of the member of the series before them."""
    skipped = np.zeros(len(onset_s), np.bool_)
    last = -np.inf
    for row in np.flatnonzero(member):
        if series[row]:
            last = onset_s[row]
        else:
            skipped[row] = np.round(onset_s[row] - last, 6) < criteria.min_interval_s
    return skipped


def _sides(joined: Events) -> Words:
    sides = [str(word).removeprefix("LM").removeprefix(":") for word in joined.kind]
    return np.array(sides, dtype=np.str_)


def _components(joined: Events) -> Ints:
    return np.asarray(joined.measures.get("components", []), dtype=np.int64)
