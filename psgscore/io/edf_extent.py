"""How wide a sample is, where the records begin and how many there are."""

from __future__ import annotations

from psgscore.io.edf_fields import Notes, read_count


def sample_width(head: bytes, notes: Notes) -> int:
    """Return the bytes of a sample, by what the header calls the file.

    The size of the file is no evidence: three records of 16 bits are as long as two of 24.
    """
    wide = head[:1] == b"\xff" or head[192:197].upper().startswith((b"BDF+", b"24BIT"))
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
        # A longer header is believed if the announced records then fill the file exactly.
        if field and stated and computed < field == size - stated * record_bytes:
            offset = field
        notes.add("header-size", f"the header size is given wrong: {offset} bytes taken")
    if record_bytes == 0:
        notes.add("empty", "has no samples at all", severity="error")
        return offset, 0
    present, rest = divmod(max(size - offset, 0), record_bytes)
    _check_records(stated, present, rest, notes)
    return offset, present


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
