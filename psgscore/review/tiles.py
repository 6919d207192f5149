"""Pages of signals as extremes per column of pixels, and the bytes they are sent as. Pure."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from psgscore.model._arrays import Floats, Ints, Samples
from psgscore.model.signal import Signal

MAGIC = b"PST1"
_HEAD = struct.Struct("<4sIIIdd")


def columns(pieces: Sequence[Signal], start_s: float, span_s: float, px: int) -> Samples:
    """Return the smallest and largest value in every column of pixels.

    Parameters
    ----------
    pieces : sequence of Signal
        Uninterrupted, in time order; they may reach beyond the page.
    start_s, span_s : float
        The page.
    px : int
        Columns of pixels.

    Returns
    -------
    ndarray of float32, shape (2, px)
        Of the line through the samples, so that strokes from the one to the other join up.
        NaN where there is no signal.
    """
    found = np.full((2, px), np.nan, np.float32)
    edges_s: Floats = start_s + np.arange(px + 1, dtype=np.float64) * (span_s / px)
    for piece in pieces:
        if piece.samples.size:
            _add(found, piece, edges_s)
    return found


def _add(found: Samples, piece: Signal, edges_s: Floats) -> None:
    """Put the extremes of one piece into the columns it reaches."""
    samples = piece.samples
    places = (edges_s - piece.start_s) * piece.rate_hz
    # The last sample holds until the piece ends, one sample later.
    inside = (places >= 0) & (places <= samples.size)
    on_line = np.interp(places, np.arange(samples.size), samples).astype(np.float32)
    on_line[~inside] = np.nan
    bounds = np.clip(np.ceil(places), 0, samples.size).astype(np.int64)
    held = bounds[1:] > bounds[:-1]
    for row, pick in ((0, np.minimum), (1, np.maximum)):
        ends = (np.fmin if row == 0 else np.fmax)(on_line[:-1], on_line[1:])
        if held.any():
            ends[held] = _pick(pick, samples, bounds, ends)[held]
        join = np.fmin if row == 0 else np.fmax
        found[row] = join(found[row], ends)


def _pick(pick: np.ufunc, samples: Samples, bounds: Ints, ends: Samples) -> Samples:
    """Return the extreme of the samples of each column and of the line at its edges."""
    starts = np.minimum(bounds[:-1], samples.size - 1)
    first, last = bounds[0], max(bounds[-1], 1)
    within = pick.reduceat(samples[:last], np.clip(starts, first, last - 1))
    join = np.fmin if pick is np.minimum else np.fmax
    joined: Samples = join(within, ends)
    return joined


def tile(channels: Sequence[Samples], start_s: float, span_s: float, px: int) -> bytes:
    """Return a page as bytes: a head, then by channel all minima and all maxima.

    Little-endian: ``"PST1"``, number of channels and columns and 0 as uint32, start and span in
    seconds as float64, then float32.
    """
    head = _HEAD.pack(MAGIC, len(channels), px, 0, start_s, span_s)
    return head + b"".join(one.astype("<f4").tobytes() for one in channels)
