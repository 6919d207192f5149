"""The head of the report: whose night, which recording, and who has scored and reviewed it."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

from psgscore.model.score import Score
from psgscore.model.subject import ADJUDICATED, MARKED, OLDEST_TOLD_YEARS, Review
from psgscore.report.parts import Fact
from psgscore.report.texts import UNKNOWN, clock, counted, lights_s, long_minutes

_IMPORTED = "leg movements as imported"
_BY_PEOPLE = {
    MARKED: "leg movements as marked in the review",
    ADJUDICATED: "leg movements as adjudicated",
}
_SEXES = {"F": "female", "M": "male"}


def title(score: Score) -> str:
    """Return what the report is headed with: the study ID, else the name of the recording."""
    return score.subject.study_id or recording_name(score)


def recording_name(score: Score) -> str:
    """Return the file name of the recording without folder and suffix."""
    name = PureWindowsPath(PurePosixPath(score.provenance.input_name).name).name
    return PurePosixPath(name).stem or "Recording without a name"


def head_facts(score: Score) -> tuple[Fact, ...]:
    """Return the lines under the title; the person is named only where that was asked for."""
    off, on = lights_s(score)
    return (
        *_identity(score),
        Fact("Age", _age(score)),
        Fact("Sex", _SEXES.get(score.subject.sex, UNKNOWN)),
        Fact("Recording starts", score.start or "clock time not known"),
        Fact("Duration", long_minutes(score.duration_s / 60.0)),
        Fact("Lights off to on", f"{clock(score.start, off)} to {clock(score.start, on)}"),
        Fact("Time in bed", long_minutes((on - off) / 60.0)),
        Fact("Sleep stages", _stage_source(score)),
        Fact("Movements", _movement_source(score)),
        Fact("Rules", ", ".join(leg.criteria.title for leg in score.legs) or "none applied"),
        Fact("Review", review_words(score.review)),
    )


def review_words(review: Review) -> str:
    """Say whether a person has looked at the score, who and when, and how much was changed."""
    edits = counted(review.edits, "edit")
    if review.state == "automatic":
        return f"not reviewed{f', {edits}' if review.edits else ''}"
    when = f" at {_moment(review.at)}" if review.at else ""
    return f"reviewed by {review.by}{when}, {edits}"


def _moment(at: str) -> str:
    """Return a time as people write it; the journal tells UTC, with a T and a Z."""
    day, _, clock_time = at.partition("T")
    return f"{day} {clock_time.removesuffix('Z')} UTC" if clock_time.endswith("Z") else at


def _identity(score: Score) -> tuple[Fact, ...]:
    identity = score.subject.identity
    if identity is None:
        return ()
    return (
        Fact("Name", identity.name or UNKNOWN),
        Fact("Patient code", identity.code or UNKNOWN),
        Fact("Born", identity.birth_date or UNKNOWN),
        Fact("Recorded on", identity.recorded_on or UNKNOWN),
    )


def _age(score: Score) -> str:
    age = score.subject.age_years
    if age is None:
        return UNKNOWN
    if age >= OLDEST_TOLD_YEARS and score.subject.identity is None:
        return f"{OLDEST_TOLD_YEARS} or over"
    return f"{age:g} years"


def _stage_source(score: Score) -> str:
    if score.hypnogram is None:
        return "none"
    return score.provenance.stage_source or "source not stated"


def _movement_source(score: Score) -> str:
    if not score.legs:
        return "not scored"
    if score.provenance.detection is None:
        return _BY_PEOPLE.get(str(score.provenance.settings.get("movements")), _IMPORTED)
    return f"detected by psgscore {score.provenance.version}"
