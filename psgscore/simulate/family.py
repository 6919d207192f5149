"""Which movements besides leg movements a simulated night holds, and what looks like them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from psgscore.intervals import close_gaps, intersect, subtract
from psgscore.model._arrays import Floats, Spans, as_spans
from psgscore.model.events import Events
from psgscore.model.hypnogram import NREM, SLEEP, Hypnogram, Stage
from psgscore.simulate import episodes as draw
from psgscore.simulate.episodes import BODY, LEGS, Burst, Episode
from psgscore.simulate.noise import stream
from psgscore.simulate.room import EDGE_S, Room
from psgscore.simulate.settings import FamilySettings

MINI_EPOCH_S = 3.0
_LIGHT = (Stage.W, Stage.N1, Stage.N2)
_TRIES = 60
_WAKE_BEFORE_S = 60.0
_EFM_LONG_MIN, _EFM_SHORT_MIN = 23.0, 19.0
_EFM_BESIDE_S = 65.0
_AFTER_ONSET_S = 120.0

Drawer = Callable[[np.random.Generator, float], Episode]


def draw_family(
    seed: int, settings: FamilySettings, hypnogram: Hypnogram, events: Events
) -> tuple[Episode, ...]:
    """Draw the episodes of a night around the movements it already has."""
    free = Room(hypnogram, events)
    drawn = [
        *_fragmentary(stream(seed, "fragmentary"), settings, free),
        *_jerks_at_onset(stream(seed, "jerks"), settings, free),
        *_jerks_in_series(stream(seed, "jerks in series"), settings, free),
    ]
    wanted: tuple[tuple[str, int, Drawer, Sequence[Stage]], ...] = (
        ("large", settings.large_movements, draw.large_movement, (*_LIGHT, Stage.N3)),
        ("rhythmic", settings.rhythmic, draw.rhythmic, (Stage.N1, Stage.N2)),
        ("rocking", settings.rockings, draw.rocking, (Stage.N1, Stage.N2)),
        ("alma", settings.almas, draw.alternating, (Stage.N1, Stage.N2)),
        ("tremor", settings.tremors, draw.foot_tremor, (Stage.N1, Stage.N2)),
        ("fast", settings.fast_leg_movements, draw.fast_leg_movements, (Stage.N1, Stage.N2)),
        ("grinding", settings.grindings, draw.grinding, (Stage.N1, Stage.N2)),
        ("clenching", settings.clenchings, draw.clenching, (Stage.N1, Stage.N2)),
        ("slow", settings.slow_alternations, draw.slow_alternation, (Stage.N2,)),
        ("speech", settings.speeches, draw.speech, (Stage.W,)),
        ("asleep", settings.jerks_asleep, _jerk_asleep, (Stage.N2,)),
        ("lone", settings.lone_bursts, _lone_burst, (Stage.N2,)),
    )
    for name, count, drawer, stages in wanted:
        rng = stream(seed, "family", name)
        for _ in range(count):
            drawn += _somewhere(rng, drawer, stages, free)
    drawn += _in_rem(stream(seed, "atonia"), settings, free)
    return tuple(_stronger(one, settings) for one in sorted(drawn, key=lambda one: one.start_s))


def episode_events(episodes: Sequence[Episode]) -> Events:
    """Return the truth: a row per episode, and one per arousal that comes with one."""
    aroused = [one.arousal for one in episodes if one.arousal is not None]
    return Events.concat(
        [
            Events.of(
                [one.kind for one in episodes],
                [one.start_s for one in episodes],
                [one.stop_s for one in episodes],
                channel=[one.channel for one in episodes],
                measures={"n_bursts": [len(one.bursts) for one in episodes]},
            ),
            Events.of("arousal", [start for start, _ in aroused], [stop for _, stop in aroused]),
        ]
    )


def _stronger(episode: Episode, settings: FamilySettings) -> Episode:
    bursts = tuple(
        replace(burst, amplitude_uv=settings.amplitude * burst.amplitude_uv)
        for burst in episode.bursts
    )
    return replace(episode, bursts=bursts)


def _somewhere(
    rng: np.random.Generator, drawer: Drawer, stages: Sequence[Stage], free: Room
) -> list[Episode]:
    spans = free.hypnogram.spans(*stages)
    lengths = spans[:, 1] - spans[:, 0]
    for _ in range(_TRIES if lengths.size else 0):
        row = int(rng.choice(lengths.size, p=lengths / lengths.sum()))
        found = drawer(rng, float(rng.uniform(*spans[row])))
        if free.within(stages, found.start_s, found.stop_s):
            # An arousal that comes with it needs room of its own.
            stop_s = found.arousal[1] if found.arousal else found.stop_s
            jerk = found.kind.startswith("jerk:")
            if jerk and free.periodic(found.start_s, found.stop_s):
                continue
            if free.has(found.start_s, stop_s):
                free.take(found.start_s, stop_s)
                free.moved(found)
                return [found]
    return []


def _jerk_asleep(rng: np.random.Generator, start_s: float) -> Episode:
    return draw.jerk(rng, start_s, kind="jerk:probable", evidence=2)


def _lone_burst(rng: np.random.Generator, start_s: float) -> Episode:
    leg = LEGS[int(rng.integers(2))]
    # Too long for a fragmentary potential, too short for a movement.
    duration, amplitude = rng.uniform(0.24, 0.34), float(rng.uniform(100, 250))
    return draw.together(rng, "jerk:possible", start_s, duration, (leg,), amplitude)


def _jerks_at_onset(
    rng: np.random.Generator, settings: FamilySettings, free: Room
) -> list[Episode]:
    """Draw jerks around the transitions to sleep; the first one of the night is definite."""
    found: list[Episode] = []
    asleep = free.hypnogram.spans(*SLEEP)
    awake = free.hypnogram.spans(Stage.W)
    for number, onset in enumerate(asleep[:, 0]):
        long_wake = bool(np.any((awake[:, 1] == onset) & (onset - awake[:, 0] >= _WAKE_BEFORE_S)))
        if not long_wake or rng.random() >= settings.jerk_share:
            continue
        kind = "jerk:probable" if number else "jerk:definite"
        for _ in range(_TRIES):
            # After the transition: an arousal needs sleep before it.
            one = draw.jerk(rng, float(onset + rng.uniform(14, 70)), kind=kind, evidence=3)
            stop_s = one.arousal[1] if one.arousal else one.stop_s
            if free.periodic(one.start_s, one.stop_s):
                continue
            if free.within(NREM, one.start_s, stop_s) and free.has(one.start_s, stop_s):
                free.take(one.start_s, stop_s)
                found.append(one)
                break
    return found


def _jerks_in_series(
    rng: np.random.Generator, settings: FamilySettings, free: Room
) -> list[Episode]:
    """Draw bursts of both legs in the middle between two movements of a periodic series."""
    moves = free.movements
    series = moves.measures.get("series", np.zeros(len(moves)))
    places = [
        (moves.stop_s[row] + moves.start_s[row + 1]) / 2
        for row in range(len(moves) - 1)
        if series[row] > 0
        and series[row] == series[row + 1]
        and moves.start_s[row + 1] - moves.stop_s[row] > 10
    ]
    found = []
    for at in rng.permutation(np.array(places, np.float64))[: settings.jerks_in_series]:
        kind, amplitude = "lookalike:burst_in_series", float(rng.uniform(110, 250))
        one = draw.together(rng, kind, float(at), rng.uniform(0.1, 0.2), LEGS, amplitude)
        if free.has(one.start_s, one.stop_s, 3.0):
            free.take(one.start_s, one.stop_s)
            found.append(one)
    return found


def _fragmentary(rng: np.random.Generator, settings: FamilySettings, free: Room) -> list[Episode]:
    """Draw runs of fragmentary potentials, 20 min and more, shorter, or too sparse."""
    kinds = {
        "long": ("EFM", _EFM_LONG_MIN, (4.0, 8.0)),
        "short": ("lookalike:short_fragmentary", _EFM_SHORT_MIN, (4.0, 8.0)),
        "sparse": ("lookalike:sparse_fragmentary", _EFM_LONG_MIN, (17.0, 20.0)),
    }
    found: list[Episode] = []
    taken = as_spans([])
    for name in settings.fragmentary:
        kind, minutes, interval_s = kinds[name]
        room = subtract(_settled(free.hypnogram), taken)
        room = room[room[:, 1] - room[:, 0] >= 60 * minutes + 2 * EDGE_S]
        if not len(room):
            continue
        start, stop = room[int(rng.integers(len(room)))]
        begin = float(rng.uniform(start + EDGE_S, stop - 60 * minutes - EDGE_S))
        onsets = _scattered(rng, (begin, begin + 60 * minutes), interval_s, free.busy())
        one = draw.potentials(rng, kind, onsets, BODY)
        # Within a minute of it no jerk is beyond dispute.
        free.take(one.start_s - _EFM_BESIDE_S, one.stop_s + _EFM_BESIDE_S)
        around = np.array([[one.start_s - 120, one.stop_s + 120]])
        taken = close_gaps(np.concatenate([taken, around]))
        found.append(one)
    return found


def _settled(hypnogram: Hypnogram) -> Spans:
    """Return NREM away from any falling asleep, where a short burst may be a jerk."""
    fell_asleep = hypnogram.spans(*SLEEP)[:, 0]
    around = np.column_stack([fell_asleep - _AFTER_ONSET_S, fell_asleep + _AFTER_ONSET_S])
    return subtract(hypnogram.spans(*NREM), close_gaps(around))


def _scattered(
    rng: np.random.Generator,
    span_s: tuple[float, float],
    interval_s: tuple[float, float],
    busy: Spans,
) -> Floats:
    """Draw onsets with intervals in a range; one where something happens is moved behind it."""
    onsets, at = [], span_s[0]
    while at < span_s[1]:
        hit = intersect(busy, [[at, at + 0.2]])
        if len(hit):
            at = float(busy[np.searchsorted(busy[:, 1], at, side="right"), 1]) + 0.05
            continue
        onsets.append(at)
        at += float(rng.uniform(*interval_s))
    return np.array(onsets)


def _in_rem(rng: np.random.Generator, settings: FamilySettings, free: Room) -> list[Episode]:
    """Draw REM sleep without atonia: bursts in 6 to 9 mini-epochs of an epoch, or all of it."""
    found = []
    for start, stop in free.hypnogram.spans(Stage.R):
        for begin in np.arange(start, stop - 1, free.hypnogram.epoch_s):
            chance = rng.random()
            if not free.has(begin, begin + free.hypnogram.epoch_s, 0.0):
                continue
            if chance < settings.rem_tonic_share:
                found.append(_tonic(rng, float(begin), free.hypnogram.epoch_s))
            elif chance < settings.rem_tonic_share + settings.rem_phasic_share:
                found.append(_phasic(rng, float(begin)))
    return found


def _tonic(rng: np.random.Generator, begin_s: float, length_s: float) -> Episode:
    amplitude = float(rng.uniform(10, 16))
    burst = Burst("chin", begin_s, begin_s + length_s, amplitude)
    return Episode(kind="RSWA:tonic", start_s=begin_s, stop_s=begin_s + length_s, bursts=(burst,))


def _phasic(rng: np.random.Generator, begin_s: float) -> Episode:
    cells = rng.choice(10, int(rng.integers(6, 10)), replace=False)
    bursts = []
    for cell in np.sort(cells):
        at = begin_s + MINI_EPOCH_S * float(cell) + float(rng.uniform(0.4, 1.2))
        stop = at + float(rng.uniform(0.2, 1.4))
        bursts.append(Burst("chin", at, stop, float(rng.uniform(12, 30))))
    stop_s = begin_s + 10 * MINI_EPOCH_S
    return Episode(kind="RSWA:phasic", start_s=begin_s, stop_s=stop_s, bursts=tuple(bursts))
