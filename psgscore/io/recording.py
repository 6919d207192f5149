"""The one object with a file behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from psgscore.errors import ChannelError
from psgscore.io.edf_patient import NOBODY, Patient
from psgscore.model.finding import Finding
from psgscore.model.signal import Signal

if TYPE_CHECKING:
    import mne

    from psgscore.io.channels import ChannelMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What the recording says of one channel, and what was made of it.

    Parameters
    ----------
    index : int
        Position among the signal channels of the file, from 0.
    label : str
        As in the file, blanks and NULs stripped.
    rate_hz : float
        Samples per second.
    unit : str
        As in the file, "" if it gives none.
    n_samples : int
        Samples in the file.
    role : str
        ``"EEG"``, ``"EOG"``, ``"chin"``, ``"leg:left"``, ``"leg:right"``, ``"leg:both"``,
        ``"ECG"``, ``"flow"``, ``"SpO2"``, ...; "" when unknown.
    role_reason : str
        Why it was given that role.
    stated_unit : str or None
        Unit the user states in the channel map; overrides `unit`.
    resolution : float or None
        What one digital step is worth, in `unit`; None if the header cannot be used.
    physical_range : tuple of float or None
        Smallest and largest value the header allows, in `unit`.
    transducer, prefilter : str
        As in the file.
    """

    index: int
    label: str
    rate_hz: float
    unit: str
    n_samples: int
    role: str = ""
    role_reason: str = ""
    stated_unit: str | None = None
    resolution: float | None = None
    physical_range: tuple[float, float] | None = None
    transducer: str = ""
    prefilter: str = ""

    @property
    def effective_unit(self) -> str:
        """The unit the samples are taken to be in."""
        return self.unit if self.stated_unit is None else self.stated_unit


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation of the recording.

    Parameters
    ----------
    onset_s : float
        Seconds from the start of the recording; may be negative or after its end.
    duration_s : float or None
        None when the file gives none.
    text : str
        Without the ``@@channel`` suffix.
    channel : str
        The ``@@channel`` suffix, "" if there is none.
    """

    onset_s: float
    duration_s: float | None
    text: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which the recording was interrupted, half-open, in seconds."""

    start_s: float
    stop_s: float


class SignalSource(Protocol):
    """Where the samples come from: a file, or an object of another library."""

    def read(self, channels: Sequence[Channel]) -> list[Signal]:
        """Return one Signal per channel, voltages in uV."""
        ...


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Recording:
    """A polysomnography recording; samples are read when asked for.

    Parameters
    ----------
    path : Path or None
        File it came from; None when it came from memory.
    format : str
        ``"EDF"``, ``"EDF+C"``, ``"EDF+D"``, ``"BDF"``, ``"BDF+C"``, ``"BDF+D"`` or ``"mne"``.
    channels : tuple of Channel
        Signal channels in file order; annotation channels are not among them.
    start : datetime or None
        Clock time of second 0; None when the file does not say.
    duration_s : float
        From second 0 to the end of the last sample, gaps included.
    gaps : tuple of Gap
        Interruptions, in time order.
    annotations : tuple of Annotation
        All of them, sorted by onset.
    findings : tuple of Finding
        Everything the reader tolerated.
    source : SignalSource
        Reads the samples.
    channel_map : ChannelMap or None
        What each channel is taken for; None when nobody has looked yet.
    patient : Patient
        What the header says of the person.
    """

    path: Path | None
    format: str
    channels: tuple[Channel, ...]
    start: datetime | None
    duration_s: float
    gaps: tuple[Gap, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    findings: tuple[Finding, ...] = ()
    source: SignalSource = field(repr=False)
    channel_map: ChannelMap | None = None
    patient: Patient = NOBODY

    @property
    def name(self) -> str:
        """Name of the file, "" when it came from memory."""
        return "" if self.path is None else self.path.name

    def channel(self, key: str | int) -> Channel:
        """Return a channel by label or index.

        Raises
        ------
        ChannelError
            No such channel, or the label occurs more than once (use the index).
        """
        if isinstance(key, int):
            if 0 <= key < len(self.channels):
                return self.channels[key]
            raise ChannelError(f"no channel {key}: the recording has {len(self.channels)}")
        found = [channel for channel in self.channels if channel.label == key]
        if len(found) == 1:
            return found[0]
        if found:
            places = ", ".join(str(channel.index) for channel in found)
            raise ChannelError(
                f"label {key!r} occurs {len(found)} times: use the channel index ({places})"
            )
        names = ", ".join(repr(channel.label) for channel in self.channels)
        raise ChannelError(f"no channel {key!r}: the recording has {names or 'no channels'}")

    def signal(self, key: str | int) -> Signal:
        """Read one channel at its own rate, voltages as float32 in uV.

        Raises
        ------
        ChannelError
            No such channel, or an ambiguous label.
        CalibrationError
            The header does not say what a sample is worth.
        """
        return self.signals([key])[0]

    def signals(self, keys: Sequence[str | int]) -> list[Signal]:
        """Read several channels in one pass over the file; see `signal`."""
        return self.source.read([self.channel(key) for key in keys])

    def mapped(self, channel_map: ChannelMap) -> Recording:
        """Return the recording with the roles, units and findings of a channel map."""
        return replace(
            self,
            channels=channel_map.channels,
            findings=(*self.findings, *channel_map.findings),
            channel_map=channel_map,
        )

    def to_mne(self) -> list[mne.io.RawArray]:
        """Return one mne RawArray per sampling rate, voltages in V (needs mne)."""
        from psgscore.io.mne_bridge import to_mne  # noqa: PLC0415 - mne is optional and slow

        return to_mne(self)
