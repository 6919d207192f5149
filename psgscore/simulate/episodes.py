"""What each movement of sleep looks like: bursts on muscles, waves in the EEG, a faster heart.

Everything here is drawn clear of the limits of the rules, so that the truth is beyond dispute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from psgscore.model._arrays import Floats

LEGS = ("left", "right")
BODY = (*LEGS, "chin")
PLACE_LABELS = {
    "left": "Left Leg",
    "right": "Right Leg",
    "chin": "Chin",
    "arm_left": "Left Arm",
    "arm_right": "Right Arm",
}


@dataclass(frozen=True, slots=True)
class Burst:
    """One burst of one muscle: `amplitude_uv` is its RMS.

    One that is `even` is nowhere weak, so that it is seen to last as long as it does.
    """

    place: str
    start_s: float
    stop_s: float
    amplitude_uv: float
    even: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One movement of sleep, or something that looks like one.

    Parameters
    ----------
    kind : str
        Its true kind, ``"ALMA"``; of a look-alike ``"lookalike:..."``.
    start_s, stop_s : float
        Of the whole, seconds from the start of the night.
    bursts : tuple of Burst
        What the muscles do.
    waves_s : tuple of float
        Vertex waves in the EEG.
    rhythm : (float, float) or None
        Frequency in Hz and amplitude in uV of a rhythm all EEG shows.
    artefact_uv : float
        RMS of the movement artefact in the EEG, 0 for none.
    heart_s : tuple of float
        When the heart begins to beat faster for some seconds.
    arousal : (float, float) or None
        An arousal that comes with it.
    """

    kind: str
    start_s: float
    stop_s: float
    bursts: tuple[Burst, ...]
    waves_s: tuple[float, ...] = ()
    rhythm: tuple[float, float] | None = None
    artefact_uv: float = 0.0
    heart_s: tuple[float, ...] = ()
    arousal: tuple[float, float] | None = None

    @property
    def channel(self) -> str:
        """Labels of the muscles, joined by ``+``."""
        places = {burst.place for burst in self.bursts}
        return "+".join(label for place, label in PLACE_LABELS.items() if place in places)


def jerk(rng: np.random.Generator, start_s: float, *, kind: str, evidence: int) -> Episode:
    """Draw a hypnic jerk of several muscles, with 1 to 3 more points of evidence."""
    duration = rng.uniform(0.15, 0.215)
    amplitude = float(rng.uniform(110, 300))
    places = BODY if rng.random() < 0.5 else LEGS
    found = together(rng, kind, start_s, duration, places, amplitude)
    wave = start_s + duration + rng.uniform(0.1, 0.6)
    arousal = start_s + rng.uniform(0.3, 1.5)
    return replace(
        found,
        waves_s=(wave,) if evidence >= 3 else (),
        arousal=(arousal, arousal + rng.uniform(4, 8)) if evidence >= 1 else None,
        heart_s=(start_s + 0.5,) if evidence >= 2 else (),
    )


def together(
    rng: np.random.Generator,
    kind: str,
    start_s: float,
    duration_s: float,
    places: Sequence[str],
    amplitude_uv: float,
) -> Episode:
    """Draw one burst of several muscles, the later ones within 60 ms."""
    bursts = []
    for number, place in enumerate(places):
        begin = start_s + (rng.uniform(0, 0.06) if number else 0.0)
        strength = amplitude_uv * (rng.uniform(0.7, 1.0) if number else 1.0)
        stop_s = begin + duration_s
        bursts.append(Burst(place, begin, stop_s, max(float(strength), 75.0), even=True))
    return _episode(kind, bursts)


def alternating(rng: np.random.Generator, start_s: float) -> Episode:
    """Draw an ALMA: 6 to 24 short bursts, one leg after the other."""
    rate_hz = rng.uniform(0.65, 2.6)
    duration = rng.uniform(0.15, min(0.42, 0.5 / rate_hz))
    onsets = _rhythm(rng, start_s, rate_hz, int(rng.integers(6, 25)))
    amplitude = rng.uniform(40, 150)
    first = int(rng.integers(2))
    return _episode(
        "ALMA",
        [
            Burst(LEGS[(first + k) % 2], onset, onset + duration, float(amplitude))
            for k, onset in enumerate(onsets)
        ],
    )


def foot_tremor(rng: np.random.Generator, start_s: float) -> Episode:
    """Draw a hypnagogic foot tremor: one foot, bursts of 0.35 to 0.9 s, at least 12 s."""
    rate_hz = rng.uniform(0.5, 1.6)
    duration = rng.uniform(0.35, min(0.9, 0.6 / rate_hz))
    # Each interval may be a tenth shorter than drawn, yet the whole stays over 10 s.
    count = int(np.ceil(rng.uniform(13, 20) * rate_hz)) + 1
    return _one_leg(rng, "HFT", _rhythm(rng, start_s, rate_hz, count), duration)


def fast_leg_movements(rng: np.random.Generator, start_s: float) -> Episode:
    """Draw fast movements of one leg that are neither ALMA nor HFT: bursts under 0.25 s."""
    rate_hz = rng.uniform(0.6, 3.2)
    duration = rng.uniform(0.11, min(0.19, 0.45 / rate_hz))
    count = int(rng.integers(6, 30))
    return _one_leg(rng, "HFLM", _rhythm(rng, start_s, rate_hz, count), duration)


