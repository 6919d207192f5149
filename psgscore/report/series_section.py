"""Every periodic series by the clock, under each rule set."""

from __future__ import annotations

from psgscore.model.score import LegScore, Score
from psgscore.report.headlines import leg_reason
from psgscore.report.leg_channels import SIDES, unknown_sides
from psgscore.report.parts import Cell, Row, Section, Table, cells
from psgscore.report.texts import UNKNOWN, clock, number
from psgscore.score.series_table import Series, longest, series_of

SHOWN = 30
_COLUMNS = (
    "Stop", "Duration, min", "Movements", "Movements per hour", "Interval, median, s",
    "Left / right / bilateral, %", "Stages at onset", "With arousal",
)  # fmt: skip


def series_section(score: Score) -> Section:
    """Return the section: one table per rule set, or why there is none.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    texts = []
    if not score.legs:
        texts.append(f"Periodic series: not scored, because {leg_reason(score)}.")
    tables = []
    for place, leg in enumerate(score.legs, 1):
        found = series_of(leg)
        if found:
            tables.append(_table(score, leg, found, place))
        else:
            texts.append(f"{leg.criteria.title}: no periodic series.")
    return Section(key="series", title="Periodic series", texts=tuple(texts), tables=tuple(tables))


def _table(score: Score, leg: LegScore, found: tuple[Series, ...], place: int) -> Table:
    shown = longest(found, SHOWN)
    where = "each movement and its series stands in the movement table (movements.tsv)."
    if len(shown) < len(found):
        notes = f"The {len(shown)} longest of {len(found)} series, in time order; {where}"
    else:
        notes = f"All {len(found)} series; {where}" if len(found) > 1 else f"One series; {where}"
    return Table(
        key=f"series-{place}",
        title=f"Periodic series, {leg.criteria.title}",
        heads=("Series", "Start"),
        columns=_COLUMNS,
        rows=tuple(_row(score, leg, one) for one in shown),
        notes=(notes, _notes(score, leg)),
    )


def _notes(score: Score, leg: LegScore) -> str:
    where = "asleep and awake" if leg.criteria.eligible == "any_stage" else "in sleep"
    where = "of the whole recording" if score.hypnogram is None else where
    text = (
        f"Series {where}. Duration: from the onset of the first movement to the end of the last. "
        "Movements per hour: intervals over the time from the first onset to the last."
    )
    if leg.verdicts.arousal is None and leg.verdicts.automatic_arousal is not None:
        text += " With arousal: automatic arousals, low trust."
    return text


def _row(score: Score, leg: LegScore, one: Series) -> Row:
    return Row(
        label=str(one.number),
        sub=clock(score.start, one.start_s, seconds=True),
        cells=(
            *cells(
                clock(score.start, one.stop_s, seconds=True),
                number((one.stop_s - one.start_s) / 60.0),
                str(one.movements),
                number(one.per_hour),
                number(one.median_interval_s),
                _sides(score, one),
                _stages(score, one),
            ),
            _arousals(one),
        ),
    )


def _sides(score: Score, one: Series) -> str:
    if unknown_sides(score) or "" in one.sides:
        return UNKNOWN
    shares = (100.0 * one.sides.get(side, 0) / one.movements for side in SIDES)
    return " / ".join(number(share, 0) for share in shares)


def _stages(score: Score, one: Series) -> str:
    if score.hypnogram is None:
        return UNKNOWN
    return ", ".join(f"{stage} {count}" for stage, count in one.stages.items())


def _arousals(one: Series) -> Cell:
    if one.arousal is not None:
        return Cell(str(one.arousal))
    if one.automatic_arousal is not None:
        return Cell(str(one.automatic_arousal), "(automatic)")
    return Cell(UNKNOWN)
