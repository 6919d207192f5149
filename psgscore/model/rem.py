"""What was found of muscle activity in REM sleep."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model._arrays import Words
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.finding import NotScored

CONTEXT = "(context, not a diagnosis)"


@dataclass(frozen=True, slots=True)
class Share:
    """A count out of a number."""

    count: int
    of: int

    @property
    def percent(self) -> float | None:
        """In percent; None of nothing."""
        return 100.0 * self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemChannel:
    """One channel in REM sleep.

    Parameters
    ----------
    label, role : str
        As in `psgscore.detect.emg.PreparedEmg`.
    background_uv : float or None
        Median over the REM epochs of what activity is held against.
    nrem_minimum_uv : float or None
        What tonic activity is held against under AASM; the chin only.
    epochs, mini_epochs : int
        REM epochs, and the mini-epochs of them that are counted.
    unreadable, left_out : int
        Mini-epochs not counted: not wholly readable; asked to be left out.
    sinbar_phasic, sinbar_any : Share
        Of the mini-epochs.
    sinbar_tonic : Share or None
        Of the epochs that can be judged; None on a limb.
    aasm_phasic : Share
        Of the epochs that can be judged.
    aasm_tonic : Share or None
        Of the epochs that can be judged; None on a limb, and without NREM.
    """

    label: str
    role: str
    background_uv: float | None
    nrem_minimum_uv: float | None
    epochs: int
    mini_epochs: int
    unreadable: int
    left_out: int
    sinbar_phasic: Share
    sinbar_any: Share
    sinbar_tonic: Share | None
    aasm_phasic: Share
    aasm_tonic: Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtoniaIndex:
    """The REM atonia index of one chin channel.

    Parameters
    ----------
    label : str
        The channel.
    seconds : int
        Seconds of REM it was taken from.
    low, middle : int
        Those at most 1 uV over the minimum around, and those over 1 to 2 uV.
    normal_above, abnormal_below : float
        The published bands.
    """

    label: str
    seconds: int
    low: int
    middle: int
    normal_above: float
    abnormal_below: float

    @property
    def value(self) -> float | None:
        """0 to 1; None where every second lies between 1 and 2 uV, or there is none."""
        rest = self.seconds - self.middle
        return self.low / rest if rest else None

    @property
    def words(self) -> str:
        """The published band the value lies in, "" without a value."""
        value = self.value
        if value is None:
            return ""
        if value > self.normal_above:
            return f"above {self.normal_above:g} {CONTEXT}"
        if value < self.abnormal_below:
            return f"below {self.abnormal_below:g} {CONTEXT}"
        return f"{self.abnormal_below:g} to {self.normal_above:g} {CONTEXT}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """A share held against a published cut-off."""

    what: str
    share: Share
    cut_off_percent: float
    source: str

    @property
    def words(self) -> str:
        """Say on which side the share lies; at the cut-off itself is not below."""
        percent = self.share.percent
        if percent is None:
            return ""
        side = "below" if percent < self.cut_off_percent else "at or above"
        return f"{side} the published cut-off of {self.cut_off_percent:g} % {CONTEXT}"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RemAtonia:
    """Muscle activity in REM sleep, on every channel that can be read.

    Parameters
    ----------
    events : Events
        ``"RSWA:phasic"``, one row for each mini-epoch with bursts (from the first of them
        to the end of the last), and ``"RSWA:tonic"``, one row for each tonic epoch; the
        text `EXCLUDED_BY` says why a row is in no number.
    channels : tuple of RemChannel
        The percentages.
    atonia_index : AtoniaIndex or None
        Of the first chin channel.
    cut_offs : tuple of CutOff
        What can be held against a published cut-off.
    not_scored : tuple of NotScored
        What cannot, and why.
    """

    events: Events
    channels: tuple[RemChannel, ...]
    atonia_index: AtoniaIndex | None
    cut_offs: tuple[CutOff, ...]
    not_scored: tuple[NotScored, ...]

    @property
    def excluded_by(self) -> Words:
        """Why a row of `events` is in no number, "" if it is; shape (n,)."""
        return self.events.text(EXCLUDED_BY)
