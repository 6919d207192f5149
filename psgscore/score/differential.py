"""Which movement is it: the events of a night beside the published patterns, no verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from psgscore.model.differential import Differential, Feature, Pattern
from psgscore.model.hypnogram import Stage
from psgscore.model.movement_criteria import MOVEMENTS, MovementCriteria
from psgscore.model.score import Score
from psgscore.score.differential_legs import plm_pattern, rls_pattern
from psgscore.score.differential_parts import (
    NO_STAGES,
    all_unknown,
    counted_in,
    held,
    lasting,
    none_found,
    plural,
    share,
    stage_shares,
    stated,
    unknown,
    why_not,
)
from psgscore.score.differential_short import fragmentary_pattern, jerk_pattern
from psgscore.score.kind_summary import FLAG_WORDS

_FLAG = {
    "burst": "seconds to minutes, rhythmic or tonic",
    "recurrence": "clusters of alike events",
    "when": "mostly N1/N2",
    "muscles": "stereotyped, whole body",
    "software says": "flag only",
}


def differential(score: Score) -> Differential:
    """Hold a night's events against the published pattern of each movement.

    Parameters
    ----------
    score : Score
        A scored night. Only events that nothing else explains are looked at, and only
        what was scored: what was not says why.

    Returns
    -------
    Differential
        Five patterns of five features each.
    """
    criteria = MOVEMENTS if score.movements is None else score.movements.criteria
    return Differential(
        patterns=(
            jerk_pattern(score, criteria),
            plm_pattern(score, criteria),
            fragmentary_pattern(score, criteria),
            flag_pattern(score, criteria),
            rls_pattern(score, criteria),
        ),
        remarks=(_propriospinal(score),),
    )


def with_differential(score: Score) -> Score:
    """Return the score with its table, where other movements were looked for."""
    if score.movements is None:
        return score
    found = replace(score.movements, differential=differential(score))
    return replace(score, movements=found)


def flag_pattern(score: Score, criteria: MovementCriteria) -> Pattern:
    """Return what is known of the stretches flagged as a possible seizure."""
    flags = counted_in(score, "rhythmic_flag")
    key, title = "seizure_flag", "Flag: possible nocturnal seizure"
    if not len(flags) and not any(one.name == "rhythmic_flag" for one in score.rates):
        reason = why_not(score, *FLAG_WORDS)
        return Pattern(key=key, title=title, count=None, features=all_unknown(_FLAG, reason))
    if not len(flags):
        return Pattern(key=key, title=title, count=0, features=none_found(_FLAG))
    words, numbers = lasting(flags.duration_s)
    total_s = float(flags.duration_s.sum())
    said = f"{plural(len(flags), 'flag')}, {total_s:.0f} s in all"
    gaps_s = np.diff(flags.start_s)
    apart = f"onsets {gaps_s.min():.0f} to {gaps_s.max():.0f} s apart" if gaps_s.size else None
    alike = "whether events are alike is seen in the EEG and the video, not in their times"
    labels = {label for joined in flags.channel for label in str(joined).split("+") if label}
    body = "stereotypy and the whole body are seen in a video, not in these channels"
    features = (
        held("burst", _FLAG["burst"], words, float(flags.duration_s.min()) >= 1.0, numbers),
        unknown("recurrence", _FLAG["recurrence"], alike, value=apart),
        _flag_stages(score, criteria),
        unknown("muscles", _FLAG["muscles"], body, value=", ".join(sorted(labels)) or None),
        stated(_FLAG["software says"], said, {"flags": float(len(flags)), "total_s": total_s}),
    )
    return Pattern(key=key, title=title, count=len(flags), features=features)


def _flag_stages(score: Score, criteria: MovementCriteria) -> Feature:
    flags = counted_in(score, "rhythmic_flag")
    shares = stage_shares(flags, score.hypnogram)
    if shares is None or score.hypnogram is None:
        return unknown("when", _FLAG["when"], NO_STAGES)
    light = np.isin(score.hypnogram.at(flags.start_s), (Stage.N1, Stage.N2))
    return held(
        "when",
        _FLAG["when"],
        shares[0],
        share(light) >= criteria.differential.most_share,
        shares[1],
    )


def _propriospinal(score: Score) -> str:
    muscles = () if score.movements is None else tuple(score.movements.muscles)
    looked = f"looked at here: {', '.join(muscles)}" if muscles else "none was looked at here"
    return (
        "Propriospinal myoclonus at sleep onset: cannot be excluded. It is told by the order in "
        f"which several muscles of the trunk are recruited; {looked}."
    )
