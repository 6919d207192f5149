"""To and from mne: other formats in, analyses of others out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from psgscore.errors import UsageError
from psgscore.io.channel_names import family, read_label
from psgscore.io.recording import Annotation, Channel, Gap, Recording
from psgscore.io.units import microvolts_per
from psgscore.model._arrays import Floats, Ints
from psgscore.model.signal import Signal

if TYPE_CHECKING:
    import mne

GAP = "BAD_ACQ_SKIP"
"""mne's word for a stretch that was not recorded: its filters stop there by themselves."""

_KINDS = {"EEG": "eeg", "EOG": "eog", "ECG": "ecg", "EMG": "emg", "chin": "emg", "leg": "emg"}
_OTHER_VOLTAGE, _NO_VOLTAGE = "bio", "misc"
_VOLTAGES = (*_KINDS.values(), _OTHER_VOLTAGE, "seeg", "ecog", "dbs")


def to_mne(recording: Recording) -> list[mne.io.RawArray]:
    """Return one mne RawArray per sampling rate, the fastest first.

    Voltages are in V; their type follows the role of the channel, ``"bio"`` when that is
    unknown. Everything else is ``"misc"`` in its own unit. ``meas_date`` is the start,
    called UTC as mne demands. Annotations are ``text@@channel`` on all of them; those
    outside the recording, which mne cannot hold, are left out. Gaps are filled with zeros
    and marked `GAP`, so that times stay true. A label that occurs again gets a number.

    Parameters
    ----------
    recording : Recording
        Channels that cannot be calibrated or have no samples are left out; the findings
        of the recording name them.

    Raises
    ------
    UsageError
        mne is not installed.
    """
    mne = _mne()
    usable = [channel for channel in recording.channels if _is_usable(channel, recording)]
    rates = sorted({channel.rate_hz for channel in usable}, reverse=True)
    return [_raw(mne, recording, [one for one in usable if one.rate_hz == rate]) for rate in rates]


