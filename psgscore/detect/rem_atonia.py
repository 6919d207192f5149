"""REM sleep without atonia: muscle activity of the chin and the limbs in stage R.

Amplitude is the 0.1-s RMS envelope every detector of EMG uses. What activity is held
against, and what is left out, is in docs/rules/rem_atonia.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from psgscore.detect.emg import PreparedEmg
from psgscore.detect.rem_activity import RemActivity, atonia_index
from psgscore.detect.rem_epochs import RemGrid, at_least, bursts_of, phasic_bursts, share_of
from psgscore.model._arrays import Bools, Spans, Words, as_spans
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.rem import CutOff, RemAtonia, RemChannel, Share
from psgscore.model.rem_criteria import REM_ATONIA, RemAtoniaCriteria

WHAT = "REM sleep without atonia"
PHASIC, TONIC = "RSWA:phasic", "RSWA:tonic"
_ARMS = ("arm:left", "arm:right")


def measure_rem_atonia(
    emgs: Sequence[PreparedEmg],
    hypnogram: Hypnogram | None,
    *,
    left_out: Spans | None = None,
    criteria: RemAtoniaCriteria = REM_ATONIA,
) -> RemAtonia:
    """Measure the muscle activity in REM sleep.

    Parameters
    ----------
    emgs : sequence of PreparedEmg
        Roles ``"chin"``, ``"leg:..."`` and ``"arm:..."`` are used.
    hypnogram : Hypnogram or None
        Stages in 30-s epochs.
    left_out : ndarray, shape (n, 2), optional
        Stretches whose mini-epochs are not counted, such as arousals and apnoeas.
    criteria : RemAtoniaCriteria
        Ratios, durations, cut-offs and what background is.

    Returns
    -------
    RemAtonia
        Every channel on its own; `not_scored` says what could not be measured, and why.

    References
    ----------
    Frauscher et al. 2012, Sleep 35:835-847. Ferri et al. 2010, Sleep Med 11:947-949.
    """
    used = [emg for emg in emgs if emg.role.split(":")[0] in ("chin", "leg", "arm")]
    reason = _refused(used, hypnogram, criteria)
    if reason or hypnogram is None:
        return RemAtonia(
            events=Events.empty(),
            channels=(),
            atonia_index=None,
            cut_offs=(),
            not_scored=(NotScored(WHAT, reason),),
        )
    grid = RemGrid.of(hypnogram, as_spans([]) if left_out is None else left_out, criteria)
    every = [RemActivity.of(emg, grid, hypnogram) for emg in used]
    found = [one for one in every if one.known.any()]
    chins = [one for one in found if one.emg.role == "chin"]
    rows = [table for one in found for table in _rows(one, grid)]
    cut_offs, not_held = _cut_offs(found, grid)
    return RemAtonia(
        events=Events.concat(rows),
        channels=tuple(_counted(one, grid) for one in found),
        atonia_index=atonia_index(chins[0].emg, grid) if chins else None,
        cut_offs=cut_offs,
        not_scored=(*_missing(every, chins), *not_held),
    )


def _refused(
    emgs: Sequence[PreparedEmg], hypnogram: Hypnogram | None, criteria: RemAtoniaCriteria
) -> str:
    """Return why nothing can be measured at all."""
    if not emgs:
        return "no EMG of chin, leg or arm can be read"
    if hypnogram is None:
        return "no hypnogram: where REM sleep is, is not known"
    if not (hypnogram.stages == Stage.R).any():
        return "the hypnogram has no REM sleep"
    if hypnogram.epoch_s != criteria.epoch_s:
        return f"the epochs are {hypnogram.epoch_s:g} s long, the rule is of {criteria.epoch_s:g} s"
    return ""


def _missing(every: list[RemActivity], chins: list[RemActivity]) -> list[NotScored]:
    missing = [
        NotScored(f"{WHAT}, {one.emg.label}", "no REM sleep of it can be read")
        for one in every
        if not one.known.any()
    ]
    if not chins:
        what = "tonic activity in REM sleep and REM atonia index"
        return [*missing, NotScored(what, "no EMG of the chin can be read in REM sleep")]
    for chin in chins:
        if np.isnan(chin.nrem_minimum_uv):
            what = f"tonic activity by AASM, {chin.emg.label}"
            missing.append(NotScored(what, "no NREM sleep of it can be read to hold REM against"))
    return missing


def _seconds(one: RemActivity, grid: RemGrid) -> Bools:
    """Say which seconds are counted: readable, and not left out."""
    kept = np.repeat(~grid.left_out, round(grid.criteria.mini_epoch_s), axis=1)
    known: Bools = kept & ~np.isnan(one.level_uv)
    return known


def _tonic_sinbar(one: RemActivity, grid: RemGrid) -> tuple[Bools, Bools]:
    """Judge the epochs: half of the seconds over twice the background, or over 10 uV."""
    criteria = grid.criteria
    limit = np.minimum(criteria.sinbar_burst_ratio * one.background_uv, criteria.sinbar_tonic_uv)
    with np.errstate(invalid="ignore"):
        over = one.level_uv > limit[:, np.newaxis]
    least = int(np.ceil(criteria.sinbar_tonic_share * over.shape[1] - 1e-9))
    return at_least(over, _seconds(one, grid), least)


def _tonic_aasm(one: RemActivity, grid: RemGrid) -> tuple[Bools, Bools]:
    """Judge the epochs: more than half of the seconds over the minimum of NREM."""
    criteria = grid.criteria
    with np.errstate(invalid="ignore"):
        over = one.level_uv > criteria.nrem_margin * one.nrem_minimum_uv
    least = int(np.floor(criteria.aasm_tonic_share * over.shape[1] + 1e-9)) + 1
    return at_least(over, _seconds(one, grid), least)


def _any(one: RemActivity, grid: RemGrid) -> Bools:
    """Say which mini-epochs hold activity of any length, or lie in a tonic epoch."""
    held = grid.hold(bursts_of(one.active, grid.criteria.min_burst_s))
    held |= grid.hold(phasic_bursts(one.bursts, grid.criteria))
    if one.emg.role == "chin":
        held |= _tonic_sinbar(one, grid)[0][:, np.newaxis]
    return held


def _counted(one: RemActivity, grid: RemGrid) -> RemChannel:
    criteria = grid.criteria
    use = one.known & ~grid.left_out
    phasic = grid.hold(phasic_bursts(one.bursts, criteria))
    large = grid.hold(phasic_bursts(one.large_bursts, criteria))
    chin, asleep = one.emg.role == "chin", not np.isnan(one.nrem_minimum_uv)
    background = one.background_uv[~np.isnan(one.background_uv)]
    return RemChannel(
        label=one.emg.label,
        role=one.emg.role,
        background_uv=float(np.median(background)) if background.size else None,
        nrem_minimum_uv=one.nrem_minimum_uv if asleep else None,
        epochs=len(use),
        mini_epochs=int(use.sum()),
        unreadable=int(np.sum(~one.known)),
        left_out=int(np.sum(one.known & grid.left_out)),
        sinbar_phasic=share_of(phasic, use),
        sinbar_any=share_of(_any(one, grid), use),
        sinbar_tonic=share_of(*_tonic_sinbar(one, grid)) if chin else None,
        aasm_phasic=share_of(*at_least(large, use, criteria.aasm_mini_epochs)),
        aasm_tonic=share_of(*_tonic_aasm(one, grid)) if chin and asleep else None,
    )


def _cut_offs(
    found: list[RemActivity], grid: RemGrid
) -> tuple[tuple[CutOff, ...], tuple[NotScored, ...]]:
    """Hold the chin, and the chin with both arms, against their published cut-offs."""
    criteria = grid.criteria
    by_role = {one.emg.role: one for one in reversed(found)}
    whats = ("chin, any activity in REM sleep", "chin any or arms phasic in REM sleep")
    wanted = (("chin",), ("chin", *_ARMS))
    limits = (criteria.chin_any_percent, criteria.chin_arms_percent)
    cut_offs, missing = [], []
    for what, roles, limit in zip(whats, wanted, limits, strict=True):
        lacking = [role.replace(":", " ") for role in roles if role not in by_role]
        if lacking:
            reason = f"the cut-off of {limit:g} % needs {_words(roles)}; not recorded or not "
            missing.append(NotScored(f"{what}: cut-off", f"{reason}readable: {', '.join(lacking)}"))
            continue
        share = _union([by_role[role] for role in roles], grid)
        if share.of * criteria.mini_epoch_s < criteria.min_rem_s:
            reason = f"less than {criteria.min_rem_s / 60:g} min of REM sleep can be counted"
            missing.append(NotScored(f"{what}: cut-off", reason))
            continue
        source = "Frauscher et al. 2012, doi 10.5665/sleep.1886"
        cut_offs.append(CutOff(what=what, share=share, cut_off_percent=limit, source=source))
    return tuple(cut_offs), tuple(missing)


def _words(roles: Sequence[str]) -> str:
    if len(roles) == 1:
        return "the mentalis muscle of the chin"
    return "the chin and the flexor digitorum superficialis of both arms"


def _union(channels: list[RemActivity], grid: RemGrid) -> Share:
    """Return the mini-epochs with any activity of the chin or phasic activity of an arm."""
    use, held = ~grid.left_out, np.zeros(grid.left_out.shape, np.bool_)
    for one in channels:
        chin = one.emg.role == "chin"
        held |= _any(one, grid) if chin else grid.hold(phasic_bursts(one.bursts, grid.criteria))
        use = use & one.known
    return share_of(held, use)


def _rows(one: RemActivity, grid: RemGrid) -> list[Events]:
    """Return the events of a channel; `EXCLUDED_BY` says why some are not counted."""
    tables = [_phasic_rows(one, grid)]
    if one.emg.role == "chin":
        tables.append(_tonic_rows(one, grid))
    return tables


def _phasic_rows(one: RemActivity, grid: RemGrid) -> Events:
    criteria = grid.criteria
    spans = phasic_bursts(one.bursts, criteria)
    _, mini, parts = grid.in_mini_epochs(spans)
    order = np.lexsort((parts[:, 0], mini))
    mini, parts = mini[order], parts[order]
    first = np.flatnonzero(np.diff(mini, prepend=-1))
    last = np.append(first, mini.size)[1:]
    rows = mini[first]
    merged = np.column_stack([parts[first, 0], parts[last - 1, 1]])
    active = np.add.reduceat(parts[:, 1] - parts[:, 0], first) if first.size else np.zeros(0)
    peak, rest = one.peaks(merged)
    rest = np.maximum(rest, np.repeat(one.background_uv, grid.n_mini)[rows])
    large = grid.hold(phasic_bursts(one.large_bursts, criteria)).ravel()[rows]
    left_out, known = grid.left_out.ravel()[rows], one.known.ravel()[rows]
    return Events.of(
        PHASIC,
        merged[:, 0],
        merged[:, 1],
        channel=one.emg.label,
        measures={"active_s": active, "peak_uv": peak, "ratio": peak / rest, "aasm": large},
        texts={EXCLUDED_BY: _reasons(left_out, known)},
    )


def _tonic_rows(one: RemActivity, grid: RemGrid) -> Events:
    (sinbar, judged), (aasm, judged_aasm) = _tonic_sinbar(one, grid), _tonic_aasm(one, grid)
    rows = np.flatnonzero((sinbar & judged) | (aasm & judged_aasm))
    start = grid.epoch_start_s[rows]
    level = [float(np.nanmedian(one.level_uv[row])) for row in rows]
    return Events.of(
        TONIC,
        start,
        start + grid.criteria.epoch_s,
        channel=one.emg.label,
        measures={"level_uv": level, "sinbar": sinbar[rows], "aasm": aasm[rows]},
    )


def _reasons(left_out: Bools, known: Bools) -> Words:
    reasons: Words = np.where(left_out, "in a stretch that was left out", "")
    return np.where(known, reasons, "mini-epoch not wholly readable")
