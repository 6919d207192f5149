"""The files of the page: those that lay in its folder when the server began, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".png": "image/png",
    ".ico": "image/x-icon",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file of the page."""

    path: Path
    media_type: str

    def read(self) -> bytes:
        """Return its bytes."""
        return self.path.read_bytes()


def static_files(folder: Path) -> Mapping[str, StaticFile]:
    """Return the plain files under a folder by their name there; links are passed over."""
    found = {}
    for path in sorted(folder.rglob("*")):
        linked = any(part.is_symlink() for part in (path, *path.parents) if folder in part.parents)
        if path.is_file() and not linked and path.suffix in _TYPES:
            found[path.relative_to(folder).as_posix()] = StaticFile(path, _TYPES[path.suffix])
    return found
