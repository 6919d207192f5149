"""Long arrays worked on in parts that do not depend on each other, two at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

THREADS = 2
"""numpy lets go of the interpreter while it counts; more threads wait for memory."""


def in_parts(work: Callable[[int, int], None], n: int, size: int) -> None:
    """Call `work` for [0, size), [size, 2 size), ... up to `n`; the order must not matter.

    Parameters
    ----------
    work : callable
        Takes the first element of a part and the one after its last; each part writes
        to a place of its own, so the result does not depend on the threads.
    n, size : int
        Elements in all, and in a part.
    """
    firsts = range(0, n, size)
    if len(firsts) < 2:
        for first in firsts:
            work(first, min(first + size, n))
        return
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(lambda first: work(first, min(first + size, n)), firsts):
            pass
