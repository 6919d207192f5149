"""What a grammar gives: a scoring in its own words, on its own clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from psgscore.io.recording import Annotation
from psgscore.model.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A scoring file as text.

    Parameters
    ----------
    path : Path
        The file; grammars read it again only where it is no text.
    text : str
        Its text, lines end in LF; "" where the file is no text, or its grammar decodes it.
    codes : str or None
        What bare stage numbers mean, if the user said so.
    start : datetime or None
        When the recording began: for files that mix clock times with seconds from its start.
    """

    path: Path
    text: str
    codes: str | None = None
    start: datetime | None = None

    @property
    def name(self) -> str:
        """Name of the file, for messages."""
        return self.path.name

    @property
    def head(self) -> str:
        """The first 4,000 characters: enough to recognise a format."""
        return self.text[:4000]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ForeignScoring:
    """What a scoring file says, in its own words.

    Parameters
    ----------
    vocabulary : str
        Label table the words are looked up in before the common ones: a file in
        ``configs/labels``.
    stages : sequence of Annotation
        What is certainly a stage; a word that is no stage of the vocabulary is an error.
    notes : sequence of Annotation
        Everything else, in the order of the file; one whose word is a stage is a stage.
    measures : mapping of str to sequence of float
        Numbers that go with `notes`, one value each, NaN where one is missing.
    origin : datetime or None
        Date and clock time of second 0 of the annotations; None where second 0 is the start
        of the recording.
    dated : bool
        The date of `origin` is in the file; otherwise only its clock time counts.
    texts : mapping of str to sequence of str
        Words that go with `notes`, one each, "" where there is none.
    covers : frozenset of str
        What the file says was scored, besides what its events show; see `Scoring`.
    epoch_s : float or None
        Length of an epoch where the file says it; otherwise the stages show it.
    findings : tuple of Finding
        What the grammar tolerated.
    """

    vocabulary: str
    stages: Sequence[Annotation] = ()
    notes: Sequence[Annotation] = ()
    measures: Mapping[str, Sequence[float]] = field(default_factory=dict)
    origin: datetime | None = None
    dated: bool = True
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    covers: frozenset[str] = frozenset()
    epoch_s: float | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format psgscore reads.

    Parameters
    ----------
    name : str
        As the user may name it, ``"nsrr-xml"``.
    title : str
        As people know it.
    recognises : callable
        Says from the content whether a file has this format; never raises.
    read : callable
        The grammar; raises ScoringFileError with the place.
    """

    name: str
    title: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], ForeignScoring]
