"""The header of EDF, EDF+ and BDF files: fixed columns of text, read leniently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psgscore.errors import RecordingError
from psgscore.io.edf_extent import find_records, sample_width
from psgscore.io.edf_fields import Notes, read_number, read_text, shown
from psgscore.io.edf_limits import check_limits, wide_signs
from psgscore.io.edf_start import contradicts, read_start
from psgscore.model.finding import Finding

FIXED_BYTES = 256
MAX_SIGNALS = 4096
# Beyond these a value times a 24-bit integer no longer fits a float32: nonsense anyway.
_SMALLEST, _LARGEST = 1e-25, 1e25
# A data record shorter or longer than this is a damaged field, not a recording.
_SHORTEST_S, _LONGEST_S = 1e-6, 1e6
_WIDTHS = {
    "label": 16,
    "transducer": 80,
    "unit": 8,
    "physical_min": 8,
    "physical_max": 8,
    "digital_min": 8,
    "digital_max": 8,
    "prefilter": 80,
    "samples": 8,
    "reserved": 32,
}
_ANNOTATION_LABELS = ("EDF ANNOTATIONS", "BDF ANNOTATIONS")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalHeader:
    """One signal of the file as its header describes it; None where that is unreadable."""

    label: str
    transducer: str
    unit: str
    physical_min: float | None
    physical_max: float | None
    digital_min: float | None
    digital_max: float | None
    prefilter: str
    samples_per_record: int

    @property
    def is_annotation(self) -> bool:
        """Whether it holds annotations instead of samples."""
        return " ".join(self.label.upper().split()) in _ANNOTATION_LABELS

    @property
    def calibration(self) -> tuple[float, float] | None:
        """Gain and offset from digital to physical values, None if the limits give none."""
        low, high, first, last = (
            self.physical_min,
            self.physical_max,
            self.digital_min,
            self.digital_max,
        )
        if low is None or high is None or first is None or last is None:
            return None
        if low == high or first == last:
            return None
        gain = (high - low) / (last - first)
        offset = low - gain * first
        fits = _SMALLEST < abs(gain) < _LARGEST and abs(offset) < _LARGEST
        return (gain, offset) if fits else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The whole header, and where the data are."""

    bytes_per_sample: int
    plus: str
    start: datetime | None
    data_offset: int
    n_records: int
    record_s: float
    signals: tuple[SignalHeader, ...]
    findings: tuple[Finding, ...]

    @property
    def record_bytes(self) -> int:
        """Size of one data record."""
        return self.bytes_per_sample * sum(signal.samples_per_record for signal in self.signals)

    @property
    def format(self) -> str:
        """``"EDF"``, ``"EDF+C"``, ``"BDF+D"``, ..."""
        return ("EDF" if self.bytes_per_sample == 2 else "BDF") + self.plus


def read_header(head: bytes, size: int, *, bdf: bool = False) -> Header:
    """Read the header of a file.

    Parameters
    ----------
    head : bytes
        The beginning of the file: at least the whole header, if the file has it.
    size : int
        Size of the file in bytes.
    bdf : bool
        The name of the file ends in ``.bdf``.

    Raises
    ------
    RecordingError
        The bytes are not an EDF or BDF header, or do not say how records are laid out.
    """
    notes = Notes()
    if len(head) < FIXED_BYTES:
        raise RecordingError(f"not an EDF file: {len(head)} bytes, a header alone has 256")
    fields = {
        "date": read_text(head[168:176], notes, "start date"),
        "time": read_text(head[176:184], notes, "start time"),
        "reserved": read_text(head[192:236], notes, "reserved field"),
    }
    n_signals = _n_signals(head, notes)
    signals = _signals(head, n_signals, notes)
    computed = FIXED_BYTES * (n_signals + 1)
    per_record = sum(signal.samples_per_record for signal in signals)
    width = sample_width(head, notes, (bdf, *wide_signs(signals, size - computed, head)))
    check_limits(signals, width, notes)
    record_s = _record_s(head[244:252], signals, notes)
    plus = _plus(fields["reserved"], notes)
    # Only EDF+ promises a full date in the recording field; elsewhere it is free text.
    stated_date = read_text(head[88:168], notes, "") if plus else ""
    start = read_start(fields["date"], fields["time"], stated_date)
    if contradicts(fields["date"], stated_date):
        notes.add("start-contradiction", "two dates: that of the recording field is taken")
    if start is None:
        notes.add("start-unknown", "the start date or time is unreadable: times count from 0")
    if not plus and any(signal.is_annotation for signal in signals):
        notes.add("annotations-in-plain", "has annotations but does not call itself EDF+")
    offset, n_records = find_records(head, computed, width * per_record, size, notes)
    return Header(
        bytes_per_sample=width,
        plus=plus,
        start=start,
        data_offset=offset,
        n_records=n_records,
        record_s=record_s,
        signals=signals,
        findings=tuple(notes.found),
    )


def header_bytes(head: bytes) -> int:
    """Return how much of the file must be read to see the whole header."""
    counts = (read_number(head[252:256]), (read_number(head[184:192]) or 0) / FIXED_BYTES - 1)
    signals = [int(count) for count in counts if count is not None and 0 < count <= MAX_SIGNALS]
    return FIXED_BYTES * (1 + max(signals, default=0))


