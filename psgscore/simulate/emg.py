"""EMG of the legs and the chin."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Floats, Ints, Samples
from psgscore.model.events import Events
from psgscore.model.hypnogram import Stage
from psgscore.model.signal import Signal
from psgscore.simulate.artefacts import add_artefacts
from psgscore.simulate.episodes import PLACE_LABELS
from psgscore.simulate.movements import LEG_LABELS
from psgscore.simulate.noise import add_shapes, band, shaped_noise, stream
from psgscore.simulate.plan import NightPlan, plan_night, touches
from psgscore.simulate.settings import LegSettings, PlanSettings, require

LOW_HZ, HIGH_HZ = 10.0, 100.0
CHIN_RATE_HZ = 256.0
_ARM_UV = 1.5
_LOWEST_RESTING_UV = 0.05
_UNITS_PER_S = 260.0
_EVEN_WINDOW_S, _EVEN_SHARE, _EVEN_TRIES = 0.025, 0.6, 200
_RISE_S, _FALL_S = 0.02, 0.05
_CLEAR_OF_ARTEFACT_S = 1.0
_CHIN_UV = {Stage.W: 12.0, Stage.N1: 6.0, Stage.N2: 4.5, Stage.N3: 3.5, Stage.R: 1.2}
_TWITCHES_PER_HOUR_R = 90.0


def simulate_leg_emg(
    seed: int = 1,
    *,
    hours: float = 8.0,
    leg: LegSettings | None = None,
    side: str = "left",
    movements: Events | None = None,
    plan: PlanSettings | None = None,
) -> tuple[Signal, Events]:
    """Simulate the EMG of one leg.

    Parameters
    ----------
    seed : int
        The same arguments give the same bytes.
    hours : float
        0.25 to 14, rounded to 30 s.
    leg : LegSettings, optional
        Rate, resting EMG and artefacts.
    side : {"left", "right"}
        Which leg of the night that `simulate_night` makes of this seed.
    movements : Events, optional
        Movements of your own, with a measure ``amplitude_uv``; all are taken to be of
        this leg, and none is left out. By default those of the night.
    plan : PlanSettings, optional
        How many movements a night has.

    Returns
    -------
    signal : Signal
        Samples of shape (hours * 3600 * rate_hz,) in uV.
    truth : Events
        ``LM:left`` and ``burst:left`` with the measures ``amplitude_uv`` (by how much the
        RMS from start to stop exceeds that of the resting EMG) and ``series`` (number of
        the periodic series it was drawn in, 0 for none).

    Raises
    ------
    UsageError
        A setting out of its range.
    """
    leg = leg or LegSettings()
    require(side in LEG_LABELS, f'side must be "left" or "right", not {side!r}')
    night = plan_night(seed, hours, plan or PlanSettings())
    truth = leg_truth(night.events, side, leg) if movements is None else movements
    require("amplitude_uv" in truth.measures or not len(truth), "movements need amplitude_uv")
    return render_leg(night, side, leg, truth), truth


def leg_truth(events: Events, side: str, leg: LegSettings) -> Events:
    """Return the movements and bursts of one leg that its signal can show.

    Left out are those within 1 s of a step of the resting EMG and of a flat or clipped
    stretch: there is no telling where such a movement begins or ends.
    """
    mine = events.of_kind(f"LM:{side}", f"burst:{side}")
    steps = [(time_s, time_s) for time_s, _ in leg.resting_steps]
    spans = np.array([*steps, *leg.flat, *leg.clipped], np.float64).reshape(-1, 2)
    return mine.where(~touches(mine, spans, _CLEAR_OF_ARTEFACT_S))


def render_leg(night: NightPlan, side: str, leg: LegSettings, movements: Events) -> Signal:
    """Render resting EMG, movements and artefacts of one leg."""
    rate_hz = leg.rate_hz
    n_samples = round(night.duration_s * rate_hz)
    density = band(rate_hz, LOW_HZ, HIGH_HZ)[None]
    rng = stream(night.seed, "leg", side)
    samples = shaped_noise((rng,), rate_hz, n_samples, density)
    _scale_to_resting(samples, leg)
    resting = resting_at(leg, movements.start_s)
    rng = stream(night.seed, "units", side)
    for movement, rest_uv in zip(movements, resting, strict=True):
        rise_uv = movement.measures["amplitude_uv"]
        # Powers add, not amplitudes: this much on top makes the RMS `rise_uv` larger.
        own_uv = float(np.sqrt((rest_uv + rise_uv) ** 2 - rest_uv**2))
        add_burst(samples, rate_hz, (movement.start_s, movement.stop_s), own_uv, rng)
    _add_episodes(samples, rate_hz, night, side)
    beats = night.heart_beats_s() if leg.ecg_spike_uv else np.zeros(0)
    add_artefacts(samples, leg, beats)
    return Signal(LEG_LABELS[side], samples, rate_hz, "uV")


def resting_at(leg: LegSettings, times_s: Floats) -> Floats:
    """Return the RMS of the resting EMG in uV at each time."""
    steps = np.array([time_s for time_s, _ in leg.resting_steps])
    levels = np.array([leg.resting_uv, *(level for _, level in leg.resting_steps)])
    level = levels[np.searchsorted(steps, times_s, side="right")]
    drifted: Floats = level + leg.drift_uv_per_h * np.asarray(times_s) / 3600
    return np.maximum(drifted, _LOWEST_RESTING_UV)


def _scale_to_resting(samples: Samples, leg: LegSettings) -> None:
    stretch = 1 << 20
    for first in range(0, samples.size, stretch):
        part = samples[first : first + stretch]
        times = (first + np.arange(part.size)) / leg.rate_hz
        part *= resting_at(leg, times).astype(np.float32)


def add_burst(
    samples: Samples,
    rate_hz: float,
    span_s: tuple[float, float],
    rms_uv: float,
    rng: np.random.Generator,
    *,
    even: bool = False,
) -> None:
    """Add a burst of motor units, in place: nothing before its start or after its stop.

    So few motor units fire in 0.1 s that by chance most of them may fire in half of it. A
    burst that is to be `even` is drawn again until it is as long as it says.
    """
    start_s, stop_s = span_s
    first, last = (int(np.ceil(edge * rate_hz - 1e-6)) for edge in span_s)
    t_s = np.arange(first, last) / rate_hz - start_s
    units, evenness = np.zeros(t_s.size, np.float32), -1.0
    for _ in range(_EVEN_TRIES if even else 1):
        drawn = _motor_units(t_s.size, rate_hz, stop_s - start_s, rng)
        drawn *= _contour(t_s, stop_s - start_s, rng)
        found = _evenness(drawn, rate_hz)
        units, evenness = (drawn, found) if found > evenness else (units, evenness)
        if evenness >= _EVEN_SHARE:
            break
    power = float(np.mean(units.astype(np.float64) ** 2)) if units.size else 0.0
    if power > 0:
        units *= np.float32(rms_uv / np.sqrt(power))
    inside = samples[max(first, 0) : max(last, 0)]
    inside += units[max(-first, 0) :][: inside.size]


def _evenness(units: Samples, rate_hz: float) -> float:
    """Return how weak a burst gets between its edges, a tenth and a fifth of it, 1 for not."""
    size = max(round(_EVEN_WINDOW_S * rate_hz), 1)
    squares = units.astype(np.float64) ** 2
    level = np.convolve(squares, np.ones(size) / size, mode="same")
    inside = level[round(0.1 * level.size) : round(0.8 * level.size)]
    usual = float(squares.mean()) if inside.size else 0.0
    return float(np.sqrt(inside.min() / usual)) if usual > 0 else 0.0


def _motor_units(n: int, rate_hz: float, duration_s: float, rng: np.random.Generator) -> Samples:
    """Return many motor unit potentials: triphasic, about 20 ms long, each its own size."""
    units = np.zeros(n, np.float32)
    margin = 0.02
    count = max(int(rng.poisson(_UNITS_PER_S * (duration_s + 2 * margin))), 8)
    times = rng.uniform(-margin, duration_s + margin, count)
    sizes = (rng.lognormal(0.0, 0.6, count) * rng.choice([-1.0, 1.0], count))[:, None]
    # The recorder's low-pass widens them where the rate is low.
    middle_hz = min(55.0, 0.2 * rate_hz)
    width_s = (1 / (np.sqrt(2) * np.pi * middle_hz * rng.uniform(0.75, 1.3, count)))[:, None]

    def potential(t_s: Floats, rows: slice) -> Floats:
        x = (t_s / width_s[rows]) ** 2
        values: Floats = sizes[rows] * (1 - 2 * x) * np.exp(-x)
        return values

    add_shapes(units, rate_hz, times, 3.2 * float(width_s.max()), potential)
    return units


def _contour(t_s: Floats, duration_s: float, rng: np.random.Generator) -> Samples:
    """Return the strength of a burst: steep edges, and some waxing and waning between."""
    rise, fall = min(_RISE_S, 0.1 * duration_s), min(_FALL_S, 0.2 * duration_s)
    edges = np.clip(t_s / rise, 0, 1) * np.clip((duration_s - t_s) / fall, 0, 1)
    depth, turns_hz, phase = rng.uniform(0, 0.35), rng.uniform(0.4, 2.0), rng.uniform(0, 2 * np.pi)
    waxing = 1 + depth * np.sin(2 * np.pi * turns_hz * t_s + phase)
    return (np.sqrt(edges) * waxing).astype(np.float32)


def render_chin(night: NightPlan) -> Signal:
    """Render the chin EMG: high tone awake, low asleep, lowest with twitches in R."""
    rate_hz = CHIN_RATE_HZ
    n_samples = round(night.duration_s * rate_hz)
    rng = stream(night.seed, "chin")
    density = band(rate_hz, LOW_HZ, HIGH_HZ)[None]
    samples = shaped_noise((rng,), rate_hz, n_samples, density)
    seconds = samples.reshape(-1, round(rate_hz))
    tone = _chin_tone(night, len(seconds) + 1, rng)[:, None].astype(np.float32)
    share = np.linspace(0, 1, seconds.shape[1], endpoint=False, dtype=np.float32)
    seconds *= tone[:-1] * (1 - share) + tone[1:] * share
    _add_episodes(samples, rate_hz, night, "chin")
    twitching = night.hypnogram.spans(Stage.R) if night.episodes is None else ()
    for start, stop in twitching:
        count = rng.poisson(_TWITCHES_PER_HOUR_R * (stop - start) / 3600)
        for time in np.sort(rng.uniform(start, stop, count)):
            add_burst(samples, rate_hz, (time, time + rng.uniform(0.08, 0.5)), 8.0, rng)
    return Signal("Chin", samples, rate_hz, "uV")


def render_arm(night: NightPlan, place: str) -> Signal:
    """Render the EMG of a forearm, still but for its episodes."""
    n_samples = round(night.duration_s * CHIN_RATE_HZ)
    density = _ARM_UV**2 * band(CHIN_RATE_HZ, LOW_HZ, HIGH_HZ)[None]
    samples = shaped_noise((stream(night.seed, place),), CHIN_RATE_HZ, n_samples, density)
    _add_episodes(samples, CHIN_RATE_HZ, night, place)
    return Signal(PLACE_LABELS[place], samples, CHIN_RATE_HZ, "uV")


def _add_episodes(samples: Samples, rate_hz: float, night: NightPlan, place: str) -> None:
    """Add what the episodes of the night have this muscle do."""
    rng = stream(night.seed, "episodes", place)
    for episode in night.episodes or ():
        for burst in episode.bursts:
            if burst.place == place:
                span_s = (burst.start_s, burst.stop_s)
                add_burst(samples, rate_hz, span_s, burst.amplitude_uv, rng, even=burst.even)


def _chin_tone(night: NightPlan, n_seconds: int, rng: np.random.Generator) -> Floats:
    """Return the RMS of the chin EMG at every full second."""
    times = np.arange(n_seconds, dtype=np.float64)
    by_stage = np.array([_CHIN_UV[Stage(stage)] for stage in range(5)])
    stages: Ints = night.stages_at(times).astype(np.int64)
    tone = by_stage[stages] * rng.lognormal(0, 0.12, n_seconds)
    awake = stages == int(Stage.W)
    tone[awake] *= rng.lognormal(0, 0.25, int(awake.sum()))
    for arousal in night.events.of_kind("arousal"):
        near = slice(int(arousal.start_s), int(arousal.stop_s) + 1)
        tone[near] = np.maximum(2.0 * tone[near], 6.0)
    return tone
