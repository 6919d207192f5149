"""The movements that explain a leg movement or a burst of the chin: found before both are judged.

Trains of bursts, bruxism and large movements rank above leg movements, so that they have to be
among the events when the leg movements are scored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from psgscore.intervals import close_gaps, intersect
from psgscore.model._arrays import Spans, as_spans
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import NREM, Hypnogram
from psgscore.model.movement_criteria import MovementCriteria
from psgscore.movement_channels import MovementChannels

if TYPE_CHECKING:
    from psgscore.detect.emg import PreparedEmg

_TRAINS = ("ALMA", "HFT", "HFLM", "RMD", "rhythmic_flag")
MARKED = "the leg movements are the lab's marks, and what was detected explains none of those"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Explaining:
    """What was found of the movements that rank above leg movements.

    Parameters
    ----------
    events : Events
        Kinds ``"ALMA"``, ``"HFT"``, ``"HFLM"``, ``"RMD"``, ``"rhythmic_flag"``, ``"bruxism:..."``
        and ``"LMM"``.
    readable : mapping of str to ndarray, shape (n, 2)
        Kind, and the seconds in which it could be looked for; a kind that is not in it was not.
    not_scored : tuple of NotScored
        What could not be looked for, and why.
    """

    events: Events = field(default_factory=Events.empty)
    readable: Mapping[str, Spans] = field(default_factory=dict)
    not_scored: tuple[NotScored, ...] = ()


def find_explaining(
    channels: MovementChannels | None,
    hypnogram: Hypnogram | None,
    arousals: Events | None,
    criteria: MovementCriteria,
    *,
    marked: bool = False,
) -> Explaining:
    """Find the movements that rank above leg movements.

    Parameters
    ----------
    channels : MovementChannels or None
        What they are looked for in; None where nobody asked for them.
    hypnogram : Hypnogram or None
        Sleep stages.
    arousals : Events or None
        As scored; None where nobody looked.
    criteria : MovementCriteria
        Every number.
    marked : bool
        The leg movements are the marks of a person: only what explains none is looked for.
    """
    if channels is None:
        return Explaining()
    parts = [_bruxism(channels.emgs, hypnogram, arousals, criteria)]
    if marked:
        missing = tuple(NotScored(kind, MARKED) for kind in (*_TRAINS, "large movements"))
        parts.append(Explaining(not_scored=missing))
    else:
        parts.append(_trains(channels.emgs, hypnogram, criteria))
        parts.append(_large(channels, criteria))
    return Explaining(
        events=Events.concat([one.events for one in parts]),
        readable={kind: spans for one in parts for kind, spans in one.readable.items()},
        not_scored=tuple(reason for one in parts for reason in one.not_scored),
    )


def _bruxism(
    emgs: Sequence[PreparedEmg],
    hypnogram: Hypnogram | None,
    arousals: Events | None,
    criteria: MovementCriteria,
) -> Explaining:
    from psgscore.detect.bruxism import bruxism_not_scored, find_bruxism  # noqa: PLC0415

    chin = next((emg for emg in emgs if emg.role == "chin"), None)
    missing = bruxism_not_scored(chin, hypnogram, arousals, criteria.bruxism)
    if chin is None or hypnogram is None:
        return Explaining(not_scored=missing)
    return Explaining(
        events=find_bruxism(chin, hypnogram, arousals, criteria.bruxism),
        readable={"bruxism": intersect(hypnogram.spans(*NREM), chin.spans)},
        not_scored=missing,
    )


def _trains(
    emgs: Sequence[PreparedEmg], hypnogram: Hypnogram | None, criteria: MovementCriteria
) -> Explaining:
    from psgscore.detect.discrete_bursts import (  # noqa: PLC0415 - start-up time
        discrete_burst_refusal,
        find_discrete_bursts,
    )
    from psgscore.score.jerk_candidates import muscles_of  # noqa: PLC0415
    from psgscore.score.trains import find_trains, trains_not_scored  # noqa: PLC0415

    refusals = [discrete_burst_refusal(emg, criteria.discrete_bursts) for emg in emgs]
    usable = [emg for emg, refusal in zip(emgs, refusals, strict=True) if refusal is None]
    muscles = muscles_of({emg.label: emg.role for emg in usable})
    bursts = [find_discrete_bursts(emg, criteria.discrete_bursts) for emg in usable]
    return Explaining(
        events=find_trains(Events.concat(bursts), muscles, hypnogram, criteria.trains),
        readable=dict(_where_trains(usable, muscles)),
        not_scored=(
            *(one for one in refusals if one is not None),
            *trains_not_scored(muscles, hypnogram),
        ),
    )


def _where_trains(
    emgs: Sequence[PreparedEmg], muscles: Mapping[str, str]
) -> Iterator[tuple[str, Spans]]:
    """Yield where each train could be looked for; nothing for one that could not be."""
    left, right = (_spans(emgs, muscles, side) for side in ("leg:left", "leg:right"))
    legs = _spans(emgs, muscles, "leg")
    regions = [_spans(emgs, muscles, region) for region in ("leg", "chin", "arm")]
    each = [_spans(emgs, muscles, muscle) for muscle in dict.fromkeys(muscles.values()) if muscle]
    where = {
        "ALMA": intersect(left, right),
        "HFT": legs,
        "HFLM": legs,
        "RMD": _two_of(regions),
        "rhythmic_flag": _two_of(each),
    }
    for kind, spans in where.items():
        if len(spans):
            yield kind, spans


def _large(channels: MovementChannels, criteria: MovementCriteria) -> Explaining:
    from psgscore.detect.large_movements import (  # noqa: PLC0415 - start-up time
        find_large_movements,
        large_movements_not_scored,
    )

    emgs, eeg = channels.emgs, channels.eeg
    missing = large_movements_not_scored(emgs, eeg, criteria.large_movements)
    if missing is not None:
        return Explaining(not_scored=(missing,))
    muscles = {emg.label: emg.role for emg in emgs}
    regions = [_spans(emgs, muscles, region) for region in ("leg", "chin", "arm")]
    head = [(piece.start_s, piece.stop_s) for one in eeg for piece in one.pieces()]
    return Explaining(
        events=find_large_movements(emgs, eeg, criteria.large_movements),
        readable={"LMM": _two_of([*regions, close_gaps(as_spans(head))])},
    )


def _spans(emgs: Sequence[PreparedEmg], muscles: Mapping[str, str], role: str) -> Spans:
    """Return where any EMG of a muscle, or of a region such as ``"leg"``, can be read."""
    mine = [
        emg.spans
        for emg in emgs
        if role in (muscles[emg.label], muscles[emg.label].partition(":")[0]) and len(emg.spans)
    ]
    return close_gaps(np.concatenate(mine)) if mine else as_spans([])


def _two_of(spans: Sequence[Spans]) -> Spans:
    """Return where at least two of some sets of spans overlap."""
    shared = [intersect(one, other) for one, other in combinations(spans, 2)]
    return close_gaps(np.concatenate(shared)) if shared else as_spans([])
