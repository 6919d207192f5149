"""What a comparison of scorings found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from psgscore.agree.events import Hits
from psgscore.agree.indices import BlandAltman, Estimate
from psgscore.agree.pairs import HowToCompare, PairAgreement
from psgscore.agree.stages import StageAgreement
from psgscore.io.scoring_files import HowToRead
from psgscore.model.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareOptions:
    """How scorings are read and compared.

    Parameters
    ----------
    how : HowToCompare
        What is compared, and when two events are one.
    read : HowToRead
        How files of other programs are read; its start is that of the recording.
    legs_joined : bool
        Take the movements of either leg together, what overlaps as one.
    looked_for : frozenset of str
        Kinds that every scorer looked for: without any, there were none.
    recording : Path or None
        The recording: when it began and how long it is.
    """

    how: HowToCompare = field(default_factory=HowToCompare)
    read: HowToRead = field(default_factory=HowToRead)
    legs_joined: bool = False
    looked_for: frozenset[str] = frozenset()
    recording: Path | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RecordingComparison:
    """One recording as several scorers saw it.

    Parameters
    ----------
    recording : str
        What it is called.
    names : tuple of str
        The scorers who scored it, the reference first.
    pairs : tuple of PairAgreement
        Every two of them.
    others : tuple of PairAgreement
        Each against the consensus of the others; empty with two.
    indices : mapping of str to mapping of str to float or None
        Numbers of the night by scorer.
    start : str
        Clock time of second 0, "" where it is not known.
    findings : mapping of str to tuple of Finding
        What reading each scoring tolerated.
    because : str
        Why it could not be compared, "" where it was.
    """

    recording: str
    names: tuple[str, ...]
    pairs: tuple[PairAgreement, ...] = ()
    others: tuple[PairAgreement, ...] = ()
    indices: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    start: str = ""
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    because: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KindOverall:
    """One kind of event over all recordings, for one pair of scorers.

    Parameters
    ----------
    overlap, onset : Hits
        All recordings put together.
    f1 : Estimate
        Mean F1 by overlap of the recordings, with its interval over recordings.
    n_recordings : int
        Recordings in which both looked for it.
    """

    kind: str
    overlap: Hits
    onset: Hits
    f1: Estimate
    n_recordings: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class IndexOverall:
    """One index of two scorers over recordings."""

    name: str
    difference: BlandAltman
    icc: Estimate


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairOverall:
    """Two scorers over all recordings.

    Parameters
    ----------
    kinds : tuple of KindOverall
        Kinds that could be compared in some recording.
    stages : StageAgreement or None
        Epochs of all recordings put together.
    kappa : Estimate
        Mean kappa of the recordings.
    indices : tuple of IndexOverall
        Indices that both give in some recording.
    """

    reference: str
    other: str
    kinds: tuple[KindOverall, ...]
    stages: StageAgreement | None
    kappa: Estimate
    indices: tuple[IndexOverall, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Comparison:
    """Everything that was compared.

    Parameters
    ----------
    names : tuple of str
        The scorers; the first is the reference.
    recordings : tuple of RecordingComparison
        In the order they were given.
    overall : tuple of PairOverall
        Each two scorers over all recordings, then each against the consensus of the others.
    icc : mapping of str to Estimate
        Of each index, all scorers at once, over recordings in which all give it.
    options : CompareOptions
        How it was done.
    """

    names: tuple[str, ...]
    recordings: tuple[RecordingComparison, ...]
    overall: tuple[PairOverall, ...]
    icc: Mapping[str, Estimate]
    options: CompareOptions
