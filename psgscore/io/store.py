"""Where many results are kept: a folder, or an object store behind the same few verbs.

Names are below the root, ``/`` between their parts. A file that has its name is whole.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from psgscore.errors import OutputError
from psgscore.io.atomic import plain_errors
from psgscore.io.folder_walk import tree_of

SCRATCH = ".psgscore-batch"
_LEAST_FREE_BYTES = 1_000_000


class Store(Protocol):
    """A place for results."""

    def read(self, name: str) -> bytes | None:
        """Return what is in a file, None where there is none."""

    def deliver(self, files: Sequence[Path], folder: str) -> None:
        """Move finished files into a folder, in their order; each appears whole."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def names(self, endings: tuple[str, ...]) -> list[str]:
        """Return every file whose name ends in one of these, in alphabetical order."""

    def scratch(self, label: str) -> AbstractContextManager[Path]:
        """Give a folder to prepare files in, removed afterwards; see `LocalStore.scratch`."""

    def sweep(self, labels: set[str]) -> None:
        """Remove what killed processes left in scratch folders of these labels."""


class LocalStore:
    """A folder on a disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> bytes | None:
        """Return what is in a file, None where it is missing or cannot be read."""
        try:
            return (self.root / name).read_bytes()
        except OSError:
            return None

    def deliver(self, files: Sequence[Path], folder: str) -> None:
        """Rename finished files into a folder, in their order.

        Raises
        ------
        OutputError
            The folder cannot be written, or a folder is in the way of a file.
        """
        target = self.root / folder
        with plain_errors(target):
            target.mkdir(parents=True, exist_ok=True)
            for file in files:
                file.replace(target / file.name)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with plain_errors(self.root / name):
            (self.root / name).unlink(missing_ok=True)

    def names(self, endings: tuple[str, ...]) -> list[str]:
        """Return every file whose name ends in one of these, in alphabetical order.

        Raises
        ------
        InputPathError
            There is no such folder.
        """
        return [name for name in tree_of(self.root).files if name.endswith(endings)]

    @contextmanager
    def scratch(self, label: str) -> Iterator[Path]:
        """Yield a new folder on the same disk, so that renaming is enough to deliver.

        Raises
        ------
        OutputError
            It cannot be made, or the disk is so full that nothing could be delivered.
        """
        with plain_errors(self.root):
            (self.root / SCRATCH).mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self.root).free < _LEAST_FREE_BYTES:
                raise OutputError(
                    f"{self.root}: no space left on the disk: free some, or give a folder on "
                    "another disk"
                )
            folder = Path(tempfile.mkdtemp(prefix=f"{label}-", dir=self.root / SCRATCH))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, labels: set[str]) -> None:
        """Remove what killed processes left in scratch folders of these labels."""
        if (self.root / SCRATCH).is_dir():
            for folder in (self.root / SCRATCH).iterdir():
                if folder.name.rpartition("-")[0] in labels:
                    shutil.rmtree(folder, ignore_errors=True)


def is_remote(path: str) -> bool:
    """Return whether a path is an address such as ``s3://bucket/night.edf``."""
    return "://" in path


def store_at(out: str) -> Store:
    """Return the store at a folder or address.

    Raises
    ------
    UsageError
        An address, without the library that reads it.
    """
    if is_remote(out):
        from psgscore.io.remote import RemoteStore  # noqa: PLC0415 - an extra

        return RemoteStore(out)
    return LocalStore(Path(out))


def write_text(file: Path, text: str) -> Path:
    """Write a text as UTF-8 into a scratch folder and return its path.

    Raises
    ------
    OutputError
        The disk refuses.
    """
    with plain_errors(file.parent):
        file.write_text(text, "utf-8", errors="backslashreplace", newline="")
    return file


def label_of(key: str) -> str:
    """Return a short label of a key that says nothing about whose recording it is."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
