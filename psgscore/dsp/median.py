"""A running median as a sorting network: minima and maxima of whole arrays.

A network sorts by a fixed list of exchanges. Over a sliding window most exchanges of
one position are those of another position shifted, so each is worked out once for
all positions; what the middle value does not depend on is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from psgscore.dsp.parts import in_parts
from psgscore.model._arrays import Bools, Samples

_CHUNK = 1 << 15
"""Values at once: what a step works on stays in the processor's cache."""


class _Wire(NamedTuple):
    """A value of the window: result `step` taken `shift` values later (-1: the input)."""

    step: int
    shift: int


class _Step(NamedTuple):
    pick: Callable[..., Any]
    first: int
    second: int
    shift: int


def running_median(values: Samples, size: int) -> Samples:
    """Return the centred running median, the ends held.

    Parameters
    ----------
    values : ndarray of float32, shape (n,)
    size : int
        Length of the window, odd.

    Returns
    -------
    ndarray of float32, shape (n,)

    References
    ----------
    Batcher 1968, Sorting networks and their applications, AFIPS 32:307-314.
    """
    steps, middle = _network(size)
    padded = np.pad(values, size // 2, mode="edge")
    found = np.empty_like(values)
    for first in range(0, values.size, _CHUNK):
        last = min(first + _CHUNK, values.size)
        results = {-1: padded[first : last + size - 1]}
        for number, (pick, a, b, shift) in steps:
            one, other = results[a], results[b][shift:]
            n = min(one.size, other.size)
            results[number] = pick(one[:n], other[:n])
        found[first:last] = results[middle.step][middle.shift :][: last - first]
    return found


def medians_at(values: Samples, size: int, every: int) -> Samples:
    """Return every so many-th value of `running_median`, the others not worked out.

    Parameters
    ----------
    values : ndarray of float32, shape (n,)
    size : int
        Length of the window, odd.
    every : int
        Distance of the values wanted; the first one is wanted.

    Returns
    -------
    ndarray of float32, shape (ceil(n / every),)
    """
    padded = np.pad(values, size // 2, mode="edge")
    found = np.empty(-(-values.size // every), dtype=values.dtype)

    def fill(first: int, last: int) -> None:
        chunk = padded[first * every :]
        wires = [chunk[shift::every][: last - first] for shift in range(size)]
        found[first:last] = _of_wires(wires)

    in_parts(fill, found.size, _CHUNK // 4)
    return found


def _of_wires(wires: Sequence[Samples]) -> Samples:
    """Return the median over arrays, place by place."""
    numbered, middle = _network(len(wires))
    return _taken(middle, wires, dict(numbered), {})


def _taken(
    wire: _Wire, wires: Sequence[Samples], steps: Mapping[int, _Step], known: dict[_Wire, Samples]
) -> Samples:
    """Return what comes out at a wire; `known` is what was worked out for others."""
    # No closure that calls itself: a cycle would keep every array until the next collection.
    if wire not in known:
        if wire.step < 0:
            known[wire] = np.ascontiguousarray(wires[wire.shift])
        else:
            pick, one, other, later = steps[wire.step]
            first = _taken(_Wire(one, wire.shift), wires, steps, known)
            second = _taken(_Wire(other, wire.shift + later), wires, steps, known)
            known[wire] = pick(first, second)
    return known[wire]


def mostly(mask: Bools, size: int) -> Bools:
    """Say where most of a window is true: where the running median is, of what was compared.

    Parameters
    ----------
    mask : ndarray of bool, shape (n,)
        Such as ``values > limit``; the ends are held.
    size : int
        Length of the window, odd.
    """
    padded = np.pad(mask, size // 2, mode="edge").view(np.uint8)
    count: NDArray[np.unsignedinteger] = np.zeros(mask.size, np.uint8 if size < 256 else np.uint32)
    for shift in range(size):
        count += padded[shift : shift + mask.size]
    most: Bools = count > size // 2
    return most


@cache
def _network(size: int) -> tuple[tuple[tuple[int, _Step], ...], _Wire]:
    """Return the numbered steps the median needs, and where it comes out."""
    numbers: dict[_Step, int] = {}

    def step(pick: Callable[..., Any], one: _Wire, other: _Wire) -> _Wire:
        (early, late) = sorted((one, other), key=lambda wire: (wire.shift, wire.step))
        key = _Step(pick, early.step, late.step, late.shift - early.shift)
        return _Wire(numbers.setdefault(key, len(numbers)), early.shift)

    wires = [_Wire(-1, shift) for shift in range(size)]
    for low, high in _exchanges(size):
        one, other = wires[low], wires[high]
        wires[low], wires[high] = step(np.minimum, one, other), step(np.maximum, one, other)
    middle, steps = wires[size // 2], list(numbers)
    needed: set[int] = set()
    waiting = [middle.step]
    while waiting:
        number = waiting.pop()
        if number >= 0 and number not in needed:
            needed.add(number)
            waiting += [steps[number].first, steps[number].second]
    return tuple((number, steps[number]) for number in sorted(needed)), middle


def _exchanges(size: int) -> Iterator[tuple[int, int]]:
    """Yield the exchanges of Batcher's odd-even merge sort, in order."""
    merged = 1
    while merged < size:
        reach = merged
        while reach >= 1:
            for start in range(reach % merged, size - reach, 2 * reach):
                for low in range(start, start + min(reach, size - start - reach)):
                    if low // (2 * merged) == (low + reach) // (2 * merged):
                        yield low, low + reach
            reach //= 2
        merged *= 2
