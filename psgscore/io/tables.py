r"""The event and movement tables (BIDS ``events.tsv``) and the sidecars that describe them.

Times and measures are printed to 1e-6 of their unit, in fixed notation, without
trailing zeros. What is not known is ``n/a``. A label can hold anything, so in labels
a backslash is written ``\\`` and a character that could break a row (control
characters, line separators, quotes, blanks at either end) as ``\uXXXX``;
`unescape_label` undoes it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from psgscore.io.event_meanings import kind_meaning
from psgscore.model._arrays import Bools, Words
from psgscore.model.events import Events
from psgscore.model.hypnogram import Stage, Stages
from psgscore.model.score import LegScore, Score
from psgscore.model.scoring import with_stretches

UNKNOWN = "n/a"
EVENT_COLUMNS = ("onset", "duration", "trial_type", "channel")
CSV_COLUMNS = ("kind", "onset_s", "duration_s", "channel")

_NO_OR_YES = {"0": "no", "1": "yes"}
_ESCAPES = r"Escaped: \\ is a backslash, \uXXXX the character with that code."


def column(
    name: str, description: str, *, units: str = "", levels: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the sidecar entry of a column."""
    entry: dict[str, Any] = {"LongName": name, "Description": description}
    entry |= {"Units": units} if units else {}
    return entry | ({} if levels is None else {"Levels": dict(levels)})


_TIMES = {
    "onset": column("Onset", "Start, from the start of the recording.", units="s"),
    "duration": column("Duration", "Length; onset plus duration is the stop.", units="s"),
}
_MEASURES = {
    "peak_uv": column("Peak", "Largest amplitude of the EMG envelope.", units="uV"),
    "area_uv_s": column("Area", "Integral of the envelope over the resting level.", units="uV s"),
    "resting_uv": column("Resting level", "What both thresholds are added to.", units="uV"),
    "onset_margin_uv": column("Onset margin", "Peak over the onset threshold.", units="uV"),
    "offset_margin_uv": column(
        "Offset margin",
        "How far the quiet after the end stays under the offset threshold.",
        units="uV",
    ),
}
_TEXTS = {
    "excluded_by": column("Excluded by", "What explains the event otherwise; n/a where it counts."),
    "context": column(
        "Context", "Where a hypnic jerk stands: sleep onset, re-entry or other; n/a for all else."
    ),
}
TEXT_COLUMNS = tuple(_TEXTS)
MEASURE_COLUMNS = tuple(_MEASURES)
"""Measures of the detector, in this order; other measures follow in alphabetical order."""

_MOVEMENTS = {
    "rules": column("Rule set", f"Its criteria are in the score.json beside this. {_ESCAPES}"),
    **_TIMES,
    "side": column(
        "Leg",
        "Leg or legs that moved; n/a when that is not known.",
        levels={"left": "left leg", "right": "right leg", "bilateral": "both legs"},
    ),
    "components": column("Components", "How many single-leg movements were joined to this one."),
    "candidate": column(
        "Candidate",
        "By its form it may belong to a series (WASM: CLM; AASM: LM).",
        levels=_NO_OR_YES,
    ),
    "series": column("Series", "Number of its periodic series within the night, 0 for none."),
    "plm": column("Periodic", "It is a member of a periodic series.", levels=_NO_OR_YES),
    "stage": column(
        "Sleep stage",
        "Stage at the onset; n/a when the night has no hypnogram.",
        levels={"W": "wake", "N1": "NREM 1", "N2": "NREM 2", "N3": "NREM 3", "R": "REM sleep"}
        | {"UNSCORED": "the time has no stage; it is not wake"},
    ),
    "arousal": column(
        "With arousal",
        "It goes with an arousal; n/a when arousals were not scored.",
        levels=_NO_OR_YES,
    ),
    "respiratory": column(
        "Respiratory-related",
        "It lies in the rule set's window of a respiratory event; n/a when those were not scored.",
        levels=_NO_OR_YES,
    ),
    "plm_without_respiratory": column(
        "Periodic without respiratory-related movements",
        "In a series built without respiratory-related movements; n/a when those are unknown.",
        levels=_NO_OR_YES,
    ),
    "excluded_by": column(
        "Excluded by", "Why it cannot belong to a series; n/a when nothing keeps it out."
    ),
}
MOVEMENT_COLUMNS = tuple(_MOVEMENTS)

# Lone surrogates come from file names that are not UTF-8 and cannot be written as UTF-8.
_HOSTILE = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|^\s|\s$')
_ESCAPED = re.compile(r"\\(\\|u[0-9a-fA-F]{4})")


def events_tsv(source: Score | Events) -> str:
    """Return every event as a BIDS events table.

    Parameters
    ----------
    source : Score or Events
        One row per event, sorted by onset; nothing is left out. Of a score also its gaps and
        unreadable stretches: no number is right without them.

    Returns
    -------
    str
        Columns `EVENT_COLUMNS`, then the measures: `MEASURE_COLUMNS` first, the others
        in alphabetical order; then the texts, ``excluded_by`` among them.

    Raises
    ------
    ValueError
        A measure is called like one of `EVENT_COLUMNS`.
    """
    events = _events(source)
    names = measure_names(events)
    taken = [name for name in names if name in EVENT_COLUMNS]
    if taken:
        raise ValueError(f"a measure cannot be called {taken[0]!r}: the table has such a column")
    columns = [
        number_cells(events.start_s),
        number_cells(events.duration_s),
        _labels(events.kind),
        _labels(events.channel),
        *(number_cells(events.measures[name]) for name in names),
        *(_labels(events.texts[name]) for name in sorted(events.texts)),
    ]
    header = [*EVENT_COLUMNS, *map(escape_label, [*names, *sorted(events.texts)])]
    return table_text(header, [columns])


