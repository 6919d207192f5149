"""Pages of signals as extremes per column of pixels, and the bytes they are sent as. Pure."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from psgscore.model._arrays import Floats, Samples
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
    on_line = np.interp(places, np.arange(samples.size), samples).astype(np.float32)
    # The last sample holds until the piece ends, one sample later; columns are half-open.
    begins, ends = on_line[:-1].copy(), on_line[1:].copy()
    begins[(places[:-1] < 0) | (places[:-1] >= samples.size)] = np.nan
    ends[(places[1:] <= 0) | (places[1:] > samples.size)] = np.nan
    bounds = np.clip(np.ceil(places), 0, samples.size).astype(np.int64)
    held = bounds[1:] > bounds[:-1]
    for row, (pick, join) in enumerate(((np.minimum, np.fmin), (np.maximum, np.fmax))):
        values = join(begins, ends)
        if held.any():
            # Columns without a sample take none from their neighbours: those that hold some join.
            within = pick.reduceat(samples[: bounds[-1]], bounds[:-1][held])
            values[held] = join(within, values[held])
        found[row] = join(found[row], values)


def tile(channels: Sequence[Samples], start_s: float, span_s: float, px: int) -> bytes:
    """Return a page as bytes: a head, then by channel all minima and all maxima.

    Little-endian: ``"PST1"``, number of channels and columns and 0 as uint32, start and span in
    seconds as float64, then float32.
    """
    head = _HEAD.pack(MAGIC, len(channels), px, 0, start_s, span_s)
    return head + b"".join(one.astype("<f4").tobytes() for one in channels)
