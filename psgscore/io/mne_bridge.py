"""To and from mne: other formats in, analyses of others out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from psgscore.errors import UsageError
from psgscore.io.recording import Annotation, Channel, Recording
from psgscore.model._arrays import Floats
from psgscore.model.signal import Signal

if TYPE_CHECKING:
    import mne

_KINDS = {"EEG": "eeg", "EOG": "eog", "ECG": "ecg", "chin": "emg", "leg": "emg", "EMG": "emg"}
_VOLTAGES = ("eeg", "eog", "ecg", "emg", "seeg", "ecog", "bio")


def to_mne(recording: Recording) -> list[mne.io.RawArray]:
    """Return one RawArray per sampling rate, voltages in V, fastest first.

    Gaps are filled with zeros and marked with ``BAD_gap`` annotations, so that times
    stay true. Channels that are no voltage are of type misc.

    Raises
    ------
    UsageError
        mne is not installed.
    """
    mne = _mne()
    usable = [channel for channel in recording.channels if channel.resolution is not None]
    rates = sorted({channel.rate_hz for channel in usable if channel.n_samples}, reverse=True)
    return [
        _raw(mne, recording, [one for one in usable if one.rate_hz == rate and one.n_samples])
        for rate in rates
    ]


def from_mne(raw: mne.io.BaseRaw) -> Recording:
    """Return a Recording on top of an mne Raw (BrainVision, FIF, EEGLAB, Nihon Kohden, ...).

    Voltages (V in mne) come out in uV; other channels keep mne's unit as no unit.
    Samples are read from `raw` when asked for.
    """
    rate = float(raw.info["sfreq"])
    kinds = raw.get_channel_types()
    channels = tuple(
        Channel(
            index=index,
            label=label,
            rate_hz=rate,
            unit="V" if kinds[index] in _VOLTAGES else "",
            n_samples=raw.n_times,
            resolution=0.0,
        )
        for index, label in enumerate(raw.ch_names)
    )
    start = raw.info["meas_date"]
    annotations = []
    for onset, duration, text in zip(
        raw.annotations.onset, raw.annotations.duration, raw.annotations.description, strict=True
    ):
        words, mark, channel = str(text).rpartition("@@")
        annotations.append(
            Annotation(
                float(onset) - raw.first_time,
                float(duration),
                words if mark else str(text),
                channel if mark else "",
            )
        )
    return Recording(
        path=None,
        format="mne",
        channels=channels,
        start=None if start is None else start.replace(tzinfo=None),
        duration_s=raw.n_times / rate,
        annotations=tuple(sorted(annotations, key=lambda note: note.onset_s)),
        source=_MneSource(raw),
    )


@dataclass(frozen=True, slots=True)
class _MneSource:
    raw: mne.io.BaseRaw

    def read(self, channels: Sequence[Channel]) -> list[Signal]:
        """Return the signals of the channels; see `Recording.signals`."""
        found = []
        for channel in channels:
            values = self.raw.get_data(picks=[channel.index])[0]
            factor = 1e6 if channel.unit == "V" else 1.0
            unit = "uV" if channel.unit == "V" else channel.effective_unit
            samples = (values * factor).astype(np.float32)
            found.append(Signal(channel.label, samples, channel.rate_hz, unit))
        return found


def _raw(mne: Any, recording: Recording, channels: Sequence[Channel]) -> mne.io.RawArray:
    signals = recording.signals([channel.index for channel in channels])
    names = _unique([channel.label for channel in channels])
    kinds = [
        _KINDS.get(channel.role.partition(":")[0], "misc") if signal.unit == "uV" else "misc"
        for channel, signal in zip(channels, signals, strict=True)
    ]
    info = mne.create_info(names, channels[0].rate_hz, kinds)
    raw = mne.io.RawArray(np.stack([_filled(signal) for signal in signals]), info, verbose="error")
    onsets = [note.onset_s for note in recording.annotations]
    texts = [
        f"{note.text}@@{note.channel}" if note.channel else note.text
        for note in recording.annotations
    ]
    lengths = [note.duration_s or 0.0 for note in recording.annotations]
    onsets += [gap.start_s for gap in recording.gaps]
    lengths += [gap.stop_s - gap.start_s for gap in recording.gaps]
    texts += ["BAD_gap"] * len(recording.gaps)
    inside = [0 <= onset < raw.times[-1] for onset in onsets]
    kept = [
        row
        for row, keep in zip(zip(onsets, lengths, texts, strict=True), inside, strict=True)
        if keep
    ]
    if kept:
        raw.set_annotations(mne.Annotations(*zip(*kept, strict=True)), verbose="error")
    return raw


def _filled(signal: Signal) -> Floats:
    """Return the samples in V (or their own unit) on a clock without jumps."""
    size = round((signal.stop_s - signal.start_s) * signal.rate_hz)
    values = np.zeros(size)
    for piece in signal.pieces():
        first = round((piece.start_s - signal.start_s) * signal.rate_hz)
        values[first : first + piece.samples.size] = piece.samples
    return values * 1e-6 if signal.unit == "uV" else values


def _unique(labels: Sequence[str]) -> list[str]:
    """Return labels that do not repeat: the second ``Leg`` becomes ``Leg-1``."""
    names: list[str] = []
    for label in labels:
        count = sum(1 for other in labels[: len(names)] if other == label)
        names.append(f"{label}-{count}" if count else label)
    return names


def _mne() -> Any:
    try:
        import mne  # noqa: PLC0415 - optional and slow
    except ImportError as error:
        raise UsageError('mne is not installed: pip install "psgscore[mne]"') from error
    return mne
