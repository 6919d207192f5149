"""Measure every detector of movements on simulated nights with look-alikes.

Simulates nights that hold every movement of sleep and what looks like one, at varied amplitudes,
rates and noise, scores each as a user would (EDF file with the lab's stages in, score out) and
prints the tables of docs/movement-accuracy.md: recall and precision of each kind, what was taken
for what, and what the other movements do to the PLMS index. Simulated: no accuracy on people.

    python scripts/measure_movements.py [--nights 40] [--hours 3] [--workers 2] [--misses]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from psgscore.intervals import match_one_to_one
from psgscore.io.edf_write import write_edf
from psgscore.model.events import Events
from psgscore.model.score import Score
from psgscore.options import Options
from psgscore.pipeline import score_recording
from psgscore.score.night import Context, score_events
from psgscore.simulate import (
    FamilySettings,
    LegSettings,
    PlanSettings,
    SimulatedNight,
    simulate_night,
)
from psgscore.simulate.episodes import PLACE_LABELS, Burst, Episode
from psgscore.simulate.plan import plan_night

LAB = ("arousal", "apnea", "hypopnea", "lights_off", "lights_on")
CHANNELS = ("C4-M1", "O1-M2", "E1-M2", "Chin", "Left Leg", "Right Leg", "ECG")
NOTHING = "nothing"
MIN_OVERLAP = 0.2
# A single burst of one leg is by the rules what it is taken for here, a jerk or a potential:
# there is no truth to hold the score against, so that the nights have none but `lone_bursts`.
PLAN = PlanSettings(bursts_per_hour=0.0)
MINI_EPOCH_S, PHASIC_MINI_EPOCHS = 3.0, 5
# Other nights than those the values were chosen on.
_FIRST_SEED = 1001
_PLMS = ("plm", "wasm-2016", "sleep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How one night is simulated."""

    seed: int
    hours: float
    amplitude: float
    leg: LegSettings

    @classmethod
    def of(cls, seed: int, hours: float) -> Conditions:
        """Draw amplitude, rate, resting level and artefacts of a night."""
        rng = np.random.default_rng(seed)
        leg = LegSettings(
            rate_hz=float(rng.choice([200.0, 256.0, 500.0, 512.0])),
            resting_uv=float(rng.uniform(0.6, 3.5)),
            ecg_spike_uv=float(rng.choice([0.0, 6.0])),
            mains_uv=float(rng.choice([0.0, 1.0])),
            pops=tuple(rng.uniform(60, 3600 * hours - 60, int(rng.integers(0, 4)))),
        )
        return cls(seed=seed, hours=hours, amplitude=float(rng.uniform(0.8, 2.0)), leg=leg)

    @property
    def family(self) -> FamilySettings:
        """Every other movement of sleep, and what looks like one."""
        return FamilySettings(amplitude=self.amplitude)

    def night(self, family: FamilySettings | None) -> SimulatedNight:
        """Simulate it, with or without the other movements."""
        return simulate_night(
            self.seed,
            hours=self.hours,
            legs=self.leg,
            plan=PLAN,
            family=family,
            channels=CHANNELS,
        )

    def episodes(self) -> tuple[Episode, ...]:
        """Return what the other movements of the night are made of."""
        return plan_night(self.seed, self.hours, PLAN, self.family).episodes or ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one night.

    `pairs` counts (true kind, scored kind); `misses` names them in seconds. The PLMS indices are
    those of the truth and of the score where the night holds everything, and with and without
    the other detectors where it holds leg movements alone.
    """

    conditions: Conditions
    pairs: Counter[tuple[str, str]]
    misses: tuple[str, ...]
    plms_true: float
    plms_family: float
    plms_all: float
    plms_legs: float


def measure(conditions: Conditions) -> Outcome:
    """Simulate one night twice, with and without the other movements, and score both."""
    everything, legs = conditions.night(conditions.family), conditions.night(None)
    score = scored(everything)
    episodes = conditions.episodes()
    truth, found = true_events(everything, episodes), scored_events(score)
    pairs, misses = confusion(truth, found)
    context = Context(duration_s=everything.duration_s)
    movements = Events.concat([everything.events, slow_movements(episodes)])
    true_score = score_events(movements, everything.hypnogram, context=context)
    return Outcome(
        conditions=conditions,
        pairs=pairs,
        misses=tuple(f"seed {conditions.seed}: {one}" for one in misses),
        plms_true=_plms(true_score),
        plms_family=_plms(score),
        plms_all=_plms(scored(legs)),
        plms_legs=_plms(scored(legs, Options(family=False))),
    )


def scored(night: SimulatedNight, options: Options | None = None) -> Score:
    """Write a night as EDF+ with the lab's scoring, and score the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night.edf"
        lab = night.events.of_kind(*LAB)
        write_edf(path, night.signals, start=night.start, events=lab, hypnogram=night.hypnogram)
        return score_recording(path, options)


