"""The cycles of a night: NREM sleep, and the REM sleep that ends it."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import given, require

_FEINBERG = "Feinberg & Floyd 1979, Psychophysiology 16:283-291"
_BLUME = f"{_FEINBERG}, as Blume & Cajochen 2021, MethodsX 8:101318 put it"


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleCriteria:
    """What makes a NREM/REM cycle, minutes."""

    min_nrem_min: float = given(15.0, _BLUME)
    min_rem_min: float = given(5.0, f"{_BLUME}: one stretch of stage R")
    first_rem_min: float = given(0.0, f"{_BLUME}: no minimum for the first REM period")

    def __post_init__(self) -> None:
        require(self.min_nrem_min > 0, "min_nrem_min must be above 0")
        require(0 <= self.first_rem_min <= self.min_rem_min, "first_rem_min above min_rem_min")


CYCLES = CycleCriteria()


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepCycle:
    """One NREM/REM cycle.

    Parameters
    ----------
    number : int
        1 for the first of the night.
    start_s, stop_s : float
        From its first NREM epoch to the first of the next cycle; the last one ends with the
        last epoch of sleep, or with the unscored time that follows it.
    rem_start_s : float or None
        Where its REM period begins, None where no REM period ends it.
    nrem_min, rem_min, wake_min, unscored_min : float
        Minutes of each in it.
    incomplete : str
        Why it is not a whole cycle, or not known to be one; "" if it is.
    """

    number: int
    start_s: float
    stop_s: float
    rem_start_s: float | None
    nrem_min: float
    rem_min: float
    wake_min: float
    unscored_min: float
    incomplete: str = ""
