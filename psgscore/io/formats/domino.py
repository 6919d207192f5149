r"""Text exports of SOMNOmedics DOMINO, one file for each kind of mark.

A head (``Signal ID: SchlafProfil\profil``, ``Start Time``, ``Unit``, ``Signal Type``, ``Events
list``, ``Rate``), a blank line, then a line for each epoch (``Discret``: ``00:14:00,000; Wake``)
or each event (``Impuls``: ``00:22:48,246-00:23:00,246; 12;Hypopnea``, the number being its rounded
duration, which may be missing). Rows have clock times, and the date is that of ``Start Time``.

A profile of stages may have epochs that were marked as snoring in place of a stage; they are
unscored. Events of one extremity's EMG (``LeftLegPhasic``) are no leg movements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from psgscore.errors import ScoringFileError
from psgscore.io.formats.clock import DAY_S
from psgscore.io.formats.clock_table import MISSING, unused_columns
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.placing import Placed, Stamp, placed, stamp, stop_after
from psgscore.io.formats.rows import cells, length_s, plain, shown
from psgscore.io.recording import Annotation
from psgscore.model.finding import Finding

_KEYS = {
    "signal id": "id",
    "signal-id": "id",
    "start time": "start",
    "startzeit": "start",
    "unit": "unit",
    "einheit": "unit",
    "signal type": "type",
    "signaltyp": "type",
    "events list": "list",
    "ereignisliste": "list",
    "rate": "rate",
}
_RANGE = re.compile(
    r"(?P<start>.*?\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?(?:\s*[AaPp]\.?[Mm]\.?)?)\s*-\s*(?P<stop>.+)"
)
_COUNT = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
_STAGE_NAMES = {"wake", "wach", "rem", "n1", "n2", "n3", "n4", "s1", "s2", "s3", "s4", "nrem"}
_BASELINE = re.compile(r"^\S.* REM baseline:\s*\d{1,2}[.:]\d{2}[.:]\d{2}", re.MULTILINE)
_SOME_MINUTES_S = 3600.0


@dataclass(frozen=True, slots=True)
class _Mark:
    """One line below the head; `stop` is None where it gives but one time."""

    line: int
    start: Stamp
    stop: Stamp | None
    text: str


def recognises(source: Source) -> bool:
    """Say whether a file is such an export."""
    lines = source.head.lstrip("\ufeff \n").split("\n")[:12]
    keys = {_KEYS.get(plain(line.partition(":")[0])) for line in lines if ":" in line}
    return {"id", "type"} <= keys or _BASELINE.search(source.head) is not None


def read(source: Source) -> ForeignScoring:
    """Read such an export.

    Raises
    ------
    ScoringFileError
        It holds a signal or baselines and no scoring; a row that cannot be understood.
    """
    lines = source.text.split("\n")
    head, first = _head(lines)
    if "type" not in head:
        raise ScoringFileError(
            f"{source.name}: a list of REM baselines, no stages and no events: name the sleep "
            "profile and the event files instead"
        )
    kind = plain(head["type"])
    if not kind.startswith(("discret", "diskret", "impuls")):
        raise ScoringFileError(
            f"{source.name}: its signal type is {shown(head['type'])}: a signal, no stages and no "
            "events (Discret, Impuls)"
        )
    marks, further = _marks(lines, first, source.name)
    if not marks and kind.startswith("impuls"):
        message = "holds no events: none were found, or none were looked for"
        empty = Finding("scoring.no-events", message, source.name, "note")
        return ForeignScoring(vocabulary="domino", findings=(empty,))
    times, findings = _placed(marks, head.get("start", ""), source.name)
    if any(further):
        findings = (*findings, *unused_columns(further, (), source.name))
    if kind.startswith("impuls"):
        return _told(times, findings, "domino", notes=_events(marks, times))
    epochs = _epochs(marks, times, length_s(head.get("rate", ""), source.name, first))
    if _is_profile(head):
        return _told(times, findings, "domino_profile", stages=epochs)
    return _told(times, findings, "domino", notes=_runs(epochs))


def _head(lines: Sequence[str]) -> tuple[Mapping[str, str], int]:
    """Return what the head says, and how many lines it has."""
    found: dict[str, str] = {}
    for place, line in enumerate(lines):
        name, mark, value = line.partition(":")
        key = _KEYS.get(plain(name)) if mark else None
        if key is None and plain(line):
            return found, place
        if key is not None:
            found[key] = cells(value, "\n")[0]
    return found, len(lines)


def _marks(lines: Sequence[str], first: int, source: str) -> tuple[list[_Mark], list[str]]:
    """Return the rows, and words of the first row that nothing is taken from."""
    marks, further = [], list[str]()
    for number, line in enumerate(lines[first:], first + 1):
        if not plain(line):
            continue
        time, *said = cells(line, ";")
        if len(said) > 1 and (not said[0] or _COUNT.fullmatch(said[0])):
            said = said[1:]
        further = further or said[1:]
        ends = _RANGE.fullmatch(time)
        start = stamp(ends["start"] if ends else time, source, number)
        stop = stamp(ends["stop"], source, number) if ends else None
        marks.append(_Mark(number, start, stop, (said[0] if said else "") or MISSING))
    return marks, further


def _placed(marks: Sequence[_Mark], start: str, source: str) -> tuple[Placed, tuple[Finding, ...]]:
    """Put the rows after the start time of the head, which has the date."""
    stamps = [mark.start for mark in marks]
    if not stamps or stamps[0].day or not start:
        return placed(stamps, source), ()
    begin = placed([stamp(start, source, 2)], source)
    alone = placed(stamps, source)
    ahead_s = (stamps[0].clock_s - stamp(start, source, 2).clock_s) % DAY_S
    if DAY_S / 2 < ahead_s < DAY_S - _SOME_MINUTES_S:
        message = (
            f"the first row lies {ahead_s / 3600:.1f} h after the start time {shown(start)}: clock "
            "times alone are used"
        )
        return alone, (Finding("scoring.start-contradicted", message, source),)
    ahead_s -= DAY_S if ahead_s > DAY_S / 2 else 0.0
    return Placed(begin.origin, begin.dated, [ahead_s + at_s for at_s in alone.at_s]), ()


def _events(marks: Sequence[_Mark], times: Placed) -> list[Annotation]:
    return [
        Annotation(at_s, stop_after(mark.start, mark.stop) if mark.stop else None, mark.text)
        for mark, at_s in zip(marks, times.at_s, strict=True)
    ]


def _epochs(marks: Sequence[_Mark], times: Placed, rate_s: float | None) -> list[Annotation]:
    return [
        Annotation(at_s, rate_s, mark.text) for mark, at_s in zip(marks, times.at_s, strict=True)
    ]


def _runs(epochs: Sequence[Annotation]) -> Iterator[Annotation]:
    """Join rows that say the same one after another."""
    for text, group in groupby(epochs, lambda one: one.text):
        same = list(group)
        lasts_s = same[-1].onset_s + (same[-1].duration_s or 0.0) - same[0].onset_s
        yield Annotation(same[0].onset_s, lasts_s, text)


def _is_profile(head: Mapping[str, str]) -> bool:
    names = {plain(name) for name in head.get("list", "").split(",")}
    return "schlafprofil" in plain(head.get("id", "")) or bool(names & _STAGE_NAMES)


def _told(
    times: Placed,
    findings: tuple[Finding, ...],
    vocabulary: str,
    *,
    stages: Sequence[Annotation] = (),
    notes: Iterator[Annotation] | Sequence[Annotation] = (),
) -> ForeignScoring:
    return ForeignScoring(
        vocabulary=vocabulary,
        stages=stages,
        notes=list(notes),
        origin=times.origin,
        dated=times.dated,
        findings=findings,
    )


FORMAT = Format(
    name="domino",
    title="SOMNOmedics DOMINO: sleep profile and events as text",
    recognises=recognises,
    read=read,
)
