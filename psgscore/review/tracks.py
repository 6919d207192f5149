"""What is drawn under each other: the channels of a recording, each with its usual filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psgscore.io.channel_names import family
from psgscore.io.channels import Derivation
from psgscore.io.recording import Channel, Recording
from psgscore.io.staging_channels import choose_staging_channels
from psgscore.io.units import microvolts_per
from psgscore.model.criteria import DETECTION, LegMovementCriteria
from psgscore.review.display_filters import DisplayFilter, as_scored

_MUSCLES = ("leg", "chin", "arm", "EMG")
_GROUPS: Mapping[str, str] = {
    "leg": "leg",
    "EEG": "EEG",
    "EOG": "EOG",
    "chin": "chin",
    "arm": "leg",
    "ECG": "ECG",
    "flow": "respiration",
    "pressure": "respiration",
    "effort": "respiration",
    "respiration": "respiration",
    "snore": "respiration",
    "SpO2": "SpO2",
}
ORDER = ("leg", "EEG", "EOG", "chin", "ECG", "respiration", "SpO2", "other")
"""The groups from top to bottom."""

MOST_TRACKS = 64
"""On one page."""

_BRAIN = DisplayFilter(0.3, 35.0)
_FILTERS: Mapping[str, DisplayFilter] = {
    "EEG": _BRAIN,
    "EOG": _BRAIN,
    "ECG": DisplayFilter(0.3, 70.0),
    "flow": DisplayFilter(0.03, 15.0),
    "pressure": DisplayFilter(None, 100.0),
    "effort": DisplayFilter(0.1, 15.0),
    "respiration": DisplayFilter(0.1, 15.0),
    "snore": DisplayFilter(10.0, 100.0),
}
_HEIGHTS: Mapping[str, float] = {"leg": 100.0, "EEG": 150.0, "EOG": 300.0, "chin": 100.0}
_ECG_UV = 2000.0
_SPO2_PERCENT = 30.0  # some files could hold thousands of per cent, and a fall of 4 would not show
_AS_IT_IS = DisplayFilter()
_MIN_EEG_HZ = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One trace of the page.

    Parameters
    ----------
    id : str
        ``"c0"``, ``"c1"``, ... in the order they are drawn.
    derivation : Derivation
        What is read for it.
    group : str
        ``"leg"``, ``"EEG"``, ``"EOG"``, ``"chin"``, ``"ECG"``, ``"respiration"``, ``"SpO2"``,
        ``"other"``.
    rate_hz : float
        Of its samples.
    unit : str
        Of its samples as they are read.
    shown : bool
        Drawn without being asked for.
    filter : DisplayFilter
        What it is drawn through.
    height : float or None
        A good height of the track, in its unit.
    """

    id: str
    derivation: Derivation
    group: str
    rate_hz: float
    unit: str
    shown: bool
    filter: DisplayFilter
    height: float | None


def tracks_of(
    recording: Recording, detection: LegMovementCriteria | None = None
) -> tuple[Track, ...]:
    """Return the traces of a recording: what is scored first, every channel as stored last."""
    legs = recording.channel_map.legs if recording.channel_map else ()
    chin = recording.channel_map.chin if recording.channel_map else None
    staging = choose_staging_channels(recording, _MIN_EEG_HZ)
    scored = [*legs, *staging.eeg, *staging.onset_eeg, *staging.eyes]
    scored += [chin] if chin is not None else []
    made = list({one.name: one for one in scored}.values())
    alone = {one.plus for one in made if not one.minus}
    parts = {key for one in made for key in one.keys}
    stored = [_as_stored(one) for one in recording.channels if one.index not in alone]
    wanted = [(one, True) for one in made]
    wanted += [(one, _is_usual(one) and one.plus not in parts) for one in stored]
    wanted.sort(key=lambda pair: ORDER.index(_group(pair[0].role)))
    return tuple(
        track_of(f"c{number}", one, recording.channels, shown=shown, detection=detection)
        for number, (one, shown) in enumerate(wanted)
    )


def track_of(
    identifier: str,
    derivation: Derivation,
    channels: Sequence[Channel],
    *,
    shown: bool,
    detection: LegMovementCriteria | None,
) -> Track:
    """Return the trace of a derivation: its filter and height are those of what it is.

    Parameters
    ----------
    identifier : str
        What the page calls it.
    derivation : Derivation
        What is read.
    channels : sequence of Channel
        Of the recording, in file order.
    shown : bool
        Drawn without being asked for.
    detection : LegMovementCriteria or None
        Whose filter muscles are drawn through; None for the usual.
    """
    channel, head = channels[derivation.plus], family(derivation.role)
    voltage = microvolts_per(channel.effective_unit) is not None
    through = _FILTERS.get(head, _AS_IT_IS)
    if head in _MUSCLES:
        through = as_scored(detection or DETECTION)
    # A filter needs samples well above its lower limit, and a voltage to make sense of.
    lowest = through.high_pass_hz or 0.0
    if channel.rate_hz <= 4 * lowest or (through.scored and not voltage):
        through = _AS_IT_IS
    return Track(
        id=identifier,
        derivation=derivation,
        group=_group(derivation.role),
        rate_hz=channel.rate_hz,
        unit="uV" if voltage else channel.effective_unit,
        shown=shown,
        filter=through,
        height=_height(_GROUPS.get(head, "other"), channel, voltage=voltage),
    )


def _as_stored(channel: Channel) -> Derivation:
    return Derivation(
        name=channel.label, role=channel.role, plus=channel.index, minus=(), reason="as recorded"
    )


def _group(role: str) -> str:
    return _GROUPS.get(family(role), "other") if role != "EEG:reference" else "other"


def _is_usual(derivation: Derivation) -> bool:
    return _group(derivation.role) in ("ECG", "respiration", "SpO2")


def _height(group: str, channel: Channel, *, voltage: bool) -> float | None:
    """Return a good height of the track; None where only its samples can tell."""
    if voltage and group in _HEIGHTS:
        return _HEIGHTS[group]
    if voltage and group == "ECG":
        return _ECG_UV
    if channel.physical_range is None:
        return None
    low, high = channel.physical_range
    if group == "SpO2" and channel.effective_unit == "%":
        return min(high - low, _SPO2_PERCENT)
    factor = microvolts_per(channel.effective_unit) or 1.0
    return (high - low) * factor
