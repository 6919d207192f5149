"""The recordings of a public data set and their scoring files, from names alone.

Nothing is opened or downloaded. Finding codes are in `psgscore.dataset_findings`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from psgscore.dataset_findings import pairing_findings, tree_findings
from psgscore.dataset_pairs import Key, NamedFile, Unused, paired
from psgscore.errors import EmptyDatasetError
from psgscore.io.dataset_table import Dataset, Pattern
from psgscore.io.folder_walk import Tree, tree_of
from psgscore.model.finding import Finding

SCORER = "scorer"
NO_SCORING = "no scoring found"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow:
    """One recording, as one scorer saw it.

    Parameters
    ----------
    recording : str
        Path from the root of the data set.
    scoring : tuple of str
        Its scoring files.
    channels, stage_codes, labels : str
        What to read them with, "" where nothing is needed.
    subject, night, scorer, note : str
        From the names, "" where they do not say it.
    """

    recording: str
    scoring: tuple[str, ...] = ()
    channels: str = ""
    stage_codes: str = ""
    labels: str = ""
    subject: str = ""
    night: str = ""
    scorer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What was found of a data set.

    Parameters
    ----------
    dataset : Dataset
        Which one.
    rows : tuple of ManifestRow
        By recording, then by scorer.
    unused : tuple of Unused
        Files that look like the data set's and are in no row, by path.
    findings : tuple of Finding
        Counts of all that is missing or left out.
    """

    dataset: Dataset
    rows: tuple[ManifestRow, ...]
    unused: tuple[Unused, ...] = ()
    findings: tuple[Finding, ...] = ()


def manifest(dataset: Dataset, root: Path) -> Manifest:
    """Find the recordings of a data set in a folder.

    Raises
    ------
    InputPathError
        There is no such folder.
    EmptyDatasetError
        No recording of the data set is in it.
    """
    found = matched(dataset, tree_of(root), where=root.resolve().as_posix())
    if not found.rows:
        raise EmptyDatasetError(_nothing(found, root))
    return found


def matched(dataset: Dataset, tree: Tree, *, where: str = "") -> Manifest:
    """Pair recordings with scoring files by their names.

    Parameters
    ----------
    dataset : Dataset
        How its files are called.
    tree : Tree
        The files.
    where : str
        Path of the folder they are in, for patterns that need names of folders above it.
    """
    recordings: list[NamedFile] = []
    scorings: list[NamedFile] = []
    unused: list[Unused] = []
    others: list[str] = []
    for path in tree.files:
        full = f"{where}/{path}"
        if (scoring := _scoring(dataset, path, full)) is not None:
            scorings.append(scoring)
        elif (recording := _recording(dataset, path, full)) is not None:
            recordings.append(recording)
        elif (told := _told(dataset.unread, full)) is not None:
            unused.append(Unused(path=path, code="dataset.not-read", why=told))
        elif (told := _told(dataset.unreadable, full)) is not None:
            unused.append(Unused(path=path, code="dataset.convert-first", why=told))
        else:
            others.append(path)
    given, left = paired(recordings, scorings)
    unused = [*_converted(unused, recordings), *left]
    rows = tuple(row for one in recordings for row in _rows(dataset, one, given[one.path]))
    return Manifest(
        dataset=dataset,
        rows=rows,
        unused=tuple(sorted(unused, key=lambda one: one.path)),
        findings=(
            *pairing_findings(
                [row.recording for row in rows if not row.scoring], _copies(recordings), unused
            ),
            *tree_findings(tree, others),
        ),
    )


def _key(dataset: Dataset, path: str, fields: Mapping[str, str]) -> Key:
    """Return what a recording and its scorings have in common."""
    named = [(name, text.casefold()) for name, text in sorted(fields.items()) if name != SCORER]
    if dataset.same_folder:
        named.append(("/", str(PurePosixPath(path).parent)))
    return tuple(named)


def _recording(dataset: Dataset, path: str, full: str) -> NamedFile | None:
    for pattern in dataset.recordings:
        fields = pattern.fields(full)
        if fields is not None:
            return NamedFile(path=path, key=_key(dataset, path, fields), fields=fields)
    return None


def _scoring(dataset: Dataset, path: str, full: str) -> NamedFile | None:
    for entry, forms in enumerate(dataset.scoring):
        for place, pattern in enumerate(forms):
            fields = pattern.fields(full)
            if fields is not None:
                return NamedFile(
                    path=path,
                    key=_key(dataset, path, fields),
                    scorer=fields.get(SCORER, ""),
                    form=(entry, place),
                )
    return None


def _told(patterns: Sequence[Pattern], full: str) -> str | None:
    """Return why a file is not read, None where nothing is known of its name."""
    return next((one.why for one in patterns if one.fields(full) is not None), None)


def _rows(
    dataset: Dataset, recording: NamedFile, scorings: Sequence[NamedFile]
) -> list[ManifestRow]:
    """Return a row per scorer; one without scoring where there is none."""
    scorers = sorted({one.scorer for one in scorings}, key=_by_number) or [""]
    said = {name: _filled(text, recording.fields) for name, text in dataset.columns.items()}
    notes = [said["note"], *([] if scorings else [NO_SCORING])]
    return [
        ManifestRow(
            recording=recording.path,
            scoring=tuple(one.path for one in scorings if one.scorer == scorer),
            stage_codes=dataset.stage_codes,
            subject=said["subject"],
            night=said["night"],
            scorer=scorer,
            note="; ".join(note for note in notes if note),
        )
        for scorer in scorers
    ]


def _by_number(text: str) -> tuple[int, str]:
    return (int(text) if text.isdecimal() else 0), text


def _filled(template: str, fields: Mapping[str, str]) -> str:
    """Fill in placeholders; "" where one of them is not known: half a name is another's."""
    names = re.findall(r"\{(\w+)\}", template)
    return template.format_map(fields) if all(name in fields for name in names) else ""


def _converted(unused: Sequence[Unused], recordings: Sequence[NamedFile]) -> list[Unused]:
    """Ask for no conversion of recordings in other formats that have an EDF beside them."""
    if not any(one.code == "dataset.convert-first" for one in unused):
        return list(unused)
    there = {_stem(one.path): one.path for one in recordings}
    return [
        Unused(path=one.path, code="dataset.not-read", why=f"converted: {there[_stem(one.path)]}")
        if one.code == "dataset.convert-first" and _stem(one.path) in there
        else one
        for one in unused
    ]


def _stem(path: str) -> str:
    return str(PurePosixPath(path).with_suffix("")).casefold()


def _copies(recordings: Sequence[NamedFile]) -> list[str]:
    count = Counter(one.key for one in recordings)
    return [one.path for one in recordings if count[one.key] > 1]


def _nothing(found: Manifest, root: Path) -> str:
    told = " ".join(f"{one.message}." for one in found.findings)
    return (
        f"{root}: no recording of {found.dataset.title}: expected is {found.dataset.layout}. "
        f"{told or 'The folder is empty.'}"
    )
