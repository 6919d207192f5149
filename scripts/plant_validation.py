"""Write small data sets in the layouts of psg-ipa, cap and mesa, with scorers of known agreement.

Every recording is simulated. Its scorers start from the true movements; the first marks all of
them, every other leaves some out, adds some of its own in quiet places, and marks the rest a
little late. What any two must agree on follows from which movements each left out: it is
counted here from these lists, without any matching.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from psgscore.agree.events import Hits
from psgscore.io.edf_write import write_edf
from psgscore.io.edf_write_marks import stage_annotations
from psgscore.io.edf_write_notes import write_notes_edf
from psgscore.io.recording import Annotation
from psgscore.model.hypnogram import Stage
from psgscore.model.signal import Signal
from psgscore.simulate import LegSettings, SimulatedNight, simulate_night

LEGS = {"LM:left": "Left Leg", "LM:right": "Right Leg"}
N_SCORERS = 4
LATER_S = 0.05
ADDED_S = 1.0
QUIET_S = 3.0
_NSRR_STAGES = {"W": "Wake|0", "N1": "Stage 1 sleep|1", "N2": "Stage 2 sleep|2"}
_NSRR_STAGES |= {"N3": "Stage 3 sleep|3", "R": "REM sleep|5"}
_REMLOGIC_STAGES = {"W": "S0", "N1": "S1", "N2": "S2", "N3": "S3", "R": "REM"}
_CAP_HEAD = (
    "CAP\n\nPatient:\tX\nRecording Date:\t01/01/2009\n\n"
    "Sleep Stage\tPosition\tTime [hh:mm:ss]\tEvent\tDuration[s]\tLocation\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What one scorer marked on one leg: which true movements, and where others."""

    kept: frozenset[int]
    added_s: tuple[float, ...]
    n_true: int

    def against(self, other: Marks) -> Hits:
        """Return what the two must have in common: no mark of one's own is another's."""
        return Hits(
            n_hits=len(self.kept & other.kept),
            n_reference=len(self.kept) + len(self.added_s),
            n_other=len(other.kept) + len(other.added_s),
        )


@dataclass(slots=True)
class Planted:
    """What was planted: by recording, leg and scorer."""

    marks: dict[tuple[str, str, str], Marks] = field(default_factory=dict)

    def expected(self, recording: str, leg: str, reference: str, other: str) -> Hits:
        """Return what two scorers must have in common; ``"psgscore"`` finds what is true."""
        first = self.marks[recording, leg, reference]
        whole = Marks(kept=frozenset(range(first.n_true)), added_s=(), n_true=first.n_true)
        second = whole if other == "psgscore" else self.marks[recording, leg, other]
        return first.against(second)


def marks_of(night: SimulatedNight, leg: str, scorer: int) -> Marks:
    """Decide what a scorer marks; the first, number 0, marks the truth."""
    true = night.events.of_kind(leg)
    kept = [n for n in range(len(true)) if not scorer or (n + scorer) % (scorer + 2)]
    edges = np.concatenate([[0.0], np.sort(true.spans.ravel()), [night.duration_s]])
    room = edges.reshape(-1, 2)
    quiet = room[room[:, 1] - room[:, 0] > 2 * QUIET_S + ADDED_S].mean(axis=1)
    added = quiet[scorer - 1 :: N_SCORERS][:scorer] if scorer else []
    return Marks(kept=frozenset(kept), added_s=tuple(map(float, added)), n_true=len(true))


def notes_of(night: SimulatedNight, leg: str, marks: Marks, scorer: int) -> list[tuple[float, ...]]:
    """Return onset and length of each mark of a scorer, in time order."""
    true = night.events.of_kind(leg)
    late = LATER_S * scorer
    rows = [(true.start_s[n] + late, true.duration_s[n]) for n in marks.kept]
    rows += [(middle - ADDED_S / 2, ADDED_S) for middle in marks.added_s]
    return sorted((round(float(a), 3), round(float(b), 3)) for a, b in rows)


def plant(name: str, root: Path, *, n_recordings: int = 3, seed: int = 1) -> Planted:
    """Write a data set in its layout and say what must come out."""
    planted = Planted()
    for number in range(n_recordings):
        _PLANTERS[name](root, number, seed + number, planted)
    return planted


def _psg_ipa(root: Path, number: int, seed: int, planted: Planted) -> None:
    night = simulate_night(seed, hours=0.5, channels=tuple(LEGS.values()))
    labels = {"Left Leg": "EMG LAT", "Right Leg": "EMG RAT"}
    stem = f"SN{number + 1}_LimbMovements"
    recording = f"Limb_movements/PSG/{stem}.edf"
    _write(root / recording, night.signals, night, labels)
    for scorer in range(N_SCORERS):
        who = f"scorer {scorer + 1}"
        notes = list(stage_annotations(night.hypnogram))
        for leg, label in LEGS.items():
            marks = planted.marks[recording, leg, who] = marks_of(night, leg, scorer)
            notes += [
                Annotation(onset, length, "Limb movement", labels[label])
                for onset, length in notes_of(night, leg, marks, scorer)
            ]
        _notes(root, "Limb_movements", f"{stem}_manual_scorer{scorer + 1}.edf", notes, night)
    # Another part of the set, whose scorers marked no limbs.
    other = f"SN{number + 1}_EEGarousals"
    _write(root / f"EEG_arousals/PSG/{other}.edf", night.signals[:1], night, labels)
    arousal = [Annotation(100.0, 5.0, "EEG arousal", "")]
    _notes(root, "EEG_arousals", f"{other}_manual_scorer1.edf", arousal, night)


