"""How wide a sample is, where the records begin and how many there are."""

from __future__ import annotations

from collections.abc import Sequence

from psgscore.io.edf_fields import Notes, read_count

_MOST_GARBAGE = 0.1
"""A little more than was announced, and no whole record: garbage, not a stale count."""


def sample_width(head: bytes, notes: Notes, signs: Sequence[bool]) -> int:
    """Return the bytes of a sample, by what the header calls the file.

    The size of the file alone is no evidence: three records of 16 bits are as long as
    two of 24. Where the header calls it nothing, two of the `signs` of 24 bits decide.
    """
    wide = head[:1] == b"\xff" or head[192:197].upper().startswith((b"BDF+", b"24BIT"))
    if not wide and sum(signs) >= 2:
        message = "calls itself EDF, but name, digital limits and size say 24 bits: read as such"
        notes.add("sample-width", message)
        return 3
    expected = b"\xffBIOSEMI" if wide else b"0       "
    if head[:8] != expected:
        message = f"the version field is not {expected!r}: read all the same, as "
        notes.add("version", message + ("24 bits" if wide else "16 bits"))
    return 3 if wide else 2


def find_records(
    head: bytes, computed: int, record_bytes: int, size: int, notes: Notes
) -> tuple[int, int]:
    """Return where the data begin and how many whole records there are.

    Parameters
    ----------
    head : bytes
        The header.
    computed : int
        Size of the header by its number of signals.
    record_bytes, size : int
        Size of one record and of the file.
    notes : Notes
        Takes the findings.
    """
    stated, field = read_count(head[236:244]), read_count(head[184:192])
    offset = computed
    if field != computed:
        if field and computed < field and _fills(field, computed, stated, record_bytes, size):
            offset = field
        notes.add("header-size", f"the header size is given wrong: {offset} bytes taken")
    if record_bytes == 0:
        notes.add("empty", "has no samples at all", severity="error")
        return offset, 0
    present, rest = divmod(max(size - offset, 0), record_bytes)
    if stated and rest and stated < present <= stated * (1 + _MOST_GARBAGE):
        rest = size - offset - stated * record_bytes
        present = stated
    _check_records(stated, present, rest, notes)
    return offset, present


def _fills(field: int, computed: int, stated: int | None, record_bytes: int, size: int) -> bool:
    """Say whether the data fit behind a longer header: all announced records, or whole ones."""
    if stated is not None and stated > 0:
        return field == size - stated * record_bytes
    known = record_bytes > 0 and size > field
    return known and (size - field) % record_bytes == 0 and (size - computed) % record_bytes != 0


def _check_records(stated: int | None, present: int, rest: int, notes: Notes) -> None:
    if stated is None or stated < 0:
        notes.add("record-count-unknown", f"does not say how many records: {present} found")
    elif stated > present:
        notes.add(
            "truncated", f"{stated} records were announced, {present} are whole: those are read"
        )
    elif stated < present:
        notes.add("record-count", f"{stated} records were announced, {present} found and read")
    if rest and (stated is None or stated <= present):
        notes.add("trailing-bytes", f"{rest} bytes after the last record are ignored")
    if not present:
        notes.add("no-records", "holds no data records", severity="error")
