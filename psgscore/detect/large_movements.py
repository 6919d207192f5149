"""Large muscle group movements: several parts of the body at once, for some seconds.

The source asks for two channels; a movement of both legs is on two channels, and so is one
with an arousal. Here two *regions* have to move, far beyond that: docs/rules/large_movements.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from psgscore.detect.eeg_artefacts import eeg_artefacts
from psgscore.detect.emg import EmgStretch, PreparedEmg
from psgscore.intervals import clip, close_gaps, counts_touching, intersect, runs, total_s
from psgscore.model._arrays import Samples, Spans, as_spans, to_microsecond
from psgscore.model.chin_criteria import LARGE_MOVEMENTS, LargeMovementCriteria
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.finding import NotScored
from psgscore.model.signal import Signal

KIND = "LMM"
REGIONS = ("leg", "chin", "arm", "head")
_AROUND_S = 1.0


def large_movements_not_scored(
    emgs: Sequence[PreparedEmg],
    eeg: Sequence[Signal],
    criteria: LargeMovementCriteria = LARGE_MOVEMENTS,
) -> NotScored | None:
    """Say why there can be no large movements, or None.

    Parameters
    ----------
    emgs, eeg : sequence
        See `find_large_movements`.
    criteria : LargeMovementCriteria
        Uses `min_regions` and `eeg_min_rate_hz`.
    """
    found = {_region(emg) for emg in emgs if emg.stretches} & set(REGIONS)
    if not found:
        return NotScored("large movements", "no EMG of legs, chin or arms can be read")
    if any(one.rate_hz >= criteria.eeg_min_rate_hz for one in eeg):
        found.add("head")
    if len(found) >= criteria.min_regions:
        return None
    words = ", ".join(one for one in REGIONS if one in found)
    reason = f"{criteria.min_regions} parts of the body are needed; readable is only: {words}"
    return NotScored("large movements", reason)


def find_large_movements(
    emgs: Sequence[PreparedEmg],
    eeg: Sequence[Signal] = (),
    criteria: LargeMovementCriteria = LARGE_MOVEMENTS,
) -> Events:
    """Find large muscle group movements.

    Parameters
    ----------
    emgs : sequence of PreparedEmg
        In any order; roles ``"leg:..."``, ``"chin"`` and ``"arm:..."`` are used. Both legs
        are one region, and so are both arms.
    eeg : sequence of Signal
        In uV; all of it is one region, the head. It is looked at only where an EMG is
        active for long enough.
    criteria : LargeMovementCriteria
        Limits and durations.

    Returns
    -------
    Events
        Kind ``"LMM"``, from where enough regions are active to where they no longer are,
        however long; `EXCLUDED_BY` says so where that is too long. The channels are those
        that moved. Measures: ``n_channels``, ``n_regions`` and ``peak_uv`` (largest EMG
        envelope).

    Raises
    ------
    UnitError
        An EEG is not in uV.

    Notes
    -----
    Never across a gap or an unreadable stretch of any EMG: there it is cut.

    References
    ----------
    Ferri et al., IRLSSG task force 2021, PMC8436137.
    """
    used = sorted(
        (emg for emg in emgs if _region(emg) in REGIONS[:3]), key=lambda one: (one.role, one.label)
    )
    tables = []
    for part in _common_parts(used):
        tables += _in_part(part, eeg, criteria)
    return Events.concat(tables)


def lasting(
    spans: Spans, criteria: LargeMovementCriteria = LARGE_MOVEMENTS
) -> tuple[Spans, list[str]]:
    """Return the stretches long enough for a large movement, and why each does not count."""
    length = to_microsecond(spans[:, 1] - spans[:, 0])
    kept = length >= criteria.min_duration_s
    reason = f"longer than {criteria.max_duration_s:g} s"
    reasons = [reason if one > criteria.max_duration_s else "" for one in length[kept]]
    return as_spans(spans[kept]), reasons


def _region(emg: PreparedEmg) -> str:
    return emg.role.split(":")[0]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The stretches of the EMGs that can be read between two times, nothing interrupted."""

    start_s: float
    stop_s: float
    stretches: Sequence[tuple[PreparedEmg, EmgStretch]]


def _common_parts(emgs: Sequence[PreparedEmg]) -> list[_Part]:
    """Cut the night wherever an EMG begins or ceases to be readable."""
    edges = np.unique(np.concatenate([np.zeros(0), *(emg.spans.ravel() for emg in emgs)]))
    parts = []
    for start_s, stop_s in pairwise(edges):
        middle = (start_s + stop_s) / 2
        inside = [
            (emg, one) for emg in emgs for one in emg.stretches if one.start_s < middle < one.stop_s
        ]
        if inside:
            parts.append(_Part(float(start_s), float(stop_s), inside))
    return parts