def rocking(rng: np.random.Generator, start_s: float) -> Episode:
    """Draw a rhythmic movement: chin and legs together, 0.6 to 1.8 Hz."""
    rate_hz = rng.uniform(0.6, 1.8)
    duration = rng.uniform(0.2, 0.45 / rate_hz)
    onsets = _rhythm(rng, start_s, rate_hz, int(rng.integers(8, 40)))
    return _all_over(rng, "RMD", onsets, duration, BODY)


def rhythmic(rng: np.random.Generator, start_s: float) -> Episode:
    """Draw sustained rhythmic activity of all muscles and of the EEG, 3 to 5.5 Hz."""
    rate_hz = float(rng.uniform(3.0, 5.5))
    count = int(rng.uniform(14, 45) * rate_hz)
    onsets = _rhythm(rng, start_s, rate_hz, count, jitter=0.03)
    found = _all_over(rng, "rhythmic_flag", onsets, 0.4 / rate_hz, BODY)
    return replace(found, rhythm=(rate_hz, float(rng.uniform(80, 160))))


def large_movement(rng: np.random.Generator, start_s: float) -> Episode:
    """Draw a movement of the body: all muscles for 4 to 40 s, and an artefact in the EEG."""
    duration = float(np.exp(rng.uniform(np.log(4.0), np.log(40.0))))
    bursts = [
        Burst(
            place,
            start_s + float(rng.uniform(0, 0.3)),
            start_s + duration - float(rng.uniform(0, 0.3)),
            float(rng.uniform(100, 250)),
        )
        for place in BODY
    ]
    return replace(_episode("LMM", bursts), artefact_uv=float(rng.uniform(100, 250)))


def grinding(rng: np.random.Generator, start_s: float) -> Episode:
    """Draw an episode of phasic bruxism: 3 to 8 bursts of the chin."""
    bursts, at = [], start_s
    amplitude = float(rng.uniform(40, 90))
    for _ in range(int(rng.integers(4, 9))):
        duration = float(rng.uniform(0.35, 1.5))
        bursts.append(Burst("chin", at, at + duration, amplitude))
        at += duration + float(rng.uniform(0.5, 1.4))
    return _episode("bruxism:phasic", bursts)


def clenching(rng: np.random.Generator, start_s: float) -> Episode:
    """Draw an episode of tonic bruxism: one burst of the chin, 2.6 to 8 s."""
    stop_s = start_s + float(rng.uniform(2.6, 8.0))
    return _episode("bruxism:tonic", [Burst("chin", start_s, stop_s, float(rng.uniform(40, 90)))])


def speech(rng: np.random.Generator, start_s: float) -> Episode:
    """Draw speech: many short bursts of the chin, of no rhythm."""
    bursts, at = [], start_s
    for _ in range(int(rng.integers(15, 50))):
        duration = float(rng.uniform(0.08, 0.35))
        bursts.append(Burst("chin", at, at + duration, float(rng.uniform(30, 90))))
        at += duration + float(rng.uniform(0.1, 0.7))
    return _episode("lookalike:speech", bursts)


def slow_alternation(rng: np.random.Generator, start_s: float) -> Episode:
    """Draw leg movements that alternate, too slowly for an ALMA."""
    onsets = _rhythm(rng, start_s, 1 / rng.uniform(4.0, 6.0), int(rng.integers(5, 9)), jitter=0.03)
    bursts = [
        Burst(LEGS[k % 2], onset, onset + float(rng.uniform(0.7, 1.2)), float(rng.uniform(40, 120)))
        for k, onset in enumerate(onsets)
    ]
    return _episode("lookalike:slow_alternation", bursts)


def potentials(
    rng: np.random.Generator,
    kind: str,
    onsets_s: Floats,
    places: Sequence[str],
) -> Episode:
    """Draw fragmentary potentials: one muscle at a time, 125 to 140 ms.

    At half height they are about a tenth shorter, 110 to 125 ms.
    """
    bursts = [
        Burst(
            str(rng.choice(places)),
            float(onset),
            float(onset + rng.uniform(0.125, 0.14)),
            float(rng.uniform(75, 160)),
            even=True,
        )
        for onset in onsets_s
    ]
    return _episode(kind, bursts)


def _one_leg(rng: np.random.Generator, kind: str, onsets: Floats, duration_s: float) -> Episode:
    leg = LEGS[int(rng.integers(2))]
    amplitude = float(rng.uniform(40, 150))
    return _episode(
        kind, [Burst(leg, float(one), float(one + duration_s), amplitude) for one in onsets]
    )


def _all_over(
    rng: np.random.Generator,
    kind: str,
    onsets: Floats,
    duration_s: float,
    places: Sequence[str],
) -> Episode:
    amplitude = {place: float(rng.uniform(60, 180)) for place in places}
    return _episode(
        kind,
        [
            Burst(place, float(one), float(one + duration_s), amplitude[place])
            for one in onsets
            for place in places
        ],
    )


def _rhythm(
    rng: np.random.Generator, start_s: float, rate_hz: float, count: int, jitter: float = 0.05
) -> Floats:
    """Draw onsets at a rate; each interval varies by `jitter`, within twice of it."""
    spread = np.clip(rng.normal(0, jitter, count - 1), -2 * jitter, 2 * jitter)
    onsets: Floats = start_s + np.concatenate([[0.0], np.cumsum((1 + spread) / rate_hz)])
    return onsets


def _episode(kind: str, bursts: Sequence[Burst]) -> Episode:
    return Episode(
        kind=kind,
        start_s=min(burst.start_s for burst in bursts),
        stop_s=max(burst.stop_s for burst in bursts),
        bursts=tuple(bursts),
    )
