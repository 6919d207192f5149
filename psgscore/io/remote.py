"""Object stores and servers through fsspec: fetched to a local file, uploaded when finished.

Needs the extra ``remote``, and for each kind of address the library fsspec names.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psgscore.errors import InputPathError, OutputError, UsageError

_HOW = '{address}: needs fsspec: python -m pip install "psgscore[remote]"'


def fetch(address: str, folder: Path) -> Path:
    """Copy a file to a local folder under its own name, and return its path.

    Raises
    ------
    InputPathError
        It is not there or cannot be read.
    UsageError
        The library for such addresses is not installed.
    """
    files, path = _file_system(address)
    target = folder / path.rpartition("/")[2]
    try:
        with files.open(path, "rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
    except OSError as error:
        raise InputPathError(f"{address}: cannot be fetched: {error}") from None
    return target


def addresses_below(address: str, endings: tuple[str, ...]) -> list[str]:
    """Return the addresses of the files below one, those that end so (in any case), in order.

    Raises
    ------
    InputPathError
        There is nothing there.
    UsageError
        The library for such addresses is not installed.
    """
    files, root = _file_system(address)
    try:
        found = files.find(root)
    except OSError as error:
        raise InputPathError(f"{address}: cannot be listed: {error}") from None
    return sorted(files.unstrip_protocol(path) for path in found if path.lower().endswith(endings))


class RemoteStore:
    """Results below an address.

    A file appears when its upload ends, so each is whole. There is no lock: two runs at once
    write the same bytes where they were asked for the same, and where not, the hashes in
    ``STEM.done.json`` tell.
    """

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        self._files, self._root = _file_system(self._address)

    def read(self, name: str) -> bytes | None:
        """Return what is in a file, None where it is missing."""
        try:
            data: bytes = self._files.cat_file(f"{self._root}/{name}")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutputError(f"{self._address}/{name}: cannot be read: {error}") from None
        return data

    def deliver(self, files: Sequence[Path], folder: str) -> None:
        """Upload finished files one after the other.

        Raises
        ------
        OutputError
            One cannot be uploaded.
        """
        target = f"{self._root}/{folder}".rstrip("/")
        try:
            self._files.makedirs(target, exist_ok=True)
            for file in files:
                self._files.pipe_file(f"{target}/{file.name}", file.read_bytes())
        except OSError as error:
            raise OutputError(f"{self._address}/{folder}: cannot be written: {error}") from None

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        try:
            self._files.rm_file(f"{self._root}/{name}")
        except FileNotFoundError:
            return
        except OSError as error:
            raise OutputError(f"{self._address}/{name}: cannot be removed: {error}") from None

    def names(self, endings: tuple[str, ...]) -> list[str]:
        """Return every file whose name ends in one of these, in alphabetical order."""
        try:
            found = self._files.find(self._root)
        except FileNotFoundError:
            return []
        before = len(self._root.rstrip("/")) + 1
        return sorted(path[before:] for path in found if path.endswith(endings))

    @contextmanager
    def scratch(self, label: str) -> Iterator[Path]:
        """Yield a new local folder to prepare files in."""
        with tempfile.TemporaryDirectory(prefix=f"psgscore-{label}-") as folder:
            yield Path(folder)

    def sweep(self, labels: set[str]) -> None:
        """Leave it to the system's own cleaning of temporary folders."""


def _file_system(address: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(_HOW.format(address=address)) from None
    try:
        files, path = url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{address}: {error}") from None
    return files, path
