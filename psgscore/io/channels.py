"""Which channel is what, and which EMG is analysed: labels and the user's map, never a guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from psgscore.errors import ChannelError, PsgscoreError, UnitError
from psgscore.io.channel_apply import Stated, apply_channel_map, present
from psgscore.io.channel_choice import choose_chin, choose_legs
from psgscore.io.channel_names import family, name_table, read_label, reduced
from psgscore.io.channel_pairs import Candidate, Derivation
from psgscore.io.channel_user import UserChannelMap, UserDerivation, read_channel_map
from psgscore.io.recording import Channel, Recording
from psgscore.model.finding import Finding
from psgscore.model.signal import Signal

__all__ = [
    "ChannelMap",
    "Derivation",
    "UserChannelMap",
    "UserDerivation",
    "derive",
    "derive_all",
    "map_channels",
    "read_channel_map",
]

Reader = Callable[[Sequence[int]], list[Signal]]
_VOLTAGES = ("EEG", "EOG", "ECG", "EMG", "chin", "leg", "arm")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMap:
    """The channels of a recording with their roles, and the EMG to analyse.

    Parameters
    ----------
    channels : tuple of Channel
        In file order, with `role`, `role_reason` and `stated_unit` filled in.
    legs : tuple of Derivation
        Left before right, one each at most; or one without a side
        (``"leg:both"``, ``"leg:unknown"``).
    chin : Derivation or None
        The chin EMG.
    montage : tuple of Derivation
        The EEG and EOG the user derives; empty where the labels decide.
    findings : tuple of Finding
        Conventions applied, questions to the user, what is missing.
    """

    channels: tuple[Channel, ...]
    legs: tuple[Derivation, ...]
    chin: Derivation | None
    findings: tuple[Finding, ...]
    montage: tuple[Derivation, ...] = ()


def map_channels(channels: Sequence[Channel], user: UserChannelMap | None = None) -> ChannelMap:
    """Give every channel its role and choose the leg and chin EMG.

    Parameters
    ----------
    channels : sequence of Channel
        All signal channels of the recording, in file order.
    user : UserChannelMap or None
        What the user says of them; wins over every label.

    Raises
    ------
    ConfigError
        The map names a channel the recording does not have, or has more than once.
    """
    stated, absent = Stated(), list[str]()
    if user is not None:
        user, absent = present(user, channels)
        stated = apply_channel_map(user, channels)
    labels = [channel.label for channel in channels]
    candidates = [
        _candidate(channel, stated, unique=labels.count(channel.label) == 1) for channel in channels
    ]
    legs = choose_legs(candidates, stated.derivations)
    chin = choose_chin(candidates, stated.derivations)
    told = {**legs.roles, **chin.roles}
    mapped = tuple(_by_convention(one.channel, told) for one in candidates)
    return ChannelMap(
        channels=mapped,
        legs=legs.derivations,
        chin=next(iter(chin.derivations), None),
        findings=(
            *legs.findings,
            *_missing_legs(legs.derivations, mapped),
            *chin.findings,
            *_implausible_units(mapped),
            *_passed_over(absent),
        ),
        montage=stated.montage,
    )


def derive(recording: Recording, derivation: Derivation) -> Signal:
    """Read a derivation, what is to be subtracted taken off.

    Parameters
    ----------
    recording : Recording
        The recording the derivation was chosen for.
    derivation : Derivation
        What to read.

    Returns
    -------
    Signal
        Labelled with the name of the derivation, in the unit of the channel.

    Raises
    ------
    UnitError
        The channels are in different units.
    ChannelError
        They differ in rate, length or interruptions; or there is no such channel.
    """
    return _derived(derivation, recording.signals)


def derive_all(
    recording: Recording, derivations: Sequence[Derivation]
) -> list[Signal | PsgscoreError]:
    """Read several EMG in one pass over the file; see `derive`.

    Returns
    -------
    list of Signal or PsgscoreError
        What is wrong with one stands in its place and does not take the others.
    """
    keys = list(dict.fromkeys(key for one in derivations for key in one.keys))
    try:
        read = dict(zip(keys, recording.signals(keys), strict=True))
    except PsgscoreError:
        return [_or_error(one, recording.signals) for one in derivations]
    return [_or_error(one, lambda wanted: [read[key] for key in wanted]) for one in derivations]


def _or_error(derivation: Derivation, read: Reader) -> Signal | PsgscoreError:
    try:
        return _derived(derivation, read)
    except PsgscoreError as error:
        return error


def _derived(derivation: Derivation, read: Reader) -> Signal:
    plus, *subtracted = read(derivation.keys)
    for minus in subtracted:
        _require_alike(derivation, plus, minus)
    if not subtracted:
        return replace(plus, label=derivation.name)
    rest = subtracted[0].samples
    if len(subtracted) > 1:
        rest = np.mean([minus.samples for minus in subtracted], axis=0, dtype=np.float32)
    return replace(plus, label=derivation.name, samples=plus.samples - rest)


def _require_alike(derivation: Derivation, plus: Signal, minus: Signal) -> None:
    if plus.unit != minus.unit:
        raise UnitError(
            f"{derivation.name}: {plus.label!r} is in {plus.unit!r} and {minus.label!r} in "
            f"{minus.unit!r}: state their true units under [units] in the channel map"
        )
    for what, one, other in (
        ("rate", plus.rate_hz, minus.rate_hz),
        ("length", plus.samples.size, minus.samples.size),
        ("start", plus.start_s, minus.start_s),
        ("interruptions", plus.breaks, minus.breaks),
    ):
        if one != other:
            raise ChannelError(
                f"{derivation.name}: {plus.label!r} and {minus.label!r} differ in {what} ({one} "
                f"and {other}) and cannot be subtracted: choose one of them in the channel map"
            )


def _candidate(channel: Channel, stated: Stated, *, unique: bool) -> Candidate:
    """Read the label, let the user's role and unit win; the reason goes into the channel."""
    name = read_label(channel.label)
    electrode = f", electrode {name.mark}" if name.mark else ""
    label = repr(channel.label)
    reason = f"label {label} reads as {name.role}{electrode}"
    said = stated.role_of(channel.index, name.role)
    if said is not None:
        name, reason = replace(name, role=said[0]), said[1]
    elif not name.role:
        reason = f"label {label} is not known"
    unit = stated.units.get(channel.index, channel.stated_unit)
    return Candidate(
        channel=replace(channel, role=name.role, role_reason=reason, stated_unit=unit),
        name=name,
        key=channel.label if unique and channel.label else f"#{channel.index}",
        stated=said is not None,
    )


