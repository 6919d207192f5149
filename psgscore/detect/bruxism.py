"""Bruxism in sleep: bursts of the chin EMG over the tone around them.

Amplitude is the 0.1-s RMS envelope every detector of EMG uses. What the background is, what
an arousal does, and why stage R is left out is in docs/rules/bruxism.md.
"""

from __future__ import annotations

import numpy as np

from psgscore.detect.chin_bursts import ChinBursts, chin_bursts, sequences_of
from psgscore.detect.emg import EmgStretch, PreparedEmg
from psgscore.intervals import clip, counts_touching, total_s
from psgscore.model._arrays import Bools, Ints, Spans, Words, to_microsecond
from psgscore.model.chin_criteria import BRUXISM, BruxismCriteria
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import NREM, Hypnogram, Stage

WHAT = "bruxism"
PHASIC, TONIC = "bruxism:phasic", "bruxism:tonic"
AROUSAL, AWAKENING = "arousal", "awakening"
MAYBE_AROUSAL = "may be an arousal: none were scored"
MAYBE_MOVEMENT = "may be a movement or an arousal: none were scored"


def bruxism_not_scored(
    chin: PreparedEmg | None,
    hypnogram: Hypnogram | None,
    arousals: Events | None,
    criteria: BruxismCriteria = BRUXISM,
) -> tuple[NotScored, ...]:
    """Say what of bruxism cannot be scored, and why; () where all of it can.

    Parameters
    ----------
    chin : PreparedEmg or None
        None without a chin EMG that has passed the gate.
    hypnogram : Hypnogram or None
        None without stages.
    arousals : Events or None
        None where none were scored; an empty table where there were none.
    criteria : BruxismCriteria
        Uses `sure_ratio`.
    """
    reason = _refused(chin, hypnogram)
    if reason:
        return (NotScored(WHAT, reason),)
    if arousals is None:
        what = f"{WHAT} of less than {criteria.sure_ratio:g} times the background, and all tonic"
        reason = "no arousals were scored: they, and moving in bed, raise the chin's tone as much"
        return (NotScored(what, reason),)
    return ()


def _refused(chin: PreparedEmg | None, hypnogram: Hypnogram | None) -> str:
    """Return why nothing can be scored at all."""
    if chin is None:
        return "no EMG of the chin can be read"
    if not chin.stretches:
        return f"no stretch of {chin.label} can be read"
    if hypnogram is None:
        return "no hypnogram: chewing and speech in wake look the same"
    if not np.isin(hypnogram.stages, NREM).any():
        return "the hypnogram has no NREM sleep"
    return ""


def find_bruxism(
    chin: PreparedEmg,
    hypnogram: Hypnogram | None,
    arousals: Events | None = None,
    criteria: BruxismCriteria = BRUXISM,
) -> Events:
    """Find episodes of bruxism in NREM sleep.

    Parameters
    ----------
    chin : PreparedEmg
        Chin or masseter EMG. Where `bruxism_not_scored` refuses it there are no rows: ask
        it first.
    hypnogram : Hypnogram or None
        An episode belongs to the stage of its onset, if at least half of it is NREM sleep.
    arousals : Events, optional
        Every row is taken for an arousal. None where none were scored.
    criteria : BruxismCriteria
        Ratios and durations.

    Returns
    -------
    Events
        Kinds ``"bruxism:phasic"`` and ``"bruxism:tonic"``, from the first burst of an
        episode to the end of the last. Measures: ``n_bursts`` (phasic and tonic),
        ``longest_ms`` (of them), ``ratio`` (median envelope of the middle one, and of two
        the larger, over the background), ``peak_ratio`` (highest envelope over it) and
        ``background_uv``. `EXCLUDED_BY` says where an arousal or waking up explains the
        rise.

    Notes
    -----
    Never across a gap or an unreadable stretch. A mixed episode is phasic where it has
    enough phasic bursts, else tonic.
    """
    if _refused(chin, hypnogram) or hypnogram is None:
        return Events.empty()
    found = Events.concat(
        [_in_stretch(one, chin.label, hypnogram, criteria) for one in chin.stretches]
    )
    found = found.where(_in_sleep(found, hypnogram))
    return found.with_text(EXCLUDED_BY, _reasons(found, hypnogram, arousals, criteria))


