"""What published studies found in healthy people: context beside a value, never a verdict."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import require


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceValue:
    """One published number.

    Parameters
    ----------
    measure : str
        For example ``"sleep_efficiency_percent"``, ``"N3_percent"`` or ``"plms_index"``.
    min_age, max_age : int or None
        Whole years, both included; None where the study gives no upper end.
    sex : str
        ``"M"``, ``"F"``, or "" for both together.
    value : float
        The number itself.
    low, high : float or None
        The range printed with it.
    unit : str
        ``"%"``, ``"min"`` or ``"/h"``.
    what : str
        What the numbers are: ``"mean"``, ``"90th percentile"``, ...
    people : str
        Of whom.
    source : str
        The paper.
    """

    measure: str
    min_age: int
    max_age: int | None
    value: float
    unit: str
    what: str
    people: str
    source: str
    sex: str = ""
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        require(self.sex in ("M", "F", ""), f"sex must be M, F or empty: {self.sex!r}")
        require(bool(self.people and self.source), "a reference names its people and its source")

    def holds_for(self, age_years: float, sex: str) -> bool:
        """Say whether it was found in people of this age and sex."""
        young = age_years < self.min_age
        old = self.max_age is not None and age_years >= self.max_age + 1
        return not young and not old and self.sex in ("", sex)
