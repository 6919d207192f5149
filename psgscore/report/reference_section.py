"""Published values of healthy people beside those of the night: context, never a verdict."""

from __future__ import annotations

from psgscore.model.reference import ReferenceValue
from psgscore.model.score import Score
from psgscore.report.parts import Cell, Row, Section, Table
from psgscore.report.sleep_tables import arousal_index_cell, efficiency_cell, minutes_cell
from psgscore.report.texts import UNKNOWN, number
from psgscore.score.reference import PER_DECADE, references_for

ADULT_YEARS = 18
_AASM = ("aasm-v3", "aasm-v2")
_CONTEXT = (
    "Values of healthy people, printed as context: sleep differs from person to person and from "
    "night to night, and a value outside says nothing by itself. Both sexes together, unless it "
    "says otherwise."
)
_LABELS = {
    "tst_min": "Total sleep time",
    "sleep_efficiency_percent": "Sleep efficiency",
    "N3_percent": "N3, % of total sleep time",
    "R_percent": "R, % of total sleep time",
    "arousal_index": "Arousal index",
    "plms_index": "PLMS index",
}


def reference_section(score: Score) -> Section:
    """Return the section; without a known age it says so and gives no value.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    key, title = "reference", "Beside published values"
    age = score.subject.age_years
    found = references_for(score.subject)
    if age is None:
        text = "No published value is printed, because the age of the person is not known."
        return Section(key=key, title=title, texts=(text,))
    decade = (PER_DECADE,) if age >= ADULT_YEARS else ()
    if not found:
        text = "No published value is at hand for the age of the person."
        return Section(key=key, title=title, texts=(text, *decade))
    return Section(key=key, title=title, texts=(_CONTEXT, *decade), tables=(_table(score, found),))


def _table(score: Score, found: tuple[ReferenceValue, ...]) -> Table:
    """Return the table; it does not print the age, which the head may hold back."""
    missing = [label for name, label in _LABELS.items() if name not in _measures(found)]
    notes = [f"No published value at hand at this age: {', '.join(missing)}."] if missing else []
    return Table(
        key="reference-table",
        title="This night, and healthy people of the age",
        heads=("Measure",),
        columns=("This night", "Published", "What that is", "Of whom", "Source"),
        rows=tuple(_row(score, one) for one in found),
        notes=tuple(notes),
        numeric=False,
    )


def _measures(found: tuple[ReferenceValue, ...]) -> set[str]:
    return {one.measure for one in found}


def _row(score: Score, one: ReferenceValue) -> Row:
    return Row(
        label=_LABELS[one.measure],
        cells=(
            _plms(score) if one.measure == "plms_index" else _sleep(score, one.measure),
            Cell(_published(one)),
            Cell(one.what),
            Cell(one.people),
            Cell(one.source),
        ),
    )


def _published(one: ReferenceValue) -> str:
    text = f"{number(one.value)} {one.unit}"
    if one.low is None or one.high is None:
        return text
    return f"{text} ({number(one.low)} to {number(one.high)})"


def _sleep(score: Score, measure: str) -> Cell:
    sleep = score.sleep
    if sleep is None:
        return Cell(UNKNOWN, "(there is no hypnogram)")
    if measure == "arousal_index":
        return arousal_index_cell(sleep)
    if measure == "sleep_efficiency_percent":
        return efficiency_cell(sleep)
    if measure == "tst_min":
        return minutes_cell(sleep.tst_min, measure)
    share = sleep.stage_percent_of_tst.get(measure.removesuffix("_percent"))
    return Cell(UNKNOWN if share is None else f"{number(share)} %")


def _plms(score: Score) -> Cell:
    """Return the index under AASM: the published ones were scored by it."""
    titles = {leg.criteria.name: leg.criteria.title for leg in score.legs}
    for rules in _AASM:
        rate = score.rate("plm", rules, "sleep")
        if rate is not None and rate.per_hour is not None:
            return Cell(f"{number(rate.per_hour)} /h", f"({titles[rules]})")
    return Cell(UNKNOWN, "(there is no PLMS index under AASM)")
