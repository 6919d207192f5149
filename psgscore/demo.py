"""``psgscore demo``: a simulated night with known truth, scored and compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from psgscore.intervals import match_one_to_one
from psgscore.io.atomic import atomic_outputs
from psgscore.io.edf_write import write_edf
from psgscore.io.outputs import write_score
from psgscore.model.criteria import SIDE_BY_SIDE
from psgscore.model.events import Events
from psgscore.model.score import Score
from psgscore.opening import open_recording
from psgscore.pipeline import score_recording
from psgscore.progress import Progress, part
from psgscore.report.settings import PLAIN, ReportSettings
from psgscore.score.night import Context, score_events
from psgscore.simulate import simulate_night

STEM = "demo"
_LAB_KINDS = ("arousal", "apnea", "hypopnea", "lights_off", "lights_on")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DemoResult:
    """What was written, and how the score compares with the truth.

    `plms_per_hour` holds, per rule set title, the scored and the true PLMS index.
    """

    files: tuple[Path, ...]
    n_true: int
    n_found: int
    n_matched: int
    plms_per_hour: dict[str, tuple[float | None, float | None]]

    @property
    def f1(self) -> float | None:
        """Agreement on single-leg movements: 1 is all found and nothing else."""
        either = self.n_true + self.n_found
        return 2 * self.n_matched / either if either else None


def run_demo(
    folder: Path,
    *,
    hours: float,
    seed: int,
    kinds: tuple[str, ...],
    progress: Progress,
    report: ReportSettings = PLAIN,
) -> DemoResult:
    """Simulate a night, write it as EDF+ with the stages of its "lab", score and compare.

    Parameters
    ----------
    folder : Path
        Where everything is written.
    hours, seed : float, int
        The night to simulate.
    kinds : tuple of str
        Which outputs, see `psgscore.io.outputs.WRITERS`.
    progress : callable
        Told each step as it begins, and the share of the work that is done.
    report : ReportSettings
        How the lab wants its reports.
    """
    progress("simulating a night", 0.0)
    night = simulate_night(seed, hours=hours)
    with atomic_outputs(folder) as out:
        write_edf(
            out.path(f"{STEM}.edf"),
            night.signals,
            start=night.start,
            events=night.events.of_kind(*_LAB_KINDS),
            hypnogram=night.hypnogram,
        )
    path = folder / f"{STEM}.edf"
    recording = open_recording(path)
    score = score_recording(recording, progress=part(progress, 0.5, 0.7))
    progress("writing the report", 0.7)
    files = write_score(score, folder, STEM, kinds=kinds, recording=recording, report=report)
    context = Context(duration_s=night.duration_s)
    truth = score_events(night.events, night.hypnogram, rules=SIDE_BY_SIDE, context=context)
    return _compared((path, *files), score, truth)


def _compared(files: tuple[Path, ...], score: Score, truth: Score) -> DemoResult:
    found, real = _movements(score.events), _movements(truth.events)
    matched = sum(
        len(match_one_to_one(real.of_kind(side).spans, found.of_kind(side).spans))
        for side in ("LM:left", "LM:right")
    )
    return DemoResult(
        files=files,
        n_true=len(real),
        n_found=len(found),
        n_matched=matched,
        plms_per_hour={
            rules.title: (_plms(score, rules.name), _plms(truth, rules.name))
            for rules in SIDE_BY_SIDE
        },
    )


def _movements(events: Events) -> Events:
    return events.of_kind("LM:left", "LM:right")


def _plms(score: Score, rules: str) -> float | None:
    rate = score.rate("plm", rules, "sleep")
    return None if rate is None else rate.per_hour
