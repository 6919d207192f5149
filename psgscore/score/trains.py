"""Trains of EMG bursts: ALMA, HFT, HFLM, rhythmic movement, and rhythm that is to be reviewed.

A train is a rhythm of one muscle, or of the legs in turn; those of several muscles that go
together are one. Which it is follows from its numbers. See docs/rules/trains.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from psgscore.model._arrays import Bools, Floats, Ints, Words, to_microsecond
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.train_criteria import TRAINS, TrainCriteria
from psgscore.score.jerk_candidates import muscle_column
from psgscore.score.rhythms import Onsets, find_rhythms, usual_interval_s
from psgscore.score.train_groups import REGIONS, Train, joined, together

LEFT, RIGHT = "leg:left", "leg:right"
ALMA, HFT, HFLM, RMD, FLAG = "ALMA", "HFT", "HFLM", "RMD", "rhythmic_flag"
_HFT_STAGES = (Stage.W, Stage.N1, Stage.N2)


def find_trains(
    bursts: Events,
    muscles: Mapping[str, str],
    hypnogram: Hypnogram | None,
    criteria: TrainCriteria = TRAINS,
) -> Events:
    """Find the trains of all muscles and say which each is.

    Parameters
    ----------
    bursts : Events
        Discrete bursts of all EMG channels; see `psgscore.detect.discrete_bursts`.
    muscles : mapping of str to str
        The muscle of each channel, such as ``"leg:left"`` or ``"chin"``; see
        `psgscore.score.jerk_candidates.muscles_of`. What has none (``""``) is left out.
    hypnogram : Hypnogram or None
        Without stages no train is a hypnagogic foot tremor; see `trains_not_scored`.
    criteria : TrainCriteria
        Every number.

    Returns
    -------
    Events
        Kinds ``"ALMA"``, ``"HFT"``, ``"HFLM"``, ``"RMD"``, ``"rhythmic_flag"``; the channel is
        the labels joined by ``+``. No train of one muscle is in two rows. Measures:
        ``n_bursts`` (of both legs where they take turns, else of the muscle with most),
        ``rate_hz`` (of the median interval), ``peak_uv`` (highest), ``burst_ms`` (median) and
        ``n_channels``.
    """
    known = _one_per_muscle(bursts, muscle_column(bursts, muscles))
    trains = list(_rhythms(known, criteria))
    rows = [
        _row(kind, train)
        for group in together(trains, criteria)
        for kind, train in _judged(group, hypnogram, criteria)
    ]
    return Events.concat(rows)


def trains_not_scored(
    muscles: Mapping[str, str], hypnogram: Hypnogram | None
) -> tuple[NotScored, ...]:
    """Say which trains cannot be told, and why.

    Parameters
    ----------
    muscles : mapping of str to str
        The muscle of each channel that can be searched; see `find_trains`.
    hypnogram : Hypnogram or None
        Sleep stages.
    """
    found = {muscle for muscle in muscles.values() if muscle}
    legs = {muscle for muscle in found if muscle.startswith("leg")}
    missing = []
    if not legs:
        reason = "no leg EMG can be used"
        missing += [NotScored(kind, reason) for kind in (ALMA, HFT, HFLM)]
    elif not {LEFT, RIGHT} <= legs:
        reason = "it needs an EMG of the left and one of the right leg"
        missing.append(NotScored(ALMA, reason))
    if legs and hypnogram is None:
        reason = "there are no sleep stages, and it is told by its stage: such trains are HFLM"
        missing.append(NotScored(HFT, reason))
    if len({muscle.partition(":")[0] for muscle in found} & set(REGIONS)) < 2:
        missing.append(NotScored(RMD, "it needs EMG of two regions: legs, arms, chin"))
    if len(found) < 2:
        missing.append(
            NotScored(f"sustained rhythmic activity ({FLAG})", "it needs EMG of two muscles")
        )
    return tuple(missing)


def _one_per_muscle(bursts: Events, names: Words) -> dict[str, Events]:
    """Return the bursts of each muscle: what two derivations of it show at once is one."""
    found = {}
    for name in np.unique(names[names != ""]):
        mine = bursts.where(names == name)
        reach = np.concatenate([[-np.inf], np.maximum.accumulate(mine.stop_s)[:-1]])
        found[str(name)] = mine.where(mine.start_s >= reach)
    return found


def _rhythms(known: Mapping[str, Events], criteria: TrainCriteria) -> Iterator[Train]:
    """Yield the rhythms: first of legs that take turns, then of each muscle on its own."""
    left = dict(known)
    if LEFT in known and RIGHT in known:
        legs = Events.concat([known[LEFT], known[RIGHT]])
        of_right = np.isin(legs.channel, np.unique(known[RIGHT].channel))
        taken = np.zeros(len(legs), np.bool_)
        for rows in find_rhythms(_onsets(legs, of_right), criteria):
            taken[rows] = True
            sides = {LEFT: rows[~of_right[rows]], RIGHT: rows[of_right[rows]]}
            parts = {muscle: _rows(legs, mine) for muscle, mine in sides.items()}
            yield _train(parts, legs.start_s[rows], criteria, alternating=True)
        left[LEFT], left[RIGHT] = legs.where(~taken & ~of_right), legs.where(~taken & of_right)
    for muscle, mine in left.items():
        for rows in find_rhythms(_onsets(mine), criteria):
            yield _train({muscle: _rows(mine, rows)}, mine.start_s[rows], criteria)


def _onsets(bursts: Events, of_right: Bools | None = None) -> Onsets:
    stretch_s = bursts.measures.get("stretch_s", np.zeros(len(bursts)))
    return Onsets(
        times_s=bursts.start_s.tolist(),
        sides=[0] * len(bursts) if of_right is None else of_right.astype(int).tolist(),
        stretches_s=stretch_s.tolist(),
        alternating=of_right is not None,
    )


def _rows(bursts: Events, rows: Ints) -> Events:
    chosen = np.zeros(len(bursts), np.bool_)
    chosen[rows] = True
    return bursts.where(chosen)


def _train(
    parts: Mapping[str, Events],
    onset_s: Floats,
    criteria: TrainCriteria,
    *,
    alternating: bool = False,
) -> Train:
    usual_s = usual_interval_s(onset_s, criteria, alternating=alternating)
    return Train(parts=parts, rate_hz=round(1 / usual_s, 3), alternating=alternating)


def _judged(
    group: Sequence[Train], hypnogram: Hypnogram | None, criteria: TrainCriteria
) -> Iterator[tuple[str, Train]]:
    """Yield what a group is: all of it together, or its legs alone."""
    whole = joined(group)
    if _is_rocking(whole, criteria):
        yield RMD, whole
        return
    legs = [train for train in group if train.regions == {"leg"}]
    if len(legs) < len(group) and _is_flagged(whole, criteria):
        yield FLAG, whole
    elif legs:
        train = joined(legs)
        kind = _leg_kind(train, hypnogram, criteria)
        if kind or _is_flagged(train, criteria):
            yield kind or FLAG, train


def _is_rocking(train: Train, criteria: TrainCriteria) -> bool:
    bursts = train.bursts
    ratio = np.median(bursts.measures["peak_uv"] / bursts.measures["baseline_uv"])
    return bool(
        len(train.regions) >= criteria.rmd_min_regions
        and criteria.rmd_min_hz <= train.rate_hz <= criteria.rmd_max_hz
        and ratio >= criteria.rmd_baseline_ratio
    )


def _is_flagged(train: Train, criteria: TrainCriteria) -> bool:
    lasts_s = float(to_microsecond(train.stop_s - train.start_s))
    enough = len(train.parts) >= criteria.flag_min_muscles
    enough &= criteria.min_rate_hz <= train.rate_hz <= criteria.max_rate_hz
    return enough and lasts_s > criteria.flag_longer_than_s


def _leg_kind(train: Train, hypnogram: Hypnogram | None, criteria: TrainCriteria) -> str:
    """Return what a rhythm of the legs alone is, "" where it is none of the kinds."""
    if _is_alternating(train, criteria):
        return ALMA
    if _is_tremor(train, criteria) and _is_drowsy(train, hypnogram):
        return HFT
    in_range = criteria.hflm_min_hz <= train.rate_hz <= criteria.hflm_max_hz
    return HFLM if in_range else ""


def _is_alternating(train: Train, criteria: TrainCriteria) -> bool:
    usual_s = float(np.median(train.bursts.duration_s))
    return bool(
        train.alternating
        and criteria.alma_min_hz <= train.rate_hz <= criteria.alma_max_hz
        and criteria.alma_min_burst_s <= usual_s <= criteria.alma_max_burst_s
    )


def _is_tremor(train: Train, criteria: TrainCriteria) -> bool:
    duration_s = train.bursts.duration_s
    fit = (duration_s >= criteria.hft_min_burst_s) & (duration_s <= criteria.hft_max_burst_s)
    usual_s = float(np.median(duration_s))
    return bool(
        not train.alternating
        and criteria.hft_min_hz <= train.rate_hz <= criteria.hft_max_hz
        and criteria.hft_min_burst_s <= usual_s <= criteria.hft_max_burst_s
        and fit.sum() >= criteria.min_bursts
        and to_microsecond(train.stop_s - train.start_s) >= criteria.hft_min_duration_s
    )


def _is_drowsy(train: Train, hypnogram: Hypnogram | None) -> bool:
    if hypnogram is None:
        return False
    return int(hypnogram.at(train.start_s)) in [int(stage) for stage in _HFT_STAGES]


def _row(kind: str, train: Train) -> Events:
    bursts = train.bursts
    labels = np.unique(bursts.channel)
    return Events.of(
        kind,
        [train.start_s],
        [train.stop_s],
        channel="+".join(labels),
        measures={
            "n_bursts": train.count,
            "rate_hz": train.rate_hz,
            "peak_uv": float(bursts.measures["peak_uv"].max()),
            "burst_ms": round(1000 * float(np.median(bursts.duration_s)), 3),
            "n_channels": labels.size,
        },
    )
