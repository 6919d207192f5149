"""What is to be scored: the recordings of a manifest or folder as tasks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from psgscore.batch.record import DONE
from psgscore.batch.task import Task
from psgscore.errors import EmptyDatasetError, UsageError
from psgscore.io.folder_walk import tree_of
from psgscore.io.manifest_csv import read_manifest
from psgscore.io.store import is_remote, label_of

_ENDINGS = (".edf", ".bdf", ".rec")
_BESIDE = ("labels", "channels", "table")
_TOLD = ("stage_codes", "sex", "study_id")
_OURS = (".annotations.edf", ".hypnogram.edf", ".annotated.edf", ".annotated.bdf")


def tasks_of_folder(root: str, base: Task) -> list[Task]:
    """Return a task for every recording under a folder; what psgscore wrote is left out.

    Parameters
    ----------
    root : str
        The folder, or the address of one.
    base : Task
        Where the results go and how to score.

    Raises
    ------
    EmptyDatasetError
        There is none.
    """
    found = _remote_recordings(root) if is_remote(root) else _recordings(root)
    top, out = _absolute(root), _absolute(base.out)
    if out != top:
        found = [path for path in found if not _absolute(path).startswith(f"{out}/")]
    found = [path for path in found if not path.lower().endswith(_OURS)]
    if not found:
        raise EmptyDatasetError(
            f"{root}: no recording ({', '.join(_ENDINGS)}) in it or in the folders in it"
        )
    return _with_keys([replace(base, recording=path) for path in found], root)


def _recordings(root: str) -> list[str]:
    files = tree_of(Path(root)).files
    return [(Path(root) / name).as_posix() for name in files if name.lower().endswith(_ENDINGS)]


def _remote_recordings(root: str) -> list[str]:
    from psgscore.io.remote import addresses_below  # noqa: PLC0415 - an extra

    return addresses_below(root, _ENDINGS)


def tasks_of_manifest(path: Path, base: Task, root: str | None = None) -> list[Task]:
    """Return a task for every row of a manifest.

    Parameters
    ----------
    path : Path
        The manifest; see `psgscore.io.manifest_csv`.
    base : Task
        Where the results go and how to score; a row wins over it.
    root : str, optional
        What relative paths of recordings and scoring files start from; the folder of the
        manifest without it. Channel maps and label tables are beside the manifest.

    Raises
    ------
    UsageError
        The manifest is wrong, or two rows would write the same files.
    EmptyDatasetError
        It has no rows.
    """
    rows = read_manifest(path)
    if not rows:
        raise EmptyDatasetError(f"{path}: the manifest has no rows: nothing to score")
    start = path.parent.as_posix() if root is None else root
    tasks = [_task(row, base, start, path.parent.as_posix()) for row in rows]
    return _with_keys(tasks, start)


def _task(row: Mapping[str, Any], base: Task, root: str, beside: str) -> Task:
    options = base.options
    own: dict[str, Any] = {name: _joined(beside, row[name]) for name in _BESIDE if row[name]}
    told: dict[str, Any] = {
        name: row[name] for name in ("stage_codes", "sex", "study_id") if row[name]
    }
    if row["age"] is not None:
        told["age"] = row["age"]
    scoring = tuple(_joined(root, path) for path in row["scoring"])
    return replace(
        base,
        recording=_joined(root, row["recording"]),
        options=replace(options, scoring=scoring, **own, **told),
        lights=(row["lights_off"] or base.lights[0], row["lights_on"] or base.lights[1]),
        subject=row["subject"],
        night=row["night"],
        scorer=row["scorer"],
    )


def _joined(root: str, path: str) -> str:
    if is_remote(path) or os.path.isabs(path):
        return path
    return f"{root.rstrip('/')}/{path}" if root not in ("", ".") else path


def _with_keys(tasks: Sequence[Task], root: str) -> list[Task]:
    """Give every task its place: the folders of the recordings, mirrored below the output."""
    top = _top([task.recording for task in tasks], root)
    found = []
    for task in tasks:
        inside = PurePosixPath(_inside(task.recording, top))
        scorer = f"_{_plain_name(task.scorer)}" if task.scorer else ""
        found.append(replace(task, key=str(inside.with_name(inside.stem + scorer))))
    _require_different(found)
    return found


def _top(recordings: Sequence[str], root: str) -> str:
    """Return the folder that all recordings are in: the root, if they are."""
    root = _absolute(root)
    paths = [_absolute(path) for path in recordings]
    if all(path.startswith(f"{root.rstrip('/')}/") for path in paths):
        return root
    folders = [path.rpartition("/")[0].split("/") for path in paths]
    shared = []
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared)


def _inside(recording: str, top: str) -> str:
    return _absolute(recording)[len(top.rstrip("/")) :].lstrip("/")


def _absolute(path: str) -> str:
    return path.rstrip("/") if is_remote(path) else Path(os.path.abspath(path)).as_posix()


def _plain_name(text: str) -> str:
    """Return a text as part of a file name."""
    return "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in text)


def _require_different(tasks: Iterable[Task]) -> None:
    # Folded, because some disks take a.edf and A.edf for one file.
    taken: dict[str, Task] = {}
    for task in tasks:
        other = taken.setdefault(task.key.casefold(), task)
        if other is not task:
            raise UsageError(
                f"{other.recording} and {task.recording} would both write {task.key}{DONE}: "
                "rename one, tell them apart by the column scorer, or score them into "
                "different folders"
            )


def shard_of(tasks: Iterable[Task], number: int, n_shards: int) -> list[Task]:
    """Return the tasks of one of `n_shards` parts, `number` counting from 1.

    A recording's part depends on its own place alone, so that jobs that list a growing folder
    at different times still never share one, and never leave one out.
    """
    return [task for task in tasks if int(label_of(task.key), 16) % n_shards == number - 1]
