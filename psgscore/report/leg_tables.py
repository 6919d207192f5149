"""The tables of leg movements: by stage, by hour of the night, series and intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from psgscore.model.score import SCOPES, Score
from psgscore.report.leg_channels import unknown_sides
from psgscore.report.parts import Cell, Row, Table
from psgscore.report.texts import UNKNOWN, clock, hours, lights_s, number

_HEADINGS = {"total": "Total", "sleep": "Sleep"}
_INTERVAL_SCOPES = ("total", "W", "sleep")
_PART_OF_NIGHT = ("hour", "third")


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a table: the number it looks up, its words, and the section it opens."""

    name: str
    label: str
    note: str = ""
    section: str = ""
    digits: int = 1


Look = Callable[[Score, _Line, str, str], Cell]

_RATES = (
    _Line("lm", "LM", "all leg movements, any length", "Leg movements, per hour (count)"),
    _Line("clm", "Candidates", "WASM: CLM; AASM: LM"),
    _Line("isolated_clm", "Isolated", "candidates in no series"),
    _Line("short_interval_clm", "Short interval", "in no series, too soon after the one before"),
    _Line("lm_arousal", "LM with arousal"),
    _Line("lm_automatic_arousal", "LM with automatic arousal", "low trust: see Findings"),
    _Line("clm_left", "Candidates, left leg"),
    _Line("clm_right", "Candidates, right leg"),
    _Line("clm_bilateral", "Candidates, bilateral"),
    _Line("plm", "PLM", "in Sleep: PLMS; in W: PLMW", "Periodic leg movements, per hour (count)"),
    _Line("plm_arousal", "PLM with arousal"),
    _Line("plm_automatic_arousal", "PLM with automatic arousal", "low trust: see Findings"),
    _Line("plm_respiratory", "PLM, respiratory-related"),
    _Line("plm_without_respiratory", "PLM without respiratory", "series built anew without them"),
    _Line("plm_left", "PLM, left leg"),
    _Line("plm_right", "PLM, right leg"),
    _Line("plm_bilateral", "PLM, bilateral"),
)
_DURATIONS = (
    _Line("clm_duration_median_s", "Candidates, median", "", "Duration, s"),
    _Line("clm_duration_mean_s", "Candidates, mean (SD)"),
    _Line("plm_duration_median_s", "PLM, median"),
    _Line("plm_duration_mean_s", "PLM, mean (SD)"),
)
_INTERVALS = (
    _Line("series_count", "Series", "", "Periodic series", 0),
    _Line("series_longest", "Longest series, movements", digits=0),
    _Line("series_mean_movements", "Movements per series, mean"),
    _Line("imi_count", "Intervals", "onset to onset", "Intervals between candidates", 0),
    _Line("imi_geometric_mean_s", "Geometric mean, s"),
    _Line("imi_sd_ln", "SD of ln interval", digits=2),
    _Line("imi_median_s", "Median, s"),
    _Line("pi_interval", "Periodicity index of intervals", "Ferri 2006", "Periodicity", 2),
    _Line("pi_count", "Share of candidates in series", "PLM / candidates", digits=2),
)


def leg_tables(score: Score) -> tuple[Table, ...]:
    """Return the tables of leg movements, none where no leg was scored.

    Parameters
    ----------
    score : Score
        A scored night.

    Returns
    -------
    tuple of Table
        Movements by stage, periodic movements by hour and third, series and intervals; each
        number under every rule set, one under the other.
    """
    if not score.legs:
        return ()
    return (_by_stage(score), _course(score))


def interval_table(score: Score) -> Table:
    """Return series, intervals and periodicity, in total, wake and sleep."""
    rows = [row for line in _INTERVALS for row in _pair(score, line, _INTERVAL_SCOPES, _statistic)]
    return Table(
        key="intervals",
        title="Series, intervals and periodicity",
        heads=("Measure", "Rules"),
        columns=tuple(_HEADINGS.get(scope, scope) for scope in _INTERVAL_SCOPES),
        rows=tuple(rows),
        notes=(
            "Periodicity index of intervals: share of intervals that stand in runs of at least "
            "three with 10 < interval <= 90 s; not the same as the share of candidates in series.",
        ),
    )


def _is_rate(score: Score, name: str) -> bool:
    return any(rate.name == name for rate in score.rates)


