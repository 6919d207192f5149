"""Time-stamped annotation lists: the annotation signals of EDF+ and BDF+."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from psgscore.io.edf_plain import plain_onsets
from psgscore.io.recording import Annotation
from psgscore.model.finding import Finding

# Times within bounds; an entry as nearly all are, with one text or none; and a record that holds
# nothing but its own time and one such entry.
_BOUND = rb"\d{1,9}(?:\.\d{0,6})?"
_PLAIN = re.compile(rb"([+-]%b)(?:\x15(%b))?\x14([^\x14]*)\x14" % (_BOUND, _BOUND))
_USUAL = re.compile(
    rb"(\+%b)\x14\x14\0([+-]%b)(?:\x15(%b))?\x14([^\x14\0]+)\x14\0*" % (_BOUND, _BOUND, _BOUND)
)
_PROPER = re.compile(rb"([+-]\d+(?:\.\d*)?)(?:\x15(\d+(?:\.\d*)?))?")
_TIME = re.compile(rb"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
_FAR_S = 1e9
# Text of two bytes a character, up to the end of its entry. A byte 0x14 ends texts.
_WIDE_TEXT = re.compile(rb"(?<=\x14)(?:\xff\xfe)?((?:[^\0\x14]\0|[^\0][^\0\x14])+)(?=\x14\0)")


@dataclass(slots=True)
class AnnotationReader:
    """Gathers what the annotation signals of all records hold.

    Parameters
    ----------
    annotations : list of Annotation
        On the clock of the header's start time.
    record_onsets_s : list of float or None
        What the time-keeping entry of each record says.
    n_bad, n_odd : int
        Entries that could not be read, and that are not as the standard demands.
    not_utf8, utf16 : bool
        Whether any text had to be decoded as Latin-1, or as UTF-16.
    n_astray : int
        Records up to the last one whose first annotation signal holds something, but
        does not begin with an entry: there were such before.
    """

    annotations: list[Annotation] = field(default_factory=list)
    record_onsets_s: list[float | None] = field(default_factory=list)
    n_bad: int = 0
    n_odd: int = 0
    not_utf8: bool = False
    utf16: bool = False
    n_astray: int = 0
    _was_in_step: bool = False

    def read_records(self, blocks: Sequence[NDArray[np.uint8]]) -> None:
        """Read the annotation signals of all records, as `read_record` of each would.

        Parameters
        ----------
        blocks : sequence of ndarray of uint8, shape (n_records, size)
            One per annotation signal.
        """
        onsets = plain_onsets(blocks)
        known: list[float | None] = onsets.tolist()
        others = np.flatnonzero(np.isnan(onsets))
        signals = [_rows(block[others]) for block in blocks]
        done = 0
        for record, (first, *further) in zip(
            others.tolist(), zip(*signals, strict=True), strict=True
        ):
            usual = _USUAL.fullmatch(first)
            if usual and not b"".join(further).strip(b"\0"):
                onset, when, length, text = usual.groups()
                known[record] = float(onset)
                self._add(float(when), float(length) if length else None, text)
            else:
                self._keep_times(known[done:record])
                self.read_record([first, *further])
                done = record + 1
        self._keep_times(known[done:])

    def read_record(self, blocks: Sequence[bytes]) -> None:
        """Read the annotation signals of one record; the first one keeps the time."""
        onset_s: float | None = None
        for number, block in enumerate(blocks):
            if number == 0:
                self._watch_step(block)
            for place, (when, duration_s, texts) in enumerate(self._entries(block)):
                if number == 0 and onset_s is None and (not texts or texts[0] == b""):
                    onset_s = when
                    self.n_odd += place > 0
                for text in texts:
                    if text:
                        self._add(when, duration_s, text)
        self.record_onsets_s.append(onset_s)

    def findings(self) -> list[Finding]:
        """Return what was odd about the annotations."""
        findings = []
        if self.n_bad:
            message = f"{self.n_bad} annotation entries are damaged and were left out"
            findings.append(Finding("edf.bad-annotation", message))
        if self.n_odd:
            message = (
                f"{self.n_odd} annotation entries are not as the standard demands (sign, decimal "
                "point, length or end mark): read as far as they go"
            )
            findings.append(Finding("edf.annotation-form", message))
        if self.not_utf8 or self.utf16:
            found = " and ".join(["Latin-1"] * self.not_utf8 + ["UTF-16"] * self.utf16)
            message = f"annotation texts are not UTF-8: read as {found}"
            findings.append(Finding("edf.annotation-text", message, severity="note"))
        return findings

    def _keep_times(self, onsets_s: list[float | None]) -> None:
        """Take the times of records in a row that all begin with theirs."""
        if onsets_s:
            self.record_onsets_s += onsets_s
            self._was_in_step, self.n_astray = True, 0

    def _watch_step(self, block: bytes) -> None:
        """Count the records at the end whose entries are not where they were."""
        begins = block[:1]
        if begins in (b"+", b"-"):
            self._was_in_step, self.n_astray = True, 0
        elif block.strip(b"\0 "):
            self.n_astray += self._was_in_step
        else:
            self.n_astray = 0

    def _entries(self, block: bytes) -> Iterator[tuple[float, float | None, list[bytes]]]:
        """Yield onset, duration and texts of each entry of one annotation signal."""
        body, utf16 = body_of(block)
        self.utf16 = self.utf16 or utf16
        for raw in body.split(b"\0"):
            if not raw.strip(b" \r\n"):
                continue
            entry = read_entry(raw)
            if entry is None:
                self.n_bad += 1
                continue
            when, duration_s, texts, proper = entry
            self.n_odd += not proper
            yield when, duration_s, texts

    def _add(self, when: float, duration_s: float | None, raw: bytes) -> None:
        words, channel, is_utf8 = _text_of(raw)
        self.not_utf8 = self.not_utf8 or not is_utf8
        self.annotations.append(Annotation(when, duration_s, words, channel))


@lru_cache(maxsize=1024)
def _text_of(raw: bytes) -> tuple[str, str, bool]:
    """Return the words of a text, the channel behind them, and whether it was in UTF-8."""
    try:
        text, is_utf8 = raw.decode("utf-8"), True
    except UnicodeDecodeError:
        text, is_utf8 = raw.decode("latin-1"), False
    words, mark, channel = text.strip(" \0").rpartition("@@")
    if not mark:
        words, channel = text.strip(" \0"), ""
    return words, channel.strip(), is_utf8


def _rows(block: NDArray[np.uint8]) -> list[bytes]:
    data, size = block.tobytes(), block.shape[1]
    return [data[k * size : (k + 1) * size] for k in range(len(block))]


def body_of(block: bytes) -> tuple[bytes, bool]:
    """Return the entries of one annotation signal, NULs between them; and whether in UTF-16."""
    body = block.rstrip(b"\0")
    # In the plain case a NUL stands behind an end mark and nowhere else.
    if body.count(b"\0") == body.count(b"\x14\0"):
        return body, False
    body = _as_utf8(block)
    return body, body != block


def read_entry(raw: bytes) -> tuple[float, float | None, list[bytes], bool] | None:
    """Return onset, duration and texts of an entry, and whether its form is as demanded.

    None where it cannot be read.
    """
    plain = _PLAIN.fullmatch(raw)
    if plain:
        onset, length, text = plain.groups()
        return float(onset), float(length) if length else None, [text], True
    return read_any_entry(raw)


def read_any_entry(raw: bytes) -> tuple[float, float | None, list[bytes], bool] | None:
    """Return the same of an entry of any form; `read_entry` is quicker where it is plain."""
    head, *texts = raw.split(b"\x14")
    proper = _PROPER.fullmatch(head)
    onset, length = proper.groups() if proper else _parted(head)
    when = _seconds(onset)
    duration_s = _seconds(length) if length else None
    if when is None or not texts or (length and duration_s is None):
        return None
    if duration_s is not None and duration_s < 0:
        duration_s = None
    ended = texts[-1] == b""
    return when, duration_s, texts[:-1] if ended else texts, bool(proper and ended)


def _parted(head: bytes) -> tuple[bytes, bytes]:
    onset, _, length = head.partition(b"\x15")
    return onset, length


def _seconds(raw: bytes) -> float | None:
    text = raw.strip()
    if not _TIME.fullmatch(text):
        return None
    value = float(text.replace(b",", b"."))
    return value if math.isfinite(value) and abs(value) < _FAR_S else None


def _as_utf8(block: bytes) -> bytes:
    """Return an annotation signal in which texts of two bytes a character became UTF-8."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if block.startswith(mark):
            return block[2:].decode(encoding, "replace").encode("utf-8", "replace")
    # Onsets are digits: whole entries are in UTF-16 where every other byte of one is NUL.
    if re.match(rb"[+-]\0\d\0", block):
        return block.decode("utf-16-le", "replace").encode("utf-8", "replace")
    if re.match(rb"\0[+-]\0\d", block):
        return block.decode("utf-16-be", "replace").encode("utf-8", "replace")
    return _WIDE_TEXT.sub(_narrowed, block)


def _narrowed(match: re.Match[bytes]) -> bytes:
    text = match[1]
    # A stray NUL makes no UTF-16 text: most characters of one have a NUL as second byte.
    if 2 * text[1::2].count(0) <= len(text) // 2:
        return match[0]
    return text.decode("utf-16-le", "replace").encode("utf-8", "replace")
