"""What a validation found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from psgscore.agree.events import EventAgreement, Hits, MatchRule
from psgscore.agree.indices import BlandAltman, Estimate
from psgscore.agree.resample import N_RESAMPLES, SEED
from psgscore.agree.stages import StageAgreement
from psgscore.io.channel_user import UserChannelMap
from psgscore.model.criteria import DETECTION, LegMovementCriteria
from psgscore.model.finding import Finding, NotScored
from psgscore.validate.studies import Plan

MACHINE = "psgscore"
HUMANS = "human - human"
WITH_MACHINE = "human - psgscore"
HUMAN_CONSENSUS = "human - consensus of the others"
MACHINE_CONSENSUS = "psgscore - consensus of all"
GROUPS = (HUMANS, WITH_MACHINE, HUMAN_CONSENSUS, MACHINE_CONSENSUS)
BOTH_LEGS = "both legs"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateOptions:
    """How the movements are found and compared.

    Parameters
    ----------
    rule : MatchRule
        When two movements are one.
    detection : LegMovementCriteria
        Numbers of the detector.
    join_legs : bool
        Take the movements of either leg together.
    stage : bool
        Stage every recording automatically, and compare the stages.
    channels : UserChannelMap or None
        The user's, which wins over that of the data set.
    seed, n_resamples : int
        Of the bootstrap over recordings.
    """

    rule: MatchRule = field(default_factory=MatchRule)
    detection: LegMovementCriteria = DETECTION
    join_legs: bool = False
    stage: bool = False
    channels: UserChannelMap | None = None
    seed: int = SEED
    n_resamples: int = N_RESAMPLES


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LegRow:
    """The movements of one leg by two scorers.

    Parameters
    ----------
    group : str
        One of `GROUPS`.
    leg : str
        ``"LM:left"``, ``"LM:right"``, or ``"LM"`` where the legs are not told apart.
    reference, other : str
        Who the two are.
    because : str
        Why they could not be compared, "" where they were.
    agreement : EventAgreement or None
        Paired by overlap.
    n_greedy : int
        Pairs by the greedy way, best overlap first, as some published numbers have it.
    """

    group: str
    leg: str
    reference: str
    other: str
    because: str = ""
    agreement: EventAgreement | None = None
    n_greedy: int = 0

    @property
    def hits(self) -> Hits | None:
        """The counts."""
        return None if self.agreement is None else self.agreement.hits

    @property
    def greedy(self) -> Hits | None:
        """The counts by the greedy way."""
        hits = self.hits
        if hits is None:
            return None
        return Hits(n_hits=self.n_greedy, n_reference=hits.n_reference, n_other=hits.n_other)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StageRow:
    """The stages of two scorers; see `LegRow`."""

    group: str
    reference: str
    other: str
    because: str = ""
    agreement: StageAgreement | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StudyResult:
    """One recording.

    Parameters
    ----------
    name, sha256 : str
        The recording.
    raters : tuple of str
        Its scorers.
    legs : tuple of LegRow
        Every two, leg by leg.
    stages : tuple of StageRow
        Every two.
    indices : mapping of str to mapping of str to pair of float or None
        Of each index and scorer: the number from the scorer's movements, and from those of
        psgscore with the same stages.
    not_scored : tuple of NotScored
        Legs, or stages, that psgscore could not score.
    findings : tuple of Finding
        What reading tolerated.
    because : str
        Why it could not be used at all, "" where it was.
    failed : bool
        It could not be read.
    own : bool
        psgscore itself wrote it: simulated, or converted; no original of a data set.
    """

    name: str
    sha256: str = ""
    raters: tuple[str, ...] = ()
    legs: tuple[LegRow, ...] = ()
    stages: tuple[StageRow, ...] = ()
    indices: Mapping[str, Mapping[str, tuple[float | None, float | None]]] = field(
        default_factory=dict
    )
    not_scored: tuple[NotScored, ...] = ()
    findings: tuple[Finding, ...] = ()
    because: str = ""
    failed: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LegOverall:
    """One leg over all recordings.

    Parameters
    ----------
    leg : str
        A leg, or `BOTH_LEGS`.
    f1, greedy_f1 : mapping of str to Estimate
        By group: the mean over recordings of their mean over pairs of scorers.
    precision, recall : mapping of str to Estimate
        The same; of psgscore against people, people are the reference.
    difference : Estimate
        psgscore against people minus people against each other, recording by recording.
    n_recordings : mapping of str to int
        Recordings in which each group could be compared.
    """

    leg: str
    f1: Mapping[str, Estimate]
    greedy_f1: Mapping[str, Estimate]
    precision: Mapping[str, Estimate]
    recall: Mapping[str, Estimate]
    difference: Estimate
    n_recordings: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class IndexResult:
    """An index over recordings: psgscore minus the mean of the scorers.

    Parameters
    ----------
    name : str
        Which index.
    difference : BlandAltman
        psgscore minus people.
    icc, icc_humans : Estimate
        Of psgscore with the mean of people, and of people with each other.
    """

    name: str
    difference: BlandAltman
    icc: Estimate
    icc_humans: Estimate


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Validation:
    """Everything that was found.

    Parameters
    ----------
    plan : Plan
        On what.
    options : ValidateOptions
        How.
    studies : tuple of StudyResult
        Recording by recording.
    legs : tuple of LegOverall
        Leg by leg, then both together.
    kappa : mapping of str to Estimate
        By group, the mean over recordings.
    indices : tuple of IndexResult
        Indices of leg movements.
    criteria_sha256 : str
        Hash of the numbers of the detector.
    """

    plan: Plan
    options: ValidateOptions
    studies: tuple[StudyResult, ...]
    legs: tuple[LegOverall, ...]
    kappa: Mapping[str, Estimate]
    indices: tuple[IndexResult, ...]
    criteria_sha256: str
