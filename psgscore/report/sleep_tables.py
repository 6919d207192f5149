"""The tables of sleep: measures with their definitions, and time by stage."""

from __future__ import annotations

from psgscore.model.score import Score, SleepMeasures
from psgscore.report.parts import Cell, Row, Table, cells
from psgscore.report.texts import UNKNOWN, clock, long_minutes, number
from psgscore.score.architecture import DEFINITIONS

_STAGES = ("W", "N1", "N2", "N3", "R")
_MINUTES = (
    ("trt_min", "Total recording time (TRT)"),
    ("tst_min", "Total sleep time (TST)"),
    ("sol_min", "Sleep onset latency (SOL)"),
    ("rem_latency_min", "REM latency"),
    ("persistent_sleep_latency_min", "Latency to persistent sleep"),
    ("waso_min", "Wake after sleep onset (WASO)"),
    ("waso_spt_min", "Wake within the sleep period (WASO-SPT)"),
)
_UNKNOWN_BECAUSE = {
    "sol_min": "no sleep, or unscored time before it",
    "rem_latency_min": "no stage R, or unscored time before it",
    "persistent_sleep_latency_min": "no 10 minutes of unbroken sleep, or unscored time before it",
    "waso_min": "no sleep",
    "waso_spt_min": "no sleep",
}


def sleep_tables(score: Score) -> tuple[Table, ...]:
    """Return the tables of sleep, none without a hypnogram.

    Parameters
    ----------
    score : Score
        A scored night.

    Returns
    -------
    tuple of Table
        Every measure with its definition, and minutes and share of each stage.
    """
    if score.sleep is None:
        return ()
    return (_stages(score.sleep), _measures(score, score.sleep))


def _stages(sleep: SleepMeasures) -> Table:
    minutes = [sleep.stage_min.get(stage) for stage in _STAGES]
    shares = [sleep.stage_percent_of_tst.get(stage) for stage in _STAGES]
    return Table(
        key="stages",
        title="Time by stage",
        heads=("",),
        columns=(*_STAGES, "Unscored"),
        rows=(
            Row(
                label="Minutes",
                cells=cells(*(number(value) for value in minutes), number(sleep.unscored_min)),
            ),
            Row(
                label="% of total sleep time",
                cells=cells(*(number(value) for value in shares), UNKNOWN),
            ),
        ),
    )


def _measures(score: Score, sleep: SleepMeasures) -> Table:
    rows = [
        _row("lights_off_s", "Lights off", _time(score, sleep.lights_off_s)),
        _row("lights_on_s", "Lights on", _time(score, sleep.lights_on_s)),
    ]
    for name, label in _MINUTES:
        rows.append(_row(name, label, minutes_cell(getattr(sleep, name), name)))
    arousals = Cell(UNKNOWN, "not scored") if sleep.arousals is None else Cell(str(sleep.arousals))
    rows += [
        _row("sleep_efficiency_percent", "Sleep efficiency", efficiency_cell(sleep)),
        _row("awakenings", "Awakenings", Cell(str(sleep.awakenings))),
        _row("stage_shifts", "Stage shifts", Cell(str(sleep.stage_shifts))),
        _row("arousals", "Arousals", arousals),
        _row("arousal_index", "Arousal index", arousal_index_cell(sleep)),
        _row("unscored_min", "Unscored time", minutes_cell(sleep.unscored_min, "unscored_min")),
    ]
    return Table(
        key="sleep",
        title="Sleep measures",
        heads=("Measure",),
        columns=("Value", "Definition"),
        rows=tuple(rows),
        numeric=False,
    )


def _row(name: str, label: str, cell: Cell) -> Row:
    return Row(label=label, cells=(cell, Cell(DEFINITIONS[name])))


def efficiency_cell(sleep: SleepMeasures) -> Cell:
    """Return the sleep efficiency, "-" where no epoch has a stage."""
    efficiency = sleep.sleep_efficiency_percent
    if efficiency is None:
        return Cell(UNKNOWN, "no epoch has a stage")
    return Cell(f"{number(efficiency)} %")


def arousal_index_cell(sleep: SleepMeasures) -> Cell:
    """Return the arousal index, "-" where arousals were not scored or there is no sleep."""
    if sleep.arousal_index is None:
        return Cell(UNKNOWN, "not scored" if sleep.arousals is None else "no sleep")
    return Cell(f"{number(sleep.arousal_index)} /h")


def minutes_cell(value: float | None, name: str) -> Cell:
    """Return minutes, "-" and why where the measure of that name is not known."""
    if value is None:
        return Cell(UNKNOWN, _UNKNOWN_BECAUSE.get(name, ""))
    long = long_minutes(value)
    return Cell(f"{number(value)} min", f"({long})" if value >= 60 else "")


def _time(score: Score, time_s: float) -> Cell:
    shown = clock(score.start, time_s, seconds=True)
    return Cell(shown, f"({clock('', time_s, seconds=True)} from start)" if score.start else "")
