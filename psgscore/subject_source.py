"""Whose night it is: what the user says, else what the header of the recording says."""

from __future__ import annotations

from psgscore.io.recording import Recording
from psgscore.model.subject import OLDEST_TOLD_YEARS, Identity, Subject
from psgscore.options import Options


def subject_of(recording: Recording, options: Options) -> Subject:
    """Return whose night a recording is.

    Parameters
    ----------
    recording : Recording
        Its header gives age and sex where `options` do not.
    options : Options
        The identity goes into the score only where they ask for it.
    """
    patient = recording.patient
    age = options.age
    if age is None:
        age = patient.age_years(recording.start)
    if age is not None and not options.with_identity:
        age = min(age, OLDEST_TOLD_YEARS)
    return Subject(
        study_id=options.study_id,
        age_years=age,
        sex=options.sex or patient.sex,
        identity=_identity(recording) if options.with_identity else None,
    )


def _identity(recording: Recording) -> Identity:
    patient, start = recording.patient, recording.start
    return Identity(
        name=patient.name,
        code=patient.code,
        birth_date="" if patient.born is None else patient.born.isoformat(),
        recorded_on="" if start is None else start.date().isoformat(),
    )
