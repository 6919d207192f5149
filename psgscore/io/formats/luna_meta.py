"""What Luna's annotation files say of an annotation besides its class and times."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from psgscore.io.formats.cells import as_number, is_missing

MOST = 50
"""Names of measures that are kept; a file with more is taken to hold remarks."""


class Meta:
    """Values of annotations by name; those that are all numbers become measures."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[int, float]] = {}
        self._words: set[str] = set()

    def add(self, place: int, cell: str, names: Sequence[str]) -> None:
        """Keep what the cell ``meta`` holds: ``a=1;b=x``, or values by the declared names."""
        if is_missing(cell):
            return
        values = [value.strip() for value in re.split(r"[|;]", cell)]
        if len(values) == 1 and "=" not in cell and "," in cell and len(names) > 1:
            values = [value.strip() for value in cell.split(",")]
        for order, value in enumerate(values):
            name, mark, rest = value.partition("=")
            if mark:
                self.keep(place, name.strip(), rest.strip())
            else:
                self.keep(place, names[order] if order < len(names) else "meta", value)

    def keep(self, place: int, name: str, cell: str) -> None:
        """Keep one value of the annotation at `place`."""
        if is_missing(cell) or name in self._words:
            return
        value = as_number(cell)
        known = name in self._numbers
        if value is None or not math.isfinite(value) or (not known and len(self._numbers) >= MOST):
            self._numbers.pop(name, None)
            self._words.add(name if len(self._words) < MOST else "meta")
            return
        self._numbers.setdefault(name, {})[place] = value

    def measures(self, n: int) -> dict[str, list[float]]:
        """Return the names that hold numbers only, one value per annotation."""
        return {
            name: [values.get(place, math.nan) for place in range(n)]
            for name, values in self._numbers.items()
        }

    def words(self) -> set[str]:
        """Return the names that hold something else."""
        return self._words
