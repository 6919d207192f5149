"""Reading and writing at a place of an open file, also where the system has no call for it.

Without one (Windows) the place of the file itself is moved: a descriptor is then for one thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable


def seek_and_read(fd: int, size: int, place: int) -> bytes:
    """Return up to `size` bytes from `place` on."""
    os.lseek(fd, place, os.SEEK_SET)
    return os.read(fd, size)


def seek_and_fill(fd: int, view: memoryview, place: int) -> int:
    """Fill a view from `place` on; return how many bytes there were."""
    data = seek_and_read(fd, len(view), place)
    view[: len(data)] = data
    return len(data)


def seek_and_write(fd: int, data: bytes, place: int) -> int:
    """Write from `place` on; return how many bytes were written."""
    os.lseek(fd, place, os.SEEK_SET)
    return os.write(fd, data)


def _fill(fd: int, view: memoryview, place: int) -> int:
    return os.preadv(fd, [view], place)


read_at: Callable[[int, int, int], bytes] = getattr(os, "pread", seek_and_read)
read_into: Callable[[int, memoryview, int], int] = _fill if hasattr(os, "preadv") else seek_and_fill
write_at: Callable[[int, bytes, int], int] = getattr(os, "pwrite", seek_and_write)
