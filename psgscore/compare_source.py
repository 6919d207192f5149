"""What is to be compared: scorings in any format, by recording, from files, folders or a list."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from psgscore.errors import InputPathError, ScoringFileError, UsageError
from psgscore.io.edf import EXTENSIONS, existing_file, open_edf
from psgscore.io.manifest_csv import paths_of
from psgscore.io.scoring_files import HowToRead, read_scoring_as
from psgscore.io.scoring_fit import combine
from psgscore.io.scoring_text import read_text
from psgscore.leg_channels import movement_kind
from psgscore.model.finding import Finding
from psgscore.model.score import Score
from psgscore.model.scoring import Scoring

SCORE_FILE = ".score.json"
RECORDING = "recording"
# What a folder may hold of a recording, best first; each row is one scoring.
_TOGETHER = ((SCORE_FILE,), (".events.tsv", ".hypnogram.tsv"), (".events.tsv",))
_NO_SCORING = (".report.html", ".report.pdf", ".movements.tsv", ".summary.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One scorer's scoring of one recording.

    Parameters
    ----------
    files : tuple of Path
        What it was read from.
    scoring : Scoring
        On the clock of the recording.
    start : str
        Clock time of second 0, "" where the files do not say it.
    score : Score or None
        The whole score, where it was one of psgscore.
    """

    files: tuple[Path, ...]
    scoring: Scoring
    start: str = ""
    score: Score | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCompare:
    """One recording and the files of each of its scorers.

    Parameters
    ----------
    recording : str
        What it is called.
    files : tuple of tuple of Path
        Of each scorer, none where there is no scoring.
    signals : Path or None
        The recording itself, where it is at hand: when it began and how long it is.
    """

    recording: str
    files: tuple[tuple[Path, ...], ...]
    signals: Path | None = None


def read_scored(paths: Sequence[Path], how: HowToRead, names: frozenset[str]) -> Scored:
    """Read what one scorer says of a recording.

    Parameters
    ----------
    paths : sequence of Path
        Scoring files in any format, or one ``STEM.score.json``.
    how : HowToRead
        How files of other programs are read.
    names : frozenset of str
        Kinds that were looked for, found or not.

    Raises
    ------
    PsgscoreError
        A file cannot be read, or it is not known where on the clock it stands.
    """
    if len(paths) == 1 and paths[0].name.endswith(SCORE_FILE):
        from psgscore.io.score_read import read_score  # noqa: PLC0415 - start-up time

        score = read_score(paths[0])
        found = scoring_of_score(score)
        found = replace(found, covers=found.covers | names)
        return Scored(files=tuple(paths), scoring=found, start=score.start, score=score)
    scoring = combine([_read(path, how) for path in paths])
    if any(one.code == "scoring.start-unknown" for one in scoring.findings):
        raise ScoringFileError(
            f"{paths[0].name}: has clock times, and nothing says when the recording began, so it "
            "cannot be laid beside another scoring: give --recording or --start"
        )
    start = "" if how.start is None else how.start.strftime("%H:%M:%S")
    scoring = replace(scoring, covers=scoring.covers | names)
    return Scored(files=tuple(paths), scoring=scoring, start=start)


def _read(path: Path, how: HowToRead) -> Scoring:
    """Read a scoring file; a description of text tables says nothing of an EDF."""
    is_edf = path.suffix.lower() in EXTENSIONS
    return read_scoring_as(path, replace(how, grammar=None) if is_edf else how)


def scoring_of_score(score: Score) -> Scoring:
    """Return the events and stages of a score, and what it says was scored."""
    covers = {movement_kind(one.role) for one in score.provenance.channels}
    if score.legs:
        covers.add("LM")
        verdicts = score.legs[0].verdicts
        scored = {"arousal": verdicts.arousal, "respiratory": verdicts.respiratory}
        covers |= {name for name, given in scored.items() if given is not None}
    findings = score.findings
    if score.staging is not None:
        message = "stages are automatic and nobody reviewed them"
        findings = (*findings, Finding("scoring.automatic-stages", message))
    return Scoring(
        hypnogram=score.hypnogram, events=score.events, covers=frozenset(covers), findings=findings
    )


def start_of(files: Sequence[Path]) -> datetime | None:
    """Return when the recording began, where one of its scorings says it."""
    from psgscore.io.formats import psgscore_json  # noqa: PLC0415 - start-up time
    from psgscore.io.formats.foreign import Source  # noqa: PLC0415

    for path in files:
        file = existing_file(path)
        if file.suffix.lower() in EXTENSIONS:
            start = open_edf(file).start
        elif file.suffix.lower() == ".json" and not file.name.endswith(SCORE_FILE):
            source = Source(path=file, text=read_text(file))
            known = psgscore_json.recognises(source)
            start = psgscore_json.stated_start(source) if known else None
        else:
            start = None
        if start is not None:
            return start
    return None


