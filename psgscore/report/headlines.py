"""The four numbers at the top of a report, each with numerator and denominator."""

from __future__ import annotations

from psgscore.model.score import LegScore, Rate, Score
from psgscore.report.alerts import automatic_stages
from psgscore.report.leg_channels import one_leg_only
from psgscore.report.parts import Headline, Reading
from psgscore.report.rate_cells import no_hours, why_no_rate
from psgscore.report.sensitivity_section import range_words
from psgscore.report.texts import counted, hours, long_minutes, number

NOT_SCORED = "not scored"
AUTOMATIC = "automatic stages, unreviewed"
NO_EXCLUSION = "respiratory exclusion not possible"
_COUNTED = "respiratory-related movements counted"
_NO_HYPNOGRAM = "there is no hypnogram"
_INDICES = (
    ("PLMS index", "periodic leg movements per hour of sleep", "plm", "sleep"),
    ("PLMW index", "periodic leg movements per hour of wake in bed", "plm", "W"),
    ("PLMS-arousal index", "PLMS with an arousal, per hour of sleep", "plm_arousal", "sleep"),
)
_WORDS = {"sleep": "sleep", "W": "wake", "total": "recording"}


def headlines(score: Score) -> tuple[Headline, ...]:
    """Return the four numbers: three leg movement indices and sleep efficiency.

    Parameters
    ----------
    score : Score
        A scored night.

    Returns
    -------
    tuple of Headline
        One reading per rule set; what is not known says why.
    """
    found = [
        Headline(name, definition, _readings(score, rate, scope))
        for name, definition, rate, scope in _INDICES
    ]
    definition = "sleep over the scored time from lights off to on"
    return (*found, Headline("Sleep efficiency", definition, (_efficiency(score),)))


def leg_reason(score: Score) -> str:
    """Return why no leg was scored."""
    reasons = [
        missing.reason for missing in score.not_scored if "leg movement" in missing.what.lower()
    ] or [missing.reason for missing in score.not_scored if "leg" in missing.what.lower()]
    return "; ".join(dict.fromkeys(reasons)) or "no leg channel could be scored"


def _readings(score: Score, name: str, scope: str) -> tuple[Reading, ...]:
    if not score.legs:
        return (_unknown("", leg_reason(score)),)
    readings = [_reading(score, leg, name, scope) for leg in score.legs]
    if score.hypnogram is None and (name, scope) == ("plm", "sleep"):
        readings = [_unknown("", _NO_HYPNOGRAM)]
        readings += [_reading(score, leg, "plm", "total") for leg in score.legs]
    elif score.hypnogram is None:
        readings = [_unknown("", _NO_HYPNOGRAM)]
    return tuple(readings)


def _reading(score: Score, leg: LegScore, name: str, scope: str) -> Reading:
    rules = leg.criteria.title
    rate = score.rate(name, leg.criteria.name, scope)
    if rate is None:
        return _unknown(rules, why_no_rate(score, leg, name, scope))
    if rate.per_hour is None:
        return _unknown(rules, no_hours(scope))
    caveats = _caveats(score, leg, name, scope)
    if scope == "total":
        caveats = ("wake and sleep together: not a PLMS index", *caveats)
    return Reading(
        rules=rules,
        value=f"{number(rate.per_hour)} /h",
        basis=f"{counted(rate.count, 'movement')} in {hours(rate.hours)} of {_WORDS[scope]}",
        caveats=caveats,
    )


def _caveats(score: Score, leg: LegScore, name: str, scope: str) -> tuple[str, ...]:
    found = []
    if leg.verdicts.respiratory is None:
        found.append(NO_EXCLUSION)
    elif leg.criteria.respiratory == "excluded":
        found.append("respiratory-related movements left out")
    elif (name, scope) == ("plm", "sleep"):
        without = score.rate("plm_without_respiratory", leg.criteria.name, scope)
        found.append(f"{_COUNTED}{_without(without)}")
    else:
        found.append(_COUNTED)
    one = one_leg_only(score)
    if one:
        found.append(one)
    moved = range_words(score, leg.criteria.name, scope) if name == "plm" else ""
    found += [moved] if moved else []
    found += _doubts(score, name, leg.criteria.name, scope)
    return tuple(found)


def _doubts(score: Score, name: str, rules: str, scope: str) -> list[str]:
    """Say that a number rests on automatic stages, and how far their doubts reach."""
    if not automatic_stages(score) or (scope == "total" and rules):
        return []
    found = score.range_of(name, rules, scope)
    if found is None or found.low is None or found.high is None:
        return [AUTOMATIC]
    return [AUTOMATIC, f"{number(found.low)} to {number(found.high)} with doubtful epochs moved"]


def _without(rate: Rate | None) -> str:
    """Say what the PLMS index is without respiratory-related movements."""
    if rate is None or rate.per_hour is None:
        return ""
    return f"; {number(rate.per_hour)} /h without them"


def _efficiency(score: Score) -> Reading:
    sleep = score.sleep
    if sleep is None:
        return _unknown("", _NO_HYPNOGRAM)
    if sleep.sleep_efficiency_percent is None:
        return _unknown("", "no epoch between lights off and on has a stage")
    scored_min = sleep.trt_min - sleep.unscored_min
    caveats = tuple(_doubts(score, "sleep_efficiency_percent", "", "total"))
    return Reading(
        rules="",
        value=f"{number(sleep.sleep_efficiency_percent)} %",
        basis=f"{long_minutes(sleep.tst_min)} of sleep in {long_minutes(scored_min)} scored",
        caveats=caveats,
    )


def _unknown(rules: str, reason: str) -> Reading:
    return Reading(rules=rules, value=NOT_SCORED, basis=f"because {reason}", known=False)
