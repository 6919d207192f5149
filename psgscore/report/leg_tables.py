"""The tables of leg movements: by stage, and by hour and third of the night."""

from __future__ import annotations

from psgscore.model.score import SCOPES, Score
from psgscore.report.leg_lines import (
    Line,
    duration_cell,
    line_rate,
    rows_of_line,
    scope_title,
)
from psgscore.report.parts import Cell, Row, Table
from psgscore.report.texts import UNKNOWN, clock, hours, lights_s, number

_PART_OF_NIGHT = ("hour", "third")

_RATES = (
    Line("lm", "LM", "all leg movements, any length", "Leg movements, per hour (count)"),
    Line("clm", "Candidates", "WASM: CLM; AASM: LM"),
    Line("isolated_clm", "Isolated", "candidates in no series"),
    Line("short_interval_clm", "Short interval", "in no series, too soon after the one before"),
    Line("lm_arousal", "LM with arousal"),
    Line("lm_automatic_arousal", "LM with automatic arousal", "low trust: see Findings"),
    Line("lm_respiratory", "LM, respiratory-related"),
    Line("clm_without_respiratory", "Candidates without respiratory"),
    Line("clm_left", "Candidates, left leg"),
    Line("clm_right", "Candidates, right leg"),
    Line("clm_bilateral", "Candidates, bilateral"),
    Line("plm", "PLM", "in Sleep: PLMS; in W: PLMW", "Periodic leg movements, per hour (count)"),
    Line("plm_arousal", "PLM with arousal"),
    Line("plm_automatic_arousal", "PLM with automatic arousal", "low trust: see Findings"),
    Line("plm_respiratory", "PLM, respiratory-related"),
    Line("plm_without_respiratory", "PLM without respiratory", "series built anew without them"),
    Line("plm_without_respiratory_arousal", "... of them with arousal"),
    Line("plm_left", "PLM, left leg"),
    Line("plm_right", "PLM, right leg"),
    Line("plm_bilateral", "PLM, bilateral"),
)
_DURATIONS = (
    Line("clm_duration_median_s", "Candidates, median", "", "Duration, s"),
    Line("clm_duration_mean_s", "Candidates, mean (SD)"),
    Line("plm_duration_median_s", "PLM, median"),
    Line("plm_duration_mean_s", "PLM, mean (SD)"),
)


def stage_table(score: Score) -> Table:
    """Return the movements by stage, each number under every rule set, one under the other."""
    denominators = tuple(Cell(_hours(score, scope)) for scope in SCOPES)
    rows = [Row(label="Readable hours", sub="all", cells=denominators, note="the denominators")]
    shown = [line for line in _RATES if "automatic" not in line.name or _is_rate(score, line.name)]
    rows += [row for line in shown for row in rows_of_line(score, line, SCOPES, line_rate)]
    rows += [row for line in _DURATIONS for row in rows_of_line(score, line, SCOPES, duration_cell)]
    return Table(
        key="legs",
        title="Leg movements by stage",
        heads=("Measure", "Rules"),
        columns=tuple(scope_title(scope) for scope in SCOPES),
        rows=tuple(rows),
        notes=(
            f'"{UNKNOWN}" = cannot be known from this recording, or no such time was recorded.',
            f"Total is the readable time between lights off and lights on. {_stage_note(score)}",
        ),
    )


def _stage_note(score: Score) -> str:
    if score.hypnogram is None:
        return "There is no hypnogram: nothing is told by stage."
    note = "A movement is counted under the stage at its onset"
    later = [leg.criteria.title for leg in score.legs if leg.criteria.eligible == "part_in_sleep"]
    if later:
        note += f"; under {', '.join(later)}, one that begins in wake and reaches sleep is sleep's"
    return f"{note}."


def _is_rate(score: Score, name: str) -> bool:
    return any(rate.name == name for rate in score.rates)


def _hours(score: Score, scope: str) -> str:
    rates = (score.rate("lm", leg.criteria.name, scope) for leg in score.legs)
    return next((number(rate.hours, 2) for rate in rates if rate), UNKNOWN)


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


def course_table(score: Score) -> Table:
    """Return the periodic movements by hour and third of the night."""
    sections = {"hour 1": "By hour from lights off", "third 1": "By third of the night"}
    rows = []
    for scope, start, stop in course_parts(score):
        rates = [score.rate("plm", leg.criteria.name, scope) for leg in score.legs]
        denominator = next((hours(rate.hours) for rate in rates if rate), UNKNOWN)
        span = f"{clock(score.start, start)} to {clock(score.start, stop)}"
        line = Line("plm", scope.capitalize())
        rows.append(
            Row(
                label=line.label,
                sub=span,
                cells=(
                    Cell(denominator),
                    *(line_rate(score, line, leg.criteria.name, scope) for leg in score.legs),
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
