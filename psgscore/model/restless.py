"""The restless-legs view of a night, and the result of an immobilisation test."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import LegMovementCriteria
from psgscore.model.finding import Finding, NotScored
from psgscore.model.rem import CONTEXT
from psgscore.model.restless_criteria import ImmobilisationCriteria, RestlessCriteria
from psgscore.model.score import LegScore, Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalPeak:
    """Where the intervals between movements, onset to onset, are densest.

    Parameters
    ----------
    count : int
        Intervals looked at: at most 90 s, none across a gap.
    mode_s : float or None
        Peak of the density of their logarithms; None with too few, or without a peak
        inside the range looked at.
    geometric_sd : float or None
        exp of the SD of their logarithms: a factor.
    width_s : tuple of float or None
        Where the density falls to half of the peak, to either side of it.
    """

    count: int
    mode_s: float | None
    geometric_sd: float | None
    width_s: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestlessView:
    """Leg movements of a night, looked at with restless legs in mind; no diagnosis.

    Parameters
    ----------
    rules : str
        Name of the rule set.
    plmw, plmw_before_sleep, plmw_after_onset : Rate or None
        Periodic movements in wake between lights off and on; before sleep onset; after
        it. None without stages, and where the rule set has none in wake.
    hours_of_night, thirds : tuple of Rate
        Periodic movements by hour and by third of the night, of sleep where it is known.
    wake_hours, wake_thirds : tuple of Rate
        The same of wake; empty where `plmw` is None.
    third_ratio : float or None
        Index of the last third over that of the first; None where either has too little
        sleep or the first is 0.
    slope_per_hour : float or None
        By how much the index changes from one hour of the night to the next (straight
        line, hours weighted by their sleep).
    falling : bool or None
        `third_ratio` at or under the limit; None where it is not known.
    interval : IntervalPeak
        Intervals between candidates.
    pi_interval, pi_count : float or None
        The two periodicity indices, of sleep where it is known.
    not_scored : tuple of NotScored
        What is None, and why.
    """

    rules: str
    plmw: Rate | None
    plmw_before_sleep: Rate | None
    plmw_after_onset: Rate | None
    hours_of_night: tuple[Rate, ...]
    thirds: tuple[Rate, ...]
    third_ratio: float | None
    slope_per_hour: float | None
    falling: bool | None
    interval: IntervalPeak
    pi_interval: float | None
    pi_count: float | None
    not_scored: tuple[NotScored, ...]
    wake_hours: tuple[Rate, ...] = ()
    wake_thirds: tuple[Rate, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SitResult:
    """A suggested immobilisation test.

    Parameters
    ----------
    start_s, stop_s : float
        What was scored, seconds from the start of the recording.
    legs : LegScore
        Every movement of the recording, and why those outside are not counted.
    plm, lm : Rate
        Periodic movements (the SIT index), and all, over the hours awake and readable.
    course : tuple of Rate
        Periodic movements in 10-min bins.
    interval : IntervalPeak
        Intervals between candidates.
    published_index, published_interval_s : float
        What the index and the peak are held against.
    min_hours : float
        With fewer there is no index.
    criteria, restless, detection : criteria
        Of the test, of its intervals, and of the movements; None where they were given.
    findings : tuple of Finding
        Shorter than an hour; sleep, or unreadable time, left out.
    not_scored : tuple of NotScored
        Why there is no index.
    """

    start_s: float
    stop_s: float
    legs: LegScore
    plm: Rate
    lm: Rate
    course: tuple[Rate, ...]
    interval: IntervalPeak
    published_index: float
    published_interval_s: float
    min_hours: float
    criteria: ImmobilisationCriteria
    restless: RestlessCriteria
    findings: tuple[Finding, ...]
    not_scored: tuple[NotScored, ...]
    detection: LegMovementCriteria | None = None

    @property
    def index(self) -> float | None:
        """Periodic movements per hour awake and readable, None where there is too little."""
        return self.plm.per_hour if self.plm.hours >= self.min_hours else None

    @property
    def words(self) -> str:
        """The index beside the published one, "" without an index."""
        if self.index is None:
            return ""
        side = "above" if self.index > self.published_index else "not above"
        return (
            f"{side} the published {self.published_index:g}/h, with a usual interval of about "
            f"{self.published_interval_s:g} s {CONTEXT}"
        )
