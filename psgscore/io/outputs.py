"""Writing a score: every file by its writer, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from psgscore.errors import OutputError, UsageError
from psgscore.io.atomic import OutputFolder, atomic_outputs
from psgscore.io.plain_values import plain
from psgscore.io.recording import Recording
from psgscore.io.score_json import json_text, score_json
from psgscore.io.tables import events_sidecar, events_tsv, movements_sidecar, movements_tsv
from psgscore.model.criteria import criteria_hash
from psgscore.model.restless import SitResult
from psgscore.model.score import DISCLAIMER, Score
from psgscore.model.staging import AUTOMATIC, StagingResult
from psgscore.report.settings import PLAIN, ReportSettings


@dataclass(frozen=True, slots=True)
class Beside:
    """What some of the files need besides the score."""

    recording: Recording | None
    report: ReportSettings


Writer = Callable[[OutputFolder, str, Score, Beside], None]


def _events(out: OutputFolder, stem: str, score: Score, _: Beside) -> None:
    out.write_text(f"{stem}.events.tsv", events_tsv(score))
    out.write_text(f"{stem}.events.json", json_text(events_sidecar(score)))


def _movements(out: OutputFolder, stem: str, score: Score, _: Beside) -> None:
    out.write_text(f"{stem}.movements.tsv", movements_tsv(score))
    out.write_text(f"{stem}.movements.json", json_text(movements_sidecar()))


def _hypnogram(out: OutputFolder, stem: str, score: Score, _: Beside) -> None:
    from psgscore.io.hypnogram_table import hypnogram_sidecar, hypnogram_tsv  # noqa: PLC0415

    if score.hypnogram is not None:
        table = hypnogram_tsv(score.hypnogram, score.scorer, score.staging)
        out.write_text(f"{stem}.hypnogram.tsv", table)
        out.write_text(f"{stem}.hypnogram.json", json_text(hypnogram_sidecar()))


def _score(out: OutputFolder, stem: str, score: Score, _: Beside) -> None:
    out.write_text(f"{stem}.score.json", score_json(score))


def _summary(out: OutputFolder, stem: str, score: Score, _: Beside) -> None:
    from psgscore.io.summary_csv import summary_csv  # noqa: PLC0415 - start-up time

    out.write_text(f"{stem}.summary.csv", summary_csv(score))


def _annotations(out: OutputFolder, stem: str, score: Score, beside: Beside) -> None:
    from psgscore.io.edf_write import write_annotations_edf  # noqa: PLC0415 - start-up time

    write_annotations_edf(out.path(f"{stem}.annotations.edf"), score, beside.recording)


def _embedded(out: OutputFolder, stem: str, score: Score, beside: Beside) -> None:
    from psgscore.io.edf_write import embed_annotations  # noqa: PLC0415 - start-up time

    recording = beside.recording
    if recording is None or recording.path is None:
        raise UsageError(
            f"{stem}: annotations can only be put into a copy of a recording that is a file: "
            "write the annotation file instead"
        )
    name = f"{stem}.annotated{recording.path.suffix.lower()}"
    embed_annotations(recording, score, out.path(name))


def _report(out: OutputFolder, stem: str, score: Score, beside: Beside) -> None:
    from psgscore.report.html import render_html  # noqa: PLC0415 - start-up time

    out.write_text(f"{stem}.report.html", render_html(score, beside.report))


def _pdf(out: OutputFolder, stem: str, score: Score, beside: Beside) -> None:
    from psgscore.report.pdf import render_pdf  # noqa: PLC0415 - start-up time

    out.write_bytes(f"{stem}.report.pdf", render_pdf(score, beside.report))


WRITERS: Mapping[str, Writer] = {
    "events": _events,
    "movements": _movements,
    "hypnogram": _hypnogram,
    "score": _score,
    "summary": _summary,
    "annotations": _annotations,
    "embedded": _embedded,
    "report": _report,
    "pdf": _pdf,
}


def write_score(  # noqa: PLR0913 - all but the first by name
    score: Score,
    folder: Path,
    stem: str,
    *,
    kinds: Sequence[str],
    recording: Recording | None = None,
    inputs: Collection[Path] = (),
    report: ReportSettings = PLAIN,
) -> tuple[Path, ...]:
    """Write the chosen files of a score into a folder.

    Parameters
    ----------
    score : Score
        What to write.
    folder : Path
        Made if it is missing.
    stem : str
        Beginning of every file name.
    kinds : sequence of str
        Keys of `WRITERS`.
    recording : Recording, optional
        Gives the clock to the annotation file, and the signals to the embedded copy.
    inputs : collection of Path
        Files the score was made from; never overwritten. Nor is the recording.
    report : ReportSettings
        How the lab wants its reports.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    OutputError
        The folder cannot be written, or an output would replace an input; nothing is
        left behind.
    UsageError
        A kind that does not exist, or cannot be written for this score.
    """
    unknown = [kind for kind in kinds if kind not in WRITERS]
    if unknown:
        raise UsageError(f"no output {unknown[0]!r}: there are {', '.join(WRITERS)}")
    own = () if recording is None or recording.path is None else (recording.path,)
    with atomic_outputs(folder) as out:
        for kind in kinds:
            WRITERS[kind](out, stem, score, Beside(recording, report))
        spare(out.written, {*inputs, *own})
    return out.written


def spare(outputs: Sequence[Path], inputs: Collection[Path]) -> None:
    """Refuse to replace a file the score was made from."""
    for output in outputs:
        if any(path.exists() and output.exists() and output.samefile(path) for path in inputs):
            raise OutputError(
                f"{output}: is an input of this run and would be overwritten: "
                "give another output folder"
            )


def write_staging(
    result: StagingResult, folder: Path, stem: str, recording: Recording
) -> tuple[Path, ...]:
    """Write automatic stages as a table with its sidecar, and as EDF+ annotations.

    Raises
    ------
    OutputError
        The folder cannot be written, or an output would replace the recording.
    """
    from psgscore.io.edf_write import write_stages_edf  # noqa: PLC0415 - start-up time
    from psgscore.io.hypnogram_table import hypnogram_sidecar, hypnogram_tsv  # noqa: PLC0415

    staged = result.hypnogram.stages >= 0
    scorer = [AUTOMATIC if one else "" for one in staged.tolist()]
    with atomic_outputs(folder) as out:
        table = hypnogram_tsv(result.hypnogram, np.array(scorer, dtype=np.str_), result)
        out.write_text(f"{stem}.hypnogram.tsv", table)
        out.write_text(f"{stem}.hypnogram.json", json_text(hypnogram_sidecar()))
        write_stages_edf(out.path(f"{stem}.hypnogram.edf"), result, recording)
        spare(out.written, set() if recording.path is None else {recording.path})
    return out.written


def write_sit(result: SitResult, folder: Path, stem: str) -> Path:
    """Write the result as ``STEM.sit.json``."""
    name = f"{stem}.sit.json"
    used = {
        "detection": result.detection,
        "immobilisation": result.criteria,
        "restless": result.restless,
        "rules": result.legs.criteria,
    }
    document = {
        "disclaimer": DISCLAIMER,
        "start_s": result.start_s,
        "stop_s": result.stop_s,
        "index": result.index,
        "periodic": result.plm,
        "all": result.lm,
        "course": result.course,
        "interval": result.interval,
        "not_scored": result.not_scored,
        "findings": result.findings,
        "criteria": {**used, "sha256": criteria_hash(*filter(None, used.values()))},
    }
    with atomic_outputs(folder) as out:
        out.write_text(name, json_text(plain(document)))
    return folder / name
