"""The table of definitions: every measure this report prints, what it is, and its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from psgscore.model.score import Score
from psgscore.report.definition_others import (
    ACCELEROMETER,
    KNOWN_ELSEWHERE,
    MOVEMENTS,
    REM,
    RESTLESS,
    SIGNALS,
)
from psgscore.report.definition_texts import LEGS, SLEEP, Definition
from psgscore.report.parts import Row, Section, Table, cells

ALL = (*SLEEP, *LEGS, *RESTLESS, *MOVEMENTS, *REM, *SIGNALS, ACCELEROMETER)
BY_LABEL = {label: one for one in ALL for label in one.labels}
NOT_MEASURES = frozenset(
    {
        "Value", "Measure", "Definition", "Rules", "As staged", "Lowest", "Highest", "This night",
        "Published", "What that is", "Of whom", "Where it lies", "Of", "Source", "Stop", "Role",
        "Unit", "Filter", "Remarks", "Muscles looked at",
    }
)  # fmt: skip
"""Labels that name no measure: texts, places and times."""
_ROWS_ARE_MEASURES = frozenset({"Measure", "Event", "Movement", "Number", ""})
_COLUMNS_ARE_MEASURES = frozenset(
    {"Movement", "Cycle", "Rules", "Series", "Part", "Channel", "Where"}
)
_LEFT_OUT = frozenset({"rules", "channels", "findings-table", "differential-table"})
_FACTS_OF = frozenset({"restless", "movements"})


def definition_section(score: Score, sections: Sequence[Section]) -> Section:
    """Return the definitions of the measures that are printed, in the order of the list.

    Parameters
    ----------
    score : Score
        Gives the names of the rule sets, which are no part of a label.
    sections : sequence of Section
        All that is printed.
    """
    titles = tuple(leg.criteria.title for leg in score.legs)
    printed = set(measure_labels(sections, titles))
    rows = [_row(one, printed) for one in ALL if printed.intersection(one.labels)]
    table = Table(
        key="definitions-table",
        title="What each measure is",
        heads=("Measure",),
        columns=("Definition", "Formula or denominator", "Source"),
        rows=tuple(rows),
        notes=(
            'Source "psgscore": a measure of this program, in no standard. Limits are those it is '
            "shipped with; values a lab sets itself stand in its rule files and the score.json.",
        ),
        numeric=False,
    )
    return Section(key="definitions", title="Definitions", tables=(table,) if rows else ())


def measure_labels(sections: Iterable[Section], titles: Sequence[str]) -> Iterator[str]:
    """Yield the label of every measure in the tables and facts, without rule sets and channels."""
    for section in sections:
        for table in section.tables:
            if table.key not in _LEFT_OUT:
                yield from (_plain(label, titles) for label in _labels(table))
        if section.key in _FACTS_OF:
            yield from (
                label
                for fact in section.facts
                if (label := _plain(fact.label, titles)) not in NOT_MEASURES
            )


def _labels(table: Table) -> Iterator[str]:
    if table.heads[0] in _ROWS_ARE_MEASURES:
        yield from (row.label for row in table.rows if row.label)
    if table.heads[0] in _COLUMNS_ARE_MEASURES or not table.heads[0]:
        yield from (column for column in table.columns if column not in NOT_MEASURES)


def _plain(label: str, titles: Sequence[str]) -> str:
    if label.startswith(KNOWN_ELSEWHERE):
        return KNOWN_ELSEWHERE.strip()
    for title in titles:
        label = label.removesuffix(f", {title}")
    return label


def _row(one: Definition, printed: set[str]) -> Row:
    label, *others = (label for label in one.labels if label in printed)
    return Row(
        label=label,
        note=f"also: {'; '.join(others)}" if others else "",
        cells=cells(one.text, one.formula, one.source),
    )
