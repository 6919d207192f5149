"""At a glance: the sleep of the night, and the legs with one column per rule set."""

from __future__ import annotations

from collections.abc import Callable

from psgscore.model.score import LegScore, Score, SleepMeasures
from psgscore.report.headlines import leg_reason
from psgscore.report.leg_channels import SIDES, unknown_sides, why_no_sides
from psgscore.report.parts import Cell, Row, Section, Table
from psgscore.report.rate_cells import SLEEP_ONLY, rate_cell
from psgscore.report.sleep_tables import arousal_index_cell, efficiency_cell, minutes_cell
from psgscore.report.texts import UNKNOWN, number
from psgscore.score.recount import widest_scope

_STAGES = ("N1", "N2", "N3", "R")
_RATES = (
    ("PLMS index", "plm", "sleep"),
    ("PLMW index", "plm", "W"),
    ("PLMS-arousal index", "plm_arousal", "sleep"),
    ("PLMS without respiratory", "plm_without_respiratory", "sleep"),
    ("LM index in sleep", "lm", "sleep"),
    ("Isolated candidates", "isolated_clm", "sleep"),
)
_UNSTAGED = (
    ("LM, whole recording", "lm", "total"),
    ("PLM, whole recording", "plm", "total"),
    ("Isolated candidates", "isolated_clm", "total"),
)
_AUTOMATIC = ("PLMS, automatic arousal", "plm_automatic_arousal", "sleep")


def glance_section(score: Score) -> Section:
    """Return the two small tables of the first page, or why one of them is missing.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    texts, tables = [], []
    if score.sleep is None:
        texts.append("Sleep: not scored, because there is no hypnogram.")
    else:
        tables.append(_sleep(score.sleep))
    if score.legs:
        tables.append(_legs(score))
    else:
        texts.append(f"Leg movements: not scored, because {leg_reason(score)}.")
    return Section(key="glance", title="At a glance", texts=tuple(texts), tables=tuple(tables))


def _sleep(sleep: SleepMeasures) -> Table:
    left = (
        ("TST", _minutes(sleep.tst_min, "tst_min")),
        ("Sleep efficiency", efficiency_cell(sleep)),
        ("SOL", _minutes(sleep.sol_min, "sol_min")),
        ("REM latency", _minutes(sleep.rem_latency_min, "rem_latency_min")),
        ("WASO", _minutes(sleep.waso_min, "waso_min")),
        ("Awakenings", Cell(str(sleep.awakenings))),
    )
    right = (
        *((stage, _stage(sleep, stage)) for stage in _STAGES),
        ("Unscored time", _minutes(sleep.unscored_min, "unscored_min")),
        ("Arousal index", arousal_index_cell(sleep)),
    )
    return Table(
        key="glance-sleep",
        title="Sleep",
        heads=("Measure",),
        columns=("Value", "Measure", "Value"),
        rows=tuple(
            Row(label=label, cells=(cell, Cell(other), value))
            for (label, cell), (other, value) in zip(left, right, strict=True)
        ),
        notes=("In brackets beside a stage: % of total sleep time.",),
        numeric=False,
    )


def _minutes(value: float | None, name: str) -> Cell:
    """Return minutes without the hours beside them: there is no room for both."""
    return minutes_cell(value, name) if value is None else Cell(f"{number(value)} min")


def _stage(sleep: SleepMeasures, stage: str) -> Cell:
    share = sleep.stage_percent_of_tst.get(stage)
    note = "" if share is None else f"({number(share)} %)"
    return Cell(f"{number(sleep.stage_min.get(stage))} min", note)


def _legs(score: Score) -> Table:
    rates = _RATES if score.hypnogram is not None else (*_RATES[:1], *_UNSTAGED)
    if any(leg.verdicts.automatic_arousal is not None for leg in score.legs):
        rates = (*rates, *([_AUTOMATIC] if score.hypnogram is not None else []))
    rows = [
        Row(
            label=label,
            cells=tuple(_rate(score, leg, name, scope) for leg in score.legs),
            note="low trust: marked by a program" if (label, name, scope) == _AUTOMATIC else "",
        )
        for label, name, scope in rates
    ]
    rows += [
        _row(score, "Series", _series),
        _row(score, "Interval, median / mean", _intervals),
        _row(score, "Periodicity index", _periodicity),
        _row(score, "PLM left / right / both", _sides),
    ]
    where = "sleep" if score.hypnogram is not None else "the whole recording"
    return Table(
        key="glance-legs",
        title="Leg movements",
        heads=("Measure",),
        columns=tuple(leg.criteria.title for leg in score.legs),
        rows=tuple(rows),
        notes=(
            "Indices per hour; in brackets count and hours. Mean interval: geometric; periodicity "
            f"index: of intervals; they, series and sides: of {where}.",
        ),
    )


def _rate(score: Score, leg: LegScore, name: str, scope: str) -> Cell:
    """Return the cell of a rate in few words: the first page has room for no more."""
    cell = rate_cell(score, leg, name, scope)
    if cell.text == UNKNOWN:
        return Cell(UNKNOWN, cell.note.replace(SLEEP_ONLY, "sleep only"))
    return Cell(cell.text, cell.note.replace(" in ", " / "))


def _row(score: Score, label: str, look: Callable[[Score, LegScore], Cell]) -> Row:
    return Row(label=label, cells=tuple(look(score, leg) for leg in score.legs))


def _statistic(score: Score, leg: LegScore, name: str) -> float | None:
    found = score.statistic(name, leg.criteria.name, widest_scope(score))
    return None if found is None else found.value


def _series(score: Score, leg: LegScore) -> Cell:
    return Cell(number(_statistic(score, leg, "series_count"), 0))


def _intervals(score: Score, leg: LegScore) -> Cell:
    median = _statistic(score, leg, "imi_median_s")
    mean = _statistic(score, leg, "imi_geometric_mean_s")
    if median is None or mean is None:
        return Cell(UNKNOWN, "(no interval)")
    return Cell(f"{number(median)} / {number(mean)} s")


def _periodicity(score: Score, leg: LegScore) -> Cell:
    value = _statistic(score, leg, "pi_interval")
    return Cell(number(value, 2), "(no interval)" if value is None else "")


def _sides(score: Score, leg: LegScore) -> Cell:
    scope, unknown = widest_scope(score), unknown_sides(score)
    counts = []
    for side in SIDES:
        rate = score.rate(f"plm_{side}", leg.criteria.name, scope)
        counts.append(UNKNOWN if rate is None or side in unknown else str(rate.count))
    if set(counts) == {UNKNOWN}:
        return Cell(UNKNOWN, f"({why_no_sides(score)})")
    return Cell(" / ".join(counts), f"({why_no_sides(score)})" if UNKNOWN in counts else "")
