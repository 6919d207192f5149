"""Arousals: abrupt shifts of EEG frequency out of sleep. A rule detector of low trust.

The text of the AASM manual in numbers. Rule detectors of this kind agree far less with
people than people do with each other; see docs/arousals.md before using the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psgscore.detect.frequency_shifts import Spectrogram, excerpt, find_shifts
from psgscore.dsp.band_power import STEP_S
from psgscore.dsp.edges import refine_edge
from psgscore.dsp.envelope import rms_envelope
from psgscore.dsp.filters import band_pass
from psgscore.errors import NotScorableError
from psgscore.intervals import runs, subtract, total_s
from psgscore.model._arrays import Floats, Spans, to_microsecond
from psgscore.model.eeg_criteria import AROUSAL_AASM, ArousalCriteria
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import SLEEP, Hypnogram, Stage
from psgscore.model.signal import Signal

KIND = "arousal"
SOURCE = "psgscore rule detector, low trust"
"""How the report names where such arousals come from."""

MEASURES = (
    "shift_ratio", "theta_ratio", "alpha_ratio", "beta_ratio", "chin_ratio", "chin_rise_s",
    "sleep_before_s",
)  # fmt: skip

_CHIN_HZ = (10.0, 100.0)
_CHIN_WINDOW_S = 0.2
_CHIN_REACH_S = 0.2
_MARGIN_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class ArousalSearch:
    """The arousals of a night, and where none could be looked for.

    Parameters
    ----------
    events : Events
        See `detect_arousals`.
    not_scored : tuple of NotScored
        Parts of the sleep in which an arousal would have been missed, with the reason.
    """

    events: Events
    not_scored: tuple[NotScored, ...]


def detect_arousals(
    eeg: Sequence[Signal],
    hypnogram: Hypnogram,
    chin: Signal | None = None,
    criteria: ArousalCriteria = AROUSAL_AASM,
) -> Events:
    """Detect arousals by rule. `search_arousals` also says what could not be scored.

    Parameters
    ----------
    eeg : sequence of Signal
        EEG derivations, samples of shape (n_samples,) in uV, each at its own rate of at
        least 100 Hz.
    hypnogram : Hypnogram
        Stages on the clock of the recording. No arousal begins in W or UNSCORED.
    chin : Signal, optional
        Chin EMG in uV, at least 100 Hz. Without it no arousal in R is scored.
    criteria : ArousalCriteria
        Durations, bands and ratios.

    Returns
    -------
    Events
        Kind ``"arousal"``; the channel is the one that shifted most. Measures, ratios
        being over the seconds before: ``shift_ratio`` (power, in the band that rose
        most), ``theta_ratio``, ``alpha_ratio``, ``beta_ratio``, ``chin_ratio`` (RMS),
        ``chin_rise_s`` (the longest rise; NaN where there is no chin EMG) and
        ``sleep_before_s`` (since wake, a gap or the shift before).

    Raises
    ------
    UnitError
        A signal is not in uV.
    NotScorableError
        There is no EEG, or one is too slow.

    References
    ----------
    AASM Manual for the Scoring of Sleep and Associated Events, version 3, arousal rule.
    """
    return search_arousals(eeg, hypnogram, chin, criteria).events


def search_arousals(
    eeg: Sequence[Signal],
    hypnogram: Hypnogram,
    chin: Signal | None = None,
    criteria: ArousalCriteria = AROUSAL_AASM,
) -> ArousalSearch:
    """Detect arousals, and say where none could be looked for. See `detect_arousals`."""
    _require_usable(eeg, chin, criteria)
    usable_chin = chin if chin is not None and chin.rate_hz >= criteria.min_rate_hz else None
    stop_s = max(hypnogram.stop_s, *(one.stop_s for one in eeg))
    spectrogram = Spectrogram.of(eeg, criteria, stop_s)
    times_s = np.arange(spectrogram.power.shape[2]) * STEP_S
    shifts = find_shifts(eeg, spectrogram, np.isin(hypnogram.at(times_s), SLEEP))
    shifts = with_chin(shifts, usable_chin, criteria)
    asleep = hypnogram.spans(*SLEEP)
    recorded = subtract(asleep, spectrogram.unreadable())
    reasons = [
        *_unread_sleep(total_s(asleep), total_s(recorded)),
        *_unread_rem(total_s(hypnogram.spans(Stage.R)), chin, criteria),
        *_unread_chin(shifts, hypnogram, usable_chin),
    ]
    events = arousals_of(shifts, hypnogram, recorded, criteria)
    return ArousalSearch(events, tuple(reasons))


def arousals_of(
    shifts: Events, hypnogram: Hypnogram, recorded: Spans, criteria: ArousalCriteria
) -> Events:
    """Return the shifts of frequency that are arousals.

    Parameters
    ----------
    shifts : Events
        Disjoint shifts, with the measure ``chin_rise_s`` where it is known.
    hypnogram : Hypnogram
        Stages.
    recorded : ndarray, shape (n, 2)
        Sleep that was recorded, in seconds: a gap is not sleep.
    criteria : ArousalCriteria
        Durations.
    """
    slack = criteria.edge_tolerance_s
    shifts = _within_scored(shifts, hypnogram)
    rises = shifts.measures.get("chin_rise_s", np.full(len(shifts), np.nan))
    confirmed = np.nan_to_num(rises) >= to_microsecond(criteria.chin_rise_s - slack)
    confirmed |= hypnogram.at(shifts.start_s) != Stage.R
    long_enough = shifts.duration_s >= to_microsecond(criteria.min_duration_s - slack)
    disturbing = shifts.where(confirmed & long_enough)
    before = sleep_before(disturbing, recorded)
    measures = {**disturbing.measures, "sleep_before_s": np.round(before, 2)}
    timely = before >= to_microsecond(criteria.sleep_before_s - slack)
    short = disturbing.duration_s <= to_microsecond(criteria.max_duration_s + slack)
    return Events(
        disturbing.start_s,
        disturbing.stop_s,
        np.full(len(disturbing), KIND),
        disturbing.channel,
        measures,
    ).where(timely & short)


def sleep_before(shifts: Events, recorded: Spans) -> Floats:
    """Return the seconds of undisturbed sleep up to each shift; 0 for one outside sleep.

    Sleep is counted from the end of the shift before, also when that was no arousal
    because it came too soon or lasted too long.
    """
    never = np.full((1, 2), -np.inf)
    spans = np.concatenate([never, recorded])
    row = np.searchsorted(spans[:, 0], shifts.start_s, side="right") - 1
    begun, over = spans[row].T
    earlier = np.concatenate([[-np.inf], shifts.stop_s])[: len(shifts)]
    asleep = shifts.start_s < over
    since = shifts.start_s[asleep] - np.maximum(begun, earlier)[asleep]
    found = np.zeros(len(shifts))
    found[asleep] = since
    return to_microsecond(found)


def with_chin(shifts: Events, chin: Signal | None, criteria: ArousalCriteria) -> Events:
    """Return the shifts with the measures ``chin_ratio`` and ``chin_rise_s``."""
    found = [_chin_rise(chin, span, criteria) if chin else (np.nan, np.nan)
             for span in shifts.spans]  # fmt: skip
    ratio, rise_s = np.array(found, np.float64).reshape(-1, 2).T
    measures = {"chin_ratio": np.round(ratio, 2), "chin_rise_s": np.round(rise_s, 3)}
    return Events(shifts.start_s, shifts.stop_s, shifts.kind, shifts.channel,
                  {**shifts.measures, **measures})  # fmt: skip


def _chin_rise(chin: Signal, span_s: Floats, criteria: ArousalCriteria) -> tuple[float, float]:
    """Return by how much and for how long the chin EMG rises within a span; NaN if unknown."""
    start_s, stop_s = map(float, span_s)
    margin_s = criteria.chin_baseline_s + _MARGIN_S
    part = excerpt(chin, (start_s, stop_s), (margin_s, _MARGIN_S))
    if part is None or start_s - part.start_s < criteria.chin_baseline_s / 2:
        return np.nan, np.nan
    filtered = band_pass(part.samples, part.rate_hz, *_CHIN_HZ)
    envelope = rms_envelope(filtered, part.rate_hz, _CHIN_WINDOW_S)
    step, values = envelope.step, envelope.values
    first, last = (round((time_s - part.start_s) * part.rate_hz) for time_s in (start_s, stop_s))
    rest = float(np.median(values[: max(first // step, 1)]))
    within = values[first // step : max(last // step, first // step + 1)]
    if rest**2 < criteria.flat_uv**2:
        return np.nan, np.nan
    reach = round(_CHIN_REACH_S * part.rate_hz)
    longest = 0
    for begin, end in runs(values >= criteria.chin_ratio * rest) * step:
        if end > first and begin < last:
            onset = refine_edge(filtered, int(begin), reach, rest, rising=True)
            offset = refine_edge(filtered, int(end), reach, rest, rising=False)
            longest = max(longest, min(offset, last) - max(onset, first))
    return float(within.max()) / rest, longest / part.rate_hz


def _within_scored(shifts: Events, hypnogram: Hypnogram) -> Events:
    """End each shift where the stages end: what follows is unknown, not an arousal."""
    unknown = hypnogram.spans(Stage.UNSCORED)[:, 0]
    ends = np.concatenate([unknown, [hypnogram.stop_s, np.inf]])
    nearest = ends[np.searchsorted(ends[:-1], shifts.start_s, side="right")]
    stop_s = np.minimum(shifts.stop_s, nearest)
    return Events(shifts.start_s, stop_s, shifts.kind, shifts.channel, shifts.measures)


def _require_usable(eeg: Sequence[Signal], chin: Signal | None, criteria: ArousalCriteria) -> None:
    if not eeg:
        raise NotScorableError("arousals", ("no EEG was given",))
    for signal in (*eeg, *([chin] if chin else [])):
        signal.require_unit("uV")
    for signal in eeg:
        if signal.rate_hz < criteria.min_rate_hz:
            reason = f"{signal.rate_hz:g} Hz is too slow (at least {criteria.min_rate_hz:g} Hz)"
            raise NotScorableError(signal.label, (reason,))


def _unread_sleep(asleep_s: float, recorded_s: float) -> list[NotScored]:
    if asleep_s == 0:
        return [NotScored("arousals", "no epoch is scored as sleep")]
    missing_s = asleep_s - recorded_s
    if missing_s < 1.0:
        return []
    reason = f"in {missing_s / 60:.1f} min of sleep no EEG can be read"
    return [NotScored("arousals in part of the sleep", reason)]


def _unread_rem(rem_s: float, chin: Signal | None, criteria: ArousalCriteria) -> list[NotScored]:
    if rem_s == 0 or (chin is not None and chin.rate_hz >= criteria.min_rate_hz):
        return []
    why = "none was given"
    if chin is not None:
        why = f"{chin.label!r} has {chin.rate_hz:g} Hz (at least {criteria.min_rate_hz:g} Hz)"
    reason = f"in R ({rem_s / 60:.1f} min) the rule asks for a rise of the chin EMG, and {why}"
    return [NotScored("arousals in R", reason)]


def _unread_chin(shifts: Events, hypnogram: Hypnogram, chin: Signal | None) -> list[NotScored]:
    in_rem = hypnogram.at(shifts.start_s) == Stage.R
    count = int(np.sum(in_rem & np.isnan(shifts.measures["chin_rise_s"])))
    if chin is None or not count:
        return []
    reason = f"at {count} shifts of frequency in R the chin EMG {chin.label!r} cannot be read"
    return [NotScored("some arousals in R", reason)]
