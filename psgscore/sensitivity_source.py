"""A night scored again with its thresholds moved: how far its PLM indices go with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from psgscore.leg_channels import LegResult, movement_kind
from psgscore.model.criteria import LegMovementCriteria
from psgscore.model.events import Events
from psgscore.model.score import Score
from psgscore.score.legs import Night
from psgscore.score.sensitivity import Detect, Detector, plm_sensitivity


def with_sensitivity(
    score: Score, night: Night, legs: Sequence[LegResult], detection: LegMovementCriteria
) -> Score:
    """Add to a score how far its PLM indices move with their thresholds.

    Parameters
    ----------
    score : Score
        As scored; without legs it is returned as it is.
    night : Night
        What the rules were given.
    legs : sequence of LegResult
        The legs whose movements were detected; empty where they were imported.
    detection : LegMovementCriteria
        What they were detected with.
    """
    if not score.legs:
        return score
    detector = Detector(criteria=detection, again=detect_again(legs)) if legs else None
    rules = [leg.criteria for leg in score.legs]
    return replace(score, sensitivity=plm_sensitivity(night, rules, detector))


def detect_again(legs: Sequence[LegResult]) -> Detect:
    """Return what finds the movements of the legs under other thresholds."""
    from psgscore.detect.emg import with_thresholds  # noqa: PLC0415 - start-up time
    from psgscore.detect.leg_movements import find_leg_movements  # noqa: PLC0415

    def again(criteria: LegMovementCriteria) -> Events:
        found = [
            find_leg_movements(with_thresholds(leg.emg, criteria), kind=movement_kind(leg.emg.role))
            for leg in legs
            if leg.emg is not None
        ]
        return Events.concat(found)

    return again
