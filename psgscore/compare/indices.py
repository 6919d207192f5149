"""The numbers of a report that two scorings of a night can differ in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from psgscore.model.criteria import SIDE_BY_SIDE
from psgscore.model.score import Score
from psgscore.model.scoring import Scoring
from psgscore.score.night import Context, score_events

_RATES = (
    ("lm", "sleep", "leg movements per hour of sleep"),
    ("plm", "sleep", "PLMS index"),
    ("plm", "W", "PLMW index"),
    ("plm_arousal", "sleep", "PLMS with arousal per hour of sleep"),
)
_SLEEP = (
    ("tst_min", "total sleep time", "min"),
    ("sol_min", "sleep onset latency", "min"),
    ("waso_min", "wake after sleep onset", "min"),
    ("sleep_efficiency_percent", "sleep efficiency", "%"),
    ("arousal_index", "arousal index", "/h"),
)
_STAGES = ("N1", "N2", "N3", "R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A number of a night; `title` and `unit` are for people."""

    name: str
    title: str
    unit: str


def _all() -> dict[str, Index]:
    found = [
        Index(name=f"{name}_{scope}_{rule.name}", title=f"{title} ({rule.name})", unit="/h")
        for name, scope, title in _RATES
        for rule in SIDE_BY_SIDE
    ]
    found += [Index(name=name, title=title, unit=unit) for name, title, unit in _SLEEP]
    found += [Index(name=f"min_{one}", title=f"minutes of {one}", unit="min") for one in _STAGES]
    return {one.name: one for one in found}


INDICES: Mapping[str, Index] = _all()
OF_LEGS = frozenset(
    f"{name}_{scope}_{rule.name}" for name, scope, _ in _RATES for rule in SIDE_BY_SIDE
)
"""Those that count leg movements."""


def indices_of(scoring: Scoring, duration_s: float | None) -> dict[str, float | None]:
    """Return the indices of a scoring by the same rules, whoever made it.

    Parameters
    ----------
    scoring : Scoring
        Events and stages; every scoring is counted with its own stages.
    duration_s : float or None
        Length of the recording; None takes the end of what was scored.
    """
    if "LM" not in scoring.covers and scoring.hypnogram is None:
        return dict.fromkeys(INDICES)
    context = Context(duration_s=duration_s, covers=scoring.covers)
    score = score_events(scoring.events, scoring.hypnogram, rules=SIDE_BY_SIDE, context=context)
    return indices_of_score(score)


def indices_of_score(score: Score) -> dict[str, float | None]:
    """Return the indices that a score holds; None where it cannot say."""
    found: dict[str, float | None] = {}
    for name, scope, _ in _RATES:
        for rule in SIDE_BY_SIDE:
            rate = score.rate(name, rule.name, scope)
            found[f"{name}_{scope}_{rule.name}"] = None if rate is None else rate.per_hour
    sleep = score.sleep
    for name, _, _ in _SLEEP:
        found[name] = None if sleep is None else getattr(sleep, name)
    for stage in _STAGES:
        found[f"min_{stage}"] = None if sleep is None else sleep.stage_min.get(stage)
    return found
