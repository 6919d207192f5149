"""What hypnic jerks are judged from, and what the judgement is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from psgscore.model._arrays import Floats, Ints, Spans, as_spans
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.staging import SleepOnset
from psgscore.score.jerk_context import JerkWindow


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class JerkNight:
    """What is known about the night besides the bursts; None is "not scored", never "none".

    Parameters
    ----------
    hypnogram : Hypnogram or None
        Sleep stages.
    n_muscles : int
        Distinct muscles recorded at a sufficient rate; see `count_muscles`.
    onsets : tuple of SleepOnset
        Every change from wake to sleep, in order of time.
    lights_off_s : float, optional
        Without it the recording begins with lights off.
    waves : Events, optional
        Vertex waves and K-complexes; `waves_looked` are the spans in which they were
        looked for and the EEG could be read (by default everywhere).
    arousals, respiratory : Events, optional
        As scored.
    potentials : Events, optional
        Fragmentary potentials in any stage, see `psgscore.score.fragmentary.potentials`.
        Against a jerk in sleep only those of NREM speak, against one in wake all.
    heart_rise_bpm : ndarray, shape (n_candidates,), optional
        By how much the heart rate rises within `heart_after_s`; NaN where not known.
    periodic_spans : ndarray, shape (n, 2)
        From the first to the last movement of each periodic series, seconds.
    outranked : mapping of str to ndarray of shape (n, 2)
        Spans in which something of higher precedence was scored, by the reason that is
        to stand in `excluded_by`, the weightiest first.
    readable : ndarray, shape (n, 2), optional
        Where at least one EMG can be read; by default everywhere.
    """

    hypnogram: Hypnogram | None
    n_muscles: int
    onsets: tuple[SleepOnset, ...] = ()
    lights_off_s: float | None = None
    waves: Events | None = None
    waves_looked: Spans | None = None
    arousals: Events | None = None
    respiratory: Events | None = None
    potentials: Events | None = None
    heart_rise_bpm: Floats | None = None
    periodic_spans: Spans = field(default_factory=lambda: as_spans([]))
    outranked: Mapping[str, Spans] = field(default_factory=dict)
    readable: Spans | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class JerkScore:
    """Every candidate with its tier, also those that something excludes.

    Parameters
    ----------
    events : Events
        Kinds ``"jerk:definite"``, ``"jerk:probable"``, ``"jerk:possible"``. Measures: those
        of the candidates; ``ev_muscles``, ``ev_wave``, ``ev_arousal``, ``ev_heart`` (1, 0,
        or NaN where it could not be looked at); ``points``, their sum; ``onset_delay_s``
        (jerk minus sleep onset), ``onset_low_s`` and ``onset_high_s`` (smallest and largest
        it may be, given the uncertainty of the sleep onset; NaN away from one). Texts:
        ``context`` (``"sleep onset"``, ``"re-entry"`` or ``"other"``) and ``excluded_by``,
        why it is no hypnic jerk, "" for one that counts.
    onset : ndarray of int, shape (n,)
        Index of the sleep onset it belongs to, -1 for none.
    windows : tuple of JerkWindow
        The times around sleep onsets that were looked at.
    readable : ndarray, shape (n, 2), or None
        See `JerkNight`.
    not_scored : tuple of NotScored
        What is missing, and why.
    """

    events: Events
    onset: Ints
    windows: tuple[JerkWindow, ...]
    readable: Spans | None
    not_scored: tuple[NotScored, ...]
