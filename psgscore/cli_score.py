"""``psgscore score`` and ``psgscore rescore``: movements and rules in, tables and report out."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from psgscore.cli_options import (
    AS_IT_COMES,
    AS_THE_HEADER_SAYS,
    DEFAULT_FORMATS,
    TABLES,
    AsJson,
    Folder,
    Formats,
    HowToRead,
    LabsReport,
    NoneFound,
    Rules,
    Scoring,
    Whose,
    Window,
    printed,
)
from psgscore.cli_progress import print_result, progress_bar
from psgscore.cli_scoring import AS_SHIPPED, DEFAULT_RULES, HowToScore
from psgscore.progress import part

_HOUR_S = 3600.0


def score(  # noqa: PLR0913 - the options of the command
    rec: Path,
    /,
    *,
    scoring: Scoring = (),
    how: HowToScore = AS_SHIPPED,
    whose: Whose = AS_THE_HEADER_SAYS,
    embed: Annotated[bool, Parameter(negative=())] = False,
    formats: Formats = DEFAULT_FORMATS,
    report_settings: LabsReport = None,
    output: Folder = Path(),
    as_json: AsJson = False,
) -> int:
    """Find the leg movements, score them and write tables, annotations and the report.

    Parameters
    ----------
    rec
        EDF, EDF+, BDF or BDF+ recording.
    embed
        Write a copy of the recording with the annotations inside instead of a sidecar.
    """
    from psgscore.io.outputs import write_score  # noqa: PLC0415 - start-up time
    from psgscore.io.report_settings import load_report_settings  # noqa: PLC0415
    from psgscore.io.score_json import score_json  # noqa: PLC0415
    from psgscore.opening import moment_s, open_recording  # noqa: PLC0415
    from psgscore.pipeline import score_recording  # noqa: PLC0415
    from psgscore.texts import score_text  # noqa: PLC0415

    reports = printed(formats)
    look = load_report_settings(report_settings)
    options = replace(how.options(), scoring=scoring, **asdict(whose))
    with progress_bar() as step:
        recording = open_recording(rec, how.channels)
        lights = (moment_s(how.lights_off, recording), moment_s(how.lights_on, recording))
        options = replace(options, channels=None, lights=lights)
        found = score_recording(recording, options, progress=part(step, 0.0, 0.6))
        step("writing the results", 0.6)
        annotations = "embedded" if embed else "annotations"
        tables = TABLES if found.staging is None else (*TABLES, "hypnogram")
        files = write_score(
            found,
            output,
            rec.stem,
            kinds=tuple(dict.fromkeys((*tables, annotations, *reports))),
            recording=recording,
            inputs=(rec, *scoring),
            report=look,
        )
    print_result(score_json(found) if as_json else score_text(found, files))
    return 0


def rescore(  # noqa: PLR0913 - the options of the command
    events: Path,
    /,
    *,
    scoring: Scoring = (),
    how: HowToRead = AS_IT_COMES,
    rules: Rules = DEFAULT_RULES,
    respiratory_window: Window = "wide",
    none_found: NoneFound = (),
    hours: float | None = None,
    output: Folder = Path(),
    as_json: AsJson = False,
) -> int:
    """Apply the rules to an event table alone: no signals.

    Parameters
    ----------
    events
        BIDS events table, or csv with kind, onset_s and duration_s, of one night.
    hours
        Length of the recording, where neither stages nor lights on tell it.
    """
    from psgscore.io.outputs import write_score  # noqa: PLC0415 - start-up time
    from psgscore.io.rules import load_rules  # noqa: PLC0415
    from psgscore.io.score_json import score_json  # noqa: PLC0415
    from psgscore.rescore import rescore_events  # noqa: PLC0415
    from psgscore.texts import score_text  # noqa: PLC0415

    found = rescore_events(
        (events, *scoring),
        **asdict(how),
        rules=[load_rules(name) for name in rules],
        respiratory_window=respiratory_window,
        none_found=frozenset(none_found),
        duration_s=None if hours is None else hours * _HOUR_S,
    )
    stem = events.name.split(".")[0]
    files = write_score(
        found, output, stem, kinds=("movements", "score", "summary"), inputs=(events, *scoring)
    )
    print_result(score_json(found) if as_json else score_text(found, files))
    return 0
