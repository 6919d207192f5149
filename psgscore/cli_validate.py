"""``psgscore validate``: how far the leg movements agree with those of people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from psgscore.cli_compare import overlap_rule
from psgscore.cli_options import AsJson, Map, OwnCriteria
from psgscore.cli_progress import print_result, progress_bar
from psgscore.errors import UsageError

if TYPE_CHECKING:
    from psgscore.validate.values import Validation


def validate(  # noqa: PLR0913 - the options of the command
    name: Literal["psg-ipa", "cap", "mesa", "manifest"],
    root: Path,
    /,
    *,
    below: Annotated[
        Path | None,
        Parameter(name="--root", help="Of a manifest: folder its relative paths start from."),
    ] = None,
    iou: Annotated[
        float, Parameter(help="Smallest intersection over union of two movements that are one.")
    ] = 0.2,
    join_legs: Annotated[bool, Parameter(negative=())] = False,
    stage: Annotated[bool, Parameter(negative=())] = False,
    criteria: OwnCriteria = None,
    channels: Map = None,
    seed: int = 1,
    resamples: int = 2000,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Folder for the results.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Find the leg movements of a data set, and compare them with those its scorers marked.

    Parameters
    ----------
    name
        The data set, or manifest for a list of your own.
    root
        Folder it was copied to; the manifest (CSV).
    join_legs
        Take the movements of either leg together, what overlaps as one; always so for mesa.
    stage
        Stage every recording automatically too, and compare the stages.
    seed
        Of the bootstrap over recordings.
    resamples
        How often recordings are drawn.
    """
    import json  # noqa: PLC0415 - start-up time

    from psgscore.io.channel_user import read_channel_map  # noqa: PLC0415
    from psgscore.io.rules import load_criteria  # noqa: PLC0415
    from psgscore.validate.card import validation_document, validation_text  # noqa: PLC0415
    from psgscore.validate.run import validate as validate_plan  # noqa: PLC0415
    from psgscore.validate.studies import plan_of  # noqa: PLC0415
    from psgscore.validate.values import ValidateOptions  # noqa: PLC0415

    if below is not None and name != "manifest":
        raise UsageError(f"--root is for a manifest: {name} has its folder as ROOT")
    if resamples < 1 or seed < 0:
        raise UsageError("--resamples must be 1 or more, and --seed 0 or more")
    options = ValidateOptions(
        rule=overlap_rule(iou),
        detection=load_criteria(criteria)[0],
        join_legs=join_legs,
        stage=stage,
        channels=None if channels is None else read_channel_map(channels),
        seed=seed,
        n_resamples=resamples,
    )
    with progress_bar() as step:
        found = validate_plan(plan_of(name, root, below=below), options, progress=step)
        files = () if output is None else _written(found, output)
    if as_json:
        print_result(json.dumps(validation_document(found), indent=2, ensure_ascii=False))
    else:
        print_result(validation_text(found, [str(path) for path in files]))
    return 1 if any(study.failed for study in found.studies) else 0


def _written(found: Validation, output: Path) -> tuple[Path, ...]:
    from psgscore.io.atomic import atomic_outputs  # noqa: PLC0415 - start-up time
    from psgscore.io.outputs import spare  # noqa: PLC0415
    from psgscore.io.score_json import json_text  # noqa: PLC0415
    from psgscore.validate.card import model_card, validation_document  # noqa: PLC0415
    from psgscore.validate.tables import pairs_csv  # noqa: PLC0415

    studies = found.plan.studies
    inputs = {path for one in studies for rater in one.raters for path in rater.files}
    with atomic_outputs(output) as out:
        out.write_text("validate.json", json_text(validation_document(found)))
        out.write_text("validate.csv", pairs_csv(found))
        out.write_text("MODEL_CARD.md", model_card(found))
        spare(out.written, inputs | {one.recording for one in studies})
    return out.written
