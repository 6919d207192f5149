"""What is fitted, how, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from psgscore.agree.crossfit import CrossFit, helps
from psgscore.agree.events import MatchRule
from psgscore.agree.indices import Estimate
from psgscore.agree.resample import N_RESAMPLES, SEED
from psgscore.errors import (
    UsageError,
    did_you_mean,
)
from psgscore.io.channel_user import UserChannelMap
from psgscore.model._arrays import Floats
from psgscore.model.criteria import LegMovementCriteria
from psgscore.score.tuning import (
    FITTABLE,
    GAIN,
    MOST_SETTINGS,
    n_settings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneOptions:
    """What is fitted, and how.

    Parameters
    ----------
    fit : tuple of str
        Keys of `psgscore.score.tuning.FITTABLE`.
    rule : MatchRule
        When two movements are one.
    join_legs : bool
        Take the movements of either leg together.
    channels : UserChannelMap or None
        The user's, which wins over those of the list.
    seed, n_resamples : int
        Of the folds, and of the bootstrap over recordings.

    Raises
    ------
    UsageError
        A number that cannot be fitted, or too many together.
    """

    fit: tuple[str, ...] = (GAIN,)
    rule: MatchRule = field(default_factory=MatchRule)
    join_legs: bool = False
    channels: UserChannelMap | None = None
    seed: int = SEED
    n_resamples: int = N_RESAMPLES

    def __post_init__(self) -> None:
        for name in self.fit:
            if name not in FITTABLE:
                raise UsageError(f"--fit {name!r}:{did_you_mean(name, FITTABLE)}")
        if not self.fit or len(set(self.fit)) < len(self.fit):
            raise UsageError("--fit: name each number once, and at least one")
        if n_settings(self.fit) > MOST_SETTINGS:
            raise UsageError(
                f"--fit: {n_settings(self.fit)} settings to try, at most {MOST_SETTINGS}: "
                "fit fewer numbers together"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerUsed:
    """A scorer of a recording, with name and SHA-256 of the files."""

    name: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Fitted:
    """A recording that was used.

    Parameters
    ----------
    name, sha256 : str
        The recording.
    group : str
        Whose it is, or its own name.
    scorers : tuple of ScorerUsed
        Those whose movements were compared.
    f1 : ndarray of float, shape (n_settings,)
        Mean over the scorers of F1, both legs together, under each setting.
    notes : tuple of str
        Legs and scorers that were left out, and why.
    own : bool
        psgscore itself wrote it.
    """

    name: str
    sha256: str
    group: str
    scorers: tuple[ScorerUsed, ...]
    f1: Floats
    notes: tuple[str, ...]
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A recording that was not used, why, and whether it, or a scoring, could not be read."""

    name: str
    because: str
    failed: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Tuning:
    """What was fitted, and what it is worth on recordings it was not fitted on.

    Parameters
    ----------
    title : str
        The list of recordings.
    options : TuneOptions
        How.
    settings : tuple of LegMovementCriteria
        What there was to choose among; the first is what is shipped.
    recordings : tuple of Fitted
        Those that were used.
    left_out : tuple of LeftOut
        Those that were not.
    fit : CrossFit
        What was chosen.
    held_out, default, difference : Estimate
        Mean F1 over recordings under the setting chosen without each, under the shipped
        one, and the mean of their differences, with intervals over recordings.
    """

    title: str
    options: TuneOptions
    settings: tuple[LegMovementCriteria, ...]
    recordings: tuple[Fitted, ...]
    left_out: tuple[LeftOut, ...]
    fit: CrossFit
    held_out: Estimate
    default: Estimate
    difference: Estimate

    @property
    def criteria(self) -> LegMovementCriteria:
        """The setting chosen on all recordings."""
        return self.settings[self.fit.final]

    @property
    def helps(self) -> bool:
        """Whether held-out F1 is better by more than the interval of the difference."""
        return helps(self.fit, self.difference)
