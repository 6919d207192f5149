"""How far the PLM index moves with its thresholds and with its series, as tables."""

from __future__ import annotations

from psgscore.model.score import Score
from psgscore.model.sensitivity import IndexSensitivity, Swing
from psgscore.model.sensitivity_criteria import SENSITIVITY
from psgscore.report.parts import Row, Section, Table, cells
from psgscore.report.texts import UNKNOWN, number

_WORDS = {
    "amplitude_gain": ("Amplitude of the EMG", "factor", 2),
    "onset_rise_uv": ("Rise at onset", "uV", 1),
    "offset_rise_uv": ("Rise at offset", "uV", 1),
    "resting_percentile": ("Resting level", "percentile", 0),
    "quiet_s": ("Quiet after the end", "s", 1),
    "min_duration_s": ("Shortest movement", "s", 1),
    "max_duration_s": ("Longest movement", "s", 1),
    "min_interval_s": ("Shortest interval", "s", 0),
    "max_interval_s": ("Longest interval", "s", 0),
    "bilateral_s": ("Joining the legs", "s", 1),
}
_EXPLAINED = (
    "Each threshold is moved to either side by what it may plausibly be off, all others as they "
    "are, and the night is found and scored again. How far they are moved is this program's own "
    "choice. The range of all of them adds the moves up as independent errors (root of the sum of "
    "squares). It says nothing of errors of the stages or of the electrodes."
)


def sensitivity_section(score: Score) -> Section | None:
    """Return how far the PLM indices move, None where it was not asked for.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    if not score.sensitivity:
        return None
    return Section(
        key="sensitivity",
        title="How certain is the index?",
        texts=(_EXPLAINED,),
        tables=(
            _ranges(score),
            *(_swings(score, one, place) for place, one in enumerate(score.sensitivity, 1)),
        ),
    )


def range_words(score: Score, rules: str, scope: str) -> str:
    """Return the range of an index with its thresholds moved, "" where it is not known."""
    for one in score.sensitivity:
        if (one.rules, one.scope) == (rules, scope):
            return f"{number(one.low)} to {number(one.high)} with thresholds moved"
    return ""


def _ranges(score: Score) -> Table:
    share = number(100.0 * SENSITIVITY.confidence, 0)
    return Table(
        key="certainty",
        title="Range of the index, per hour",
        heads=("Rules",),
        columns=("Index", "Thresholds moved", f"Other series ({share} %)"),
        rows=tuple(
            Row(
                label=_title(score, one),
                cells=cells(number(one.value), _span(one.low, one.high), _sampled(one)),
                note="per hour of sleep" if one.scope == "sleep" else "wake and sleep together",
            )
            for one in score.sensitivity
        ),
        notes=(
            "Other series: if the night had had other series like these (Poisson bootstrap over "
            f'the series, {share} % interval); "{UNKNOWN}" with fewer than '
            f"{SENSITIVITY.min_series} series.",
        ),
    )


def _swings(score: Score, one: IndexSensitivity, place: int) -> Table:
    return Table(
        key=f"swings-{place}",
        title=f"What moves it most: {_title(score, one)}",
        heads=("Threshold",),
        columns=("As used", "Lower", "Index", "Higher", "Index"),
        rows=tuple(_row(swing) for swing in one.swings),
    )


def _row(swing: Swing) -> Row:
    label, unit, digits = _WORDS[swing.threshold]
    settings = [
        f"{number(setting, digits)} {unit}"
        for setting in (swing.setting, swing.low_setting, swing.high_setting)
    ]
    used, low, high = settings
    return Row(
        label=label, cells=cells(used, low, number(swing.at_low), high, number(swing.at_high))
    )


def _title(score: Score, one: IndexSensitivity) -> str:
    return next(leg.criteria.title for leg in score.legs if leg.criteria.name == one.rules)


def _sampled(one: IndexSensitivity) -> str:
    if one.sampled_low is None or one.sampled_high is None:
        return UNKNOWN
    return _span(one.sampled_low, one.sampled_high)


def _span(low: float, high: float) -> str:
    return f"{number(low)} to {number(high)}"
