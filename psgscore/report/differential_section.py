"""The page "Which movement is it?": this night beside published patterns, no verdict."""

from __future__ import annotations

from psgscore.model.differential import DIFFERENTIAL_NOTE, Feature, Pattern
from psgscore.model.score import Score
from psgscore.report.parts import Cell, Row, Section, Table
from psgscore.report.texts import UNKNOWN, counted

_NAMES = {
    "burst": "Burst",
    "recurrence": "Recurrence",
    "when": "When",
    "muscles": "Muscles",
    "software says": "Software says",
}
_HELD = {
    "fits": "fits",
    "does not fit": "does not fit",
    "cannot be known": "cannot be known",
    "none found": "none found",
    "stated": "not compared",
}
_NOUNS = {
    "hypnic_jerk": ("jerk",),
    "efm": ("potential",),
    "seizure_flag": ("stretch of rhythmic activity", "stretches of rhythmic activity"),
}
_ROWS = (
    "What another kind of movement explains counts in no row. Potentials outside NREM, or of two "
    "muscles at once, are told under When and Muscles, and not counted."
)
_FIT = '"Fits" is said of one feature: that the value lies in the published range, no more.'


def differential_section(score: Score) -> Section | None:
    """Return the section, None where other movements were not looked for.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    found = None if score.movements is None else score.movements.differential
    if found is None:
        return None
    return Section(
        key="differential",
        title="Which movement is it?",
        texts=(DIFFERENTIAL_NOTE, *found.remarks),
        tables=(
            Table(
                key="differential-table",
                title="Features of each movement",
                heads=("Feature",),
                columns=("Published pattern", "This night", "Comparison"),
                rows=tuple(row for pattern in found.patterns for row in _rows(pattern)),
                notes=(_FIT, _ROWS),
                numeric=False,
            ),
        ),
    )


def _rows(pattern: Pattern) -> list[Row]:
    return [
        Row(
            label=_NAMES[feature.name],
            cells=(
                Cell(feature.criterion),
                Cell(feature.value or UNKNOWN),
                _held(pattern, feature),
            ),
            section=f"{pattern.title}: {_count(pattern)}" if not place else "",
        )
        for place, feature in enumerate(pattern.features)
    ]


def _held(pattern: Pattern, feature: Feature) -> Cell:
    """Return what came of the comparison; one reason for a whole pattern is in its heading."""
    reason = "" if _common_reason(pattern) or feature.fit == "none found" else feature.reason
    return Cell(_HELD[feature.fit], f"({reason})" if reason else "")


def _count(pattern: Pattern) -> str:
    if pattern.count is None:
        return f"not scored, because {_common_reason(pattern)}"
    if not pattern.count:
        return "looked for, none found"
    return counted(pattern.count, *_NOUNS.get(pattern.key, ("movement",)))


def _common_reason(pattern: Pattern) -> str:
    return pattern.features[0].reason if pattern.count is None else ""
