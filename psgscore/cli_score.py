"""``psgscore score`` and ``psgscore rescore``: movements and rules in, tables and report out."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Literal

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
    Lights,
    Map,
    NoneFound,
    OwnCriteria,
    Rules,
    Scoring,
    Stager,
    Whose,
    Window,
    printed,
)
from psgscore.cli_progress import print_result, progress_bar
from psgscore.model.criteria import SIDE_BY_SIDE
from psgscore.progress import part

_DEFAULT_RULES = tuple(rules.name for rules in SIDE_BY_SIDE)


def score(  # noqa: PLR0913 - the options of the command
    rec: Path,
    /,
    *,
    scoring: Scoring = (),
    how: HowToRead = AS_IT_COMES,
    rules: Rules = _DEFAULT_RULES,
    respiratory_window: Window = "wide",
    criteria: OwnCriteria = None,
    channels: Map = None,
    movements: Literal["detect", "imported"] = "detect",
    none_found: NoneFound = (),
    stages: Literal["auto", "always", "given"] = "auto",
    fill: Annotated[bool, Parameter(negative=())] = False,
    backend: Stager = "auto",
    whose: Whose = AS_THE_HEADER_SAYS,
    arousals: Literal["given", "rule", "psgscoring"] = "given",
    lights_off: Lights = None,
    lights_on: Lights = None,
    sensitivity: bool = True,
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
    movements
        Take the movements from the EMG, or from the lab's marks.
    stages
        Stage a recording that comes without stages (auto: if it is long enough), or never.
    fill
        Let automatic stages fill the epochs that the given ones leave unscored.
    arousals
        Who marks arousals where none are given: nobody, a rule of low trust, or psgscoring.
    sensitivity
        Score again with every threshold moved, to say how far the PLM indices go with it.
    embed
        Write a copy of the recording with the annotations inside instead of a sidecar.
    """
    from psgscore.io.outputs import write_score  # noqa: PLC0415 - start-up time
    from psgscore.io.report_settings import load_report_settings  # noqa: PLC0415
    from psgscore.io.rules import load_criteria, load_rules  # noqa: PLC0415
    from psgscore.io.score_json import score_json  # noqa: PLC0415
    from psgscore.opening import moment_s, open_recording  # noqa: PLC0415
    from psgscore.options import Options  # noqa: PLC0415
    from psgscore.pipeline import score_recording  # noqa: PLC0415
    from psgscore.texts import score_text  # noqa: PLC0415

    reports = printed(formats)
    look = load_report_settings(report_settings)
    detection, movement_criteria = load_criteria(criteria)
    options = Options(
        scoring=scoring,
        **asdict(how),
        rules=tuple(load_rules(name) for name in rules),
        respiratory_window=respiratory_window,
        detection=detection,
        movement_criteria=movement_criteria,
        movements=movements,
        none_found=frozenset(none_found),
        stages=stages,
        fill=fill,
        backend=backend,
        **asdict(whose),
        arousals=arousals,
        sensitivity=sensitivity,
    )
    with progress_bar() as step:
        recording = open_recording(rec, channels)
        lights = (moment_s(lights_off, recording), moment_s(lights_on, recording))
        options = replace(options, lights=lights)
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
    rules: Rules = _DEFAULT_RULES,
    respiratory_window: Window = "wide",
    none_found: NoneFound = (),
    output: Folder = Path(),
    as_json: AsJson = False,
) -> int:
    """Apply the rules to an event table alone: no signals.

    Parameters
    ----------
    events
        BIDS events table, or csv with kind, onset_s and duration_s, of one night.
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
    )
    stem = events.name.split(".")[0]
    files = write_score(
        found, output, stem, kinds=("movements", "score", "summary"), inputs=(events, *scoring)
    )
    print_result(score_json(found) if as_json else score_text(found, files))
    return 0