def _notes(
    root: Path, part: str, name: str, notes: Sequence[Annotation], night: SimulatedNight
) -> None:
    path = root / part / "Annotations" / "manual" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_notes_edf(path, sorted(notes, key=lambda note: note.onset_s), night.start)


def _write(
    path: Path, signals: Sequence[Signal], night: SimulatedNight, labels: dict[str, str]
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    renamed = [replace(one, label=labels.get(one.label, one.label)) for one in signals]
    write_edf(path, renamed, start=night.start)


def _cap(root: Path, number: int, seed: int, planted: Planted) -> None:
    """Write one recording of one scorer; the last one has stages alone, as most have."""
    night = simulate_night(seed, hours=0.5, channels=tuple(LEGS.values()))
    labels = {"Left Leg": "SX1-SX2", "Right Leg": "DX1-DX2"}
    stem = "n1" if number == 2 else f"plm{number + 1}"
    _write(root / f"{stem}.edf", night.signals, night, labels)
    rows = []
    for epoch, stage in enumerate(night.hypnogram.stages.tolist()):
        word = _REMLOGIC_STAGES[Stage(stage).name]
        rows.append((30.0 * epoch, f"SLEEP-{word}", 30.0, "C4-A1"))
    for leg, label in LEGS.items():
        if stem == "n1":
            continue
        marks = planted.marks[f"{stem}.edf", leg, "scorer"] = marks_of(night, leg, 1)
        rows += [
            (onset, "PLM-LM", length, labels[label])
            for onset, length in notes_of(night, leg, marks, 1)
        ]
    lines = [
        f"{word.removeprefix('SLEEP-')}\tN/A\t{_clock(night, onset)}\t{word}\t{length:g}\t{place}"
        for onset, word, length, place in sorted(rows)
    ]
    (root / f"{stem}.txt").write_text(_CAP_HEAD + "\n".join(lines) + "\n", "utf-8")


def _clock(night: SimulatedNight, onset_s: float) -> str:
    """Return a clock time; to the millisecond, which the set itself does not have."""
    start = night.start
    total_ms = round(1000 * (start.hour * 3600 + start.minute * 60 + start.second + onset_s))
    seconds, ms = divmod(total_ms % 86_400_000, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"


def _mesa(root: Path, number: int, seed: int, planted: Planted) -> None:
    """Write one recording with one leg channel; that of the last is too slow to score."""
    leg = LegSettings(rate_hz=256)
    night = simulate_night(seed, hours=0.5, legs=leg, channels=("Left Leg",))
    signals = list(night.signals)
    if number == 2:
        slow = replace(signals[0], samples=signals[0].samples[::8].copy(), rate_hz=32.0)
        signals = [slow]
    stem = f"mesa-sleep-{number + 1:04d}"
    recording = f"polysomnography/edfs/{stem}.edf"
    _write(root / recording, signals, night, {"Left Leg": "Leg"})
    marks = planted.marks[recording, "LM", "scorer"] = marks_of(night, "LM:left", 1)
    rows = [
        _scored("Stages|Stages", _NSRR_STAGES[Stage(stage).name], 30.0 * epoch, 30.0)
        for epoch, stage in enumerate(night.hypnogram.stages.tolist())
    ]
    rows += [
        _scored("Limb Movement|Limb Movement", "Limb movement - left|Limb Movement (Left)", a, b)
        for a, b in notes_of(night, "LM:left", marks, 1)
    ]
    folder = root / "polysomnography/annotations-events-nsrr"
    folder.mkdir(parents=True, exist_ok=True)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<PSGAnnotation><SoftwareVersion>Compumedics'
        "</SoftwareVersion><EpochLength>30</EpochLength><ScoredEvents>\n"
        f"{''.join(rows)}</ScoredEvents></PSGAnnotation>\n"
    )
    (folder / f"{stem}-nsrr.xml").write_text(text, "utf-8")


def _scored(kind: str, concept: str, start_s: float, length_s: float) -> str:
    return (
        f"<ScoredEvent><EventType>{kind}</EventType><EventConcept>{concept}</EventConcept>"
        f"<Start>{start_s}</Start><Duration>{length_s}</Duration></ScoredEvent>\n"
    )


_PLANTERS = {"psg-ipa": _psg_ipa, "cap": _cap, "mesa": _mesa}


def main() -> int:
    """Write a data set, and print what any two scorers must agree on."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=sorted(_PLANTERS))
    parser.add_argument("root", type=Path)
    parser.add_argument("--recordings", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.root.mkdir(parents=True, exist_ok=True)
    planted = plant(
        arguments.name, arguments.root, n_recordings=arguments.recordings, seed=arguments.seed
    )
    for recording, leg, who in planted.marks:
        hits = planted.expected(recording, leg, who, "psgscore")
        print(f"{recording}\t{leg}\t{who}\tpsgscore\tF1 {hits.f1:.6f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
