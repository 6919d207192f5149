"""Whether a strict viewer opens the file: EDFlib, the library of EDFbrowser, is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Conformance:
    """Whether EDFlib (EDFbrowser) opens the file, and if not why, in its words."""

    opens: bool
    reason: str


def strict_viewers(path: Path) -> Conformance:
    """Ask EDFlib, through pyedflib, to open the file.

    Parameters
    ----------
    path : Path
        Any existing file.
    """
    import pyedflib  # noqa: PLC0415 - start-up time

    try:
        with pyedflib.EdfReader(str(path), check_file_size=pyedflib.CHECK_FILE_SIZE):
            return Conformance(True, "")
    except (OSError, ValueError, UnicodeError) as error:
        words = " ".join(str(error).replace(str(path), path.name).split())
        return Conformance(False, words.removeprefix(f"{path.name}: "))
