"""A run over many recordings: plan, lock, work, report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from psgscore._version import __version__
from psgscore.batch.lock import only_run
from psgscore.batch.plan import shard_of
from psgscore.batch.run import Runner, run_tasks
from psgscore.batch.task import Outcome, State, Task
from psgscore.errors import OutputError
from psgscore.io.score_json import json_text
from psgscore.io.store import Store, label_of, store_at, write_text
from psgscore.io.summary_csv import rows_csv

PLAN = "batch.plan.csv"
PLAN_COLUMNS = ("key", "recording", "subject", "night", "scorer")
ERROR_COLUMNS = (*PLAN_COLUMNS, "kind", "where", "what", "remedy")
_WHOLE = (1, 1)


@dataclass(slots=True)
class Batch:
    """What became of a run; filled while it runs.

    Parameters
    ----------
    tasks : mapping of str to Task
        What was to be done, by key.
    outcomes : dict of str to Outcome
        What became of it, by key.
    shard : (int, int)
        Which part of how many.
    workers : int
        Recordings worked on at once.
    wall_s : float
        Time it took.
    unwritten : str
        Why the report of the run could not be written, "" where it was.
    """

    tasks: dict[str, Task]
    shard: tuple[int, int]
    workers: int
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    wall_s: float = 0.0
    unwritten: str = ""

    def count(self, state: State) -> int:
        """Return how many recordings came out so."""
        return sum(one.state == state for one in self.outcomes.values())

    @property
    def failed(self) -> list[Outcome]:
        """What failed, by key."""
        return [one for _, one in sorted(self.outcomes.items()) if one.failure is not None]


def run_batch(
    tasks: Sequence[Task],
    runner: Runner,
    *,
    shard: tuple[int, int] = _WHOLE,
    on_outcome: Callable[[Outcome], None],
) -> Batch:
    """Score every task of a part that is not complete, and report.

    Parameters
    ----------
    tasks : sequence of Task
        All of all parts, with one output between them.
    runner : Runner
        How they are worked on.
    shard : (int, int)
        Which part of how many, counting from 1.
    on_outcome : callable
        Told each outcome as it comes.

    Raises
    ------
    UsageError
        Another run is writing to the same place.
    OutputError
        The place cannot be written at all.
    """
    own = shard_of(tasks, *shard)
    batch = Batch(tasks={task.key: task for task in own}, shard=shard, workers=runner.workers)
    out = tasks[0].out
    store, labels = store_at(out), {label_of(task.key) for task in own}

    def told(outcome: Outcome) -> None:
        batch.outcomes[outcome.key] = outcome
        on_outcome(outcome)

    begin_s = time.perf_counter()
    with only_run(out, shard):
        store.sweep(labels)
        put_texts(store, {PLAN: plan_csv(tasks)})
        try:
            run_tasks(own, runner, told)
        finally:
            batch.wall_s = time.perf_counter() - begin_s
            store.sweep(labels)
            batch.unwritten = _report(store, batch)
    return batch


def _report(store: Store, batch: Batch) -> str:
    """Write the report of a run; return why it could not be, "" if it was."""
    document, errors = report_names(batch.shard)
    rows = [error_row(batch.tasks[one.key], one) for one in batch.failed]
    texts = {document: json_text(batch_document(batch)), errors: rows_csv(ERROR_COLUMNS, rows)}
    try:
        put_texts(store, texts)
    except OutputError as error:
        return str(error)
    return ""


def report_names(shard: tuple[int, int]) -> tuple[str, str]:
    """Return what the report of a part of a run and its table of errors are called."""
    number, n_shards = shard
    part = f".{number}-of-{n_shards}" if n_shards > 1 else ""
    return f"batch{part}.json", f"errors{part}.csv"


def put_texts(store: Store, texts: dict[str, str]) -> None:
    """Write texts as files at the top of a store, each whole or not at all.

    Raises
    ------
    OutputError
        The store cannot be written.
    """
    with store.scratch(label_of("")) as folder:
        files = [folder / name for name in texts]
        for file, text in zip(files, texts.values(), strict=True):
            write_text(file, text)
        store.deliver(files, "")


def plan_csv(tasks: Iterable[Task]) -> str:
    """Return what a run is to score, so that what never ran can be told from what failed."""
    return rows_csv(PLAN_COLUMNS, (plan_row(task) for task in tasks))


def plan_row(task: Task) -> list[str]:
    """Return a task as a row of `PLAN_COLUMNS`."""
    return [task.key, task.recording, task.subject, task.night, task.scorer]


def error_row(task: Task, outcome: Outcome) -> list[str]:
    """Return a failed task as a row of `ERROR_COLUMNS`."""
    failure = outcome.failure
    if failure is None:
        return [*plan_row(task), "", "", "", ""]
    return [*plan_row(task), failure.kind, failure.where, failure.what, failure.remedy]


def batch_document(batch: Batch) -> dict[str, Any]:
    """Return the report of a run; the only file with times in it."""
    outcomes = [one for _, one in sorted(batch.outcomes.items())]
    peaks = [one.peak_mb for one in outcomes if one.peak_mb is not None]
    return {
        "program": "psgscore",
        "version": __version__,
        "shard": {"number": batch.shard[0], "of": batch.shard[1]},
        "workers": batch.workers,
        "recordings": len(batch.tasks),
        "done": batch.count("done"),
        "skipped": batch.count("skipped"),
        "failed": batch.count("failed"),
        "not_run": len(batch.tasks) - len(outcomes),
        "wall_s": round(batch.wall_s, 3),
        "cpu_s": round(sum(one.cpu_s for one in outcomes), 3),
        "peak_mb": round(max(peaks), 1) if peaks else None,
        "outcomes": [_plain(one) for one in outcomes],
    }


def _plain(outcome: Outcome) -> dict[str, Any]:
    row = asdict(outcome)
    for name in ("wall_s", "cpu_s", "peak_mb"):
        row[name] = None if row[name] is None else round(row[name], 3)
    return row
