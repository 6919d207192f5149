"""``psgscore tune``: the detector fitted to one's own scorers, and whether that helps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from psgscore.cli_compare import overlap_rule
from psgscore.cli_options import AsJson, Map
from psgscore.cli_progress import print_result, progress_bar
from psgscore.errors import UsageError


def tune(  # noqa: PLR0913 - the options of the command
    manifest: Path,
    /,
    *,
    output: Annotated[
        Path, Parameter(name=["--output", "-o"], help="Folder for criteria.toml and tune.json.")
    ],
    below: Annotated[
        Path | None,
        Parameter(name="--root", help="Folder the relative paths of the manifest start from."),
    ] = None,
    fit: Annotated[
        tuple[str, ...],
        Parameter(negative=(), help="Number to fit, by its name; may be given more than once."),
    ] = ("amplitude_gain",),
    iou: Annotated[
        float, Parameter(help="Smallest intersection over union of two movements that are one.")
    ] = 0.2,
    join_legs: Annotated[bool, Parameter(negative=())] = False,
    channels: Map = None,
    seed: int = 1,
    resamples: int = 2000,
    as_json: AsJson = False,
) -> int:
    """Fit the leg movement detector to recordings that your lab scored, and say if that helps.

    Parameters
    ----------
    manifest
        Recordings and their scorings (CSV), one row per recording and scorer.
    join_legs
        Take the movements of either leg together, what overlaps as one.
    seed
        Of the folds, and of the bootstrap over recordings.
    resamples
        How often recordings are drawn.
    """
    import json  # noqa: PLC0415 - start-up time

    from psgscore.io.channel_user import read_channel_map  # noqa: PLC0415
    from psgscore.tune.files import tune_document, tune_text, write_tuning  # noqa: PLC0415
    from psgscore.tune.run import tune as tune_plan  # noqa: PLC0415
    from psgscore.tune.values import TuneOptions  # noqa: PLC0415
    from psgscore.validate.studies import LIST, plan_of  # noqa: PLC0415

    if resamples < 1 or seed < 0:
        raise UsageError("--resamples must be 1 or more, and --seed 0 or more")
    options = TuneOptions(
        fit=fit,
        rule=overlap_rule(iou),
        join_legs=join_legs,
        channels=None if channels is None else read_channel_map(channels),
        seed=seed,
        n_resamples=resamples,
    )
    plan = plan_of(LIST, manifest, below=below)
    with progress_bar() as step:
        found = tune_plan(plan, options, progress=step)
        files = write_tuning(found, plan, manifest, output)
    if as_json:
        print_result(json.dumps(tune_document(found), indent=2, ensure_ascii=False))
    else:
        print_result(tune_text(found, files))
    return 1 if any(one.failed for one in found.left_out) else 0
