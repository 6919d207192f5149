"""Every file under a folder: sorted, links followed, no folder twice."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from psgscore.errors import InputPathError


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What is under a folder; paths relative to it, ``/`` between their parts.

    Parameters
    ----------
    files : tuple of str
        Files that are there.
    missing : tuple of str
        Links that lead nowhere, such as files of a git-annex that were not fetched.
    unreadable : tuple of str
        Folders that could not be listed.
    """

    files: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def tree_of(root: Path) -> Tree:
    """List a folder and all folders in it; names that begin with a dot are left out.

    Raises
    ------
    InputPathError
        There is no such folder, or it cannot be listed.
    """
    if not root.is_dir():
        what = "is no folder" if root.exists() else "no such folder"
        raise InputPathError(f"{root}: {what}: give the folder the data set was copied to")
    files: list[str] = []
    missing: list[str] = []
    unreadable: list[str] = []
    seen: set[tuple[int, int]] = set()
    todo = [""]
    while todo:
        folder = todo.pop()
        entries = _entries(root / folder, seen)
        if entries is None:
            unreadable.append(folder or ".")
            continue
        inside = []
        for entry in entries:
            path = f"{folder}{entry.name}"
            if _is_folder(entry):
                inside.append(f"{path}/")
            else:
                (files if _is_there(entry) else missing).append(path)
        todo += reversed(inside)
    if unreadable == ["."]:
        raise InputPathError(f"{root}: cannot be listed: look at its permissions")
    return Tree(
        files=tuple(sorted(files)),
        missing=tuple(sorted(missing)),
        unreadable=tuple(sorted(unreadable)),
    )


def _entries(folder: Path, seen: set[tuple[int, int]]) -> list[os.DirEntry[str]] | None:
    """Return what is in a folder by name; nothing of one that was listed, None on failure."""
    try:
        about = folder.stat()
        if (about.st_dev, about.st_ino) in seen:
            return []
        seen.add((about.st_dev, about.st_ino))
        with os.scandir(folder) as found:
            shown = [entry for entry in found if not entry.name.startswith(".")]
    except OSError:
        return None
    return sorted(shown, key=lambda entry: entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_there(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False
