"""Comparisons of many recordings put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from psgscore.agree.events import together
from psgscore.agree.indices import Estimate, bland_altman, icc_2_1
from psgscore.agree.pairs import PairAgreement
from psgscore.agree.resample import bootstrap_mean
from psgscore.agree.stages import pooled
from psgscore.compare_indices import INDICES, OF_LEGS
from psgscore.compare_values import IndexOverall, KindOverall, PairOverall, RecordingComparison
from psgscore.model._arrays import Floats


def overall(recordings: Sequence[RecordingComparison]) -> tuple[PairOverall, ...]:
    """Put the recordings together, for each two scorers and each against the others."""
    each: dict[tuple[str, str], list[tuple[PairAgreement, RecordingComparison]]] = {}
    for get in ("pairs", "others"):
        for one in recordings:
            for pair in getattr(one, get):
                each.setdefault((pair.reference, pair.other), []).append((pair, one))
    return tuple(_overall(names, found) for names, found in each.items())


def _overall(
    names: tuple[str, str], found: Sequence[tuple[PairAgreement, RecordingComparison]]
) -> PairOverall:
    pairs = [pair for pair, _ in found]
    kinds = dict.fromkeys(one.kind for pair in pairs for one in pair.kinds if one.overlap)
    staged = [pair.stages for pair in pairs if pair.stages is not None]
    return PairOverall(
        reference=names[0],
        other=names[1],
        kinds=tuple(_kind(kind, pairs) for kind in kinds),
        stages=pooled(staged) if staged else None,
        kappa=bootstrap_mean(_floats([one.kappa for one in staged])),
        indices=tuple(_indices(names, found)) if names[0] in found[0][1].indices else (),
    )


def _kind(kind: str, pairs: Sequence[PairAgreement]) -> KindOverall:
    mine = [one for pair in pairs for one in pair.kinds if one.kind == kind]
    overlap = [one.overlap.hits for one in mine if one.overlap is not None]
    return KindOverall(
        kind=kind,
        overlap=together(overlap),
        onset=together(one.onset.hits for one in mine if one.onset is not None),
        f1=bootstrap_mean(_floats([one.f1 for one in overlap])),
        n_recordings=len(overlap),
    )


def _indices(
    names: tuple[str, str], found: Sequence[tuple[PairAgreement, RecordingComparison]]
) -> list[IndexOverall]:
    result = []
    for name in INDICES:
        rows = [one.indices for pair, one in found if name not in OF_LEGS or same_legs(pair)]
        first, second = (_floats([row[who][name] for row in rows]) for who in names)
        difference = bland_altman(first, second)
        if difference.n:
            icc = icc_2_1(np.column_stack([first, second]))
            result.append(IndexOverall(name=name, difference=difference, icc=icc))
    return result


def same_legs(pair: PairAgreement) -> bool:
    """Say whether both scorers scored the same legs: else no number of movements compares."""
    return not any(one.because for one in pair.kinds if one.kind.partition(":")[0] == "LM")


def icc_of_all(found: Sequence[RecordingComparison], names: Sequence[str]) -> dict[str, Estimate]:
    """Return the correlation of all scorers at once, where there are more than two."""
    whole = [one for one in found if len(one.names) == len(names)]
    if len(names) < 3:
        return {}
    result = {}
    for name in INDICES:
        mine = [
            one.indices for one in whole if name not in OF_LEGS or all(map(same_legs, one.pairs))
        ]
        values = [_floats([row[who][name] for who in names]) for row in mine]
        result[name] = icc_2_1(np.array(values).reshape(-1, len(names)))
    return result


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if one is None else one for one in values], dtype=np.float64)