def _by_convention(channel: Channel, roles: Mapping[int, tuple[str, str]]) -> Channel:
    if channel.index not in roles:
        return channel
    role, reason = roles[channel.index]
    return replace(channel, role=role, role_reason=reason)


def _missing_legs(legs: Sequence[Derivation], channels: Sequence[Channel]) -> tuple[Finding, ...]:
    if len(legs) == 2:
        return ()
    if not legs:
        return (_no_leg(channels),)
    (leg,) = legs
    said = {
        "leg:both": "records both legs on one channel: movements are scored as those of one leg",
        "leg:unknown": "is the only leg and its label gives no side: it is scored as one leg",
    }.get(leg.role, f"is the only leg found ({leg.role.partition(':')[2]}): it is scored alone")
    message = f"{leg.name!r} {said}, nothing is joined or doubled."
    return (Finding("channels.one-leg", message, leg.name),)


def _no_leg(channels: Sequence[Channel]) -> Finding:
    hints = name_table().hints
    seen = [
        repr(channel.label)
        for channel in channels
        if family(channel.role) in ("leg", "EMG", "chin")
        or (not channel.role and any(hint in reduced(channel.label) for hint in hints))
    ]
    strange = [repr(channel.label) for channel in channels if not channel.role]
    message = (
        f"no leg EMG to analyse. EMG-like labels: {', '.join(seen) or 'none'}; labels not "
        f"understood: {', '.join(strange) or 'none'}. If one is a leg, say so in a channel map, "
        '[roles]: "its label" = "leg:left"'
    )
    return Finding("channels.no-leg", message)


def _passed_over(labels: Sequence[str]) -> tuple[Finding, ...]:
    """Say which channels of an optional map the recording lacks."""
    if not labels:
        return ()
    message = (
        f"the channel map is for many recordings; this one has no {', '.join(map(repr, labels))}: "
        "passed over"
    )
    return (Finding("channels.not-there", message, severity="note"),)


def _implausible_units(channels: Sequence[Channel]) -> tuple[Finding, ...]:
    """Warn of electrodes in a unit no electrode gives."""
    not_voltage = name_table().not_voltage
    return tuple(
        Finding(
            "channels.unit-implausible",
            f"{channel.label!r} reads as {channel.role} but its unit is "
            f"{channel.effective_unit!r}, which is no voltage: it may be something else. Say what "
            f"it is under [roles] or [units] in the channel map.",
            channel.label,
        )
        for channel in channels
        if family(channel.role) in _VOLTAGES
        and channel.effective_unit.strip().casefold() in not_voltage
    )
