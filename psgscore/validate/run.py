"""All recordings of a plan, one failure never spreading to the next."""

from __future__ import annotations

from dataclasses import replace

from psgscore.errors import NotScorableError, PsgscoreError
from psgscore.model.criteria import criteria_hash
from psgscore.progress import Progress, silent
from psgscore.validate.overall import indices_overall, kappa_overall, legs_overall
from psgscore.validate.studies import Plan
from psgscore.validate.study import validate_study
from psgscore.validate.values import StudyResult, ValidateOptions, Validation


def validate(
    plan: Plan, options: ValidateOptions | None = None, *, progress: Progress = silent
) -> Validation:
    """Compare the leg movements psgscore finds with those of people, recording by recording.

    Raises
    ------
    NotScorableError
        In no recording anything could be compared; the message says why.
    """
    options = options or ValidateOptions()
    options = replace(options, join_legs=options.join_legs or plan.join_legs)
    studies = []
    for place, study in enumerate(plan.studies):
        progress(f"{study.name}", place / len(plan.studies))
        try:
            studies.append(validate_study(study, options, both_legs=plan.both_legs))
        except PsgscoreError as error:
            studies.append(StudyResult(name=study.name, because=str(error), failed=True))
    if not any(_compared(study) for study in studies):
        raise NotScorableError(plan.title, tuple(sorted({_why(study) for study in studies})))
    return Validation(
        plan=plan,
        options=options,
        studies=tuple(studies),
        legs=legs_overall(studies, options),
        kappa=kappa_overall(studies, options),
        indices=indices_overall(studies),
        criteria_sha256=criteria_hash(options.detection),
    )


def _compared(study: StudyResult) -> bool:
    legs = any(row.agreement is not None for row in study.legs)
    return legs or any(row.agreement is not None for row in study.stages)


def _why(study: StudyResult) -> str:
    reasons = [row.because for row in study.legs if row.because]
    reasons += [f"{one.what}: {one.reason}" for one in study.not_scored]
    return study.because or f"{study.name}: {'; '.join(dict.fromkeys(reasons))}"
