"""Recordings put together: means over them, with intervals over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from psgscore.agree.events import Hits, together
from psgscore.agree.indices import Estimate, bland_altman, icc_2_1
from psgscore.agree.resample import bootstrap_mean
from psgscore.compare.indices import INDICES, OF_LEGS
from psgscore.model._arrays import Floats
from psgscore.validate.values import (
    BOTH_LEGS,
    GROUPS,
    HUMANS,
    WITH_MACHINE,
    IndexResult,
    LegOverall,
    LegRow,
    StudyResult,
    ValidateOptions,
)

Count = Callable[[LegRow], Hits | None]


def legs_overall(
    studies: Sequence[StudyResult], options: ValidateOptions
) -> tuple[LegOverall, ...]:
    """Return the agreement leg by leg, then of both legs together."""
    legs = sorted({row.leg for study in studies for row in study.legs})
    both = [BOTH_LEGS] if len(legs) > 1 else []
    return tuple(_overall(leg, studies, options) for leg in [*legs, *both])


def _overall(leg: str, studies: Sequence[StudyResult], options: ValidateOptions) -> LegOverall:
    def means(measure: str, count: Count) -> dict[str, Floats]:
        return {
            group: _floats([study_mean(study, group, leg, measure, count) for study in studies])
            for group in GROUPS
        }

    def estimates(values: dict[str, Floats]) -> dict[str, Estimate]:
        return {group: _mean(one, options) for group, one in values.items()}

    f1 = means("f1", _hits)
    return LegOverall(
        leg=leg,
        f1=estimates(f1),
        greedy_f1=estimates(means("f1", _greedy)),
        precision=estimates(means("precision", _hits)),
        recall=estimates(means("recall", _hits)),
        difference=_mean(f1[WITH_MACHINE] - f1[HUMANS], options),
        n_recordings={group: int(np.sum(~np.isnan(one))) for group, one in f1.items()},
    )


def _hits(row: LegRow) -> Hits | None:
    return row.hits


def _greedy(row: LegRow) -> Hits | None:
    return row.greedy


def study_mean(
    study: StudyResult, group: str, leg: str, measure: str = "f1", count: Count = _hits
) -> float | None:
    """Return the mean of a measure over the pairs of scorers of a recording.

    Of both legs together the counts of a pair are added up, where both legs were compared.
    """
    pairs: dict[tuple[str, str], list[Hits | None]] = {}
    for row in study.legs:
        if row.group == group and leg in (row.leg, BOTH_LEGS):
            pairs.setdefault((row.reference, row.other), []).append(count(row))
    values = []
    for each in pairs.values():
        known = [hits for hits in each if hits is not None]
        if len(known) == len(each):
            values.append(getattr(together(known), measure))
    known_values = [value for value in values if value is not None]
    return float(np.mean(known_values)) if known_values else None


def kappa_overall(studies: Sequence[StudyResult], options: ValidateOptions) -> dict[str, Estimate]:
    """Return the mean over recordings of their mean kappa, by group."""
    return {
        group: _mean(_floats([study_kappa(study, group) for study in studies]), options)
        for group in GROUPS
    }


def study_kappa(study: StudyResult, group: str) -> float | None:
    """Return the mean kappa over the pairs of scorers of a recording."""
    known = [
        row.agreement.kappa
        for row in study.stages
        if row.group == group and row.agreement is not None and row.agreement.kappa is not None
    ]
    return float(np.mean(known)) if known else None


def indices_overall(studies: Sequence[StudyResult]) -> tuple[IndexResult, ...]:
    """Return how far the indices of psgscore are from those of the scorers."""
    found = []
    for name in (one for one in INDICES if one in OF_LEGS):
        each = [[values[name] for values in study.indices.values()] for study in studies]
        known = [[pair for pair in pairs if None not in pair] for pairs in each]
        table = np.array([np.mean(np.array(p, float), axis=0) for p in known if p]).reshape(-1, 2)
        if not len(table):
            continue
        found.append(
            IndexResult(
                name=name,
                difference=bland_altman(table[:, 0], table[:, 1]),
                icc=icc_2_1(table),
                icc_humans=_icc_humans(studies, name),
            )
        )
    return tuple(found)


def _icc_humans(studies: Sequence[StudyResult], name: str) -> Estimate:
    """Return the correlation of scorers who all scored the same recordings."""
    who = {study.raters for study in studies if study.indices}
    if len(who) != 1:
        return Estimate()
    rows = [
        _floats([values[name][0] for values in study.indices.values()])
        for study in studies
        if study.indices
    ]
    return icc_2_1(np.array(rows))


def _mean(values: Floats, options: ValidateOptions) -> Estimate:
    return bootstrap_mean(values, seed=options.seed, n_resamples=options.n_resamples)


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if one is None else one for one in values], dtype=np.float64)