def _plms(score: Score) -> float:
    rate = score.rate(*_PLMS)
    return float("nan") if rate is None or rate.per_hour is None else rate.per_hour


def true_events(night: SimulatedNight, episodes: Sequence[Episode]) -> Events:
    """Return what is true, one row per thing that is to be found.

    Leg movements last 0.5 s and more. The potentials of a run are rows of their own, and so
    are the leg movements of a slow alternation.
    """
    events = night.events
    moves = events.of_kind("LM").lasting(0.5)
    family = events.where(~events.is_kind("LM", *LAB))
    bursts = _bursts(episodes, ("EFM", "fragmentary"))
    potentials = _rows(["fragmentary_potential"] * len(bursts), bursts)
    return _plain_kinds(Events.concat([moves, slow_movements(episodes), family, potentials]))


def slow_movements(episodes: Sequence[Episode]) -> Events:
    """Return the leg movements of slow alternations."""
    bursts = _bursts(episodes, ("slow_alternation",))
    return _rows([f"LM:{one.place}" for one in bursts], bursts)


def _bursts(episodes: Sequence[Episode], endings: tuple[str, ...]) -> list[Burst]:
    mine = [episode for episode in episodes if episode.kind.endswith(endings)]
    return [burst for episode in mine for burst in episode.bursts]


def _rows(kinds: Sequence[str], bursts: Sequence[Burst]) -> Events:
    return Events.of(
        kinds,
        [one.start_s for one in bursts],
        [one.stop_s for one in bursts],
        channel=[PLACE_LABELS[one.place] for one in bursts],
    )


def scored_events(score: Score) -> Events:
    """Return what was scored and counts; marks of the lab and accelerometers are left out.

    Phasic activity in REM sleep is taken by its epochs, as the truth is.
    """
    events = score.events.counted()
    others = events.where(~events.is_kind("ACC", "imported", "other", "RSWA:phasic", *LAB))
    return _plain_kinds(Events.concat([others, _phasic_epochs(events.of_kind("RSWA:phasic"))]))