def _plus(reserved: str, notes: Notes) -> str:
    word = reserved.upper()
    if not word.startswith(("EDF+", "BDF+")):
        return ""
    mark = "+D" if word[3:5] == "+D" else "+C"
    if reserved[3:5] != mark or reserved[:3] != word[:3]:
        notes.add(
            "reserved", f"the reserved field is not as EDF+ has it: taken as {word[:3]}{mark}"
        )
    return mark


def _n_signals(head: bytes, notes: Notes) -> int:
    """Return the number of signals; where two fields disagree, the one that fits the text."""
    stated = read_number(head[252:256])
    from_size = (read_number(head[184:192]) or 0) / FIXED_BYTES - 1
    candidates = [
        int(value)
        for value in (stated, from_size)
        if value is not None and value == int(value) and 0 <= value <= MAX_SIGNALS
    ]
    # No signals at all is believed last: any text fits that.
    candidates.sort(key=lambda count: count == 0)
    fitting = [count for count in candidates if _samples(head, count) is not None]
    fitting.sort(key=lambda count: _unreadable_limits(head, count))
    if not fitting:
        raise RecordingError(
            "not an EDF file, or its header is damaged: the number of signals and their "
            "samples per record cannot be read"
        )
    if stated is None or fitting[0] != stated:
        notes.add(
            "signal-count", f"the number of signals does not fit the header: {fitting[0]} taken"
        )
    return fitting[0]


def _columns(head: bytes, n_signals: int, name: str) -> list[bytes]:
    """Return one field of every signal; the header stores them field by field."""
    offset = FIXED_BYTES
    for field, width in _WIDTHS.items():
        if field == name:
            block = head[offset : offset + width * n_signals]
            return [block[k * width : (k + 1) * width] for k in range(n_signals)]
        offset += width * n_signals
    raise KeyError(name)


def _samples(head: bytes, n_signals: int) -> list[int] | None:
    """Return the samples per record of every signal, None if they are not counts."""
    if len(head) < FIXED_BYTES * (n_signals + 1):
        return None
    values = [read_number(raw) for raw in _columns(head, n_signals, "samples")]
    counts = [int(v) for v in values if v is not None and v == int(v) and 0 <= v < 1e8]
    return counts if len(counts) == n_signals else None


def _unreadable_limits(head: bytes, n_signals: int) -> int:
    """Count the limits that are no numbers: many, where the columns are cut in wrong places."""
    names = ("physical_min", "physical_max", "digital_min", "digital_max")
    return sum(
        read_number(raw) is None for name in names for raw in _columns(head, n_signals, name)
    )


def _signals(head: bytes, n_signals: int, notes: Notes) -> tuple[SignalHeader, ...]:
    samples = _samples(head, n_signals) or []
    texts = {
        name: [read_text(raw, notes, f"{name} of signal {k}") for k, raw in enumerate(column)]
        for name in ("label", "transducer", "unit", "prefilter")
        for column in [_columns(head, n_signals, name)]
    }
    limits = {
        name: [read_number(raw) for raw in _columns(head, n_signals, name)]
        for name in ("physical_min", "physical_max", "digital_min", "digital_max")
    }
    if any(b"," in raw for name in limits for raw in _columns(head, n_signals, name)):
        notes.add("decimal-comma", "limits are written with a decimal comma: read as a point")
    signals = tuple(
        SignalHeader(
            label=texts["label"][k],
            transducer=texts["transducer"][k],
            unit=texts["unit"][k],
            physical_min=limits["physical_min"][k],
            physical_max=limits["physical_max"][k],
            digital_min=limits["digital_min"][k],
            digital_max=limits["digital_max"][k],
            prefilter=texts["prefilter"][k],
            samples_per_record=samples[k],
        )
        for k in range(n_signals)
    )
    _check_signals(signals, notes)
    return signals


def _check_signals(signals: Sequence[SignalHeader], notes: Notes) -> None:
    labels = [signal.label for signal in signals if not signal.is_annotation]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        notes.add("duplicate-label", "the label occurs more than once: use the index", label)
    for signal in (one for one in signals if not one.is_annotation):
        if signal.calibration is None:
            notes.add(
                "no-calibration",
                "the physical or digital limits are blank, equal or no numbers: a sample "
                "has no value, the channel cannot be used",
                signal.label,
                "error",
            )
        elif signal.calibration[0] < 0:
            notes.add("inverted", "the limits are reversed: read inverted, as stated", signal.label)
        if signal.samples_per_record == 0:
            notes.add("no-samples", "holds no samples", signal.label, "error")


def _record_s(raw: bytes, signals: Sequence[SignalHeader], notes: Notes) -> float:
    value = read_number(raw)
    has_samples = any(not one.is_annotation and one.samples_per_record for one in signals)
    if value is not None and (_SHORTEST_S <= value <= _LONGEST_S or not (value or has_samples)):
        return value
    if has_samples:
        raise RecordingError(
            f"the duration of a data record is {shown(raw)}: without it no sampling rate is known"
        )
    notes.add("record-duration", "the duration of a data record is unreadable: 0 taken")
    return 0.0
