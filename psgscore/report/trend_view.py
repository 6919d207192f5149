"""Nights of one person -> the trend page as plain values: texts and tables, nothing to compute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from psgscore.model.score import DISCLAIMER
from psgscore.report.parts import Alert, Fact, FigureText, Row, Section, Table, cells
from psgscore.report.texts import UNKNOWN, number
from psgscore.report.trend_notes import Followed, notes_sections
from psgscore.report.trend_power import power_section
from psgscore.score.trend import spread
from psgscore.score.trend_measures import TrendMeasure, trend_measures
from psgscore.score.trend_nights import NoteColumn, TrendNight, legs_of, not_comparable

COURSE = "course-"
"""Beginning of the key of the figure of a measure; its key follows."""
MOST_NOTED = 40
"""With more nights the notes are in the table only, and not every night is named."""
NO_CAUSE = (
    "What stands side by side on this page happened in the same nights. It does not say why: "
    "nights differ in many ways at once, and no test was made."
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Trend:
    """The nights of one person, in order.

    Parameters
    ----------
    nights : tuple of TrendNight
        At least two.
    by_date : bool
        They are in the order of the dates in the notes, else of their names.
    notes : str
        Name of the file of notes, "" without one.
    columns : tuple of NoteColumn
        What is noted, along the nights.
    without_notes, without_score : tuple of str
        Nights the notes do not know; nights of the notes without a score.
    """

    nights: tuple[TrendNight, ...]
    by_date: bool
    notes: str = ""
    columns: tuple[NoteColumn, ...] = ()
    without_notes: tuple[str, ...] = ()
    without_score: tuple[str, ...] = ()

    @property
    def measures(self) -> tuple[TrendMeasure, ...]:
        """What is followed over the nights."""
        return trend_measures([night.score for night in self.nights])

    def values(self, measure: TrendMeasure) -> list[float | None]:
        """Return a measure along the nights, None where it cannot be known."""
        return [measure.value(night.score) for night in self.nights]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendView:
    """The trend page in reading order."""

    title: str
    facts: tuple[Fact, ...]
    alerts: tuple[Alert, ...]
    sections: tuple[Section, ...]
    disclaimer: str
    language: str = "en"


def trend_view(trend: Trend) -> TrendView:
    """Turn nights and notes into the texts and tables of the page; pure, and draws nothing.

    Parameters
    ----------
    trend : Trend
        Nights and notes.

    Returns
    -------
    TrendView
        ``"-"`` stands where a number cannot be known.
    """
    followed = [(one, trend.values(one)) for one in trend.measures]
    known = [(one, values) for one, values in followed if _any(values)]
    movements = [(one, values) for one, values in known if one.movement]
    return TrendView(
        title=f"{len(trend.nights)} nights",
        facts=_facts(trend),
        alerts=tuple(_alerts(trend)),
        sections=(
            _nights_section(trend, known),
            _spread_section(trend, followed),
            *(_course_section(trend, one, values) for one, values in known),
            *notes_sections(trend.columns, movements),
            power_section(movements),
        ),
        disclaimer=DISCLAIMER,
    )


def _any(values: list[float | None]) -> bool:
    return any(value is not None for value in values)


def _facts(trend: Trend) -> tuple[Fact, ...]:
    ids: dict[str, int] = {}
    for night in trend.nights:
        name = night.score.subject.study_id or "no study ID"
        ids[name] = ids.get(name, 0) + 1
    order = "date in the notes" if trend.by_date else "file name: no date is known for every night"
    return (
        Fact("Nights", f"{trend.nights[0].label} to {trend.nights[-1].label}"),
        Fact(
            "Study IDs put together",
            ", ".join(one if n == 1 else f"{one} ({n} nights)" for one, n in ids.items()),
        ),
        Fact("Order of the nights", order),
        Fact("Notes", trend.notes or "none"),
    )


def _alerts(trend: Trend) -> Iterator[Alert]:
    for text in not_comparable(trend.nights):
        yield Alert("warning", f"Not comparable: the nights differ in {text}")
    missing = [night.name for night in trend.nights if not night.score.legs]
    if missing:
        yield Alert("not scored", f"Leg movements in {', '.join(missing)}")
    yield Alert(
        "note",
        "These nights were put together as those of one person. Whether they are cannot be "
        "seen in the recordings",
    )
    if trend.without_notes:
        yield Alert("note", f"Nothing is noted of {', '.join(trend.without_notes)}")
    if trend.without_score:
        nights = ", ".join(trend.without_score)
        yield Alert("warning", f"The notes name nights of which there is no score: {nights}")


def _nights_section(trend: Trend, known: Followed) -> Section:
    shown = [(one, values) for one, values in known if one.movement or one.key == "tst_min"]
    rows = [
        Row(
            label=night.name,
            sub=night.date or UNKNOWN,
            cells=cells(
                night.score.subject.study_id or UNKNOWN,
                legs_of(night.score),
                *(number(values[place], one.digits) for one, values in shown),
            ),
        )
        for place, night in enumerate(trend.nights)
    ]
    table = Table(
        key="nights",
        title="Every night",
        heads=("Night", "Date"),
        columns=("Study ID", "Legs", *(one.name for one, _ in shown)),
        rows=tuple(rows),
        numeric=False,
    )
    tables = (table, *_noted(trend))
    return Section(key="nights-section", title="The nights", texts=(NO_CAUSE,), tables=tables)


def _noted(trend: Trend) -> Iterator[Table]:
    if not trend.columns:
        return
    rows = [
        Row(
            label=night.name,
            cells=cells(*(night.notes.get(column.name) or UNKNOWN for column in trend.columns)),
        )
        for night in trend.nights
    ]
    yield Table(
        key="noted",
        title="What is noted of every night",
        heads=("Night",),
        columns=tuple(column.name for column in trend.columns),
        rows=tuple(rows),
        numeric=False,
    )


def _spread_section(trend: Trend, followed: Followed) -> Section:
    rows = []
    missing = []
    for one, values in followed:
        found = spread(values)
        if not found.nights:
            reasons = {one.reason(night.score): None for night in trend.nights}
            missing.append(f"Not scored in any night: {one.title}, because {'; '.join(reasons)}.")
            continue
        extent = (
            f"{number(found.low)} to {number(found.high)}" if found.low is not None else UNKNOWN
        )
        rows.append(
            Row(
                label=one.name,
                cells=cells(
                    f"{found.nights} of {len(values)}",
                    number(found.mean),
                    number(found.median),
                    number(found.sd),
                    extent,
                    number(found.cv_percent),
                    number(found.step),
                ),
            )
        )
    table = Table(
        key="spread",
        title="Over all nights in which the number is known",
        heads=("Measure",),
        columns=("Nights", "Mean", "Median", "SD", "Range", "CV, %", "Night to night"),
        rows=tuple(rows),
        notes=(
            "SD: standard deviation within the person, with n - 1. CV: SD over mean. Night to "
            "night: mean size of the change from one night to the next.",
        ),
    )
    return Section(key="spread-section", title="Spread", texts=tuple(missing), tables=(table,))


def _course_section(trend: Trend, one: TrendMeasure, values: list[float | None]) -> Section:
    reasons: dict[str, list[str]] = {}
    for night, value in zip(trend.nights, values, strict=True):
        if value is None:
            reasons.setdefault(one.reason(night.score), []).append(night.label)
    texts = tuple(
        f"Not scored in {', '.join(names)}, because {reason}." for reason, names in reasons.items()
    )
    pairs = zip(trend.nights, values, strict=True)
    said = ", ".join(f"{night.label} {number(value, one.digits)}" for night, value in pairs)
    caption = "One dot per night, in equal steps; a night without a number is a gap. Dashed: mean."
    if not one.from_zero:
        caption += " The axis does not begin at 0."
    if trend.columns and len(trend.nights) <= MOST_NOTED:
        caption += " Below, what is noted; long texts are cut, and stand in full under The nights."
    figure = FigureText(
        key=f"{COURSE}{one.key}", alt=f"{one.name}, night by night: {said}.", caption=caption
    )
    return Section(key=f"section-{one.key}", title=one.name, texts=texts, figures=(figure,))