def from_folders(folders: Sequence[Path]) -> list[ToCompare]:
    """Pair the recordings of two or more folders by the beginnings of their names.

    Raises
    ------
    UsageError
        No recording is in more than one folder, or a folder holds several scorings of one.
    """
    each = [_stems(folder) for folder in folders]
    names = sorted({stem for stems in each for stem in stems})
    found = [
        ToCompare(recording=name, files=tuple(stems.get(name, ()) for stems in each))
        for name in names
    ]
    if not any(sum(bool(files) for files in one.files) > 1 for one in found):
        raise UsageError(
            f"{' and '.join(map(str, folders))}: no recording is in more than one of them: names "
            "must begin alike up to the first dot; or list them in a table for --manifest"
        )
    return found


def _stems(folder: Path) -> Mapping[str, tuple[Path, ...]]:
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            files.setdefault(path.name.partition(".")[0], []).append(path)
    found = {stem: _scoring_among(stem, mine) for stem, mine in files.items()}
    return {stem: mine for stem, mine in found.items() if mine}


def _scoring_among(stem: str, files: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files that are the scoring of a recording."""
    by_ending = {path.name[len(stem) :]: path for path in files}
    for endings in _TOGETHER:
        if all(ending in by_ending for ending in endings):
            return tuple(by_ending[ending] for ending in endings)
    # Sidecars of tables are no scorings of their own.
    tables = {ending for ending in by_ending if ending.endswith(".tsv")}
    left = [
        path
        for ending, path in by_ending.items()
        if ending not in _NO_SCORING and f"{ending.removesuffix('.json')}.tsv" not in tables
    ]
    if len(left) > 1:
        named = ", ".join(path.name for path in left)
        raise UsageError(
            f"{left[0].parent}: several scorings of {stem} ({named}): list which are meant in a "
            "table for --manifest"
        )
    return tuple(left)


def from_manifest(path: Path) -> tuple[tuple[str, ...], list[ToCompare]]:
    """Read a list of recordings and their scorings.

    Parameters
    ----------
    path : Path
        CSV with a header: ``recording``, then one column per scorer. A cell holds a path
        from the folder of the list, several separated by ``;``, or nothing.

    Returns
    -------
    names : tuple of str
        What the scorers are called.
    found : list of ToCompare

    Raises
    ------
    UsageError
        A column is missing, or there are no rows.
    """
    text = read_text(existing_file(path))
    rows = list(csv.reader(io.StringIO(text)))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    head = [cell.strip() for cell in rows[0]] if rows else []
    if head[:1] != [RECORDING] or len(head) < 3 or len(set(head)) < len(head):
        raise UsageError(
            f"{path}: the first line must be recording, and a column for each of two or more "
            f"scorers: recording,a,b; it is {','.join(head)[:80]!r}"
        )
    if len(rows) < 2:
        raise UsageError(f"{path}: lists no recording")
    return tuple(head[1:]), [_listed(path, line, row, len(head)) for line, row in _numbered(rows)]


def _numbered(rows: Sequence[list[str]]) -> list[tuple[int, list[str]]]:
    return list(enumerate(rows[1:], 2))


def _listed(path: Path, line: int, row: Sequence[str], n_columns: int) -> ToCompare:
    if len(row) != n_columns:
        raise UsageError(f"{path}, row {line}: has {len(row)} cells, the first line {n_columns}")
    cells = [tuple(path.parent / one for one in paths_of(cell.strip())) for cell in row[1:]]
    name = row[0].strip()
    signals = path.parent / name
    is_file = bool(name) and signals.suffix.lower() in EXTENSIONS and signals.is_file()
    return ToCompare(recording=name, files=tuple(cells), signals=signals if is_file else None)


def scorers_named(files: Sequence[Sequence[Path]]) -> tuple[str, ...]:
    """Return a name for each scorer: of its first file, with folders where that is not enough."""
    names = [str(mine[0].name) for mine in files]
    if len(set(names)) < len(names):
        names = [f"{mine[0].parent.name}/{mine[0].name}" for mine in files]
    if len(set(names)) < len(names):
        names = [str(mine[0]) for mine in files]
    if len(set(names)) < len(names):
        raise UsageError("the same scoring is named twice: nothing could differ")
    return tuple(names)


def one_recording(cells: Sequence[str]) -> ToCompare:
    """Return what the command line names of one recording: a cell of paths per scorer."""
    files = tuple(tuple(Path(one) for one in paths_of(cell)) for cell in cells)
    for path in (one for mine in files for one in mine):
        if not path.exists():
            raise InputPathError(f"{path}: no such file")
    return ToCompare(recording=files[0][0].name.partition(".")[0], files=files)
