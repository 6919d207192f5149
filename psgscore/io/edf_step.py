"""Whether the annotation signal is where the header says: it shows what is no record."""

from __future__ import annotations

from dataclasses import replace

from psgscore.errors import RecordingError
from psgscore.io.edf_header import Header
from psgscore.io.edf_tal import AnnotationReader
from psgscore.model.finding import Finding

# So many records in a row, up to the last one, are no accident of one record.
_ASTRAY_RECORDS = 3


def without_surplus(header: Header, reader: AnnotationReader) -> Header:
    """Return a header without the records after the announced ones, if those are none.

    That is so when all announced records say when they begin, and none after them does.
    """
    stated = header.stated_records or header.n_records
    if stated >= len(reader.record_onsets_s):
        return header
    timed = [onset is not None for onset in reader.record_onsets_s]
    if not all(timed[:stated]) or any(timed[stated:]):
        return header
    message = (
        f"the length of {header.n_records - stated} records after the {stated} announced is "
        "ignored: nothing in it says when a record begins, as in the others"
    )
    kept = [finding for finding in header.findings if finding.code != "edf.record-count"]
    findings = (*kept, Finding("edf.trailing-bytes", message))
    return replace(header, n_records=stated, findings=findings)


def refuse_astray(header: Header, reader: AnnotationReader) -> None:
    """Raise RecordingError when the last records hold something else where annotations were."""
    if reader.n_astray >= _ASTRAY_RECORDS:
        first = header.n_records - reader.n_astray
        raise RecordingError(
            f"from record {first} of {header.n_records} on, annotations are not where the header "
            "says: bytes were lost or added in the data. Copy the original again in binary mode"
        )