def from_mne(raw: mne.io.BaseRaw) -> Recording:
    """Return a Recording on top of an mne Raw (BrainVision, FIF, EEGLAB, Nihon Kohden, ...).

    Samples are read from `raw` when asked for. Channels of a voltage type come out in uV;
    of the others mne knows no unit. Stretches marked `GAP` become gaps. Second 0 is the
    first sample of `raw`, and the start its ``meas_date``, whose time zone is left out.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Kept, not copied.
    """
    rate_hz = float(raw.info["sfreq"])
    notes = _annotations(raw)
    gaps = _gaps(notes, raw.n_times, rate_hz)
    n_lost = int(sum(last - first for first, last in gaps))
    channels = tuple(
        Channel(
            index=index,
            label=label,
            rate_hz=rate_hz,
            unit="V" if kind in _VOLTAGES else "",
            n_samples=raw.n_times - n_lost,
        )
        for index, (label, kind) in enumerate(
            zip(raw.ch_names, raw.get_channel_types(), strict=True)
        )
    )
    begin = raw.info["meas_date"]
    return Recording(
        path=None,
        format="mne",
        channels=channels,
        start=None
        if begin is None
        else begin.replace(tzinfo=None) + timedelta(seconds=float(raw.first_time)),
        duration_s=raw.n_times / rate_hz,
        gaps=tuple(Gap(first / rate_hz, last / rate_hz) for first, last in gaps),
        annotations=tuple(note for note in notes if not _is_gap(note)),
        source=_MneSource(raw, gaps),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _MneSource:
    """Reads samples from a Raw; `gaps` are the (first, last) sample indices to leave out."""

    raw: mne.io.BaseRaw
    gaps: tuple[tuple[int, int], ...]

    def read(self, channels: Sequence[Channel]) -> list[Signal]:
        """Return the signals of the channels; see `Recording.signals`."""
        places = sorted({channel.index for channel in channels})
        values = dict(zip(places, self.raw.get_data(picks=places), strict=True))
        return [self._signal(channel, values[channel.index]) for channel in channels]

    def _signal(self, channel: Channel, values: Floats) -> Signal:
        factor = microvolts_per(channel.effective_unit)
        unit = channel.effective_unit if factor is None else "uV"
        samples = (values * (1.0 if factor is None else factor)).astype(np.float32)
        kept = np.ones(samples.size, np.bool_)
        breaks, lost = [], 0
        for first, last in self.gaps:
            kept[first:last] = False
            lost += last - first
            breaks.append((last - lost, last / channel.rate_hz))
        whole = tuple(one for one in breaks if one[0] < samples.size - lost)
        return Signal(channel.label, samples[kept], channel.rate_hz, unit, breaks=whole)


def _is_usable(channel: Channel, recording: Recording) -> bool:
    # What mne gave us has no header: nothing is known of its steps, and nothing is wrong.
    calibrated = channel.resolution is not None or recording.format == "mne"
    return calibrated and channel.n_samples > 0


def _raw(mne: Any, recording: Recording, channels: Sequence[Channel]) -> mne.io.RawArray:
    """Return the channels of one rate as a RawArray."""
    signals = recording.signals([channel.index for channel in channels])
    names = _unique([channel.label for channel in channels])
    kinds = [_kind(channel, signal) for channel, signal in zip(channels, signals, strict=True)]
    size = round(recording.duration_s * channels[0].rate_hz)
    values = np.zeros((len(signals), size))
    for row, signal in zip(values, signals, strict=True):
        _fill(row, signal)
    raw = mne.io.RawArray(
        values, mne.create_info(names, channels[0].rate_hz, kinds), verbose="error"
    )
    if recording.start is not None:
        raw.set_meas_date(recording.start.replace(tzinfo=UTC))
    marks = [_mark(note) for note in recording.annotations]
    marks += [(gap.start_s, gap.stop_s - gap.start_s, GAP) for gap in recording.gaps]
    inside = [
        mark for mark in marks if mark[0] + mark[1] >= 0 and mark[0] < size / signals[0].rate_hz
    ]
    if inside:
        raw.set_annotations(mne.Annotations(*zip(*inside, strict=True)), verbose="error")
    return raw


def _fill(row: Floats, signal: Signal) -> None:
    """Put the samples, in V or their own unit, at their true places."""
    scale = 1e-6 if signal.unit == "uV" else 1.0
    for piece in signal.pieces():
        first = round(piece.start_s * signal.rate_hz)
        space = row[first : first + piece.samples.size]
        space[:] = piece.samples[: space.size] * scale


def _kind(channel: Channel, signal: Signal) -> str:
    """Return mne's type of a channel; its own label is read when it has no role yet."""
    if signal.unit != "uV":
        return _NO_VOLTAGE
    role = channel.role or read_label(channel.label).role
    return _KINDS.get(family(role), _OTHER_VOLTAGE)


def _mark(note: Annotation) -> tuple[float, float, str]:
    text = f"{note.text}@@{note.channel}" if note.channel else note.text
    return note.onset_s, note.duration_s or 0.0, text


def _unique(labels: Sequence[str]) -> list[str]:
    """Return labels that do not repeat: the second ``Leg`` becomes ``Leg-2``."""
    names: list[str] = []
    for label in labels:
        name, number = label, 1
        while name in names or (number > 1 and name in labels):
            number += 1
            name = f"{label}-{number}"
        names.append(name)
    return names


def _annotations(raw: mne.io.BaseRaw) -> list[Annotation]:
    """Return the annotations, on the clock of the first sample, in time order."""
    marks = raw.annotations
    notes = []
    for onset, duration, description, names in zip(
        marks.onset, marks.duration, marks.description, marks.ch_names, strict=True
    ):
        words, mark, channel = str(description).rpartition("@@")
        if not mark:
            words, channel = str(description), names[0] if len(names) == 1 else ""
        onset_s = round(float(onset) - float(raw.first_time), 6)
        # mne writes 0 for "no duration".
        notes.append(Annotation(onset_s, float(duration) or None, words, channel))
    return sorted(notes, key=lambda note: note.onset_s)


def _is_gap(note: Annotation) -> bool:
    return note.text.upper() == GAP


def _gaps(notes: Sequence[Annotation], n_times: int, rate_hz: float) -> tuple[tuple[int, int], ...]:
    """Return the first and last + 1 sample of each gap, overlapping ones joined."""
    lost: NDArray[np.bool_] = np.zeros(n_times + 2, np.bool_)
    for note in notes:
        if _is_gap(note):
            first = max(round(note.onset_s * rate_hz), 0)
            last = min(round((note.onset_s + (note.duration_s or 0.0)) * rate_hz), n_times)
            lost[first + 1 : last + 1] = True
    edges: Ints = np.flatnonzero(lost[1:] != lost[:-1])
    return tuple((int(first), int(last)) for first, last in edges.reshape(-1, 2))


def _mne() -> Any:
    try:
        import mne  # noqa: PLC0415 - optional and slow
    except ImportError:
        raise UsageError('mne is not installed: pip install "psgscore[mne]"') from None
    return mne