def movements_tsv(score: Score) -> str:
    """Return what each rule set says of each movement, legs joined.

    Parameters
    ----------
    score : Score
        One row per movement per rule set, in the order of the rule sets, then of onset.

    Returns
    -------
    str
        Columns `MOVEMENT_COLUMNS`.
    """
    staged = score.hypnogram is not None
    return table_text(MOVEMENT_COLUMNS, [_movement_columns(legs, staged) for legs in score.legs])


def events_sidecar(source: Score | Events) -> dict[str, Any]:
    """Return the BIDS sidecar of `events_tsv`: one entry per column of that very table."""
    events = _events(source)
    kinds = sorted(set(events.kind.tolist()))
    levels = {escape_label(kind): kind_meaning(kind) for kind in kinds}
    columns = _TIMES | {
        "trial_type": column("Kind of event", f"What happened. {_ESCAPES}", levels=levels),
        "channel": column(
            "Channel", f"Label of the channel it was seen on, n/a when not known. {_ESCAPES}"
        ),
    }
    other = column("Measure", "Measured on or imported with the event; n/a where it has none.")
    names = measure_names(events)
    columns |= {escape_label(name): _MEASURES.get(name, other) for name in names}
    return columns | {name: _TEXTS.get(name, other) for name in sorted(events.texts)}


def movements_sidecar() -> dict[str, Any]:
    """Return the BIDS sidecar of `movements_tsv`: one entry per column, in their order."""
    return dict(_MOVEMENTS)


def measure_names(events: Events) -> list[str]:
    """Return the names of the measures in the order of the table's columns."""
    known = [name for name in MEASURE_COLUMNS if name in events.measures]
    return known + sorted(set(events.measures) - set(known))


def escape_label(text: str) -> str:
    r"""Return a label as it is written into a cell: never empty, never able to break a row.

    Examples
    --------
    >>> print(escape_label("LEG(L)"), escape_label("two\tcells"), escape_label(""))
    LEG(L) two\u0009cells n/a
    """
    if text == UNKNOWN:
        return r"\u006e/a"
    return _HOSTILE.sub(_escaped, text) or UNKNOWN


def unescape_label(cell: str) -> str:
    r"""Return the label that `escape_label` wrote; "" for ``n/a``.

    Examples
    --------
    >>> unescape_label(r"two\u0009cells"), unescape_label("n/a")
    ('two\tcells', '')
    """
    if cell == UNKNOWN:
        return ""
    return _ESCAPED.sub(_unescaped, cell)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    return r"\\" if character == "\\" else f"\\u{ord(character):04x}"


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    return "\\" if code == "\\" else chr(int(code[1:], 16))


def _events(source: Score | Events) -> Events:
    if isinstance(source, Events):
        return source
    return with_stretches(source.events, source.gaps, source.unreadable)


def _movement_columns(legs: LegScore, staged: bool) -> list[list[str]]:
    movements, verdicts = legs.movements, legs.verdicts
    return [
        [escape_label(legs.criteria.name)] * len(movements),
        number_cells(movements.start_s),
        number_cells(movements.duration_s),
        _labels(verdicts.side),
        list(map(str, verdicts.components.tolist())),
        _flags(verdicts.candidate, len(movements)),
        list(map(str, verdicts.series.tolist())),
        _flags(verdicts.plm, len(movements)),
        _stages(verdicts.stage) if staged else [UNKNOWN] * len(movements),
        _flags(verdicts.arousal, len(movements)),
        _flags(verdicts.respiratory, len(movements)),
        _flags(verdicts.plm_without_respiratory, len(movements)),
        _labels(verdicts.excluded_by),
    ]


def table_text(header: Sequence[str], blocks: Iterable[list[list[str]]]) -> str:
    """Join a header and blocks of parallel columns to the text of a table."""
    rows = ["\t".join(header)]
    for columns in blocks:
        rows += map("\t".join, zip(*columns, strict=True))
    return "\n".join(rows) + "\n"


def number_cells(values: ArrayLike) -> list[str]:
    """Return numbers as the tables print them."""
    return [_number(value) for value in np.asarray(values, np.float64).tolist()]


def _number(value: float) -> str:
    if math.isnan(value):
        return UNKNOWN
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _labels(words: Words) -> list[str]:
    """Escape a column; labels repeat, so each distinct one is escaped once."""
    texts = words.tolist()
    cells = {text: escape_label(text) for text in set(texts)}
    return [cells[text] for text in texts]


def _flags(flags: Bools | None, n_rows: int) -> list[str]:
    if flags is None:
        return [UNKNOWN] * n_rows
    return ["1" if flag else "0" for flag in flags.tolist()]


def _stages(stages: Stages) -> list[str]:
    names = {int(stage): stage.name for stage in Stage}
    return [names[stage] for stage in np.asarray(stages).tolist()]
