"""One recording: the movements psgscore finds, beside those of each scorer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from psgscore.agree.kinds import ANY_LEG, LEFT, RIGHT, legs_joined
from psgscore.agree.pairs import (
    HowToCompare,
    KindAgreement,
    PairAgreement,
    against_others,
    all_pairs,
    compare_pair,
    consensus,
)
from psgscore.compare.indices import OF_LEGS, indices_of
from psgscore.errors import NotScorableError
from psgscore.intervals import match_one_to_one
from psgscore.io.channel_user import UserChannelMap
from psgscore.io.channels import map_channels
from psgscore.io.edf import open_edf
from psgscore.io.recording import Recording
from psgscore.io.scoring_files import read_scorings
from psgscore.io.scoring_fit import combine, fit_to_recording
from psgscore.leg_channels import covers_of, score_legs
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.scoring import Scoring
from psgscore.opening import sha256_of
from psgscore.validate.studies import Rater, Study
from psgscore.validate.values import (
    HUMAN_CONSENSUS,
    HUMANS,
    MACHINE,
    MACHINE_CONSENSUS,
    WITH_MACHINE,
    LegRow,
    StageRow,
    StudyResult,
    ValidateOptions,
)

_LEGS = (LEFT, RIGHT, ANY_LEG)
ALL = "consensus of all"
# Version, patient and recording: in the last, what the file was made with.
_FIRST_FIELDS = 168
_MADE_WITH = b" psgscore_"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What psgscore found, and what it could not score."""

    scoring: Scoring
    not_scored: tuple[NotScored, ...]


def validate_study(study: Study, options: ValidateOptions, *, both_legs: bool) -> StudyResult:
    """Compare the movements of psgscore with those of the scorers, and those with each other.

    Parameters
    ----------
    study : Study
        A recording and its scorings.
    options : ValidateOptions
        How.
    both_legs : bool
        Who marked movements of one leg had both to mark: none on the other leg is none.

    Raises
    ------
    PsgscoreError
        The recording or a scoring cannot be read.
    """
    recording = open_study(study, options.channels)
    scorings = [read_rater(rater, recording, both_legs=both_legs) for rater in study.raters]
    found = _found(recording, options)
    names = tuple(rater.name for rater in study.raters)
    groups = _compared(scorings, names, found.scoring, options)
    return StudyResult(
        name=study.name,
        sha256=sha256_of(study.recording),
        raters=names,
        legs=tuple(row for group, pairs in groups for row in _leg_rows(group, pairs, options)),
        stages=tuple(
            _stage_row(group, pair)
            for group, pairs in groups
            for pair in pairs
            if MACHINE not in (pair.reference, pair.other) or options.stage
        ),
        indices={
            name: _indices(scoring, found.scoring, recording.duration_s)
            for name, scoring in zip(names, scorings, strict=True)
        },
        not_scored=found.not_scored,
        findings=tuple(one for scoring in scorings for one in scoring.findings),
        own=made_by_psgscore(study.recording),
    )


def open_study(study: Study, channels: UserChannelMap | None = None) -> Recording:
    """Open the recording; the user's channel map wins over that of the study."""
    recording = open_edf(study.recording)
    return recording.mapped(map_channels(recording.channels, channels or study.channels))


def made_by_psgscore(path: Path) -> bool:
    """Say whether the header names psgscore as what the recording was made with."""
    with path.open("rb") as file:
        return _MADE_WITH in file.read(_FIRST_FIELDS)


def read_rater(rater: Rater, recording: Recording, *, both_legs: bool = False) -> Scoring:
    """Read one scoring, cut to the recording; see `validate_study`."""
    read = read_scorings(
        rater.files,
        stage_codes=rater.stage_codes or None,
        start=recording.start,
        labels=rater.labels,
        table=rater.table,
    )
    scoring = fit_to_recording(combine(read), recording.duration_s)
    if both_legs and scoring.events.is_kind(LEFT, RIGHT).any() and "LM" in scoring.covers:
        scoring = replace(scoring, covers=scoring.covers | {LEFT, RIGHT})
    return scoring


