"""``psgscore batch`` and ``psgscore collect``: many recordings, and one table of them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from psgscore.cli_options import TABLES, AsJson, LabsReport, printed
from psgscore.cli_progress import print_result
from psgscore.cli_scoring import AS_SHIPPED, HowToScore
from psgscore.errors import UsageError

if TYPE_CHECKING:
    from psgscore.batch.batch import Batch
    from psgscore.batch.run import Runner
    from psgscore.batch.task import Outcome, Task

SOME_FAILED, INTERRUPTED = 1, 130
_FORMATS = {"html": "report", "pdf": "pdf", "edf": "annotations"}
_SHARD = re.compile(r"([1-9]\d*)/([1-9]\d*)")


def batch(  # noqa: PLR0913 - the options of the command
    source: str,
    /,
    *,
    output: Annotated[str, Parameter(name=["--output", "-o"])],
    root: str | None = None,
    how: HowToScore = AS_SHIPPED,
    formats: Annotated[tuple[str, ...], Parameter(name="--format", negative=())] = (),
    report_settings: LabsReport = None,
    workers: int | None = None,
    scheduler: str | None = None,
    shard: str = "1/1",
    as_json: AsJson = False,
) -> int:
    """Score many recordings; what is complete is skipped, one that fails is recorded.

    Parameters
    ----------
    source
        Manifest (CSV, as dataset writes it), or folder of recordings.
    output
        Folder or address for the results; folders of the recordings are mirrored in it.
    root
        Where relative paths in the manifest start; default the folder it is in.
    formats
        What to write besides the tables: html, pdf, edf (annotations); several by commas.
    workers
        Recordings worked on at once; default one per processor.
    scheduler
        Address of a dask scheduler, tcp://HOST:PORT, whose workers score.
    shard
        Part i/n of the recordings, for arrays of jobs.
    """
    from psgscore.batch.batch import run_batch  # noqa: PLC0415 - start-up time
    from psgscore.batch.task import Task  # noqa: PLC0415
    from psgscore.io.report_settings import load_report_settings  # noqa: PLC0415

    number, n_shards = _shard(shard)
    base = Task(
        recording="",
        out=output,
        key="",
        options=how.options(),
        lights=(how.lights_off, how.lights_on),
        kinds=(*TABLES, "hypnogram", *printed(formats, _FORMATS)),
        look=load_report_settings(report_settings),
    )
    tasks = _tasks(source, base, root)
    with ExitStack() as stack:
        runner = stack.enter_context(_runner(workers, scheduler))
        tell = stack.enter_context(_told(len(tasks)))
        try:
            found = run_batch(tasks, runner, shard=(number, n_shards), on_outcome=tell)
        except KeyboardInterrupt:
            _say("interrupted: what is complete is kept, and the same command goes on from there")
            return INTERRUPTED
    if found.unwritten:
        _say(f"the report of the run could not be written: {found.unwritten}")
    print_result(_json(found) if as_json else _text(found, output))
    return SOME_FAILED if found.failed else 0


def collect(
    output: str,
    /,
    *,
    parquet: Annotated[bool, Parameter(negative=())] = False,
    as_json: AsJson = False,
) -> int:
    """Put the summaries of a batch into one table, and what failed into another.

    Parameters
    ----------
    output
        Folder or address that batch wrote to.
    parquet
        Write the table as Parquet too.
    """
    from dataclasses import asdict  # noqa: PLC0415

    from psgscore.batch.collect import collect as collected  # noqa: PLC0415 - start-up time
    from psgscore.report.texts import counted  # noqa: PLC0415

    found = collected(output, parquet=parquet)
    if found.n_settings > 1:
        _say(
            f"the recordings were scored in {found.n_settings} different ways: see the column "
            "settings_sha256, and run batch again with one set of options"
        )
    if as_json:
        print_result(json.dumps(asdict(found), indent=2))
    else:
        lines = [f"{counted(found.n_rows, 'recording')}, {counted(found.n_errors, 'error')}"]
        print_result("\n".join([*lines, *(f"written: {output}/{one}" for one in found.files)]))
    return SOME_FAILED if found.n_errors else 0


def _shard(text: str) -> tuple[int, int]:
    found = _SHARD.fullmatch(text)
    number, n_shards = map(int, found.groups()) if found else (1, 0)
    if number > n_shards:
        raise UsageError(f"--shard {text}: give i/n with 1 <= i <= n, such as 3/20")
    return number, n_shards


def _tasks(source: str, base: Task, root: str | None) -> list[Task]:
    from psgscore.batch.plan import tasks_of_folder, tasks_of_manifest  # noqa: PLC0415
    from psgscore.io.store import is_remote  # noqa: PLC0415

    if is_remote(source) or Path(source).is_dir():
        if root is not None:
            raise UsageError("--root is for manifests: a folder is its own root")
        return tasks_of_folder(source, base)
    return tasks_of_manifest(Path(source), base, root)


@contextmanager
def _runner(workers: int | None, scheduler: str | None) -> Iterator[Runner]:
    from psgscore.batch.executors import dask_cluster, process_pool, usable_cpus  # noqa: PLC0415
    from psgscore.batch.run import Runner  # noqa: PLC0415

    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: give 1 or more")
    if scheduler is None:
        yield Runner(make_executor=process_pool, workers=workers or usable_cpus())
        return
    with dask_cluster(scheduler) as (make_executor, threads):
        yield Runner(make_executor=make_executor, workers=workers or threads)


@contextmanager
def _told(n_recordings: int) -> Iterator[Callable[[Outcome], None]]:
    """Tell failures on stderr as they come, and on a terminal how far the run is."""
    if not sys.stderr.isatty():
        yield _tell_failure
        return
    from rich.console import Console  # noqa: PLC0415 - start-up time
    from rich.progress import (  # noqa: PLC0415  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    rate = TextColumn("{task.fields[rate]}")
    columns = (BarColumn(), MofNCompleteColumn(), rate, TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("scoring", total=n_recordings, rate="")

        def tell(outcome: Outcome) -> None:
            speed = bar.tasks[0].speed
            rate = f"{speed * 3600:.0f}/h" if speed else ""
            bar.update(task, advance=1, rate=rate)
            # Above the bar, which stays the last line.
            _tell_failure(outcome)

        yield tell


def _tell_failure(outcome: Outcome) -> None:
    if outcome.failure is not None:
        _say(f"{outcome.key}: {outcome.failure.where}: {outcome.failure.what}")


def _say(text: str) -> None:
    print(f"psgscore: {text}", file=sys.stderr)  # noqa: T201


def _json(found: Batch) -> str:
    from psgscore.batch.batch import batch_document  # noqa: PLC0415 - start-up time

    return json.dumps(batch_document(found), indent=2, ensure_ascii=False)


def _text(found: Batch, output: str) -> str:
    from psgscore.batch.batch import batch_document, report_names  # noqa: PLC0415
    from psgscore.report.texts import counted  # noqa: PLC0415 - start-up time

    told = batch_document(found)
    lines = [
        f"{counted(told['recordings'], 'recording')}: {told['done']} scored, "
        f"{told['skipped']} complete before, {told['failed']} failed",
        f"{told['wall_s']:.1f} s with {told['workers']} at once",
    ]
    if told["failed"]:
        lines.append(f"what failed and what to do: {output}/{report_names(found.shard)[1]}")
    return "\n".join([*lines, f"one table: psgscore collect {output}"])
