"""``psgscore sit``: the suggested immobilisation test."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from psgscore.cli_options import Folder, Map, OwnCriteria, Scoring
from psgscore.cli_progress import print_result


def sit(
    rec: Path,
    /,
    *,
    scoring: Scoring = (),
    start: Annotated[
        str | None, Parameter(help="HH:MM, HH:MM:SS, or seconds from the start of the recording.")
    ] = None,
    criteria: OwnCriteria = None,
    channels: Map = None,
    output: Folder = Path(),
) -> int:
    """Score a suggested immobilisation test: one hour awake, index and course in 10-min bins.

    Parameters
    ----------
    rec
        EDF, EDF+, BDF or BDF+ recording of the test.
    """
    from psgscore.io.outputs import write_sit  # noqa: PLC0415 - start-up time
    from psgscore.io.rules import load_criteria  # noqa: PLC0415
    from psgscore.opening import moment_s, open_recording  # noqa: PLC0415
    from psgscore.sit import score_sit  # noqa: PLC0415
    from psgscore.texts import sit_text  # noqa: PLC0415

    detection, movements = load_criteria(criteria)
    recording = open_recording(rec, channels)
    found = score_sit(
        recording,
        scoring=scoring,
        start_s=moment_s(start, recording) or 0.0,
        detection=detection,
        criteria=movements,
    )
    path = write_sit(found, output, rec.stem)
    print_result(sit_text(found, path))
    return 0