def _found(recording: Recording, options: ValidateOptions) -> _Found:
    """Find the movements of every leg, and the stages if they are asked for."""
    legs = () if recording.channel_map is None else recording.channel_map.legs
    results = score_legs(recording, legs, options.detection)
    not_scored = [one.not_scored for one in results if one.not_scored is not None]
    if not results:
        not_scored.append(NotScored("leg movements", "no leg EMG was found among the channels"))
    hypnogram = None
    if options.stage:
        hypnogram, why = _staged(recording)
        not_scored += why
    scoring = Scoring(
        hypnogram=hypnogram,
        events=Events.concat([one.events for one in results]),
        covers=covers_of(results),
    )
    return _Found(scoring=scoring, not_scored=tuple(not_scored))


def _staged(recording: Recording) -> tuple[Hypnogram | None, list[NotScored]]:
    from psgscore.stager import stage  # noqa: PLC0415 - start-up time

    try:
        return stage(recording).hypnogram, []
    except NotScorableError as error:
        return None, [NotScored("sleep stages", "; ".join(error.reasons))]


def _compared(
    scorings: Sequence[Scoring], names: Sequence[str], machine: Scoring, options: ValidateOptions
) -> list[tuple[str, tuple[PairAgreement, ...]]]:
    """Return every comparison, by group."""
    if options.join_legs:
        scorings, machine = [legs_joined(one) for one in scorings], legs_joined(machine)
    seen = [kind for kind in _LEGS if any(_has(one, kind) for one in (*scorings, machine))]
    how = HowToCompare(rule=options.rule, kinds=tuple(seen) or (ANY_LEG,))
    groups = [
        (HUMANS, all_pairs(scorings, names, how)),
        (
            WITH_MACHINE,
            tuple(
                compare_pair(scoring, machine, (name, MACHINE), how)
                for name, scoring in zip(names, scorings, strict=True)
            ),
        ),
        (HUMAN_CONSENSUS, against_others(scorings, names, how)),
    ]
    if len(names) > 1:
        whole = compare_pair(consensus(scorings), machine, (ALL, MACHINE), how)
        groups.append((MACHINE_CONSENSUS, (whole,)))
    return groups


def _has(scoring: Scoring, kind: str) -> bool:
    kinds = set(scoring.events.kind.tolist())
    return kind in kinds or (kind != ANY_LEG and kind in scoring.covers)


def _leg_rows(group: str, pairs: Sequence[PairAgreement], options: ValidateOptions) -> list[LegRow]:
    return [_leg_row(group, pair, one, options) for pair in pairs for one in pair.kinds]


def _leg_row(
    group: str, pair: PairAgreement, one: KindAgreement, options: ValidateOptions
) -> LegRow:
    found = one.overlap
    n_greedy = 0
    if found is not None:
        greedy = match_one_to_one(found.reference.spans, found.other.spans, options.rule.min_iou)
        n_greedy = len(greedy)
    return LegRow(
        group=group,
        leg=one.kind,
        reference=pair.reference,
        other=pair.other,
        because=one.because,
        agreement=found,
        n_greedy=n_greedy,
    )


def _stage_row(group: str, pair: PairAgreement) -> StageRow:
    return StageRow(
        group=group,
        reference=pair.reference,
        other=pair.other,
        because=pair.stages_because,
        agreement=pair.stages,
    )


def _indices(
    scoring: Scoring, machine: Scoring, duration_s: float
) -> dict[str, tuple[float | None, float | None]]:
    """Count the scorer's movements and those of psgscore over the scorer's own stages."""
    pair = compare_pair(scoring, machine, ("", MACHINE), HowToCompare(kinds=_legs_of(scoring)))
    if any(one.because for one in pair.kinds) or _legs_of(scoring) != _legs_of(machine):
        return dict.fromkeys(sorted(OF_LEGS), (None, None))
    rest = scoring.events.where(~scoring.events.is_kind("LM"))
    replaced = replace(
        scoring,
        events=Events.concat([rest, machine.events]),
        covers=scoring.covers - {"LM", LEFT, RIGHT} | machine.covers,
    )
    mine, theirs = indices_of(scoring, duration_s), indices_of(replaced, duration_s)
    return {name: (mine[name], theirs[name]) for name in sorted(OF_LEGS)}


def _legs_of(scoring: Scoring) -> tuple[str, ...]:
    return tuple(kind for kind in _LEGS if _has(scoring, kind)) or (ANY_LEG,)
