"""What a person is told of the files of a data set: counts and the first names.

Finding codes (all begin with ``dataset.``): ``no-scoring``, ``no-recording``,
``recording-twice``, ``ambiguous``, ``other-form``, ``not-read``, ``convert-first``,
``not-fetched``, ``folder-unreadable``, ``other-files``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath

from psgscore.dataset_pairs import Unused
from psgscore.io.folder_walk import Tree
from psgscore.model.finding import Finding

_SHOWN = 5


def pairing_findings(
    bare: Sequence[str], copies: Sequence[str], unused: Sequence[Unused]
) -> list[Finding]:
    """Say what has no partner or is left out.

    Parameters
    ----------
    bare, copies : sequence of str
        Recordings without scoring, and recordings of which there is more than one.
    unused : sequence of Unused
        Files in no row.
    """
    found = []
    if bare:
        text = f"recordings without scoring: {listed(bare)}"
        found.append(Finding("dataset.no-scoring", text))
    if copies:
        text = f"recordings that are there more than once, all listed: {listed(copies)}"
        found.append(Finding("dataset.recording-twice", text))
    return [*found, *_unused_findings(unused)]


def _unused_findings(unused: Sequence[Unused]) -> list[Finding]:
    found = []
    by_code: dict[str, list[str]] = defaultdict(list)
    for one in sorted(unused, key=lambda one: one.path):
        by_code[one.code].append(one.path)
    if paths := by_code.get("dataset.no-recording"):
        text = f"scoring files without a recording: {listed(paths)}"
        found.append(Finding("dataset.no-recording", text))
    if paths := by_code.get("dataset.ambiguous"):
        text = f"scoring files that could be of more than one place, not used: {listed(paths)}"
        found.append(Finding("dataset.ambiguous", text))
    if paths := by_code.get("dataset.convert-first"):
        text = f"recordings in a format that is not read, convert them first: {listed(paths)}"
        found.append(Finding("dataset.convert-first", text))
    if paths := by_code.get("dataset.other-form"):
        text = f"the same scoring in another form, not used: {listed(paths)}"
        found.append(Finding("dataset.other-form", text, severity="note"))
    if paths := by_code.get("dataset.not-read"):
        text = f"files of the set that are not read: {listed(paths)}"
        found.append(Finding("dataset.not-read", text, severity="note"))
    return found


def tree_findings(tree: Tree, others: Sequence[str]) -> list[Finding]:
    """Say what could not be reached, and which files are not of the layout."""
    found = []
    if tree.missing:
        text = f"links to files that are not there, fetch them: {listed(tree.missing)}"
        found.append(Finding("dataset.not-fetched", text))
    if tree.unreadable:
        text = f"folders that cannot be listed: {listed(tree.unreadable)}"
        found.append(Finding("dataset.folder-unreadable", text))
    if others:
        kinds = Counter(PurePosixPath(path).suffix.lower() or "no ending" for path in others)
        most = sorted(kinds.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN]
        told = ", ".join(f"{n} {kind}" for kind, n in most)
        text = f"files that are not of the layout ({told}): {listed(others)}"
        found.append(Finding("dataset.other-files", text, severity="note"))
    return found


def listed(paths: Sequence[str]) -> str:
    """Return how many paths there are, and the first of them."""
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"{len(paths)} ({', '.join(paths[:_SHOWN])}{more})"
