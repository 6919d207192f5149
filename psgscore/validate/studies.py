"""The recordings of a data set or of a list, each with its scorers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psgscore.dataset_pairs import Unused
from psgscore.datasets import manifest
from psgscore.errors import EmptyDatasetError
from psgscore.io.channel_user import UserChannelMap, channel_map_of, read_channel_map
from psgscore.io.dataset_table import Dataset, dataset_called
from psgscore.io.manifest_csv import read_manifest
from psgscore.model.finding import Finding

LIMBS = "limb"
SETS = ("psg-ipa", "cap", "mesa")
LIST = "manifest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rater:
    """One scorer of a recording.

    Parameters
    ----------
    name : str
        What the scorer is called in tables.
    files : tuple of Path
        The scoring.
    stage_codes : str
        What bare stage numbers mean, "" where there are none.
    labels, table : Path or None
        Words of the user's, and what the columns of the files are.
    """

    name: str
    files: tuple[Path, ...]
    stage_codes: str = ""
    labels: Path | None = None
    table: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One recording with its scorers.

    Parameters
    ----------
    name : str
        Path as it is listed.
    recording : Path
        The signals.
    raters : tuple of Rater
        Those who scored it.
    channels : UserChannelMap or None
        What its labels mean.
    subject : str
        Whose night it is, "" where the list does not say.
    """

    name: str
    recording: Path
    raters: tuple[Rater, ...]
    channels: UserChannelMap | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be validated on.

    Parameters
    ----------
    name, title, home, terms : str
        The data set; of a list, its file.
    studies : tuple of Study
        Recordings with at least one scoring.
    notes : tuple of str
        What is known of the set.
    findings : tuple of Finding
        What was found and not used.
    unused : tuple of Unused
        Files that were left out.
    both_legs : bool
        Who marked the movements of one leg had both to mark.
    join_legs : bool
        The set does not tell the legs apart.
    """

    name: str
    title: str
    studies: tuple[Study, ...]
    home: str = ""
    terms: str = ""
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    unused: tuple[Unused, ...] = ()
    both_legs: bool = False
    join_legs: bool = False


def plan_of(name: str, root: Path, *, below: Path | None = None) -> Plan:
    """Return what there is to validate on.

    Parameters
    ----------
    name : str
        One of `SETS`, or `LIST`.
    root : Path
        Folder of the data set; of a list, its file.
    below : Path, optional
        Of a list, what its relative paths start from; the folder of the list without it.

    Raises
    ------
    PsgscoreError
        No such folder, or no recording with a scoring in it.
    """
    plan = _of_list(root, below) if name == LIST else _of_set(dataset_called(name), root)
    if not plan.studies:
        raise EmptyDatasetError(f"{root}: no recording with a scoring of {plan.title}")
    return plan


def _of_set(dataset: Dataset, root: Path) -> Plan:
    found = manifest(dataset, root)
    channels = channel_map_of({"optional": True, **dataset.channels}, f"{dataset.name}.toml")
    raters: dict[str, list[Rater]] = {}
    other_parts = set()
    for row in found.rows:
        # A data set in parts has one for the limbs; what is in the others is another task.
        if row.note.startswith("part ") and LIMBS not in row.note.casefold():
            other_parts.add(row.recording)
        elif row.scoring:
            files = tuple(root / path for path in row.scoring)
            who = f"scorer {row.scorer}" if row.scorer else "scorer"
            rater = Rater(name=who, files=files, stage_codes=row.stage_codes)
            raters.setdefault(row.recording, []).append(rater)
    findings = found.findings
    if other_parts:
        message = f"{len(other_parts)} recordings of other parts than the limb movements: not used"
        findings = (*findings, Finding("validate.other-part", message, severity="note"))
    return Plan(
        name=dataset.name,
        title=dataset.title,
        home=dataset.home,
        terms=dataset.terms,
        notes=dataset.notes,
        studies=tuple(
            Study(name=path, recording=root / path, raters=tuple(mine), channels=channels)
            for path, mine in raters.items()
        ),
        findings=findings,
        unused=found.unused,
        both_legs=dataset.name == "psg-ipa",
        join_legs=dataset.name == "mesa",
    )


def _of_list(path: Path, below: Path | None) -> Plan:
    rows = read_manifest(path)
    root = below or path.parent
    each: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        each.setdefault(row["recording"], []).append(row)
    studies = [_listed(name, mine, root, path.parent) for name, mine in each.items()]
    return Plan(
        name=LIST,
        title=path.name,
        studies=tuple(study for study in studies if study.raters),
        unused=tuple(
            Unused(path=study.name, code="dataset.no-scoring", why="no scoring in the list")
            for study in studies
            if not study.raters
        ),
    )


def _listed(name: str, rows: Sequence[Mapping[str, Any]], root: Path, beside: Path) -> Study:
    """Return a recording of a list; its rows are its scorers."""
    scored = [row for row in rows if row["scoring"]]
    maps = [beside / row["channels"] for row in rows if row["channels"]]

    def near(row: Mapping[str, Any], column: str) -> Path | None:
        return beside / row[column] if row[column] else None

    return Study(
        name=name,
        recording=root / name,
        raters=tuple(
            Rater(
                name=f"scorer {row['scorer'] or place}"
                if row["scorer"] or len(scored) > 1
                else "scorer",
                files=tuple(root / one for one in row["scoring"]),
                stage_codes=row["stage_codes"],
                labels=near(row, "labels"),
                table=near(row, "table"),
            )
            for place, row in enumerate(scored, 1)
        ),
        channels=read_channel_map(maps[0]) if maps else None,
        subject=next((row["subject"] for row in rows if row["subject"]), ""),
    )