def _in_part(part: _Part, eeg: Sequence[Signal], criteria: LargeMovementCriteria) -> list[Events]:
    active = {emg.label: _active(one, part, criteria) for emg, one in part.stretches}
    region_of = {emg.label: _region(emg) for emg, _ in part.stretches}
    anywhere = close_gaps(np.concatenate(list(active.values())), criteria.gap_s)
    asked = anywhere[anywhere[:, 1] - anywhere[:, 0] >= criteria.min_duration_s - 1e-9]
    active = {
        label: spans[counts_touching(spans, asked, closed=False) > 0]
        for label, spans in active.items()
    }
    for signal in sorted(eeg, key=lambda one: one.label):
        found = eeg_artefacts(signal, asked, criteria)
        active[signal.label] = clip(found, part.start_s, part.stop_s)
        region_of[signal.label] = "head"
    regions = _regions(active, region_of)
    spans, reasons = lasting(_together(list(regions.values()), criteria), criteria)
    rows = []
    for span, reason in zip(spans, reasons, strict=True):
        moved = _moved(part, span, active, criteria)
        if len({region_of[one] for one in moved}) >= criteria.min_regions:
            rows.append(_row(part, span, moved, region_of, reason))
    return rows


def _regions(active: Mapping[str, Spans], region_of: Mapping[str, str]) -> dict[str, Spans]:
    """Join what the channels of a region show."""
    return {
        name: close_gaps(np.concatenate([active[one] for one in active if region_of[one] == name]))
        for name in dict.fromkeys(region_of.values())
    }


def _together(regions: Sequence[Spans], criteria: LargeMovementCriteria) -> Spans:
    """Return where at least so many regions are active at once."""
    at_least: list[Spans] = [as_spans([])] * criteria.min_regions
    for one in regions:
        for count in range(criteria.min_regions - 1, 0, -1):
            more = intersect(at_least[count - 1], one)
            at_least[count] = close_gaps(np.concatenate([at_least[count], more]))
        at_least[0] = close_gaps(np.concatenate([at_least[0], one]))
    return close_gaps(at_least[-1], criteria.gap_s)


def _limit(rest: Samples, criteria: LargeMovementCriteria) -> Samples:
    """Return what the envelope must reach: so many uV over the background, and times it."""
    usual = rest * np.float32(criteria.background_gain)
    limit: Samples = np.maximum(usual + criteria.min_rise_uv, usual * criteria.min_ratio)
    return limit


def _active(stretch: EmgStretch, part: _Part, criteria: LargeMovementCriteria) -> Spans:
    """Return where a channel is active, seconds; pauses shorter than `gap_s` are not parted."""
    values = stretch.envelope.values
    places = np.flatnonzero(values >= criteria.min_rise_uv)
    strong = np.zeros(values.size, np.bool_)
    strong[places] = values[places] >= _limit(stretch.rest[places], criteria)
    grid = runs(strong)
    spans = close_gaps(stretch.start_s + grid * stretch.envelope.step_s, criteria.gap_s)
    return clip(spans, part.start_s, part.stop_s)


def _moved(
    part: _Part, span: Spans, active: Mapping[str, Spans], criteria: LargeMovementCriteria
) -> list[str]:
    """Return the channels that moved throughout: for most of it, without a rhythm's pauses."""
    share = {one: total_s(clip(active[one], *span)) / (span[1] - span[0]) for one in active}
    for emg, stretch in part.stretches:
        if share[emg.label] >= criteria.min_active_share:
            share[emg.label] = _active_share(stretch, span, criteria)
    return [one for one in active if share[one] >= criteria.min_active_share]


def _active_share(stretch: EmgStretch, span: Spans, criteria: LargeMovementCriteria) -> float:
    """Return in how many short blocks of a span the EMG is strong: few in a rhythm of bursts.

    Strong is a share of the limit and of the EMG within half a second: however large the
    bursts, between them it falls.
    """
    first, last = np.round((span - stretch.start_s) * stretch.rate_hz).astype(np.int64)
    size = max(round(criteria.block_s * stretch.rate_hz), 1)
    whole = stretch.filtered[first:last]
    blocks = whole[: whole.size // size * size].reshape(-1, size)
    power = np.einsum("ij,ij->i", blocks, blocks) / size
    around = np.ones(min(round(_AROUND_S / criteria.block_s), power.size))
    near = np.convolve(power, around / around.size, mode="same")
    places = (first + size * np.arange(len(blocks))) // stretch.envelope.step
    limit = _limit(stretch.rest[np.minimum(places, stretch.rest.size - 1)], criteria)
    usual = np.sqrt(near) * stretch.criteria.amplitude_gain
    own = np.sqrt(power) * stretch.criteria.amplitude_gain
    return float(np.mean(own >= criteria.block_share * np.maximum(limit, usual)))


def _row(
    part: _Part, span: Spans, moved: Sequence[str], region_of: Mapping[str, str], reason: str
) -> Events:
    peaks = [_peak(one, span) for emg, one in part.stretches if emg.label in moved]
    return Events.of(
        KIND,
        [span[0]],
        [span[1]],
        channel="+".join(moved),
        measures={
            "n_channels": [len(moved)],
            "n_regions": [len({region_of[one] for one in moved})],
            "peak_uv": [round(max(peaks), 3)] if peaks else [float("nan")],
        },
        texts={EXCLUDED_BY: reason},
    )


def _peak(stretch: EmgStretch, span: Spans) -> float:
    first, last = np.round((span - stretch.start_s) / stretch.envelope.step_s).astype(np.int64)
    return float(stretch.envelope.values[first : max(last, first + 1)].max(initial=0.0))
