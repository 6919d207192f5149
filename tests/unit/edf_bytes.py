"""EDF and BDF files built byte by byte, with every field open to damage."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Row:
    """One row of the signal table and what the signal holds in each record."""

    label: str | bytes = "Leg L"
    unit: str | bytes = "uV"
    limits: tuple = (-3276.8, 3276.7, -32768, 32767)
    samples: object = 10
    data: list = field(default_factory=list)


def tal_row(texts, size=64, **changes):
    """Return an annotation signal; `texts` has the bytes of one record each."""
    row = Row(label="EDF Annotations", unit="", limits=(-1, 1, -32768, 32767), samples=size // 2)
    for name, value in changes.items():
        setattr(row, name, value)
    row.data = [text.ljust(size, b"\0") for text in texts]
    return row


def leg_row(n_records, samples=10, width=2, **changes):
    """Return a signal whose value counts up by one digital step a sample."""
    row = Row(samples=samples, **changes)
    counts = range(n_records * samples)
    row.data = [
        b"".join(value.to_bytes(width, "little") for value in counts[k * samples :][:samples])
        for k in range(n_records)
    ]
    return row


def timed(onsets, reserved="EDF+C", rows=(), **fields):
    """Return the bytes of an EDF+ whose records say these onsets; None says nothing."""
    tals = [b"" if one is None else f"{one:+.7g}".encode() + b"\x14\x14\0" for one in onsets]
    rows = [leg_row(len(onsets)), tal_row(tals), *rows]
    return edf_bytes(rows, reserved=reserved, **fields)


def edf_bytes(rows, **fields):
    """Return the bytes of a file; any header field may be replaced by name."""
    count = len(rows[0].data) if rows else 0
    header = {
        "version": "0",
        "patient": "X X X Secret_Name",
        "recording": "Startdate 01-JAN-2020 X X X",
        "date": "01.01.20",
        "time": "22.00.00",
        "header_bytes": 256 * (len(rows) + 1),
        "reserved": "",
        "n_records": count,
        "record_s": 1,
        "n_signals": len(rows),
        **fields,
    }
    widths = (8, 80, 80, 8, 8, 8, 44, 8, 8, 4)
    out = b"".join(
        _field(value, width) for value, width in zip(header.values(), widths, strict=True)
    )
    for width, value in (
        (16, lambda row: row.label),
        (80, lambda _: ""),
        (8, lambda row: row.unit),
        (8, lambda row: row.limits[0]),
        (8, lambda row: row.limits[1]),
        (8, lambda row: row.limits[2]),
        (8, lambda row: row.limits[3]),
        (80, lambda _: ""),
        (8, lambda row: row.samples),
        (32, lambda _: ""),
    ):
        out += b"".join(_field(value(row), width) for row in rows)
    return out + b"".join(row.data[k] for k in range(count) for row in rows)


def _field(value, width):
    raw = value if isinstance(value, bytes) else str(value).encode("utf-8")
    return raw.ljust(width)[:width]
