"""What an accelerometer on a leg shows."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model._arrays import Spans
from psgscore.model.events import Events
from psgscore.model.finding import NotScored


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AccelerometerBursts:
    """Bursts of acceleration; never mixed with movements seen in an EMG.

    Parameters
    ----------
    label : str
        Names of the axes, joined by "+".
    unit : str
        Of `resting` and of the measure ``peak``.
    events : Events
        Kind as asked for. Measures: ``peak`` (RMS envelope), ``resting`` (in the same
        unit) and ``ratio`` of the two.
    readable : ndarray, shape (n, 2)
        Stretches that were looked at.
    resting : float or None
        Median resting level.
    reasons : tuple of str
        Why nothing was looked at; empty when it was.
    warnings : tuple of str
        What makes the bursts less certain.
    """

    label: str
    unit: str
    events: Events
    readable: Spans
    resting: float | None
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def not_scored(self) -> NotScored | None:
        """Why there are no bursts, None where they were looked for."""
        if not self.reasons:
            return None
        return NotScored("accelerometer bursts", f"{self.label}: {'; '.join(self.reasons)}")
