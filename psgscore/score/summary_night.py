"""The columns of the summary on the night itself: what was scored, by what, and its sleep."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from psgscore.intervals import total_s
from psgscore.model.hypnogram import SLEEP, Stage
from psgscore.model.score import Score
from psgscore.score.architecture import DEFINITIONS
from psgscore.score.summary_column import Cell, SummaryColumn, at

_BY_STAGE = ("stage_min", "stage_percent_of_tst")
_SLEEP_NAMES = {"arousal_index": "arousals_per_hour"}
_PLAIN_SLEEP = tuple(name for name in DEFINITIONS if name not in _BY_STAGE)
_WITHOUT_STAGES = ("lights_off_s", "lights_on_s", "trt_min", "unscored_min")
_NO_TIME_MIN = 1e-9
_BEHIND_STAGES = ("awakenings", "stage_shifts", "arousals", "arousal_index")


def _computed(
    name: str, source: str, description: str, value: Callable[[Score], Cell]
) -> SummaryColumn:
    return SummaryColumn(name=name, description=description, source=source, value=value)


def _joined(texts: Iterable[str]) -> str | None:
    return "; ".join(texts) or None


def _legs_read(score: Score) -> str | None:
    roles = (one.role for one in score.provenance.channels)
    return _joined(role.removeprefix("leg:") for role in roles if role.startswith("leg"))


def _findings(severity: str) -> Callable[[Score], Cell]:
    return lambda score: sum(one.severity == severity for one in score.findings)


def _epochs(who: str) -> Callable[[Score], Cell]:
    return lambda score: None if score.scorer is None else score.scorer.tolist().count(who)


IDENTIFICATION = (
    at("study_id", "subject.study_id", "Study identifier, where one was given."),
    at("recording", "provenance.input_name", "Name of the file that was scored."),
    at("input_sha256", "provenance.input_sha256", "SHA-256 of that file."),
    _computed(
        "scoring_files",
        "provenance.scoring_inputs",
        "Names of the files with the lab's scoring, joined by semicolons.",
        lambda score: _joined(name for name, _ in score.provenance.scoring_inputs),
    ),
    at("psgscore_version", "provenance.version", "Version of psgscore that scored."),
    at("criteria_sha256", "provenance.criteria_sha256", "Hash over every number of the rules."),
    _computed(
        "rule_sets",
        "provenance.rules",
        "Names of the rule sets, in their order, joined by semicolons.",
        lambda score: _joined(rules.name for rules in score.provenance.rules),
    ),
    at(
        "respiratory_window",
        "provenance.settings.respiratory_window",
        "Window of the rule sets that flag respiratory movements, wide or narrow.",
    ),
    at("start_clock", "start", "Clock time at which the recording begins, HH:MM:SS."),
    at("duration_s", "duration_s", "Length of the recording."),
    at("age_years", "subject.age_years", "Age."),
    at("sex", "subject.sex", "M or F."),
    at("review_state", "review.state", "automatic, or reviewed once somebody has signed."),
    at("edits", "review.edits", "Changes a person made to what the program found."),
)

QUALITY = (
    _computed(
        "legs_read",
        "provenance.channels",
        "Leg channels the score rests on (left, right, both), joined by semicolons.",
        _legs_read,
    ),
    _computed(
        "gaps_min",
        "gaps",
        "Time without signal.",
        lambda score: total_s(score.gaps) / 60.0,
    ),
    _computed(
        "legs_unreadable_min",
        "unreadable",
        "Time without a readable leg channel, gaps included; empty where no leg was scored.",
        lambda score: total_s(score.unreadable) / 60.0 if score.legs else None,
    ),
    _computed(
        "findings_error_count",
        "findings",
        "Findings of severity error: a part of the recording cannot be used.",
        _findings("error"),
    ),
    _computed("findings_warning_count", "findings", "Findings: warnings.", _findings("warning")),
    _computed("findings_note_count", "findings", "Findings: notes.", _findings("note")),
    _computed(
        "not_scored_count",
        "not_scored",
        "How many things have no number; the score says which and why.",
        lambda score: len(score.not_scored),
    ),
)

STAGING = (
    at("stage_source", "provenance.stage_source", "Where the sleep stages come from."),
    at("staging_backend", "staging.backend", "What staged automatically; empty if nothing did."),
    _computed(
        "epochs_given_count", "scorer", "Epochs with a stage that was given.", _epochs("given")
    ),
    _computed(
        "epochs_automatic_count", "scorer", "Epochs staged automatically.", _epochs("automatic")
    ),
)


def _sleep(name: str) -> SummaryColumn:
    column = at(_SLEEP_NAMES.get(name, name), f"sleep.{name}", DEFINITIONS[name])
    return column if name in _WITHOUT_STAGES else _where_scored(column)


def _where_scored(column: SummaryColumn) -> SummaryColumn:
    """Leave the cell empty where no epoch has a stage: no minute of sleep is not known then."""

    def value(score: Score) -> Cell:
        sleep = score.sleep
        known = sleep is not None and sleep.trt_min - sleep.unscored_min > _NO_TIME_MIN
        return column.value(score) if known else None

    return replace(column, value=value)


def _stage(stage: Stage) -> tuple[SummaryColumn, ...]:
    minutes = at(
        f"stage_{stage.name.lower()}_min",
        f"sleep.stage_min.{stage.name}",
        f"Minutes of stage {stage.name} between lights off and on.",
    )
    percent = at(
        f"stage_{stage.name.lower()}_percent_of_tst",
        f"sleep.stage_percent_of_tst.{stage.name}",
        f"Minutes of stage {stage.name} over TST.",
    )
    both = (_where_scored(minutes), _where_scored(percent))
    return both if stage in SLEEP else both[:1]


SLEEP_MEASURES = (
    *(_sleep(name) for name in _PLAIN_SLEEP if name not in _BEHIND_STAGES),
    *(column for stage in (Stage.W, *SLEEP) for column in _stage(stage)),
    *(_sleep(name) for name in _BEHIND_STAGES),
)


def _onset(name: str, description: str) -> SummaryColumn:
    return _computed(
        f"sleep_onset_{name}",
        f"onsets, the first, {'onset_s' if name == 's' else name}",
        description,
        lambda score: (
            getattr(score.onsets[0], "onset_s" if name == "s" else name) if score.onsets else None
        ),
    )


ONSET = (
    _onset("s", "First transition to sleep, within its epoch: median of the estimate."),
    _onset("low_s", "The same: 5 % of the estimate."),
    _onset("high_s", "The same: 95 % of the estimate."),
    _onset("kind", "What it rests on: alpha, non-alpha, or epoch (no finer than an epoch)."),
    _computed(
        "sleep_onset_count",
        "onsets",
        "Transitions from wake to sleep that were looked at.",
        lambda score: len(score.onsets) or None,
    ),
)
