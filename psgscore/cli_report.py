"""``psgscore report``: the report of a score again, without the recording."""

from __future__ import annotations

from pathlib import Path

from psgscore.cli_options import DEFAULT_FORMATS, Folder, Formats, LabsReport, printed
from psgscore.cli_progress import print_result, progress_bar

_ENDING = ".score.json"


def report(
    score: Path,
    /,
    *,
    formats: Formats = DEFAULT_FORMATS,
    report_settings: LabsReport = None,
    output: Folder = Path(),
) -> int:
    """Write the report of a score again, without the recording.

    Parameters
    ----------
    score
        STEM.score.json, as psgscore score writes it.
    """
    from psgscore.io.outputs import write_score  # noqa: PLC0415 - start-up time
    from psgscore.io.report_settings import load_report_settings  # noqa: PLC0415
    from psgscore.io.score_read import read_score  # noqa: PLC0415
    from psgscore.texts import written_text  # noqa: PLC0415

    kinds, look = printed(formats), load_report_settings(report_settings)
    with progress_bar() as step:
        step("reading the score", 0.0)
        found = read_score(score)
        step("writing the report", 0.2)
        stem = score.name.removesuffix(_ENDING) if score.name.endswith(_ENDING) else score.stem
        files = write_score(found, output, stem, kinds=kinds, inputs=(score,), report=look)
    print_result(written_text(files))
    return 0
