"""What automatic staging yields: stages with their doubts, never stages alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from psgscore.model._arrays import Floats, Matrix, Words, require_finite, require_parallel
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram, Stage, Stages

PROBABILITY_STAGES = (Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R)
"""Order of the columns wherever five stage probabilities stand side by side."""

AUTOMATIC = "automatic"
"""Who staged an epoch that no person did."""
AUTOMATIC_NOTE = "Automatic stages, unreviewed"
"""How a file says that its stages are a program's."""
AUTOMATIC_STAGES = "scoring.automatic-stages"
"""Code of the finding that says so, where stages come back from such a file."""
MOST_TRACES = 40
"""Of so many onsets a score keeps what the EEG shows; it keeps every onset."""
OnsetKind = Literal["alpha", "non-alpha", "epoch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepOnset:
    """When one wake-to-sleep transition happened: an interval, never "the" second.

    Parameters
    ----------
    epoch : int
        First epoch of sleep after wake, index in the hypnogram.
    onset_s : float
        Median of the estimate, seconds from the start of the recording; for
        kind ``"epoch"`` the start of that epoch.
    low_s, high_s : float
        5 % and 95 % of the estimate; for kind ``"epoch"`` one epoch either side.
    kind : {"alpha", "non-alpha", "epoch"}
        What it rests on: the loss of alpha; theta and slow eye movements where
        the person shows no alpha; or the epochs alone.
    reason : str
        Why it is epoch resolution only, "" otherwise.
    channels : tuple of str
        Labels of the channels it was read from.
    """

    epoch: int
    onset_s: float
    low_s: float
    high_s: float
    kind: OnsetKind
    reason: str = ""
    channels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_finite(onset_s=self.onset_s, low_s=self.low_s, high_s=self.high_s)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OnsetTrace:
    """Two minutes around one onset.

    Parameters
    ----------
    onset : SleepOnset
        The estimate.
    label : str
        The EEG shown.
    times_s : ndarray, shape (n,)
        Centres of windows of 2 s, a second apart, from the start of the
        recording.
    frequencies_hz : ndarray, shape (m,)
        0.5 to 20 Hz.
    power_db : ndarray, shape (m, n)
        Power density, decibels over 1 uV^2/Hz, to 0.1 dB; NaN where the EEG cannot be read.
    alpha_share, theta_share : ndarray, shape (n,)
        Of the power from 1 to 30 Hz, 0 to 1, to 0.001; NaN likewise.
    edges_s : ndarray, shape (k + 1,)
        Boundaries of the epochs that the two minutes touch.
    stages : tuple of Stage
        Of those epochs.
    """

    onset: SleepOnset
    label: str
    times_s: Floats
    frequencies_hz: Floats
    power_db: Matrix
    alpha_share: Floats
    theta_share: Floats
    edges_s: Floats
    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        shape = (len(self.frequencies_hz), len(self.times_s))
        if self.power_db.shape != shape:
            raise ValueError(f"power_db must have shape {shape}, not {self.power_db.shape}")
        shares = {"alpha_share": self.alpha_share, "theta_share": self.theta_share}
        require_parallel(times_s=self.times_s, **shares)
        require_parallel(stages=self.stages, epochs_by_edges_s=self.edges_s[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """An epoch a person should look at, with the reason.

    Parameters
    ----------
    epoch : int
        Index in the hypnogram.
    start_s : float
        Start of the epoch, seconds from the start of the recording.
    first, second : Stage
        The stage given and the next likely one; UNSCORED where there is none.
    probability, second_probability : float
        Of the two, NaN where there is none.
    reasons : tuple of str
        Words of `psgscore.staging.review.REASONS`, the weightiest first.
    """

    epoch: int
    start_s: float
    first: Stage
    second: Stage
    probability: float
    second_probability: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRange:
    """A number that rests on automatic stages, and what it is with the doubtful ones moved.

    Parameters
    ----------
    name, rules, scope : str
        As in `Rate` and `Statistic`; `rules` "" for sleep measures.
    value, low, high : float or None
        As staged; smallest and largest when epochs in doubt get their second choice.
    """

    name: str
    rules: str
    scope: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StagingResult:
    """Automatic stages of a recording, unreviewed.

    Parameters
    ----------
    hypnogram : Hypnogram
        UNSCORED wherever `reasons` says why; `probabilities` de-weighted.
    confidence : ndarray of float64, shape (n_epochs,)
        De-weighted probability of the stage given, NaN in epochs without stage.
    reasons : ndarray of str, shape (n_epochs,)
        Why an epoch has no stage, "" where it has one.
    backend : str
        What gave the stages, for example ``"psgscore eeg+eog+emg"``.
    channels : tuple of (str, str)
        Role and label (reference included) of every channel used.
    review : tuple of ReviewItem
        Epochs in doubt, most doubtful first.
    findings : tuple of Finding
        What makes the stages less certain.
    """

    hypnogram: Hypnogram
    confidence: Floats
    reasons: Words
    backend: str
    channels: tuple[tuple[str, str], ...]
    review: tuple[ReviewItem, ...]
    findings: tuple[Finding, ...]

    def __post_init__(self) -> None:
        require_parallel(hypnogram=self.hypnogram, confidence=self.confidence, reasons=self.reasons)

    @property
    def stages(self) -> Stages:
        """The stages, shape (n_epochs,)."""
        return self.hypnogram.stages

    @property
    def probabilities(self) -> Floats | None:
        """W, N1, N2, N3, R, de-weighted, shape (n_epochs, 5)."""
        return self.hypnogram.probabilities

    @property
    def channel_words(self) -> str:
        """What was staged from, in words; a label that names its role already says it once."""
        return ", ".join(
            label if label.upper().startswith(role.upper()) else f"{role} {label}"
            for role, label in self.channels
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the stages less certain, in words."""
        return tuple(finding.message for finding in self.findings)
