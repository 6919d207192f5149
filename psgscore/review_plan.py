"""How recordings are opened for review, and where what belongs to a review lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from psgscore.errors import UsageError
from psgscore.options import Options
from psgscore.review.journal import ENDING, journal_path

BASE = ".review.base.json"
_ADJUDICATION = "adjudication"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How recordings are opened for review.

    Parameters
    ----------
    options : Options
        How a recording without a score is scored.
    folder : Path or None
        Where journals and results lie; None for beside each recording.
    reviewer : str
        Who reviews.
    blind : bool
        Nothing automatic is shown.
    second : Path or None
        Journal or scoring of another scorer.
    adjudicate : (Path, Path) or None
        Journals or scorings of two scorers between whom the reviewer decides.
    masked : bool
        The reviewer is not told which of the two is which.
    """

    options: Options
    folder: Path | None = None
    reviewer: str = ""
    blind: bool = False
    second: Path | None = None
    adjudicate: tuple[Path, Path] | None = None
    masked: bool = False

    def __post_init__(self) -> None:
        named = bool(self.reviewer.strip())
        if self.blind and not named:
            raise UsageError("a blind scorer needs a name of their own: give --reviewer")
        if self.masked and self.adjudicate is None:
            raise UsageError("--masked hides which of two scorers is which: give --adjudicate A B")
        if self.adjudicate is None:
            return
        if not named:
            raise UsageError("who decides between two scorers needs a name: give --reviewer")
        if self.blind or self.second is not None:
            other = "--blind" if self.blind else "--second"
            raise UsageError(
                f"--adjudicate and {other} do not go together: who decides is shown what both "
                "scorers have, and nothing else. Leave one of the two out"
            )
        if self.adjudicate[0].resolve() == self.adjudicate[1].resolve():
            raise UsageError(
                f"--adjudicate: {self.adjudicate[0].name} was given twice: give two scorings"
            )

    def folder_of(self, recording: Path) -> Path:
        """Return where what belongs to a recording lies."""
        return recording.parent if self.folder is None else self.folder

    def journal_of(self, recording: Path) -> Path:
        """Return its journal."""
        return journal_path(self.folder_of(recording), recording.stem, self._of_its_own)

    def score_of(self, recording: Path) -> Path:
        """Return the score that its reviews begin with, one apart for an adjudication."""
        name = f"{self._of_its_own}.base.json" if self.adjudicate else BASE.lstrip(".")
        return self.folder_of(recording) / f"{recording.stem}.{name}"

    def labels(self, recording: Path) -> tuple[str, ...]:
        """Return what the scorings of others are called: their files, or whose they are."""
        given = self.adjudicate or ((self.second,) if self.second is not None else ())
        found = tuple(_label(one, recording) for one in given)
        if len(set(found)) == len(found):
            return found
        return tuple(f"{label} ({letter})" for label, letter in zip(found, "AB", strict=True))

    def names(self, recording: Path) -> tuple[str, ...]:
        """Return what the page calls the other scorers."""
        return ("A", "B") if self.masked else self.labels(recording)

    @property
    def _of_its_own(self) -> str:
        """Whose journal it is, "" for the one that everybody shares."""
        name = re.sub(r"[^\w-]+", "_", self.reviewer.strip())
        if self.adjudicate is not None:
            return f"{name}.{_ADJUDICATION}"
        return name if self.blind else ""


def _label(path: Path, recording: Path) -> str:
    """Return the scorer of a journal, as its name says, else the name of a file."""
    if not path.name.endswith(ENDING):
        return path.name
    stem = path.name.removesuffix(ENDING)
    return stem.removeprefix(f"{recording.stem}.")
