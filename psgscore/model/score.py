"""The result: everything people see is drawn from a `Score`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from psgscore.model._arrays import (
    Floats,
    Ints,
    Spans,
    Words,
    require_finite,
    require_parallel,
)
from psgscore.model.criteria import Criteria, LegMovementCriteria
from psgscore.model.cycles import SleepCycle
from psgscore.model.events import Events
from psgscore.model.finding import Finding, NotScored
from psgscore.model.hypnogram import SCOPE_STAGES, Hypnogram
from psgscore.model.sensitivity import IndexSensitivity
from psgscore.model.snapshot import Snapshot
from psgscore.model.staging import IndexRange, OnsetTrace, SleepOnset, StagingResult
from psgscore.model.subject import Review, Subject
from psgscore.model.verdicts import LegVerdicts

if TYPE_CHECKING:
    from psgscore.model.movement_criteria import MovementCriteria
    from psgscore.model.movements import MovementScore
    from psgscore.model.restless import RestlessView

DISCLAIMER = "Research software, not a medical device; review by a qualified clinician required."

_CLOCK = re.compile(r"(?:[0-2]\d:[0-5]\d:[0-5]\d)?", re.ASCII)
SCOPES = tuple(SCOPE_STAGES)
"""Where a number was counted; "total" is the whole scored time, lights off to lights on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A count over hours.

    Parameters
    ----------
    name : str
        For example ``"plm"`` or ``"plm_arousal"``.
    rules : str
        Name of the rule set.
    scope : str
        One of `SCOPES`, ``"hour 1"``, ... or ``"third 1"``, ...
    count : int
        Numerator.
    hours : float
        Denominator: readable hours of that scope.
    """

    name: str
    rules: str
    scope: str
    count: int
    hours: float

    @property
    def per_hour(self) -> float | None:
        """Count per hour, None when there are no hours."""
        return self.count / self.hours if self.hours > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """A number that is not a rate; `value` is None where it cannot be known.

    `name` and `unit` say what it is, `scope` (see `SCOPES`) where it was taken.
    """

    name: str
    rules: str
    scope: str
    value: float | None
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Histogram:
    """Counts in bins; `edges` has one more element than `counts`."""

    name: str
    rules: str
    edges: Floats
    counts: Ints

    def __post_init__(self) -> None:
        require_parallel(counts=self.counts, bins_by_edges=self.edges[1:])
        if not np.isfinite(self.edges).all():
            raise ValueError("edges must be numbers")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LegScore:
    """Movements after joining the legs, and the verdicts of one rule set on them."""

    criteria: Criteria
    movements: Events
    verdicts: LegVerdicts

    def __post_init__(self) -> None:
        require_parallel(movements=self.movements, verdicts=self.verdicts.stage)
        member = self.verdicts.series > 0
        numbers, onsets = self.verdicts.series[member], self.movements.start_s[member]
        first = onsets[np.unique(numbers, return_index=True)[1]]
        last = onsets[::-1][np.unique(numbers[::-1], return_index=True)[1]]
        if not (last > first).all():
            raise ValueError("the movements of a series come one after another")


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepMeasures:
    """Sleep architecture, minutes unless named otherwise; None where it cannot be known.

    The definition of each is in `psgscore.score.architecture.DEFINITIONS`.
    """

    lights_off_s: float
    lights_on_s: float
    trt_min: float
    tst_min: float
    sol_min: float | None
    rem_latency_min: float | None
    persistent_sleep_latency_min: float | None
    waso_min: float | None
    waso_spt_min: float | None
    sleep_efficiency_percent: float | None
    unscored_min: float
    stage_min: Mapping[str, float]
    stage_percent_of_tst: Mapping[str, float | None]
    awakenings: int
    stage_shifts: int
    arousals: int | None
    arousal_index: float | None

    def __post_init__(self) -> None:
        numbers = {one.name: getattr(self, one.name) for one in fields(self)}
        shares = (numbers.pop("stage_min"), numbers.pop("stage_percent_of_tst"))
        require_finite(**numbers)
        for share in shares:
            require_finite(**share)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUsed:
    """A channel the score rests on, with what was measured and used on it.

    `measures` holds numbers such as ``resting_uv`` or ``unreadable_min`` by name.
    """

    name: str
    role: str
    rate_hz: float
    unit: str
    reason: str
    measures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What was run, on what, with which numbers."""

    version: str
    input_name: str
    input_sha256: str
    scoring_inputs: tuple[tuple[str, str], ...]
    channels: tuple[ChannelUsed, ...]
    detection: LegMovementCriteria | None
    criteria_sha256: str
    stage_source: str
    rules: tuple[Criteria, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    movements: MovementCriteria | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Score:
    """One scored night.

    Parameters
    ----------
    provenance : Provenance
        What was run, on what.
    start : str
        Clock time of second 0 as ``"HH:MM:SS"``, "" when unknown. Only for display.
    duration_s : float
        Length of the recording.
    hypnogram : Hypnogram or None
        None when the night has no stages.
    events : Events
        Detected movements of every kind, and everything that was imported; the text
        `psgscore.model.events.EXCLUDED_BY` says what explains a movement otherwise.
    legs : tuple of LegScore
        One per rule set; empty when no leg could be scored.
    gaps, unreadable : ndarray, shape (n, 2)
        Seconds without signal, and without a readable leg channel (gaps included).
    sleep : SleepMeasures or None
        None without a hypnogram.
    rates, statistics, histograms : tuple
        Every number of the report.
    not_scored : tuple of NotScored
        What has no number, and why.
    findings : tuple of Finding
        What was tolerated.
    staging : StagingResult or None
        Automatic stages, where any were used.
    scorer : ndarray of str or None
        Who staged each epoch of the hypnogram: ``"given"``, ``"automatic"`` or "".
    ranges : tuple of IndexRange
        Numbers that rest on automatic stages, with the doubtful ones moved.
    onsets : tuple of SleepOnset
        Every transition from wake to sleep, as an interval.
    onset_traces : tuple of OnsetTrace
        What the EEG shows around each, for the report.
    movements : MovementScore or None
        What was found of movements besides leg movements, where they were looked for.
    restless : RestlessView or None
        The leg movements with restless legs in mind; None where no leg was scored.
    sensitivity : tuple of IndexSensitivity
        How far the PLM indices move with their thresholds, where it was asked for.
    subject : Subject
        Whose night it is.
    review : Review
        Who has looked at it.
    snapshots : tuple of Snapshot
        Movements with the signal around them: every group together, in time order within.
    cycles : tuple of SleepCycle
        The NREM/REM cycles; empty without a hypnogram, and where there is none.
    """

    provenance: Provenance
    start: str
    duration_s: float
    hypnogram: Hypnogram | None
    events: Events
    legs: tuple[LegScore, ...]
    gaps: Spans
    unreadable: Spans
    sleep: SleepMeasures | None
    rates: tuple[Rate, ...]
    statistics: tuple[Statistic, ...]
    histograms: tuple[Histogram, ...]
    not_scored: tuple[NotScored, ...]
    findings: tuple[Finding, ...]
    staging: StagingResult | None = None
    scorer: Words | None = None
    ranges: tuple[IndexRange, ...] = ()
    onsets: tuple[SleepOnset, ...] = ()
    onset_traces: tuple[OnsetTrace, ...] = ()
    movements: MovementScore | None = None
    restless: RestlessView | None = None
    sensitivity: tuple[IndexSensitivity, ...] = ()
    subject: Subject = field(default_factory=Subject)
    review: Review = field(default_factory=Review)
    snapshots: tuple[Snapshot, ...] = ()
    cycles: tuple[SleepCycle, ...] = ()

    def __post_init__(self) -> None:
        require_parallel(hypnogram=self.hypnogram, scorer=self.scorer)
        require_finite(duration_s=self.duration_s)
        if not _CLOCK.fullmatch(self.start):
            raise ValueError(f'start must be "HH:MM:SS" or "", not {self.start!r}')

    def rate(self, name: str, rules: str, scope: str) -> Rate | None:
        """Return the rate with that name, rule set and scope, None if there is none."""
        for rate in self.rates:
            if (rate.name, rate.rules, rate.scope) == (name, rules, scope):
                return rate
        return None

    def statistic(self, name: str, rules: str, scope: str = "total") -> Statistic | None:
        """Return the statistic with that name, rule set and scope, None if there is none."""
        for statistic in self.statistics:
            if (statistic.name, statistic.rules, statistic.scope) == (name, rules, scope):
                return statistic
        return None

    def range_of(self, name: str, rules: str = "", scope: str = "total") -> IndexRange | None:
        """Return what the doubts of automatic stages do to a number, None if there are none."""
        for one in self.ranges:
            if (one.name, one.rules, one.scope) == (name, rules, scope):
                return one
        return None
