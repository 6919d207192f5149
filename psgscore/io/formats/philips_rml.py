"""Philips Sleepware and Alice: RML, an XML whose root is ``<PatientStudy>``.

Times are whole or broken seconds from ``RecordingStart``. A ``Stage`` lasts until the next one,
the last until the end of the recording. ``UserStaging`` is of a person, ``MachineStaging`` of the
program; an event with ``Machine="true"`` is the program's. A leg movement names the signal it was
marked on, and so its side.

Finding codes (all begin with ``scoring.``): ``stage-column``, ``automatic-events``,
``lights-impossible``, ``several-parts``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psgscore.errors import ScoringFileError
from psgscore.io.formats.clock import moment
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.xml_tree import Element, read_xml, require, root_name
from psgscore.io.formats.xml_values import clipped, free_text, length_s, measures, seconds
from psgscore.io.recording import Annotation
from psgscore.io.scoring_words import automatic_finding
from psgscore.model.finding import Finding

ROOT = "PatientStudy"
VOCABULARY = "philips"
USER, MACHINE = "UserStaging", "MachineStaging"
NOT_SCORED = "NotScored"

_SESSION = ("Acquisition", "Sessions", "Session")
_STAGINGS = ("ScoringData", "StagingData")
_MEASURES = {"O2Min": "spo2_nadir_pct", "O2Before": "spo2_baseline_pct"}
_ZONE = re.compile(r"[+-]\d{2}:?\d{2}$", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stages:
    """The stages of an RML: whose they are, and what was left aside."""

    rows: Sequence[Annotation] = ()
    by_machine: bool = False
    findings: tuple[Finding, ...] = ()


def recognises(source: Source) -> bool:
    """Say whether the root element is that of RML."""
    return root_name(source) == ROOT


def read(source: Source) -> ForeignScoring:
    """Read an RML.

    Raises
    ------
    ScoringFileError
        A row that cannot be understood, with its line.
    """
    root = read_xml(source)
    require(root, ("ScoringData",), source)
    parts = _tables(root, *_SESSION)
    part = parts[0] if parts else Element("", root.line)
    end_s = length_s(part.value("Duration"), "Duration", source, part.line)
    stages = _stages(root, end_s, source)
    lights, findings = _lights(part, end_s, source)
    rows = [row for table in _tables(root, "ScoringData", "Events") for row in table.every("Event")]
    notes = _events(root, rows, stages, source)
    others = [*_positions(root, end_s, source), *lights]
    return ForeignScoring(
        vocabulary=VOCABULARY,
        stages=stages.rows,
        notes=[*notes, *others],
        measures=measures(rows, _MEASURES, source, n_more=len(others)),
        origin=_origin(part, source),
        findings=(
            *stages.findings,
            *_several(parts, source),
            *findings,
            *_machine_events(rows, source),
        ),
    )


def _tables(root: Element, *path: str) -> list[Element]:
    """Return every element at the end of a path."""
    found = [root]
    for name in path:
        found = [child for one in found for child in one.every(name)]
    return found


def _several(parts: Sequence[Element], source: Source) -> list[Finding]:
    if len(parts) < 2:
        return []
    message = (
        f"was recorded in {len(parts)} parts: its times are taken to count from the start of "
        "the first"
    )
    return [Finding("scoring.several-parts", message, source.name)]


def _origin(part: Element, source: Source) -> datetime | None:
    """Return when the recording began by its own clock, None where the file does not say it."""
    told = part.first("RecordingStart")
    if told is None or not told.text:
        return None
    # What stands before an offset from UTC is the clock of the laboratory.
    found = moment(_ZONE.sub("", told.text))
    if found is None:
        raise ScoringFileError(
            f"{source.name}, line {told.line}: RecordingStart is {told.text[:40]!r}, "
            "not a date and time (2011-09-21T22:30:32)"
        )
    return found


def _stages(root: Element, end_s: float | None, source: Source) -> _Stages:
    """Return the stages of a person, those of the program only where no person staged."""
    by_user = _staging(_tables(root, *_STAGINGS, USER), end_s, source)
    by_machine = _staging(_tables(root, *_STAGINGS, MACHINE), end_s, source)
    loose = next((found for one in _tables(root, *_STAGINGS) for found in one.every("Stage")), None)
    if loose is not None:
        raise ScoringFileError(
            f"{source.name}, line {loose.line}: a Stage outside {USER} and {MACHINE}: it is not "
            "known who made it"
        )
    machine_staged = any(row.text != NOT_SCORED for row in by_machine.rows)
    if machine_staged and not any(row.text != NOT_SCORED for row in by_user.rows):
        findings = (automatic_finding(source.name), *by_machine.findings)
        return _Stages(rows=by_machine.rows, by_machine=True, findings=findings)
    if not machine_staged:
        return by_user
    message = f"the stages of a person ({USER}) are used, not those of {MACHINE}"
    ignored = Finding("scoring.stage-column", message, source.name, "note")
    return _Stages(rows=by_user.rows, findings=(*by_user.findings, ignored))


def _staging(whose: Sequence[Element], end_s: float | None, source: Source) -> _Stages:
    """Return the staging by AASM rules, otherwise the first that there is."""
    kinds = [kind for one in whose for kind in one.children if kind.first("Stage") is not None]
    if not kinds:
        return _Stages()
    chosen = next((kind for kind in kinds if "AASM" in kind.name), kinds[0])
    rows = _until_the_next(chosen, "Type", end_s, source)
    if len(kinds) == 1:
        return _Stages(rows=rows)
    others = ", ".join(kind.name for kind in kinds if kind is not chosen)
    message = f"of several stagings {chosen.name} is used, not {others}"
    return _Stages(rows=rows, findings=(Finding("scoring.stage-column", message, source.name),))


def _until_the_next(
    table: Element, word: str, end_s: float | None, source: Source
) -> list[Annotation]:
    """Return states that each last until the next; one that begins at the very end is none."""
    states = sorted(
        (
            (seconds(_told(row, "Start", source), "Start", source, row.line), row)
            for row in table.children
            if word in row.attributes or row.name == "Stage"
        ),
        key=lambda state: state[0],
    )
    stops = [start for start, _ in states[1:]] + [end_s]
    return [
        Annotation(start, _until(start, stop), clipped(_told(row, word, source)))
        for (start, row), stop in zip(states, stops, strict=True)
        if start != end_s
    ]


def _until(start_s: float, stop_s: float | None) -> float | None:
    """Return how long a state lasts, None where that is not known."""
    return stop_s - start_s if stop_s is not None and stop_s >= start_s else None


def _told(row: Element, name: str, source: Source) -> str:
    told = row.attributes.get(name, "").strip()
    if not told:
        raise ScoringFileError(f"{source.name}, line {row.line}: {row.name} has no {name}")
    return told


def _events(
    root: Element, rows: Sequence[Element], stages: _Stages, source: Source
) -> list[Annotation]:
    signals = {
        channel.attributes.get("EdfSignal", ""): channel.value("Label")
        for table in _tables(root, "ChannelConfig", "Channels")
        for channel in table.every("Channel")
    }
    return [
        Annotation(
            seconds(_told(row, "Start", source), "Start", source, row.line),
            length_s(row.attributes.get("Duration", ""), "Duration", source, row.line),
            clipped(_word(row, stages, source)),
            clipped(_channel(row, signals)),
        )
        for row in rows
    ]


def _word(row: Element, stages: _Stages, source: Source) -> str:
    kind = _told(row, "Type", source)
    if kind == "Comment":
        return free_text(row.value("Comment"), kind, VOCABULARY)
    if kind == "BodyPositionOverride":
        return f"Position {row.value('BodyPosition')}".strip()
    # Where no person staged, none looked at the arousals of the program either.
    unseen = stages.by_machine and _is_machine(row) and kind == "Arousal"
    return f"Machine{kind}" if unseen else kind


def _channel(row: Element, signals: dict[str, str]) -> str:
    """Return the label of the signal an event was marked on, "" where it names none."""
    for child in row.children:
        signal = child.attributes.get("EdfSignal")
        if signal in signals:
            return signals[signal]
    return row.value("Input")


def _is_machine(row: Element) -> bool:
    return row.attributes.get("Machine", "").strip().lower() in ("true", "1")


def _machine_events(rows: Sequence[Element], source: Source) -> list[Finding]:
    n_machine = sum(map(_is_machine, rows))
    if not n_machine:
        return []
    message = (
        f"{n_machine} of {len(rows)} events were marked by a program; the file does not say "
        "whether a person looked at them"
    )
    return [Finding("scoring.automatic-events", message, source.name)]


def _positions(root: Element, end_s: float | None, source: Source) -> list[Annotation]:
    return [
        Annotation(state.onset_s, state.duration_s, f"Position {state.text}")
        for table in _tables(root, "BodyPositionState")
        for state in _until_the_next(table, "Position", end_s, source)
    ]


def _lights(
    part: Element, end_s: float | None, source: Source
) -> tuple[list[Annotation], list[Finding]]:
    """Return lights off and on; a night without length is one whose lights were not set."""
    off_s, on_s = (
        None if not part.value(name) else seconds(part.value(name), name, source, told.line)
        for name, told in ((n, part.first(n) or part) for n in ("LightsOff", "LightsOn"))
    )
    limit_s = end_s if on_s is None else on_s
    if off_s is not None and (off_s < 0 or (limit_s is not None and off_s >= limit_s)):
        message = f"lights off at {off_s:g} s, on at {limit_s} s: not used"
        return [], [Finding("scoring.lights-impossible", message, source.name)]
    marks = (("Lights off", off_s), ("Lights on", on_s))
    return [Annotation(at_s, None, word) for word, at_s in marks if at_s is not None], []


FORMAT = Format(
    name="philips-rml",
    title="Philips Sleepware and Alice RML (`PatientStudy`)",
    recognises=recognises,
    read=read,
)
