"""What the features of every movement are made of: words for numbers, and how they are held."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from psgscore.model._arrays import Bools, Floats
from psgscore.model.differential import Feature, Fit
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.score import Score

_STAGES = (Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R, Stage.UNSCORED)
_NONE = "looked for, none found"
NOT_LOOKED = "it was not looked for in this recording"
NO_STAGES = "there are no sleep stages"


def why_not(score: Score, *words: str) -> str:
    """Return why something was not scored: the first reason given for any of some words."""
    for word in words:
        for one in score.not_scored:
            if re.search(rf"\b{re.escape(word)}", one.what, re.IGNORECASE):
                return one.reason
    return NOT_LOOKED


def held(
    name: str, criterion: str, value: str, inside: bool, numbers: Mapping[str, float | None]
) -> Feature:
    """Return a feature that was held against its pattern."""
    fit: Fit = "fits" if inside else "does not fit"
    return Feature(name=name, criterion=criterion, value=value, fit=fit, numbers=numbers)


def stated(criterion: str, value: str, numbers: Mapping[str, float | None]) -> Feature:
    """Return what the software says: a value that is held against nothing."""
    return Feature(
        name="software says", criterion=criterion, value=value, fit="stated", numbers=numbers
    )


def unknown(
    name: str,
    criterion: str,
    reason: str,
    *,
    value: str | None = None,
    numbers: Mapping[str, float | None] | None = None,
) -> Feature:
    """Return a feature that cannot be known, with what is known of it all the same."""
    return Feature(
        name=name,
        criterion=criterion,
        value=value,
        fit="cannot be known",
        numbers=numbers or {},
        reason=reason,
    )


def all_unknown(criteria: Mapping[str, str], reason: str) -> tuple[Feature, ...]:
    """Return the features of a movement that was not looked for."""
    return tuple(unknown(name, text, reason) for name, text in criteria.items())


def none_found(criteria: Mapping[str, str], *, except_for: str = "") -> tuple[Feature, ...]:
    """Return the features of a movement that was looked for and does not occur."""
    return tuple(
        Feature(name=name, criterion=text, value=None, fit="none found", reason=_NONE)
        for name, text in criteria.items()
        if name != except_for
    )


def lasting(durations_s: Floats) -> tuple[str, dict[str, float | None]]:
    """Return median and range of some durations, in ms where they are short."""
    low, middle, high = (float(f(durations_s)) for f in (np.min, np.median, np.max))
    unit, per_s, digits = ("ms", 1000.0, 0) if high < 1 else ("s", 1.0, 1)
    shown = [f"{one * per_s:.{digits}f}" for one in (middle, low, high)]
    words = f"median {shown[0]} {unit}, range {shown[1]} to {shown[2]} {unit} (n = "
    words += f"{durations_s.size})"
    return words, {"median_s": middle, "shortest_s": low, "longest_s": high}


def stage_shares(
    events: Events, hypnogram: Hypnogram | None
) -> tuple[str, dict[str, float | None]] | None:
    """Return in which stages events begin, in percent; None without stages."""
    if hypnogram is None or not len(events):
        return None
    stages = hypnogram.at(events.start_s)
    percent = {stage: 100.0 * float(np.mean(stages == stage)) for stage in _STAGES}
    shown = [
        f"{'no stage' if stage is Stage.UNSCORED else stage.name} {value:.0f} %"
        for stage, value in percent.items()
        if value > 0 or stage is not Stage.UNSCORED
    ]
    return ", ".join(shown), {
        f"{'unscored' if stage is Stage.UNSCORED else stage.name}_percent": value
        for stage, value in percent.items()
    }


def share(mask: Bools) -> float:
    """Return the share of true values of some, at least one."""
    return float(np.mean(mask))


def counted_in(score: Score, kind: str) -> Events:
    """Return the events of a kind that nothing excludes."""
    return score.events.of_kind(kind).counted()


def plural(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
