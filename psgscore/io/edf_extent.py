"""How wide a sample is, where the records begin and how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from psgscore.errors import RecordingError
from psgscore.io.edf_fields import Notes, read_count

# Some programs write unsigned limits, or limits one too large, into files of 16 bits.
_BEYOND_16_BITS = 65536
_WIDE_MARKS = (b"BDF+", b"24BIT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How long a file is, and how long its header says it is.

    Parameters
    ----------
    size : int
        Bytes of the file.
    computed : int
        Size of the header by its number of signals.
    stated_offset, stated_records : int or None
        Header size and number of records as stated, None where that is no count.
    samples : int
        Samples of all signals in a record.
    padding_is_blank : bool
        Whether nothing is written between `computed` and a larger `stated_offset`.
    """

    size: int
    computed: int
    stated_offset: int | None
    stated_records: int | None
    samples: int
    padding_is_blank: bool

    @classmethod
    def of(cls, head: bytes, computed: int, samples: int, size: int) -> Extent:
        """Return what the fields of a header say."""
        offset = read_count(head[184:192])
        padding = head[computed : offset or computed]
        return cls(
            size=size,
            computed=computed,
            stated_offset=offset,
            stated_records=read_count(head[236:244]),
            samples=samples,
            padding_is_blank=len(padding) == (offset or 0) - computed and not padding.strip(b" \0"),
        )

    @property
    def offsets(self) -> list[int]:
        """Where the records may begin; a stated offset can only be further on."""
        stated = self.stated_offset
        longer = stated is not None and self.computed < stated < self.size
        return [self.computed, stated] if longer and stated else [self.computed]

    def whole(self, width: int, offset: int) -> bool:
        """Whether whole records of this width lie between the offset and the end."""
        room, record = self.size - offset, width * self.samples
        return record > 0 and room > 0 and room % record == 0

    def fills(self, width: int, offset: int) -> bool:
        """Whether exactly the records the header states lie there; any, if it states none."""
        if not self.stated_records:
            return self.whole(width, offset)
        return self.size - offset == self.stated_records * width * self.samples > 0

    def fits(self, width: int) -> bool:
        """Whether samples of this width fill the file from any offset."""
        return any(self.fills(width, offset) for offset in self.offsets)


def sample_width(head: bytes, name: str, reach: float, extent: Extent, notes: Notes) -> int:
    """Return the bytes of a sample.

    What the header calls the file counts first. Against it stand the name of the file and
    digital limits beyond 16 bits: both together, or one of them and a size only the other
    width fits. The size alone is no evidence: three records of 16 bits are as long as two
    of 24.

    Parameters
    ----------
    head : bytes
        The header.
    name : str
        Name of the file, "" if it has none.
    reach : float
        The largest digital limit of all signals.
    extent : Extent
        Of the file.
    notes : Notes
        Takes the findings.

    Raises
    ------
    RecordingError
        Name and limits say one width, header and size the other.
    """
    reserved = head[192:236].strip(b" \0").upper()
    wide = head[:1] == b"\xff" or reserved.startswith(_WIDE_MARKS)
    marked = 3 if wide else 2
    width = _weighed(marked, name, reach, extent)
    expected = b"\xffBIOSEMI" if marked == 3 else b"0       "
    if head[:8] != expected:
        notes.add("version", f"the version field is not {expected!r}: read all the same")
    if width != marked or _named(name, marked) != marked:
        notes.add(
            "sample-width",
            f"the header calls it a file of {8 * marked} bits, name, digital limits or size one "
            f"of {8 * (5 - marked)}: samples read as {8 * width} bits",
        )
    return width


def _named(name: str, marked: int) -> int:
    suffix = PurePath(name).suffix.lower()
    return {".bdf": 3, ".edf": 2}.get(suffix, marked)


def _weighed(marked: int, name: str, reach: float, extent: Extent) -> int:
    """Return the width that header, name, digital limits and size say together."""
    beyond = reach > _BEYOND_16_BITS
    named = _named(name, marked)
    fits_marked, fits_other = extent.fits(marked), extent.fits(5 - marked)
    only_other = fits_other and not fits_marked
    if marked == 3:
        return 2 if named == 2 and not beyond and only_other else 3
    if named == 3 and beyond:
        if fits_marked and not fits_other:
            raise RecordingError(
                "the name and the digital limits say 24 bits a sample, the header and the size "
                "of the file 16: export the recording again"
            )
        return 3
    return 3 if (named == 3 or beyond) and only_other else 2


def find_records(extent: Extent, width: int, notes: Notes) -> tuple[int, int]:
    """Return where the data begin and how many whole records there are.

    Parameters
    ----------
    extent : Extent
        Of the file.
    width : int
        Bytes of a sample.
    notes : Notes
        Takes the findings.
    """
    offset = _offset(extent, width)
    if extent.stated_offset != extent.computed:
        notes.add("header-size", f"the header size is given wrong: {offset} bytes taken")
    record_bytes = width * extent.samples
    if record_bytes == 0:
        notes.add("empty", "has no samples at all", severity="error")
        return offset, 0
    room = max(extent.size - offset, 0)
    n_records = _n_records(extent.stated_records, room, record_bytes, notes)
    if not n_records:
        notes.add("no-records", "holds no data records", severity="error")
    return offset, n_records


def _offset(extent: Extent, width: int) -> int:
    """Return where the records begin: where they fit, else behind blank padding."""
    for fits in (extent.fills, extent.whole):
        fitting = [offset for offset in extent.offsets if fits(width, offset)]
        if len(fitting) == 1:
            return fitting[0]
    return extent.offsets[-1] if extent.padding_is_blank else extent.computed


def _n_records(stated: int | None, room: int, record_bytes: int, notes: Notes) -> int:
    present, rest = divmod(room, record_bytes)
    if stated and stated < present and rest:
        surplus = room - stated * record_bytes
        message = (
            f"{surplus} bytes after the {stated} records announced are ignored: they are no "
            "whole records"
        )
        notes.add("trailing-bytes", message)
        return stated
    if stated is None:
        notes.add("record-count-unknown", f"does not say how many records: {present} found")
    elif stated > present:
        notes.add(
            "truncated", f"{stated} records were announced, {present} are whole: those are read"
        )
    elif stated < present:
        message = f"{stated} records were announced, {present} whole ones found and read"
        notes.add("record-count", message)
    if rest and (stated is None or stated <= present):
        notes.add("trailing-bytes", f"{rest} bytes after the last record are ignored")
    return present
