"""What the tests of text exports share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from psgscore.model.hypnogram import Stage
from psgscore.model.scoring import Scoring

_PIECES = ('"', "\t", ",", ";", "\n", "\x00", "-", "9" * 400, "nan", "1e308", "é", "-1", " ", ":")


def written(folder: Path, text: str, name: str = "night.txt", encoding: str = "utf-8") -> Path:
    """Write a scoring file."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def stages(scoring: Scoring) -> list[Stage]:
    """Return the stages of a scoring that has some."""
    assert scoring.hypnogram is not None
    return [Stage(value) for value in scoring.hypnogram.stages.tolist()]


def kinds(scoring: Scoring) -> Counter[str]:
    """Return how many events of each kind there are."""
    return Counter(str(kind) for kind in scoring.events.kind)


def codes(scoring: Scoring) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in scoring.findings]


def fuzzed(text: str, n: int) -> Iterator[str]:
    """Yield a file `n` times, each time with one to four changes."""
    rng = np.random.default_rng(7)
    for _ in range(n):
        changed = text
        for _ in range(int(rng.integers(1, 5))):
            first, last = sorted(rng.integers(0, len(changed) + 1, 2).tolist())
            last = min(last, first + 12)
            changed = changed[:first] + str(rng.choice(_PIECES)) + changed[last:]
        yield changed
