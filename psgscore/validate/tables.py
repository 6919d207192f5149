"""Tables of a validation: for the screen, the model card, and the CSV of every pair."""

from __future__ import annotations

import csv
import io

from psgscore.agree.indices import Estimate
from psgscore.compare.cells import NONE, estimate, number
from psgscore.compare.document import rounded
from psgscore.compare.indices import INDICES
from psgscore.report.parts import Row, Table, cells
from psgscore.validate.overall import study_kappa, study_mean
from psgscore.validate.values import GROUPS, HUMANS, WITH_MACHINE, LegRow, StudyResult, Validation

CSV_COLUMNS = (
    *("recording", "leg", "group", "reference", "other"),
    *("n_reference", "n_other", "n_matched", "precision", "recall", "f1", "f1_greedy"),
    *("onset_error_median_s", "onset_error_iqr_s", "onset_error_bias_s"),
    *("duration_error_median_s", "duration_error_iqr_s", "duration_error_bias_s"),
    "not_comparable_because",
)


def tables_of(found: Validation) -> tuple[Table, ...]:
    """Return what was found over all recordings, then recording by recording."""
    tables = [_legs(found), _studies(found)]
    if any(one.value is not None for one in found.kappa.values()):
        tables.append(_kappa(found))
    if found.indices:
        tables.append(_indices(found))
    tables.append(_not_scored(found))
    return tuple(table for table in tables if table.rows)


def _legs(found: Validation) -> Table:
    rows = []
    for leg in found.legs:
        groups = [group for group in GROUPS if leg.n_recordings[group]]
        for place, group in enumerate(groups):
            told = (
                str(leg.n_recordings[group]),
                estimate(leg.f1[group]),
                estimate(leg.precision[group]),
                estimate(leg.recall[group]),
                number(leg.greedy_f1[group].value),
                estimate(leg.difference) if group == WITH_MACHINE else "",
            )
            span = 0 if place else len(groups)
            rows.append(Row(label=leg.leg, sub=group, cells=cells(*told), span=span))
    return Table(
        key="legs",
        title="Leg movements, means over recordings (95 %)",
        heads=("leg", "who"),
        columns=("recordings", "F1", "precision", "recall", "F1 greedy", "F1 minus human - human"),
        rows=tuple(rows),
        notes=(
            "In each recording the mean over the pairs of scorers, then the mean over recordings; "
            "in brackets the interval of 95 % of a bootstrap over recordings. The first of the "
            "two is the reference of precision and recall.",
        ),
    )


def _studies(found: Validation) -> Table:
    rows = []
    legs = [one.leg for one in found.legs]
    for study in found.studies:
        for place, leg in enumerate(legs):
            told = [number(study_mean(study, group, leg)) for group in GROUPS]
            span = 0 if place else len(legs)
            rows.append(Row(label=study.name, sub=leg, cells=cells(*told), span=span))
    return Table(
        key="studies",
        title="F1 of leg movements, recording by recording",
        heads=("recording", "leg"),
        columns=GROUPS,
        rows=tuple(rows),
    )


def _kappa(found: Validation) -> Table:
    groups = [group for group in GROUPS if found.kappa[group].value is not None]
    rows = [
        Row(
            label=study.name,
            cells=cells(*(number(study_kappa(study, group)) for group in groups)),
        )
        for study in found.studies
    ]
    mean = cells(*(estimate(found.kappa[group]) for group in groups))
    rows.append(Row(label="mean (95 %)", cells=mean))
    return Table(
        key="kappa",
        title="Kappa of sleep stages",
        heads=("recording",),
        columns=tuple(groups),
        rows=tuple(rows),
    )


def _indices(found: Validation) -> Table:
    rows = []
    for one in found.indices:
        difference = one.difference
        told: tuple[Estimate, ...] = (difference.bias, difference.lower, difference.upper)
        texts = [estimate(value, 1) for value in told]
        texts += [estimate(one.icc), estimate(one.icc_humans)]
        label = INDICES[one.name].title
        rows.append(Row(label=label, cells=cells(str(difference.n), *texts)))
    return Table(
        key="indices",
        title="Numbers from the movements of psgscore minus the mean of the scorers",
        heads=("per hour",),
        columns=(
            *("recordings", "bias", "lower limit", "upper limit"),
            *("ICC(2,1) with people", "ICC(2,1) of people"),
        ),
        rows=tuple(rows),
        notes=(
            "Both are counted over the stages of the same scorer, so that only the movements "
            "differ. Limits of agreement of Bland and Altman; in brackets intervals of 95 %.",
        ),
    )


def _not_scored(found: Validation) -> Table:
    rows = [
        Row(label=study.name, cells=cells(text)) for study in found.studies for text in _whys(study)
    ]
    return Table(
        key="not-scored",
        title="Not scored, or not compared",
        heads=("recording",),
        columns=("because",),
        rows=tuple(rows),
        numeric=False,
    )


def _whys(study: StudyResult) -> list[str]:
    """Return why legs were not scored, else why they were not compared."""
    told = [study.because] if study.because else []
    told += [f"{one.what}: {one.reason}" for one in study.not_scored]
    return told or list(dict.fromkeys(row.because for row in study.legs if row.because))


def pairs_csv(found: Validation) -> str:
    """Return every pair of scorers of every leg of every recording, one row each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for study in found.studies:
        writer.writerows(_cells(study.name, row) for row in study.legs)
    return text.getvalue()


def _cells(name: str, row: LegRow) -> list[str | int | float | None]:
    told = [name, row.leg, row.group, row.reference, row.other]
    agreement, greedy = row.agreement, row.greedy
    if agreement is None or greedy is None:
        return [*told, *[""] * (len(CSV_COLUMNS) - len(told) - 1), row.because]
    hits = agreement.hits
    errors = (agreement.onset_error, agreement.duration_error)
    return [
        *told,
        hits.n_reference,
        hits.n_other,
        hits.n_hits,
        *map(rounded, (hits.precision, hits.recall, hits.f1, greedy.f1)),
        *(rounded(x) for one in errors for x in (one.median_s, one.iqr_s, one.bias_s)),
        "",
    ]


def own_recordings(found: Validation) -> str:
    """Return a warning where recordings are no originals, "" where all may be."""
    own = sum(study.own for study in found.studies)
    if not own:
        return ""
    return (
        f"{own} of {len(found.studies)} recordings were written by psgscore itself, simulated or "
        "converted: this is a trial of the command, not a result of the data set."
    )


def headline(found: Validation) -> str:
    """Return the result in one line."""
    leg = found.legs[-1] if found.legs else None
    if leg is None or leg.f1[WITH_MACHINE].value is None:
        return "No leg movements of psgscore could be compared with those of a person."
    people = estimate(leg.f1[HUMANS]) if leg.f1[HUMANS].value is not None else NONE
    return (
        f"F1 of leg movements ({leg.leg}): people with psgscore {estimate(leg.f1[WITH_MACHINE])}, "
        f"people with each other {people}; {leg.n_recordings[WITH_MACHINE]} recordings."
    )