def _phasic_epochs(rows: Events) -> Events:
    """Return the epochs in which five of ten mini-epochs of the chin are active (AASM)."""
    chin = rows.where((rows.channel == "Chin") & (rows.measures.get("aasm", np.zeros(0)) > 0))
    mini = np.unique((chin.start_s // MINI_EPOCH_S).astype(np.int64))
    epochs, counts = np.unique(mini // 10, return_counts=True)
    start = 30.0 * epochs[counts >= PHASIC_MINI_EPOCHS]
    return Events.of("RSWA:phasic", start, start + 30.0, channel="Chin")


def _plain_kinds(events: Events) -> Events:
    kinds = [_PLAIN.get(str(kind), str(kind)) for kind in events.kind]
    return replace(events, kind=np.array(kinds, dtype=np.str_))


_PLAIN = {"LM:left": "LM", "LM:right": "LM"}


def confusion(truth: Events, found: Events) -> tuple[Counter[tuple[str, str]], list[str]]:
    """Pair what is true with what was scored: first of one kind, then what is left.

    A pair overlaps by `MIN_OVERLAP` of its union; what is seen on channels that have none in
    common is no pair.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    misses: list[str] = []
    left_true, left_found = np.ones(len(truth), np.bool_), np.ones(len(found), np.bool_)
    for mine, theirs in _groups(truth, found):
        rows, others = np.flatnonzero(mine & left_true), np.flatnonzero(theirs & left_found)
        matched = match_one_to_one(truth.spans[rows], found.spans[others], MIN_OVERLAP)
        for a, b in matched:
            row, other = rows[a], others[b]
            left_true[row] = left_found[other] = False
            pairs[str(truth.kind[row]), str(found.kind[other])] += 1
            if truth.kind[row] != found.kind[other]:
                misses.append(_line(truth, int(row), str(found.kind[other])))
    for row in np.flatnonzero(left_true):
        pairs[str(truth.kind[row]), NOTHING] += 1
        misses.append(_line(truth, int(row), NOTHING))
    for row in np.flatnonzero(left_found):
        pairs[NOTHING, str(found.kind[row])] += 1
        misses.append(f"nothing was scored as {_line(found, int(row), '')}")
    return pairs, misses


def _groups(truth: Events, found: Events) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield which rows are compared with each other: kind by kind and channel, then all."""
    for kind in np.unique(truth.kind):
        mine, theirs = truth.kind == kind, found.kind == kind
        for channel in np.unique(found.channel[theirs]):
            yield mine & (truth.channel == channel), theirs & (found.channel == channel)
        yield mine, theirs
    yield np.ones(len(truth), np.bool_), np.ones(len(found), np.bool_)


def _line(events: Events, row: int, as_what: str) -> str:
    start_s, stop_s = events.start_s[row], events.stop_s[row]
    return f"{events.kind[row]} {start_s:.2f}-{stop_s:.2f} {events.channel[row]} -> {as_what}"


def kinds_of(pairs: Counter[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Return the true and the scored kinds, look-alikes and nothing last."""

    def order(kind: str) -> tuple[bool, bool, str]:
        return kind == NOTHING, kind.startswith("lookalike"), kind

    true = sorted({true for true, _ in pairs}, key=order)
    return true, sorted({scored for _, scored in pairs}, key=order)


def accuracy_table(pairs: Counter[tuple[str, str]]) -> list[str]:
    """Return recall and precision of each kind as a Markdown table."""
    lines = ["| kind | true | scored | recall | precision |", "|---|---|---|---|---|"]
    true, found = kinds_of(pairs)
    for kind in [one for one in true if not one.startswith("lookalike") and one != NOTHING]:
        hits = pairs[kind, kind]
        n_true = sum(pairs[kind, other] for other in found)
        n_found = sum(pairs[other, kind] for other in true)
        recall, precision = _share(hits, n_true), _share(hits, n_found)
        lines.append(f"| `{kind}` | {n_true} | {n_found} | {recall} | {precision} |")
    return lines


def _share(count: int, of: int) -> str:
    return f"{count / of:.3f}" if of else "-"


def confusion_table(pairs: Counter[tuple[str, str]]) -> list[str]:
    """Return what was taken for what as a Markdown table: rows are true, columns scored."""
    true, found = kinds_of(pairs)
    lines = ["| true \\ scored | " + " | ".join(found) + " |", "|---" * (len(found) + 1) + "|"]
    for kind in true:
        cells = [str(pairs[kind, other] or "") for other in found]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return lines


def plms_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """Return what the other detectors and the other movements do to the PLMS index."""
    same = [abs(one.plms_all - one.plms_legs) for one in outcomes]
    off = [_relative(one.plms_family, one.plms_true) for one in outcomes]
    off = [one for one in off if np.isfinite(one)]
    return [
        f"PLMS index of nights with leg movements alone, all detectors against the leg "
        f"detector alone: largest difference {max(same):.3f} per hour",
        f"PLMS index of nights with everything, scored against true: median difference "
        f"{np.median(off):.2f} %, 95 % within {np.percentile(off, 95):.2f} %, largest "
        f"{max(off):.2f} %",
    ]


def _relative(value: float, truth: float) -> float:
    return 100 * abs(value - truth) / truth if truth > 0 else float("nan")


def main() -> int:
    """Run the nights and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=40)
    parser.add_argument("--hours", type=float, default=3.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=_FIRST_SEED)
    parser.add_argument("--misses", action="store_true", help="name each event that went wrong")
    arguments = parser.parse_args()
    seeds = range(arguments.seed, arguments.seed + arguments.nights)
    conditions = list(map(partial(Conditions.of, hours=arguments.hours), seeds))
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(arguments.workers) as pool:
        for outcome in pool.map(measure, conditions):
            outcomes.append(outcome)
            print(f"{len(outcomes)} of {len(conditions)} nights", file=sys.stderr)
    pairs = sum((one.pairs for one in outcomes), Counter[tuple[str, str]]())
    lines = [*accuracy_table(pairs), "", *confusion_table(pairs), "", *plms_lines(outcomes)]
    if arguments.misses:
        lines += [miss for one in outcomes for miss in one.misses]
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
