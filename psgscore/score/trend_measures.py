"""The numbers of a night that are followed over several, each with why it may be missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from psgscore.model.criteria import Criteria
from psgscore.model.score import Score
from psgscore.score.differential_parts import why_not
from psgscore.score.jerk_context import CONTEXTS, OTHER

JERKS = "jerks"
_NO_STAGES = "there is no hypnogram"
_NO_LEGS = ("leg movements", "leg")
_TIERS = ("definite", "probable")
_SLEEP = (
    ("tst_min", "Total sleep time", "min"),
    ("sleep_efficiency_percent", "Sleep efficiency", "%"),
    ("sol_min", "Sleep onset latency", "min"),
    ("waso_min", "Wake after sleep onset", "min"),
    ("rem_latency_min", "REM latency", "min"),
    ("awakenings", "Awakenings", ""),
    ("arousal_index", "Arousal index", "/h"),
)
_INDICES = (
    ("plms", "plm", "sleep", "PLMS index"),
    ("plmw", "plm", "W", "PLMW index"),
    ("plms_arousal", "plm_arousal", "sleep", "PLMS-arousal index"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendMeasure:
    """One number that is followed.

    Parameters
    ----------
    key, title, unit : str
        For programs; for people; "" without a unit.
    movement : bool
        It counts movements: these are laid beside the notes.
    per_hour : bool
        It is an index.
    value : callable
        Takes it from a score; None where it cannot be known.
    reason : callable
        Says why a score has none.
    """

    key: str
    title: str
    unit: str
    movement: bool
    per_hour: bool
    value: Callable[[Score], float | None]
    reason: Callable[[Score], str]

    @property
    def name(self) -> str:
        """Its title with the unit."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    @property
    def digits(self) -> int:
        """Decimals of one night's number: none where it is a count."""
        return 1 if self.unit else 0

    @property
    def from_zero(self) -> bool:
        """Whether its axis begins at 0."""
        return self.movement or not self.unit


def trend_measures(scores: Sequence[Score]) -> tuple[TrendMeasure, ...]:
    """Return what is followed over these nights: movements under each rule set, then sleep.

    Periodic movements of wake are left out where a rule set counts in sleep only.
    """
    rules = {leg.criteria.name: leg.criteria for score in scores for leg in score.legs}
    return (*_indices(tuple(rules.values())), _jerk_measure(), *_sleep_measures())


def _indices(rules: Sequence[Criteria]) -> Iterator[TrendMeasure]:
    for criteria in rules:
        for key, rate, scope, title in _INDICES:
            if scope != "W" or criteria.eligible == "any_stage":
                yield TrendMeasure(
                    key=f"{criteria.name}-{key}",
                    title=f"{title}, {criteria.title}",
                    unit="/h",
                    movement=True,
                    per_hour=True,
                    value=_rate(rate, criteria.name, scope),
                    reason=_why_no_rate(criteria.name, key),
                )


def _rate(name: str, rules: str, scope: str) -> Callable[[Score], float | None]:
    def value(score: Score) -> float | None:
        found = score.rate(name, rules, scope)
        return None if found is None else found.per_hour

    return value


def _why_no_rate(rules: str, key: str) -> Callable[[Score], str]:
    def reason(score: Score) -> str:
        if not score.legs:
            return why_not(score, *_NO_LEGS)
        if all(leg.criteria.name != rules for leg in score.legs):
            return "this rule set was not used"
        if score.hypnogram is None:
            return _NO_STAGES
        if key.endswith("arousal") and all(leg.verdicts.arousal is None for leg in score.legs):
            return "no arousals were scored"
        state = "wake" if key == "plmw" else "sleep"
        return f"no {state} with a readable leg between lights off and on"

    return reason


def _jerk_measure() -> TrendMeasure:
    return TrendMeasure(
        key=JERKS,
        title="Hypnic jerks, definite and probable",
        unit="",
        movement=True,
        per_hour=False,
        value=_jerks,
        reason=_why_no_jerks,
    )


def _jerks(score: Score) -> float | None:
    """Return how many there are in the night; None where any of the places was not readable."""
    jerks = () if score.movements is None else score.movements.jerks
    counts = {(one.context, one.tier): one.count for one in jerks if one.onset < 0}
    with_windows = {one.context for one in jerks if one.onset >= 0}
    places = [one for one in CONTEXTS if one == OTHER or one in with_windows]
    found = [counts.get((place, tier)) for place in places for tier in _TIERS]
    known = [count for count in found if count is not None]
    return float(sum(known)) if jerks and len(known) == len(found) else None


def _why_no_jerks(score: Score) -> str:
    if score.movements is not None and score.movements.jerks:
        return "a sleep onset, or what follows it, cannot be read"
    return why_not(score, "hypnic jerks", "jerk")


def _sleep_measures() -> Iterator[TrendMeasure]:
    for name, title, unit in _SLEEP:
        yield TrendMeasure(
            key=name,
            title=title,
            unit=unit,
            movement=False,
            per_hour=unit == "/h",
            value=_sleep_value(name),
            reason=_why_no_sleep(name),
        )


def _sleep_value(name: str) -> Callable[[Score], float | None]:
    def value(score: Score) -> float | None:
        sleep = score.sleep
        if sleep is None or sleep.sleep_efficiency_percent is None:
            return None
        found = getattr(sleep, name)
        return None if found is None else float(found)

    return value


def _why_no_sleep(name: str) -> Callable[[Score], str]:
    def reason(score: Score) -> str:
        sleep = score.sleep
        if sleep is None:
            return _NO_STAGES
        if sleep.sleep_efficiency_percent is None:
            return "no epoch between lights off and on has a stage"
        if name == "arousal_index" and sleep.arousals is None:
            return "no arousals were scored"
        if not sleep.tst_min:
            return "there is no sleep between lights off and on"
        if name == "rem_latency_min" and not sleep.stage_min.get("R"):
            return "there is no stage R"
        return "it would cross time without a stage"

    return reason
