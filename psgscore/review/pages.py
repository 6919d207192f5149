"""Pages of signals of one recording: read in parts, filtered, kept for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from psgscore.errors import PsgscoreError
from psgscore.io.edf_window import read_window
from psgscore.model._arrays import Samples
from psgscore.model.signal import Signal
from psgscore.review.catalog import Catalog
from psgscore.review.tiles import columns, tile
from psgscore.review.tracks import Track

KEPT_BYTES = 48 << 20
LONGEST_SPAN_S = 900.0
MOST_PX = 4096


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows; `plain` is without filters."""

    tracks: tuple[str, ...]
    start_s: float
    span_s: float
    px: int
    plain: bool = False

    def beside(self, pages: int) -> Page:
        """Return the page so many further on."""
        start_s = self.start_s + pages * self.span_s
        return Page(self.tracks, start_s, self.span_s, self.px, self.plain)


class Pages:
    """The pages of a recording as bytes; the neighbours of the last one are made ready.

    Parameters
    ----------
    catalog : Catalog
        What can be drawn, of a recording from a file.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._kept: OrderedDict[Page, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="pages")
        self._waiting: list[Future[None]] = []

    def page(self, page: Page) -> bytes:
        """Return a page; see `psgscore.review.tiles.tile`.

        Raises
        ------
        KeyError
            There is no such track.
        ChannelError
            A derivation cannot be made; see `Catalog.derivation`.
        """
        data = self._get(page)
        for future in self._waiting:
            future.cancel()
        near = (page.beside(1), page.beside(-1))
        duration_s = self._catalog.recording.duration_s
        self._waiting = [
            self._ahead.submit(self._prepare, one)
            for one in near
            if -one.span_s < one.start_s < duration_s and one not in self._kept
        ]
        return data

    def close(self) -> None:
        """Stop preparing."""
        self._ahead.shutdown(wait=True, cancel_futures=True)

    def _prepare(self, page: Page) -> None:
        self._get(page)

    def _get(self, page: Page) -> bytes:
        with self._lock:
            if page in self._kept:
                self._kept.move_to_end(page)
                return self._kept[page]
        data = self._made(page)
        with self._lock:
            self._size += len(data) - len(self._kept.pop(page, b""))
            self._kept[page] = data
            while self._size > KEPT_BYTES:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped)
        return data

    def _made(self, page: Page) -> bytes:
        chosen = [self._catalog.track(name) for name in page.tracks]
        margin_s = max([0.0, *(0.0 if page.plain else one.filter.margin_s for one in chosen)])
        # One sample more on either side: the line goes on to it.
        margin_s += max([0.0, *(1 / one.rate_hz for one in chosen if one.rate_hz > 0)])
        read = read_window(
            self._catalog.recording,
            [one.derivation for one in chosen],
            page.start_s - margin_s,
            page.start_s + page.span_s + margin_s,
        )
        drawn = [_drawn(track, part, page) for track, part in zip(chosen, read, strict=True)]
        return tile(drawn, page.start_s, page.span_s, page.px)


def _drawn(track: Track, part: list[Signal] | PsgscoreError, page: Page) -> Samples:
    if isinstance(part, PsgscoreError):
        return np.full((2, page.px), np.nan, np.float32)
    if not page.plain:
        part = [_filtered(piece, track, page) for piece in part]
    return columns(part, page.start_s, page.span_s, page.px)


def _filtered(piece: Signal, track: Track, page: Page) -> Signal:
    """Filter what the page needs of a piece; a record may be much longer than that."""
    margin_s = track.filter.margin_s + 1 / piece.rate_hz
    first = int((page.start_s - margin_s - piece.start_s) * piece.rate_hz)
    last = int((page.start_s + page.span_s + margin_s - piece.start_s) * piece.rate_hz) + 1
    first, last = max(first, 0), max(last, 0)
    start_s = piece.start_s + first / piece.rate_hz
    samples = track.filter(piece.samples[first:last], piece.rate_hz)
    return Signal(piece.label, samples, piece.rate_hz, piece.unit, start_s)
