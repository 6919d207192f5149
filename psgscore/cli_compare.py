"""``psgscore compare``: how far scorings agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from psgscore.cli_convert import start_told
from psgscore.cli_options import AS_IT_COMES, AsJson, HowToRead
from psgscore.cli_progress import print_result, progress_bar
from psgscore.errors import UsageError

if TYPE_CHECKING:
    from psgscore.agree.events import MatchRule
    from psgscore.compare.source import ToCompare
    from psgscore.compare.values import CompareOptions, Comparison

Overlap = Annotated[
    float, Parameter(help="Smallest intersection over union of two events that are one.")
]
Kinds = Annotated[
    tuple[str, ...],
    Parameter(
        name="--kind",
        help="Kind of event to compare, as LM:left or arousal; without it all that occur.",
    ),
]


def compare(  # noqa: PLR0913 - the options of the command
    *scorings: str,
    manifest: Annotated[
        Path | None, Parameter(help="List (CSV) of recordings: recording,a,b and paths.")
    ] = None,
    recording: Annotated[
        Path | None, Parameter(help="The recording: when it began and how long it is.")
    ] = None,
    start: Annotated[
        str | None, Parameter(help="When the recording began: YYYY-MM-DD HH:MM:SS.")
    ] = None,
    iou: Overlap = 0.2,
    onset: Annotated[
        float, Parameter(help="Largest distance of two onsets of one event, in seconds.")
    ] = 0.5,
    kinds: Kinds = (),
    within: Literal["recording", "scored", "sleep"] = "recording",
    join_legs: Annotated[bool, Parameter(negative=())] = False,
    none_found: Annotated[
        tuple[str, ...],
        Parameter(help="Kind that every scorer looked for: where there is none, none was found."),
    ] = (),
    how: HowToRead = AS_IT_COMES,
    output: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="Folder for the results.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Compare scorings of one recording, or of many: events, stages and the numbers of a night.

    Parameters
    ----------
    scorings
        Two or more scorings in any format psgscore reads, or folders of them; several files of
        one scorer are joined by ";". The first is the reference.
    within
        Judge all events, those that begin where both staged, or where both saw sleep.
    join_legs
        Take the movements of either leg together, what overlaps as one.
    """
    import json  # noqa: PLC0415 - start-up time

    from psgscore.compare.document import compare_document  # noqa: PLC0415
    from psgscore.compare.run import compare as compare_scorings  # noqa: PLC0415
    from psgscore.compare.view import compare_text  # noqa: PLC0415

    names, todo = _todo(scorings, manifest)
    if len(todo) > 1 and (recording or start):
        raise UsageError("--recording and --start say of one recording when it began, not of many")
    options = replace(
        _options(overlap_rule(iou, onset), kinds, within, how, start_told(start)),
        legs_joined=join_legs,
        looked_for=frozenset(none_found),
        recording=recording,
    )
    with progress_bar() as step:
        found = compare_scorings(names, todo, options, progress=step)
        files = () if output is None else _written(found, output, todo)
    if as_json:
        print_result(json.dumps(compare_document(found), indent=2, ensure_ascii=False))
    else:
        print_result(compare_text(found, [str(path) for path in files]))
    return 1 if any(one.because and not one.names for one in found.recordings) else 0


def _todo(
    scorings: Sequence[str], manifest: Path | None
) -> tuple[tuple[str, ...], Sequence[ToCompare]]:
    """Return the scorers and what there is of each recording."""
    from psgscore.compare.source import (  # noqa: PLC0415 - start-up time
        from_folders,
        from_manifest,
        one_recording,
        scorers_named,
    )

    if manifest is not None:
        if scorings:
            raise UsageError("give scorings, or a list with --manifest, not both")
        return from_manifest(manifest)
    if len(scorings) < 2:
        raise UsageError("give two scorings or more: psgscore compare A B, or --manifest LIST.csv")
    folders = [Path(one) for one in scorings if Path(one).is_dir()]
    if folders and len(folders) < len(scorings):
        raise UsageError("give files or folders, not both")
    if folders:
        return scorers_named([[one] for one in folders]), from_folders(folders)
    todo = one_recording(scorings)
    return scorers_named(todo.files), [todo]


def overlap_rule(iou: float, onset: float = 0.5) -> MatchRule:
    """Return when two events are one; UsageError where the numbers are out of range."""
    from psgscore.agree.events import MatchRule  # noqa: PLC0415 - start-up time

    if not 0.0 < iou <= 1.0:
        raise UsageError(f"--iou {iou:g}: give a number above 0 and at most 1")
    if not 0.0 < onset < math.inf:
        raise UsageError(f"--onset {onset:g}: give seconds above 0")
    return MatchRule(min_iou=iou, onset_s=onset)


def _options(
    rule: MatchRule,
    kinds: Sequence[str],
    within: str,
    how: HowToRead,
    start: datetime | None,
) -> CompareOptions:
    from psgscore.agree.pairs import HowToCompare  # noqa: PLC0415 - start-up time
    from psgscore.compare.values import CompareOptions  # noqa: PLC0415
    from psgscore.io.scoring_files import how_to_read  # noqa: PLC0415

    return CompareOptions(
        how=HowToCompare(rule=rule, kinds=tuple(kinds), within=within),
        read=how_to_read(**asdict(how), start=start),
    )


def _written(found: Comparison, output: Path, todo: Sequence[ToCompare]) -> tuple[Path, ...]:
    from psgscore.compare.document import compare_document  # noqa: PLC0415 - start-up time
    from psgscore.compare.rows import compare_csv  # noqa: PLC0415
    from psgscore.compare.view import compare_view  # noqa: PLC0415
    from psgscore.io.atomic import atomic_outputs  # noqa: PLC0415
    from psgscore.io.outputs import spare  # noqa: PLC0415
    from psgscore.io.score_json import json_text  # noqa: PLC0415
    from psgscore.report.compare_html import render_comparison  # noqa: PLC0415

    view = compare_view(found)
    sections = (*view.sections, view.disagreements)
    inputs = {path for one in todo for mine in one.files for path in mine}
    with atomic_outputs(output) as out:
        out.write_text("compare.json", json_text(compare_document(found)))
        out.write_text("compare.csv", compare_csv(found))
        page = render_comparison(view.title, view.facts, sections, view.disclaimer)
        out.write_text("compare.html", page)
        spare(out.written, inputs)
    return out.written
