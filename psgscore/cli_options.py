"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from psgscore.errors import UsageError, did_you_mean

Rules = Annotated[
    tuple[str, ...],
    Parameter(help="Rule set, or a TOML file of your own; may be given more than once."),
]
OwnCriteria = Annotated[
    Path | None,
    Parameter(
        name="--criteria",
        help="Numbers of your own (TOML), as config show detection and config show movements do.",
    ),
]
Scoring = Annotated[
    tuple[Path, ...],
    Parameter(help="The lab's scoring: EDF+ annotations, a table, or a stage per line."),
]
Age = Annotated[
    float | None,
    Parameter(help="Age in years, for the report; together with --sex for the stager too."),
]
Sex = Annotated[Literal["M", "F"] | None, Parameter(help="For the report, and the stager.")]
Codes = Annotated[
    str | None, Parameter(help="What bare stage numbers mean: yasa, boas, rk, dreams.")
]


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class HowToRead:
    """How the files of --scoring are read.

    Parameters
    ----------
    labels
        Label table (TOML) whose words win over those shipped.
    table
        Description (TOML) of the columns of text tables.
    """

    stage_codes: Codes = None
    labels: Path | None = None
    table: Path | None = None


AS_IT_COMES = HowToRead()


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose night it is.

    Parameters
    ----------
    study_id
        What the report is headed with instead of the name of the recording.
    with_identity
        Put name, code, birth date and date of the recording into the results.
    """

    age: Age = None
    sex: Sex = None
    study_id: str = ""
    with_identity: Annotated[bool, Parameter(negative=())] = False


AS_THE_HEADER_SAYS = Whose()
Window = Annotated[
    Literal["wide", "narrow"],
    Parameter(help="Respiratory window of rule sets that flag: -2/+10.25 s or -0.5/+0.5 s."),
]
NoneFound = Annotated[
    tuple[Literal["arousal", "respiratory"], ...],
    Parameter(help="It was scored and there was none: count 0 instead of unknown."),
]
Folder = Annotated[Path, Parameter(name=["--output", "-o"], help="Folder for the results.")]
Map = Annotated[Path | None, Parameter(help="Channel map (TOML) that wins over the labels.")]
Stager = Annotated[
    str, Parameter(name="--backend", help="auto, or rsn:FILE, an ONNX file of RobustSleepNet.")
]
Lights = Annotated[
    str | None, Parameter(help="HH:MM, HH:MM:SS, or seconds from the start of the recording.")
]
Formats = Annotated[
    tuple[str, ...],
    Parameter(
        name="--format",
        negative=(),
        help="How the report is written: pdf, html, json, csv; several by commas, or again.",
    ),
]
PRINTED: Mapping[str, str] = {"pdf": "pdf", "html": "report", "json": "score", "csv": "summary"}
"""Formats of a report, and the output that writes each."""
DEFAULT_FORMATS = ("pdf", "html")
LabsReport = Annotated[
    Path | None,
    Parameter(
        name="--report-settings",
        help="How your lab's reports look (TOML), as config show report prints it.",
    ),
]
TABLES = ("events", "movements", "score", "summary")
"""What is written of every score that has signals."""

AsJson = Annotated[bool, Parameter(name="--json", negative=(), help="Print one JSON document.")]


def printed(formats: Iterable[str]) -> tuple[str, ...]:
    """Return the outputs that write the formats asked for, each once.

    Raises
    ------
    UsageError
        A format that does not exist, or none at all.
    """
    names = [name.strip() for text in formats for name in text.split(",")]
    unknown = [name for name in names if name not in PRINTED]
    if unknown:
        raise UsageError(f"--format {unknown[0]!r}:{did_you_mean(unknown[0], PRINTED)}")
    return tuple(dict.fromkeys(PRINTED[name] for name in names))
