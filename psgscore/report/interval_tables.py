"""The tables of series and intervals."""

from __future__ import annotations

from psgscore.model.score import SCOPES, Score
from psgscore.report.leg_lines import Line, rows_of_line, scope_title, statistic_cell
from psgscore.report.parts import Table
from psgscore.score.rates import WITHOUT_RESPIRATORY

_INTERVAL_SCOPES = ("total", "W", "sleep")
_INTERVALS = (
    Line("series_count", "Series", "", "Periodic series", 0),
    Line("series_longest", "Longest series, movements", digits=0),
    Line("series_mean_movements", "Movements per series, mean"),
    Line("imi_count", "Intervals", "onset to onset", "Intervals between candidates", 0),
    Line("imi_geometric_mean_s", "Geometric mean, s"),
    Line("imi_sd_ln", "SD of ln interval", digits=2),
    Line("imi_median_s", "Median, s"),
    Line("pi_interval", "Periodicity index of intervals", "Ferri 2006", "Periodicity", 2),
    Line("pi_count", "Share of candidates in series", "PLM / candidates", digits=2),
)
_BY_STAGE = (
    Line("interval_short_count", "Intervals under the shortest", "", "All candidates", 0),
    Line("interval_in_range_count", "Intervals a series may have", digits=0),
    Line("interval_long_count", "Intervals over the longest", digits=0),
    Line("interval_geometric_mean_s", "Geometric mean of the intervals, s"),
    Line("interval_geometric_sd", "Geometric SD of the intervals, factor", digits=2),
)
_LEFT_OUT = "Without respiratory-related candidates"


def interval_table(score: Score) -> Table:
    """Return series, intervals and periodicity, in total, wake and sleep."""
    rows = [
        row
        for line in _INTERVALS
        for row in rows_of_line(score, line, _INTERVAL_SCOPES, statistic_cell)
    ]
    return Table(
        key="intervals",
        title="Series, intervals and periodicity",
        heads=("Measure", "Rules"),
        columns=tuple(scope_title(scope) for scope in _INTERVAL_SCOPES),
        rows=tuple(rows),
        notes=(
            "Periodicity index of intervals: share of intervals that stand in runs of at least "
            "three with 10 < interval <= 90 s; not the same as the share of candidates in series.",
        ),
    )


def stage_interval_table(score: Score) -> Table:
    """Return the intervals by the stage of the later movement, with and without respiratory."""
    lines = [*_BY_STAGE]
    if any(one.name.endswith(WITHOUT_RESPIRATORY) for one in score.statistics):
        lines += [
            Line(
                f"{line.name}{WITHOUT_RESPIRATORY}",
                line.label,
                "",
                _LEFT_OUT if not place else "",
                line.digits,
            )
            for place, line in enumerate(_BY_STAGE)
        ]
        lines.append(
            Line(f"pi_count{WITHOUT_RESPIRATORY}", "Share of candidates in series", digits=2)
        )
    rows = [row for line in lines for row in rows_of_line(score, line, SCOPES, statistic_cell)]
    limits = "; ".join(
        f"{leg.criteria.title}: {leg.criteria.min_interval_s:g} to "
        f"{leg.criteria.max_interval_s:g} s"
        for leg in score.legs
    )
    return Table(
        key="stage-intervals",
        title="Intervals by the stage of the later movement",
        heads=("Measure", "Rules"),
        columns=tuple(scope_title(scope) for scope in SCOPES),
        rows=tuple(rows),
        notes=(
            "From the candidate before, whatever counted stage that lies in, onset to onset. "
            f"Intervals a series may have: {limits}.",
        ),
    )
