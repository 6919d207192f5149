"""The signal table of an EDF header: one field of every signal after the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from psgscore.io.edf_fields import Notes, note_commas, read_number, read_text

# Beyond these a value times a 24-bit integer no longer fits a float32: nonsense anyway.
_SMALLEST, _LARGEST = 1e-25, 1e25
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
SIGNAL_BYTES = sum(_WIDTHS.values())
_LIMITS = ("physical_min", "physical_max", "digital_min", "digital_max")
# The standards know two labels; programs number them, or leave out the last letter.
_ANNOTATION_LABEL = re.compile(r"[EB]DF ?ANNOTATIONS? ?\d?")
_ANNOTATION_LABELS = ("EDF Annotations", "BDF Annotations")
_THOUSANDS = re.compile(rb",\d{3}(\D|$)")


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
        return _ANNOTATION_LABEL.fullmatch(" ".join(self.label.upper().split())) is not None

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

    @property
    def digital_reach(self) -> float:
        """The size of the larger digital limit, 0 where there is none."""
        return max(abs(self.digital_min or 0.0), abs(self.digital_max or 0.0))


def samples_per_record(table: bytes, n_signals: int) -> list[int] | None:
    """Return the samples per record of every signal, None if they are not counts."""
    if len(table) < SIGNAL_BYTES * n_signals:
        return None
    values = [read_number(raw) for raw in _column(table, n_signals, "samples")]
    counts = [int(v) for v in values if v is not None and v == int(v) and 0 <= v < 1e8]
    return counts if len(counts) == n_signals else None


def all_limits_are_numbers(table: bytes, n_signals: int) -> bool:
    """Return whether the table, read for so many signals, has numbers where they belong."""
    columns = [_column(table, n_signals, name) for name in _LIMITS]
    return all(read_number(raw) is not None for column in columns for raw in column)


def read_signals(table: bytes, n_signals: int, notes: Notes) -> tuple[SignalHeader, ...]:
    """Read the table of all signals and note what is odd about it."""
    samples = samples_per_record(table, n_signals) or []
    texts = {
        name: [read_text(raw, notes, f"{name} of signal {k}") for k, raw in enumerate(column)]
        for name in ("label", "transducer", "unit", "prefilter")
        for column in [_column(table, n_signals, name)]
    }
    raw_limits = {name: _column(table, n_signals, name) for name in _LIMITS}
    limits = {
        name: [(_whole if name.startswith("digital") else read_number)(raw) for raw in column]
        for name, column in raw_limits.items()
    }
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
    used = [
        raw
        for name, column in raw_limits.items()
        for raw, value in zip(column, limits[name], strict=True)
        if value is not None
    ]
    note_commas(used, notes)
    _check_labels(signals, notes)
    for signal in signals:
        if not signal.is_annotation:
            _check_calibration(signal, notes)
    return signals


def check_digital_limits(
    signals: Sequence[SignalHeader], bytes_per_sample: int, notes: Notes
) -> None:
    """Note digital limits a sample of this width cannot reach."""
    top = 1 << (8 * bytes_per_sample - 1)
    for signal in signals:
        low, high = signal.digital_min, signal.digital_max
        if signal.is_annotation or low is None or high is None:
            continue
        if min(low, high) < -top or max(low, high) > top - 1:
            message = (
                f"the digital limits [{low:.0f}, {high:.0f}] are more than a sample of "
                f"{8 * bytes_per_sample} bits holds: read by the line they state"
            )
            notes.add("digital-limits", message, signal.label)


def _column(table: bytes, n_signals: int, name: str) -> list[bytes]:
    """Return one field of every signal; the table stores them field by field."""
    offset = 0
    for field, width in _WIDTHS.items():
        if field == name:
            block = table[offset : offset + width * n_signals]
            return [block[k * width : (k + 1) * width] for k in range(n_signals)]
        offset += width * n_signals
    raise KeyError(name)


def _whole(raw: bytes) -> float | None:
    """Read a digital limit, a whole number: "32,768" may be one, or 32 and a bit, so is none."""
    value = None if _THOUSANDS.search(raw) else read_number(raw)
    return value if value is not None and value == int(value) else None


def _check_labels(signals: Sequence[SignalHeader], notes: Notes) -> None:
    labels = [signal.label for signal in signals if not signal.is_annotation]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        notes.add("duplicate-label", "the label occurs more than once: use the index", label)
    if "" in labels:
        message = f"signal {labels.index('')} has no label: use the index"
        notes.add("label-missing", message, severity="note")
    for signal in signals:
        if signal.is_annotation and signal.label not in _ANNOTATION_LABELS:
            message = "the label is not quite that of an annotation signal: read as one"
            notes.add("annotation-label", message, signal.label, "note")


def _check_calibration(signal: SignalHeader, notes: Notes) -> None:
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
    elif (signal.digital_min or 0.0) > (signal.digital_max or 0.0):
        message = "both pairs of limits are in falling order: the same line, read as stated"
        notes.add("digital-limits", message, signal.label, "note")
    if signal.samples_per_record == 0:
        notes.add("no-samples", "holds no samples", signal.label, "error")
