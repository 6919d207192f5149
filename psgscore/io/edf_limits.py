"""Digital limits against the width of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from psgscore.io.edf_fields import Notes, read_count

if TYPE_CHECKING:
    from psgscore.io.edf_header import SignalHeader


def wide_signs(signals: Sequence[SignalHeader], data_bytes: int, head: bytes) -> tuple[bool, bool]:
    """Say whether digital limits go beyond 16 bits, and whether only 24 bits fill the file."""
    beyond = any(_beyond(signal, 2) for signal in signals)
    samples = (read_count(head[236:244]) or 0) * sum(one.samples_per_record for one in signals)
    return beyond, samples > 0 and data_bytes == 3 * samples


def _beyond(signal: SignalHeader, width: int) -> bool:
    """Say whether the digital limits do not fit into samples of so many bytes."""
    limits = [one for one in (signal.digital_min, signal.digital_max) if one is not None]
    reach = 1 << (8 * width - 1)
    return not signal.is_annotation and any(not -reach <= one < reach for one in limits)


def check_limits(signals: Sequence[SignalHeader], width: int, notes: Notes) -> None:
    """Note channels whose digital limits samples of this width cannot reach."""
    for signal in signals:
        if _beyond(signal, width):
            message = f"the digital limits are beyond samples of {8 * width} bits: values as stated"
            notes.add("digital-limits", message, signal.label)
