"""EDFbrowser: annotations exported as XML.

``<annotationlist><annotation><onset>``, ``<duration>`` and ``<description>``. Onsets are either
all dates with clock times (``2008-03-11T22:34:05.1230000``) or all seconds from the start of the
recording; a description may end in ``@@channel``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psgscore.errors import ScoringFileError
from psgscore.io.formats.clock import from_first, moment
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.vocabulary import COMMON
from psgscore.io.formats.xml_tree import Element, read_xml, require, root_name
from psgscore.io.formats.xml_values import clipped, length_s, number, seconds
from psgscore.io.recording import Annotation

ROOT = "annotationlist"


def recognises(source: Source) -> bool:
    """Say whether the root element is that of EDFbrowser."""
    return root_name(source) == ROOT


def read(source: Source) -> ForeignScoring:
    """Read annotations exported by EDFbrowser.

    Raises
    ------
    ScoringFileError
        A row that cannot be understood, with its line.
    """
    root = read_xml(source)
    if root.children:
        require(root, ("annotation",), source)
    rows = root.every("annotation")
    origin, onsets_s = _onsets(rows, source)
    return ForeignScoring(
        vocabulary=COMMON,
        notes=[_note(row, at_s, source) for row, at_s in zip(rows, onsets_s, strict=True)],
        origin=origin,
    )


def _note(row: Element, onset_s: float, source: Source) -> Annotation:
    told = row.value("description")
    words, mark, channel = told.rpartition("@@")
    text = words if mark else told
    length = length_s(row.value("duration"), "duration", source, row.line)
    return Annotation(onset_s, length, clipped(text), clipped(channel) if mark else "")


def _onsets(rows: Sequence[Element], source: Source) -> tuple[datetime | None, list[float]]:
    told = [row.value("onset") for row in rows]
    if all(number(text) is not None for text in told):
        lines = [row.line for row in rows]
        return None, [
            seconds(text, "onset", source, n) for text, n in zip(told, lines, strict=True)
        ]
    moments = [moment(text) for text in told]
    for row, text, at in zip(rows, told, moments, strict=True):
        if at is None:
            raise ScoringFileError(
                f"{source.name}, line {row.line}: onset is {text[:40]!r}: all are dates with clock "
                "times (2008-03-11T22:34:05.123), or all are seconds"
            )
    origin, onsets_s = from_first(at for at in moments if at is not None)
    return origin, [
        seconds(str(at_s), "time from the first annotation", source, row.line)
        for row, at_s in zip(rows, onsets_s, strict=True)
    ]


FORMAT = Format(
    name="edfbrowser-xml",
    title="EDFbrowser annotations as XML (`annotationlist`)",
    recognises=recognises,
    read=read,
)
