"""The columns of the summary on leg movements under one rule set, the same for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from psgscore.model.score import Rate, Score
from psgscore.score.summary_column import Cell, SummaryColumn, cell, rate_columns

_PLM, _CLM = "Periodic leg movements", "Candidate leg movements (WASM: CLM; AASM: LM)"
_STAGES = ("N1", "N2", "N3", "NREM", "R")
_BY_LEG = (
    ("left", "of the left leg"),
    ("right", "of the right leg"),
    ("bilateral", "of both legs"),
)

RATES: tuple[tuple[str, str, str, str], ...] = (
    ("plms", "plm", "sleep", f"{_PLM} of sleep (PLMS index)"),
    ("plmw", "plm", "W", f"{_PLM} of wake (PLMW index)"),
    (
        "plms_arousal",
        "plm_arousal",
        "sleep",
        f"{_PLM} of sleep with an arousal (PLMS-arousal index)",
    ),
    ("plm_total", "plm", "total", f"{_PLM}, all scored time; all time without stages"),
    *((f"plms_{stage.lower()}", "plm", stage, f"{_PLM} in {stage}") for stage in _STAGES),
    *(
        (
            f"plm_third_{k}",
            "plm",
            f"third {k}",
            f"{_PLM} in third {k} of the night, of sleep; of all time without stages",
        )
        for k in (1, 2, 3)
    ),
    *(
        (f"plm_{side}_{scope}", f"plm_{side}", scope, f"{_PLM} {words}, {scope}")
        for side, words in _BY_LEG
        for scope in ("sleep", "total")
    ),
    ("plmw_arousal", "plm_arousal", "W", f"{_PLM} of wake with an arousal"),
    ("plms_respiratory", "plm_respiratory", "sleep", f"{_PLM} of sleep, respiratory-related"),
    (
        "plms_without_respiratory",
        "plm_without_respiratory",
        "sleep",
        f"{_PLM} of sleep in series built without respiratory-related movements",
    ),
    (
        "plms_automatic_arousal",
        "plm_automatic_arousal",
        "sleep",
        f"{_PLM} of sleep with an automatic arousal",
    ),
    *(
        (f"lm_{words}", "lm", scope, f"Leg movements, legs joined, {words}")
        for scope, words in (("sleep", "sleep"), ("W", "wake"), ("total", "total"))
    ),
    ("lm_arousal_sleep", "lm_arousal", "sleep", "Leg movements with an arousal, sleep"),
    *(
        (f"clm_{words}", "clm", scope, f"{_CLM}, {words}")
        for scope, words in (("sleep", "sleep"), ("W", "wake"), ("total", "total"))
    ),
    *(
        (f"clm_{side}_{scope}", f"clm_{side}", scope, f"{_CLM} {words}, {scope}")
        for side, words in _BY_LEG
        for scope in ("sleep", "total")
    ),
    (
        "isolated_clm_sleep",
        "isolated_clm",
        "sleep",
        "Candidates in no series that do not follow another too soon, sleep",
    ),
    (
        "short_interval_clm_sleep",
        "short_interval_clm",
        "sleep",
        "Candidates in no series that follow another too soon, sleep",
    ),
)
"""Beginning of the column names, rate, scope, and what is counted."""

_WHERE = (("sleep", "sleep"), ("W", "wake"), ("total", "total"))
_SPREADS = (
    ("imi_count", "Intervals between candidates"),
    ("imi_median_s", "Median interval between candidates"),
    ("imi_geometric_mean_s", "Geometric mean of the intervals"),
    ("imi_sd_ln", "SD of the natural logarithm of the intervals"),
    ("pi_interval", "Periodicity index: share of intervals in runs within the limits, 0 to 1"),
    ("pi_count", "Members of a series over candidates, 0 to 1"),
    ("series_count", "Series with members there"),
    ("series_longest", "Most members of a series there"),
    ("series_mean_movements", "Mean number of members of a series there"),
    ("clm_duration_mean_s", "Mean duration of candidates"),
    ("clm_duration_median_s", "Median duration of candidates"),
    ("clm_duration_sd_s", "SD of the duration of candidates"),
    ("plm_duration_mean_s", "Mean duration of members of a series"),
    ("plm_duration_median_s", "Median duration of members of a series"),
    ("plm_duration_sd_s", "SD of the duration of members of a series"),
)
STATISTICS = tuple(
    (f"{words}_{name}", name, scope, f"{what}, {words}")
    for scope, words in _WHERE
    for name, what in _SPREADS
)
"""End of the column name, statistic, scope, and what it is."""
DOUBTED = ("plms", "plmw", "plms_arousal")
"""Indices that have a range where they rest on automatic stages."""


def prefix(rules: str, *, own: bool = False) -> str:
    """Return how the columns of a rule set begin; a rule set of the user's never as a shipped one.

    Examples
    --------
    >>> prefix("wasm-2016"), prefix("wasm_2016", own=True)
    ('wasm_2016', 'own_wasm_2016')
    """
    return f"own_{rules}" if own else rules.replace("-", "_")


def leg_columns(rules: str, *, own: bool = False) -> Iterator[SummaryColumn]:
    """Yield every column of a rule set; all are empty in a score without it."""
    start = prefix(rules, own=own)
    for stem, name, scope, what in RATES:
        source = f"rates: {name}, {rules}, {scope}"
        yield from rate_columns(f"{start}_{stem}", what, source, _rate(name, rules, scope))
        if stem in DOUBTED:
            yield from _range(f"{start}_{stem}", what, (name, rules, scope))
    for name, statistic, scope, what in STATISTICS:
        yield SummaryColumn(
            name=f"{start}_{name}",
            description=f"{what}.",
            source=f"statistics: {statistic}, {rules}, {scope}",
            value=_statistic(statistic, rules, scope),
        )


def _rate(name: str, rules: str, scope: str) -> Callable[[Score], Rate | None]:
    return lambda score: score.rate(name, rules, scope)


def _statistic(name: str, rules: str, scope: str) -> Callable[[Score], Cell]:
    def value(score: Score) -> Cell:
        found = score.statistic(name, rules, scope)
        return None if found is None else cell(found.value)

    return value


def _range(stem: str, what: str, key: tuple[str, str, str]) -> Iterator[SummaryColumn]:
    for end, word in (("low", "smallest"), ("high", "largest")):
        yield SummaryColumn(
            name=f"{stem}_per_hour_{end}",
            description=f"{what}: {word} value with epochs in doubt moved; automatic stages only.",
            source=f"ranges: {', '.join(key)}, {end}",
            value=range_end(key, end),
        )


def range_end(key: tuple[str, str, str], end: str) -> Callable[[Score], Cell]:
    """Return what takes one end of the range of a number (name, rules, scope) from a score."""

    def value(score: Score) -> Cell:
        found = score.range_of(*key)
        return None if found is None else cell(getattr(found, end))

    return value
