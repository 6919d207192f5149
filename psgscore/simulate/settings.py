"""What a simulated night can be asked to contain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psgscore.errors import UsageError

Span = tuple[float, float]

MIN_HOURS, MAX_HOURS = 0.25, 14.0
MIN_RATE_HZ, MAX_RATE_HZ = 50.0, 1000.0


def require(condition: bool, message: str) -> None:
    """Raise UsageError with `message` unless `condition` holds."""
    if not condition:
        raise UsageError(f"simulated night: {message}")


def require_spans(name: str, spans: Sequence[Span]) -> None:
    """Raise UsageError unless every span is finite and stops after it starts."""
    for start_s, stop_s in spans:
        require(
            bool(np.isfinite(stop_s)) and 0 <= start_s < stop_s,
            f"{name} needs 0 <= start < stop in seconds, not ({start_s}, {stop_s})",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LegSettings:
    """The EMG of one leg, apart from its movements.

    Parameters
    ----------
    rate_hz : float
        Samples per second, 50 to 1000.
    resting_uv : float
        RMS of the resting EMG at the start of the recording.
    resting_steps : tuple of (float, float)
        Time in seconds and the resting RMS in uV from then on, in time order.
    drift_uv_per_h : float
        Added to the resting RMS per hour from the start; it never falls below 0.05 uV.
    ecg_spike_uv : float
        Peak of the QRS complex seen in the leg.
    mains_uv, mains_hz : float
        Amplitude (half of peak to peak) and frequency of the mains hum. At or above half
        the rate there is none: the recorder's own low-pass has taken it away.
    pops : tuple of float
        Times of electrode pops in seconds.
    pop_uv : float
        Peak of a pop; it is over within some 40 ms. Every second one is negative.
    flat : tuple of (float, float)
        Stretches in seconds without any signal.
    clipped : tuple of (float, float)
        Stretches in seconds in which the amplifier is driven into its limits.
    clip_uv : float
        Those limits, to either side of 0.
    """

    rate_hz: float = 256.0
    resting_uv: float = 1.6
    resting_steps: tuple[tuple[float, float], ...] = ()
    drift_uv_per_h: float = 0.0
    ecg_spike_uv: float = 0.0
    mains_uv: float = 0.0
    mains_hz: float = 50.0
    pops: tuple[float, ...] = ()
    pop_uv: float = 15000.0
    flat: tuple[Span, ...] = ()
    clipped: tuple[Span, ...] = ()
    clip_uv: float = 300.0

    def __post_init__(self) -> None:
        require(
            MIN_RATE_HZ <= self.rate_hz <= MAX_RATE_HZ,
            f"rate_hz must be {MIN_RATE_HZ:g} to {MAX_RATE_HZ:g}, not {self.rate_hz}",
        )
        levels = (self.resting_uv, *(level for _, level in self.resting_steps))
        require(all(level > 0 for level in levels), "the resting EMG must be above 0 uV")
        times = [time_s for time_s, _ in self.resting_steps]
        require(times == sorted(times), "resting_steps must be in time order")
        require(self.mains_hz > 0, f"mains_hz must be above 0, not {self.mains_hz}")
        require(self.clip_uv > 0, f"clip_uv must be above 0, not {self.clip_uv}")
        require_spans("flat", self.flat)
        require_spans("clipped", self.clipped)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """What happens in a night: how many movements, arousals and respiratory events.

    Parameters
    ----------
    periodic_share : float
        Share of N1 and N2 spent in periodic series, on average over the night; more
        early in the night than late.
    interval_s, interval_spread : float
        Median of the intervals in a series, onset to onset, and the SD of their logarithm.
    wake_share, wake_interval_s : float
        The same for wake.
    bilateral_share : float
        Share of movements in which both legs move.
    isolated_per_hour, long_per_hour, bursts_per_hour : float
        Single movements per hour of sleep; movements over 10 s and bursts of 0.1 to
        0.3 s, which are no movements, per hour of recording.
    amplitude_uv : (float, float)
        Smallest and largest rise of the EMG's RMS over its resting RMS.
    arousals_per_hour : float
        Spontaneous arousals per hour of sleep.
    arousal_share : float
        Share of the movements in sleep that come with an arousal.
    respiratory_per_hour : float
        Apnoeas and hypopnoeas per hour of sleep.
    respiratory_share : float
        Share of the respiratory events that end with a movement.
    """

    periodic_share: float = 0.35
    interval_s: float = 24.0
    interval_spread: float = 0.22
    wake_share: float = 0.35
    wake_interval_s: float = 12.0
    bilateral_share: float = 0.4
    isolated_per_hour: float = 5.0
    long_per_hour: float = 1.0
    bursts_per_hour: float = 6.0
    amplitude_uv: tuple[float, float] = (25.0, 150.0)
    arousals_per_hour: float = 6.0
    arousal_share: float = 0.3
    respiratory_per_hour: float = 4.0
    respiratory_share: float = 0.4

    def __post_init__(self) -> None:
        for name in ("periodic_share", "wake_share", "bilateral_share", "arousal_share",
                     "respiratory_share"):  # fmt: skip
            value = getattr(self, name)
            require(0 <= value <= 1, f"{name} must lie in [0, 1], not {value}")
        for name in ("isolated_per_hour", "long_per_hour", "bursts_per_hour",
                     "arousals_per_hour", "respiratory_per_hour"):  # fmt: skip
            value = getattr(self, name)
            require(0 <= value <= 120, f"{name} must lie in [0, 120], not {value}")
        for name in ("interval_s", "wake_interval_s"):
            value = getattr(self, name)
            require(value >= 5, f"{name} must be at least 5 s, not {value}")
        smallest, largest = self.amplitude_uv
        require(
            0 < smallest <= largest, f"amplitude_uv must rise from above 0: {smallest, largest}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilySettings:
    """How many movements of each kind a night is to hold; fewer where there is no room.

    Parameters
    ----------
    jerk_share : float
        Share of the transitions from wake to sleep with a hypnic jerk.
    jerks_asleep, lone_bursts, jerks_in_series : int
        Jerks in NREM far from any transition; single bursts of one leg; bursts of both
        legs within periodic series, which are no jerks.
    almas, tremors, fast_leg_movements, rockings, rhythmic, large_movements : int
        Trains of bursts, and movements of the body.
    grindings, clenchings, speeches : int
        Bruxism; speech in wake, which is none.
    slow_alternations : int
        Leg movements that alternate too slowly for an ALMA.
    fragmentary : tuple of str
        Of ``"long"`` (23 min, an EFM), ``"short"`` (19 min) and ``"sparse"`` (at most
        4 potentials per minute).
    rem_phasic_share, rem_tonic_share : float
        Shares of the epochs of R with phasic and with tonic activity of the chin.
    amplitude : float
        All bursts are this much stronger than drawn.
    """

    jerk_share: float = 0.9
    jerks_asleep: int = 3
    lone_bursts: int = 3
    jerks_in_series: int = 3
    almas: int = 4
    tremors: int = 4
    fast_leg_movements: int = 4
    rockings: int = 3
    rhythmic: int = 2
    large_movements: int = 5
    grindings: int = 5
    clenchings: int = 4
    speeches: int = 4
    slow_alternations: int = 2
    fragmentary: tuple[str, ...] = ("long", "short", "sparse")
    rem_phasic_share: float = 0.25
    rem_tonic_share: float = 0.12
    amplitude: float = 1.0

    def __post_init__(self) -> None:
        for name in ("jerk_share", "rem_phasic_share", "rem_tonic_share"):
            value = getattr(self, name)
            require(0 <= value <= 1, f"{name} must lie in [0, 1], not {value}")
        unknown = set(self.fragmentary) - {"long", "short", "sparse"}
        require(not unknown, f"fragmentary holds {', '.join(sorted(unknown))}")
        require(self.amplitude > 0, f"amplitude must be above 0, not {self.amplitude}")
