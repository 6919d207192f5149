"""Which scoring file belongs to which recording: by name, then by the nearest folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A file of the data set that is in no row, and why; `code` is that of its finding."""

    path: str
    code: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A file whose name was understood.

    Parameters
    ----------
    path : str
        From the root.
    key : tuple
        What a recording and its scorings have in common.
    scorer : str
        Who scored it, "" where the name does not say it.
    form : tuple of int
        Which list of forms of a scoring it belongs to, and which of them it is.
    fields : mapping of str to str
        What the placeholders of its name stand for.
    """

    path: str
    key: Key
    scorer: str = ""
    form: tuple[int, int] = (0, 0)
    fields: Mapping[str, str] = field(default_factory=dict)


def paired(
    recordings: Sequence[NamedFile], scorings: Sequence[NamedFile]
) -> tuple[dict[str, list[NamedFile]], list[Unused]]:
    """Give each recording its scoring files; say of the others why they have none."""
    by_key: dict[Key, list[NamedFile]] = defaultdict(list)
    for one in recordings:
        by_key[one.key].append(one)
    mine: dict[str, list[NamedFile]] = {one.path: [] for one in recordings}
    unused: list[Unused] = []
    for scoring in scorings:
        owners = _nearest(by_key.get(scoring.key, []), scoring.path)
        if len(owners) == 1:
            mine[owners[0].path].append(scoring)
        elif owners:
            why = f"fits {len(owners)} recordings, {owners[0].path} and others"
            unused.append(Unused(path=scoring.path, code="dataset.ambiguous", why=why))
        else:
            why = "no recording of that name"
            unused.append(Unused(path=scoring.path, code="dataset.no-recording", why=why))
    for path, files in mine.items():
        mine[path], left = _one_each(path, files)
        unused += left
    return mine, unused


def _one_each(recording: str, files: Sequence[NamedFile]) -> tuple[list[NamedFile], list[Unused]]:
    """Choose one file of each scorer and list of forms: the first form, the nearest folder."""
    groups: dict[tuple[int, str], list[NamedFile]] = defaultdict(list)
    for one in files:
        groups[one.form[0], one.scorer.casefold()].append(one)
    used: list[NamedFile] = []
    unused: list[Unused] = []
    for _, group in sorted(groups.items()):
        best = min(one.form for one in group)
        forms = [one for one in group if one.form == best]
        near = _nearest(forms, recording)
        used += near if len(near) == 1 else []
        for one in group:
            if one.form != best:
                why = f"the same scoring in another form: {forms[0].path} is used"
                unused.append(Unused(path=one.path, code="dataset.other-form", why=why))
            elif [one] != near:
                why = f"{len(forms)} files are called so: remove all but one"
                if len(near) == 1:
                    why = f"there twice: {near[0].path} is nearer to the recording"
                unused.append(Unused(path=one.path, code="dataset.ambiguous", why=why))
    return used, unused


def _nearest(files: Sequence[NamedFile], path: str) -> list[NamedFile]:
    """Return the files that share most folders with a path, counted from the root."""
    if len(files) <= 1:
        return list(files)
    shared = [_shared(one.path, path) for one in files]
    return [one for one, n in zip(files, shared, strict=True) if n == max(shared)]


def _shared(one: str, other: str) -> tuple[int, int]:
    """Return how many folders two paths share, and (negative) how many lie between them."""
    a, b = PurePosixPath(one).parent.parts, PurePosixPath(other).parent.parts
    same = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    n = min(len(a), len(b)) if same is None else same
    return n, 2 * n - len(a) - len(b)
