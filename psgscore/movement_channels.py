"""The channels the movements of sleep are looked for in: read once, put through the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from psgscore.errors import PsgscoreError
from psgscore.io.channels import Derivation, derive_all
from psgscore.io.recording import Channel, Recording
from psgscore.io.staging_channels import choose_staging_channels
from psgscore.leg_channels import LegResult, channel_used, read_emg
from psgscore.model.criteria import LegMovementCriteria
from psgscore.model.finding import Finding, NotScored
from psgscore.model.movement_criteria import MovementCriteria
from psgscore.model.score import ChannelUsed
from psgscore.model.signal import Signal

if TYPE_CHECKING:
    from psgscore.detect.emg import PreparedEmg
    from psgscore.model.accelerometer import AccelerometerBursts
    from psgscore.model.heart import HeartBeats

_ARMS = ("arm:left", "arm:right")
_ACCELEROMETERS = {"accelerometer:left": "ACC:left", "accelerometer:right": "ACC:right"}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MovementChannels:
    """What the movements of sleep are looked for in.

    Parameters
    ----------
    emgs : tuple of PreparedEmg
        Legs first, then the chin and the arms.
    eeg : tuple of Signal
        Central before other EEG, in uV.
    beats : HeartBeats or None
        None without an ECG.
    accelerometers : mapping of str to AccelerometerBursts
        By the kind of their events, one per leg that has one.
    used : tuple of ChannelUsed
        Those that are not legs.
    not_scored, findings : tuple
        What could not be read, and what makes the rest less certain.
    """

    emgs: tuple[PreparedEmg, ...]
    eeg: tuple[Signal, ...] = ()
    beats: HeartBeats | None = None
    accelerometers: Mapping[str, AccelerometerBursts] = field(default_factory=dict)
    used: tuple[ChannelUsed, ...] = ()
    not_scored: tuple[NotScored, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class _Notes:
    """What is said of the channels while they are read."""

    used: list[ChannelUsed] = field(default_factory=list)
    not_scored: list[NotScored] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_movement_channels(
    recording: Recording,
    legs: Sequence[LegResult],
    detection: LegMovementCriteria,
    criteria: MovementCriteria,
) -> MovementChannels:
    """Read chin, arms, EEG, ECG and accelerometers; the legs are read already.

    Parameters
    ----------
    recording : Recording
        With a channel map.
    legs : sequence of LegResult
        The legs that were scored.
    detection : LegMovementCriteria
        Gate and filter of every EMG.
    criteria : MovementCriteria
        What the heart rate and the accelerometers are judged by.
    """
    notes = _Notes()
    muscles = [*_chin(recording), *_arms(recording, notes)]
    eeg = choose_staging_channels(recording, criteria.graphoelements.min_rate_hz).eeg
    hearts = [_as_stored(one) for one in recording.channels if one.role == "ECG"]
    emgs = [leg.emg for leg in legs if leg.emg is not None]
    read = derive_all(recording, muscles)
    for muscle in muscles:
        # Taken out, so that the raw signal is gone before the next is worked on.
        emgs += _prepared(muscle, read.pop(0), detection, notes)
    beats = _beats(derive_all(recording, hearts), criteria, notes)
    # EEG is kept as it is, so it comes after what takes memory to work on.
    brain = zip(eeg, derive_all(recording, eeg), strict=True)
    return MovementChannels(
        emgs=tuple(emgs),
        eeg=tuple(one for lead, signal in brain for one in _eeg(lead, signal, notes)),
        beats=beats,
        accelerometers=_accelerometers(recording, criteria, notes),
        used=tuple(notes.used),
        not_scored=tuple(notes.not_scored),
        findings=tuple(notes.findings),
    )


def with_one_eeg(channels: MovementChannels | None) -> MovementChannels | None:
    """Let all EEG but the first go: large movements alone are looked for in the others."""
    return None if channels is None else replace(channels, eeg=channels.eeg[:1])


def _chin(recording: Recording) -> list[Derivation]:
    chin = recording.channel_map.chin if recording.channel_map else None
    return [] if chin is None else [chin]


def _arms(recording: Recording, notes: _Notes) -> list[Derivation]:
    """Return the arms, each only where one channel says it is it."""
    found = []
    for role in _ARMS:
        mine = [one for one in recording.channels if one.role == role]
        found += [_as_stored(one) for one in mine if len(mine) == 1]
        if len(mine) > 1:
            names = ", ".join(repr(one.label) for one in mine)
            reason = f"there are several channels of it ({names}): name one in a channel map"
            notes.not_scored.append(NotScored(f"EMG of the {role.replace(':', ', ')}", reason))
    return found


def _as_stored(channel: Channel) -> Derivation:
    return Derivation(
        name=channel.label,
        role=channel.role,
        plus=channel.index,
        minus=(),
        reason=channel.role_reason,
    )


def _prepared(
    muscle: Derivation,
    signal: Signal | PsgscoreError,
    detection: LegMovementCriteria,
    notes: _Notes,
) -> list[PreparedEmg]:
    read = read_emg(muscle, signal, detection)
    if read.emg is None or read.channel is None:
        reason = "; ".join(read.reasons)
        notes.not_scored.append(NotScored(f"movements on {muscle.name}", reason))
        return []
    notes.findings += [Finding("movements.quality", one, muscle.name) for one in read.warnings]
    notes.used.append(read.channel)
    return [read.emg]


def _eeg(lead: Derivation, signal: Signal | PsgscoreError, notes: _Notes) -> list[Signal]:
    if isinstance(signal, PsgscoreError) or signal.unit != "uV":
        return []
    notes.used.append(channel_used(lead, signal))
    return [signal]


def _beats(
    signals: Sequence[Signal | PsgscoreError], criteria: MovementCriteria, notes: _Notes
) -> HeartBeats | None:
    """Return the beats of the first ECG that can be read."""
    from psgscore.detect.heart import find_r_peaks  # noqa: PLC0415 - start-up time

    refused = []
    for signal in signals:
        if isinstance(signal, PsgscoreError):
            refused.append(NotScored("heart rate", str(signal)))
            continue
        beats = find_r_peaks(signal, criteria.heart)
        if beats.not_scored is None:
            return beats
        refused.append(beats.not_scored)
    missing = NotScored("heart rate", "no ECG was found among the channels")
    notes.not_scored += refused or [missing]
    return None


def _accelerometers(
    recording: Recording, criteria: MovementCriteria, notes: _Notes
) -> dict[str, AccelerometerBursts]:
    """Look for bursts on the accelerometer of each leg; most recordings have none."""
    from psgscore.detect.accelerometer import find_accelerometer_bursts  # noqa: PLC0415

    found = {}
    for role, kind in _ACCELEROMETERS.items():
        axes = [_as_stored(one) for one in recording.channels if one.role == role]
        if not axes:
            continue
        read = derive_all(recording, axes)
        errors = [one for one in read if isinstance(one, PsgscoreError)]
        if errors:
            notes.not_scored.append(NotScored("accelerometer bursts", str(errors[0])))
            continue
        signals = [one for one in read if isinstance(one, Signal)]
        bursts = find_accelerometer_bursts(signals, criteria.accelerometer, kind=kind)
        notes.findings += [
            Finding("movements.quality", one, bursts.label) for one in bursts.warnings
        ]
        notes.not_scored += [bursts.not_scored] if bursts.not_scored else []
        found[kind] = bursts
    return found
