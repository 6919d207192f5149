"""Time-stamped annotation lists: the annotation signals of EDF+ and BDF+."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from psgscore.io.recording import Annotation

_TIME = re.compile(rb"[+-]?\d+([.,]\d*)?|[+-]?[.,]\d+")
_UTF_16 = re.compile(rb"[\x20-\x7e]\0(?:[\x20-\x7e\x14\x15]\0){3,}")
_FAR_S = 1e9


@dataclass(slots=True)
class AnnotationReader:
    """Gathers what the annotation signals of all records hold.

    Parameters
    ----------
    annotations : list of Annotation
        On the clock of the header's start time.
    record_onsets_s : list of float or None
        What the time-keeping entry of each record says.
    n_bad : int
        Entries that could not be read.
    n_odd : int
        Entries that were read although they are not as the standard has them.
    not_ascii : bool
        Whether any text had to be decoded as Latin-1.
    """

    annotations: list[Annotation] = field(default_factory=list)
    record_onsets_s: list[float | None] = field(default_factory=list)
    n_bad: int = 0
    n_odd: int = 0
    not_utf8: bool = False

    def read_record(self, blocks: list[bytes]) -> None:
        """Read the annotation signals of one record; the first one keeps the time."""
        onset_s: float | None = None
        for number, block in enumerate(blocks):
            for place, (when, duration_s, texts) in enumerate(self._entries(block)):
                if number == 0 and place == 0 and (not texts or texts[0] == b""):
                    onset_s = when
                for text in texts:
                    if text:
                        self._add(when, duration_s, text)
        self.record_onsets_s.append(onset_s)

    def _entries(self, block: bytes) -> Iterator[tuple[float, float | None, list[bytes]]]:
        """Yield onset, duration and texts of each entry of one annotation signal."""
        narrow = _UTF_16.sub(lambda wide: wide[0][::2], block)
        self.n_odd += narrow != block
        for raw in narrow.split(b"\0"):
            if not raw.strip(b" \r\n"):
                continue
            head, *texts = raw.split(b"\x14")
            onset, _, length = head.partition(b"\x15")
            when = _seconds(onset)
            duration_s = _seconds(length) if length else None
            if when is None or not texts or (length and duration_s is None):
                self.n_bad += 1
                continue
            odd = onset.strip()[:1] not in (b"+", b"-") or b"," in head or texts[-1] != b""
            self.n_odd += odd
            yield when, duration_s, texts[:-1] if texts[-1] == b"" else texts

    def _add(self, when: float, duration_s: float | None, raw: bytes) -> None:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
            self.not_utf8 = True
        words, mark, channel = text.strip(" \0").rpartition("@@")
        if not mark:
            words, channel = text.strip(" \0"), ""
        if duration_s is not None and duration_s < 0:
            self.n_bad += 1
            duration_s = None
        self.annotations.append(Annotation(when, duration_s, words, channel.strip()))


def _seconds(raw: bytes) -> float | None:
    text = raw.strip()
    if not _TIME.fullmatch(text):
        return None
    value = float(text.replace(b",", b"."))
    return value if math.isfinite(value) and abs(value) < _FAR_S else None
