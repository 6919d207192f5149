"""The numbers that are shown while editing: before the review, before the edit, and now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from psgscore.model.score import Score

_RATES = (
    ("plm", "sleep", "PLMS index"),
    ("plm", "W", "PLMW index"),
    ("plm_arousal", "sleep", "PLMS-arousal index"),
    ("lm", "sleep", "Leg movements in sleep"),
    ("clm", "sleep", "Candidates in sleep"),
)
_WITHOUT_STAGES = (("plm", "total", "PLM index, recording"), ("lm", "total", "Leg movements"))
_SLEEP = (
    ("tst_min", "Total sleep time", "min"),
    ("sleep_efficiency_percent", "Sleep efficiency", "%"),
    ("unscored_min", "Unscored time", "min"),
    ("sol_min", "Sleep onset latency", "min"),
    ("rem_latency_min", "REM latency", "min"),
    ("waso_min", "Wake after sleep onset", "min"),
    ("arousal_index", "Arousal index", "/h"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One number; `value` is None where it cannot be known."""

    key: str
    label: str
    rules: str
    unit: str
    value: float | None
    count: int | None = None
    hours: float | None = None


def indices_of(score: Score) -> tuple[Index, ...]:
    """Return the numbers of a score that a review shows."""
    return (*_rates(score), *_measures(score))


def _rates(score: Score) -> Iterator[Index]:
    for rules in score.provenance.rules:
        for name, scope, label in _RATES if score.hypnogram is not None else _WITHOUT_STAGES:
            rate = score.rate(name, rules.name, scope)
            if scope == "W" and rules.eligible != "any_stage":
                continue
            yield Index(
                key=f"{name}/{rules.name}/{scope}",
                label=label,
                rules=rules.title,
                unit="/h",
                value=None if rate is None else rate.per_hour,
                count=None if rate is None else rate.count,
                hours=None if rate is None else rate.hours,
            )


def _measures(score: Score) -> Iterator[Index]:
    for name, label, unit in _SLEEP:
        value = getattr(score.sleep, name, None)
        yield Index(key=f"sleep/{name}", label=label, rules="", unit=unit, value=value)