def episodes_of(spans: Spans, criteria: BruxismCriteria = BRUXISM) -> tuple[Ints, list[str]]:
    """Put bursts together to episodes.

    Parameters
    ----------
    spans : ndarray, shape (n, 2)
        Bursts in time order, disjoint, each at least `min_ratio` over its background.
    criteria : BruxismCriteria
        Durations and counts.

    Returns
    -------
    rows : ndarray of int, shape (m, 2)
        The bursts of each episode, half-open.
    kinds : list of str
        ``"bruxism:phasic"`` or ``"bruxism:tonic"`` of each.
    """
    rows = sequences_of(spans, criteria)
    tonic = to_microsecond(spans[:, 1] - spans[:, 0]) > criteria.max_phasic_s
    kept, kinds = [], []
    for first, last in rows:
        n_tonic = int(np.sum(tonic[first:last]))
        if last - first - n_tonic >= criteria.min_phasic_bursts:
            kinds.append(PHASIC)
        elif n_tonic:
            kinds.append(TONIC)
        else:
            continue
        kept.append((first, last))
    return np.array(kept, np.int64).reshape(-1, 2), kinds


def _in_stretch(
    stretch: EmgStretch, label: str, hypnogram: Hypnogram, criteria: BruxismCriteria
) -> Events:
    bursts = chin_bursts(stretch, hypnogram, criteria)
    rows, kinds = episodes_of(bursts.spans, criteria)
    length = bursts.spans[:, 1] - bursts.spans[:, 0]
    parts = [slice(first, last) for first, last in rows]
    return Events.of(
        kinds or "",
        bursts.spans[rows[:, 0], 0],
        bursts.spans[rows[:, 1] - 1, 1],
        channel=label,
        measures={
            "n_bursts": rows[:, 1] - rows[:, 0],
            "longest_ms": [round(1000 * length[part].max(), 3) for part in parts],
            "ratio": [_middle(bursts, part) for part in parts],
            "peak_ratio": [
                float(np.max((bursts.peak_uv / bursts.background_uv)[part])) for part in parts
            ],
            "background_uv": [float(bursts.background_uv[part].max()) for part in parts],
        },
    )


def _middle(bursts: ChinBursts, part: slice) -> float:
    """Return the ratio of the middle burst of an episode, of two the larger."""
    ratio = np.sort(bursts.ratio[part])
    return float(ratio[ratio.size // 2])


def _in_sleep(found: Events, hypnogram: Hypnogram) -> Bools:
    """Say which episodes begin in NREM sleep and have at least half of their length in it."""
    asleep = hypnogram.spans(*NREM)
    share = [total_s(clip(asleep, *span)) / (span[1] - span[0]) for span in found.spans]
    begun: Bools = np.isin(hypnogram.at(found.start_s), NREM)
    return begun & (np.array(share, np.float64) >= 0.5)


def _reasons(
    found: Events, hypnogram: Hypnogram, arousals: Events | None, criteria: BruxismCriteria
) -> Words:
    """Say which rises are no more than what an arousal or waking up does to the tone."""
    reasons = np.full(len(found), "", dtype=object)
    mere = found.measures.get("ratio", np.zeros(0)) < criteria.sure_ratio
    wide = found.spans + np.array([-criteria.arousal_gap_s, criteria.arousal_gap_s])
    if arousals is None:
        reasons[mere] = MAYBE_AROUSAL
        reasons[found.kind == TONIC] = MAYBE_MOVEMENT
    else:
        reasons[mere & (counts_touching(wide, arousals.spans, closed=False) > 0)] = AROUSAL
    awake = hypnogram.spans(Stage.W)
    reasons[mere & (counts_touching(wide, awake, closed=False) > 0)] = AWAKENING
    words: Words = reasons.astype(np.str_)
    return words
