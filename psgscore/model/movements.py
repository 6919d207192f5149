"""What was found of movements besides leg movements; the rows are among the events of a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from psgscore.model.accelerometer import AccelerometerBursts
from psgscore.model.differential import Differential
from psgscore.model.finding import NotScored
from psgscore.model.heart import HeartBeats, HeartResponse
from psgscore.model.movement_criteria import MovementCriteria
from psgscore.model.rem import RemAtonia
from psgscore.model.score import ChannelUsed

JERK_NOTE = (
    "Hypnic jerks are an operational marker of this program, outside the clinical indices: no "
    "standard has a rule for them, and no labelled recordings are public."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JerkCount:
    """How many jerks of a tier: in the night, or around one sleep onset. Never per hour.

    Parameters
    ----------
    context, tier : str
        ``"sleep onset"``, ``"re-entry"`` or ``"other"``; ``"definite"``, ``"probable"``
        or ``"possible"``.
    onset : int
        Index of the sleep onset, -1 for all of a context.
    count : int or None
        None where there was nothing to look at.
    readable_s : float
        Seconds around the sleep onset in which an EMG can be read; NaN in ``"other"``.
    """

    context: str
    tier: str
    onset: int
    count: int | None
    readable_s: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MovementScore:
    """What was found of movements besides leg movements.

    Parameters
    ----------
    criteria : MovementCriteria
        What they were judged by.
    channels : tuple of ChannelUsed
        What was read besides the legs.
    muscles : mapping of str to str
        Label and role of every EMG that was looked at.
    jerks : tuple of JerkCount
        Empty where jerks were not scored.
    fragmentary_per_hour : float or None
        Fragmentary potentials per hour of NREM, None where they were not scored.
    rem : RemAtonia or None
        None where no EMG could be read.
    beats : HeartBeats or None
        None without an ECG that can be read.
    heart : HeartResponse or None
        Around the periodic movements of sleep; None without beats or without legs.
    accelerometers : tuple of AccelerometerBursts
        Apart from all that was seen in an EMG.
    differential : Differential or None
        The table "which movement is it", of the finished score.
    not_scored : tuple of NotScored
        What of all this has no number, and why; it is among what the score says, too.
    """

    criteria: MovementCriteria
    channels: tuple[ChannelUsed, ...] = ()
    muscles: Mapping[str, str] = field(default_factory=dict)
    jerks: tuple[JerkCount, ...] = ()
    fragmentary_per_hour: float | None = None
    rem: RemAtonia | None = None
    beats: HeartBeats | None = None
    heart: HeartResponse | None = None
    accelerometers: tuple[AccelerometerBursts, ...] = ()
    differential: Differential | None = None
    not_scored: tuple[NotScored, ...] = ()