def _by_stage(score: Score) -> Table:
    denominators = tuple(Cell(_hours(score, scope)) for scope in SCOPES)
    rows = [Row(label="Readable hours", sub="all", cells=denominators, note="the denominators")]
    shown = [line for line in _RATES if "automatic" not in line.name or _is_rate(score, line.name)]
    rows += [row for line in shown for row in _pair(score, line, SCOPES, _rate)]
    rows += [row for line in _DURATIONS for row in _pair(score, line, SCOPES, _duration)]
    return Table(
        key="legs",
        title="Leg movements by stage",
        heads=("Measure", "Rules"),
        columns=tuple(_HEADINGS.get(scope, scope) for scope in SCOPES),
        rows=tuple(rows),
        notes=(
            f'"{UNKNOWN}" = cannot be known from this recording, or no such time was recorded.',
            f"Total is the readable time between lights off and lights on. {_stage_note(score)}",
        ),
    )


def _stage_note(score: Score) -> str:
    note = "A movement is counted under the stage at its onset"
    later = [leg.criteria.title for leg in score.legs if leg.criteria.eligible == "part_in_sleep"]
    if later:
        note += f"; under {', '.join(later)}, one that begins in wake and reaches sleep is sleep's"
    return f"{note}."


def _pair(score: Score, line: _Line, scopes: Sequence[str], look: Look) -> list[Row]:
    """Return one measure under every rule set, one row each."""
    rows = []
    for position, leg in enumerate(score.legs):
        first = position == 0
        rows.append(
            Row(
                label=line.label if first else "",
                sub=leg.criteria.title,
                cells=tuple(look(score, line, leg.criteria.name, scope) for scope in scopes),
                note=line.note if first else "",
                span=len(score.legs) if first else 0,
                section=line.section if first else "",
            )
        )
    return rows


def _hours(score: Score, scope: str) -> str:
    rates = (score.rate("lm", leg.criteria.name, scope) for leg in score.legs)
    return next((number(rate.hours, 2) for rate in rates if rate), UNKNOWN)


def _rate(score: Score, line: _Line, rules: str, scope: str) -> Cell:
    rate = score.rate(line.name, rules, scope)
    unknown = line.name.rpartition("_")[2] in unknown_sides(score)
    if rate is None or rate.per_hour is None or unknown:
        return Cell(UNKNOWN)
    return Cell(number(rate.per_hour), f"({rate.count})")


def _statistic(score: Score, line: _Line, rules: str, scope: str) -> Cell:
    found = score.statistic(line.name, rules, scope)
    return Cell(number(found.value if found else None, line.digits))


def _duration(score: Score, line: _Line, rules: str, scope: str) -> Cell:
    mean = _statistic(score, line, rules, scope)
    spread = score.statistic(line.name.replace("_mean_", "_sd_"), rules, scope)
    if "_mean_" not in line.name or spread is None or spread.value is None:
        return mean
    return Cell(mean.text, f"({number(spread.value)})")


def course_parts(score: Score) -> list[tuple[str, float, float]]:
    """Return the hours and thirds of the night that have rates: scope, start and stop in seconds.

    Hours count from lights off; the last one ends at lights on.
    """
    off, on = lights_s(score)
    scopes = dict.fromkeys(rate.scope for rate in score.rates if rate.name == "plm")
    parts = []
    for scope in scopes:
        kind, _, place = scope.partition(" ")
        if kind in _PART_OF_NIGHT and place.isdigit():
            step = 3600.0 if kind == "hour" else (on - off) / 3.0
            start = off + step * (int(place) - 1)
            parts.append((scope, start, min(start + step, on)))
    return parts


def _course(score: Score) -> Table:
    sections = {"hour 1": "By hour from lights off", "third 1": "By third of the night"}
    rows = []
    for scope, start, stop in course_parts(score):
        rates = [score.rate("plm", leg.criteria.name, scope) for leg in score.legs]
        denominator = next((hours(rate.hours) for rate in rates if rate), UNKNOWN)
        span = f"{clock(score.start, start)} to {clock(score.start, stop)}"
        line = _Line("plm", scope.capitalize())
        rows.append(
            Row(
                label=line.label,
                sub=span,
                cells=(
                    Cell(denominator),
                    *(_rate(score, line, leg.criteria.name, scope) for leg in score.legs),
                ),
                section=sections.get(scope, ""),
            )
        )
    what = "PLMS" if score.hypnogram is not None else "PLM"
    when = "sleep" if score.hypnogram is not None else "readable recording"
    titles = (f"{what} per hour (count), {leg.criteria.title}" for leg in score.legs)
    return Table(
        key="course",
        title="Through the night",
        heads=("Part", "Clock" if score.start else "From start"),
        columns=(f"Hours of {when}", *titles),
        rows=tuple(rows),
    )
