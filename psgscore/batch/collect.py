"""One table of all that is complete, and one of all that is not; row by row, not in memory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from psgscore.batch.batch import ERROR_COLUMNS, PLAN, PLAN_COLUMNS
from psgscore.batch.record import DONE, FAILED, Done, below, content_hash, read_done, read_failed
from psgscore.errors import EmptyDatasetError
from psgscore.io.atomic import plain_errors
from psgscore.io.store import Store, label_of, store_at
from psgscore.io.summary_csv import cell_text

SUMMARY = ".summary.csv"
OWN_COLUMNS = ("key", "subject", "night", "scorer", "settings_sha256")
TABLE, ERRORS, PARQUET = "collected.csv", "errors.csv", "collected.parquet"
_KINDS = ("none", "int", "float", "text")
_TEXTS, _TEXT_ENDINGS = ("recording", "study_id"), ("_sha256", "_version", "_files", "_clock")
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What was collected.

    Parameters
    ----------
    n_rows, n_errors : int
        Recordings in the table, and in the table of errors.
    n_settings : int
        Different ways in which they were scored; they should not be compared if above 1.
    files : tuple of str
        What was written, below the output.
    """

    n_rows: int
    n_errors: int
    n_settings: int
    files: tuple[str, ...]


def collect(out: str, *, parquet: bool = False) -> Collected:
    """Write one table of the summaries below an output folder, and one of the errors.

    Parameters
    ----------
    out : str
        Where `psgscore batch` wrote to, all parts of the run.
    parquet : bool
        Write the table as Parquet too.

    Raises
    ------
    EmptyDatasetError
        No recording was scored there.
    UsageError
        Parquet without pyarrow.
    """
    store = store_at(out)
    found = _Found(store)
    if not found.keys:
        raise EmptyDatasetError(f"{out}: no recording was scored there: give the folder of a batch")
    header, kinds = found.columns()
    with store.scratch(label_of("")) as folder:
        files = [folder / TABLE, folder / ERRORS]
        n_errors = _write(files[1], list(ERROR_COLUMNS), found.errors())
        n_rows = _write(files[0], header, found.rows(header))
        if parquet:
            from psgscore.batch.parquet import csv_to_parquet  # noqa: PLC0415 - an extra

            files.append(csv_to_parquet(files[0], folder / PARQUET, kinds))
        store.deliver(files, "")
    return Collected(
        n_rows=n_rows,
        n_errors=n_errors,
        n_settings=len(found.settings),
        files=tuple(file.name for file in files),
    )


class _Found:
    """The records of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        names = store.names((DONE, FAILED))
        self.failed = {name.removesuffix(FAILED) for name in names if name.endswith(FAILED)}
        self.plan = {row[0]: row for row in _plan(store)}
        done = {name.removesuffix(DONE) for name in names if name.endswith(DONE)}
        self.keys = sorted({*done, *self.failed, *self.plan})
        self.damaged: set[str] = set()
        self.settings: set[str] = set()

    def columns(self) -> tuple[list[str], dict[str, str]]:
        """Return all columns and what each holds; finds out what is damaged."""
        kinds: dict[str, str] = dict.fromkeys(OWN_COLUMNS, "text")
        for key in self.keys:
            if key in self.failed:
                continue
            row = self._row(key)
            if row is None:
                self.damaged.add(key)
                continue
            self.settings.add(row["settings_sha256"])
            for name, text in row.items():
                kinds[name] = max(kinds.get(name, "none"), _kind(name, text), key=_KINDS.index)
        return list(kinds), kinds

    def rows(self, header: list[str]) -> Iterator[list[str]]:
        for key in self.keys:
            if key not in self.failed and key not in self.damaged:
                row = self._row(key) or {}
                yield [row.get(name, "") for name in header]

    def errors(self) -> Iterator[list[str]]:
        for key in self.keys:
            if key in self.failed:
                told = {"key": key, **(read_failed(self._store, key) or {})}
                yield [cell_text(told.get(name, "")) for name in ERROR_COLUMNS]
            elif key in self.damaged:
                yield [*self._planned(key), *self._why_missing(key)]

    def _planned(self, key: str) -> list[str]:
        return self.plan.get(key, [cell_text(key), *[""] * (len(PLAN_COLUMNS) - 1)])

    def _why_missing(self, key: str) -> tuple[str, str, str, str]:
        if read_done(self._store, key) is None:
            what = "planned, and neither scored nor failed: the run was cut short"
            return "NotRun", "the run", what, "run psgscore batch again, every part of it"
        what = "the summary is not what was written, or is missing"
        return "Damaged", "the results", what, "run psgscore batch again: it scores it anew"

    def _row(self, key: str) -> dict[str, str] | None:
        """Return the row of a recording, None where it is not complete."""
        done = read_done(self._store, key)
        data = None if done is None else self._summary(done, key)
        if done is None or data is None:
            return None
        header, *rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
        if len(rows) != 1:
            return None
        own = (key, done.subject, done.night, done.scorer, done.asked["settings_sha256"])
        return {
            **{name: cell_text(text) for name, text in zip(OWN_COLUMNS, own, strict=True)},
            **dict(zip(header, rows[0], strict=True)),
        }

    def _summary(self, done: Done, key: str) -> bytes | None:
        folder = key.rpartition("/")[0]
        for name, digest in done.outputs.items():
            if name.endswith(SUMMARY):
                data = self._store.read(below(folder, name))
                return data if content_hash(data) == digest else None
        return None


def _kind(name: str, text: str) -> str:
    """Return what a cell holds, as `_KINDS`."""
    if text == "":
        return "none"
    # A study "7" is not a number, and a hash may look like one.
    if name in _TEXTS or name.endswith(_TEXT_ENDINGS):
        return "text"
    if _WHOLE_NUMBER.fullmatch(text):
        return "int"
    return "float" if _NUMBER.fullmatch(text) else "text"


def _plan(store: Store) -> list[list[str]]:
    data = store.read(PLAN)
    if data is None:
        return []
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))[1:]


def _write(file: Path, header: list[str], rows: Iterator[list[str]]) -> int:
    """Write a table and return how many rows it has."""
    n_rows = 0
    with _opened(file) as text:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            n_rows += 1
    return n_rows


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    with plain_errors(file.parent), file.open("w", encoding="utf-8", newline="") as text:
        yield text
