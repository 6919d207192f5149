"""Recordings read one by one, each compared under every setting, and a setting chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from psgscore.agree.crossfit import cross_fit, folds_of
from psgscore.agree.events import MatchRule, compare_events, together
from psgscore.agree.indices import Estimate
from psgscore.agree.kinds import ANY_LEG, LEFT, RIGHT, events_of, legs_joined, looked_for
from psgscore.agree.resample import bootstrap_mean
from psgscore.errors import (
    EmptyDatasetError,
    NotScorableError,
    PsgscoreError,
)
from psgscore.io.recording import Recording
from psgscore.leg_channels import LegResult, covers_of, movement_kind, score_legs
from psgscore.model._arrays import Floats
from psgscore.model.criteria import DETECTION, LegMovementCriteria
from psgscore.model.events import Events
from psgscore.model.scoring import Scoring
from psgscore.opening import sha256_of
from psgscore.progress import Progress, silent
from psgscore.score.tuning import (
    settings_of,
    thresholds_at_gain_1,
)
from psgscore.sensitivity_source import detect_again
from psgscore.tune.values import Fitted, LeftOut, ScorerUsed, TuneOptions, Tuning
from psgscore.validate.studies import Plan, Rater, Study
from psgscore.validate.study import made_by_psgscore, open_study, read_rater

FEWEST = 3


def tune(plan: Plan, options: TuneOptions | None = None, *, progress: Progress = silent) -> Tuning:
    """Fit numbers of the leg movement detector to the scorers of a list of recordings.

    Parameters
    ----------
    plan : Plan
        The recordings with their scorers; see `psgscore.validate.studies.plan_of`.
    options : TuneOptions, optional
        What is fitted; `amplitude_gain` alone by default.

    Raises
    ------
    EmptyDatasetError
        Fewer than three recordings can be used, or they are of fewer than three people.
    """
    options = options or TuneOptions()
    settings = settings_of(options.fit)
    used: list[Fitted] = []
    left_out = [LeftOut(name=one.path, because=one.why) for one in plan.unused]
    for place, study in enumerate(plan.studies):
        progress(study.name, place / len(plan.studies))
        try:
            used.append(_fitted(study, settings, options, used))
        except NotScorableError as error:
            left_out.append(LeftOut(name=study.name, because="; ".join(error.reasons)))
        except PsgscoreError as error:
            left_out.append(LeftOut(name=study.name, because=str(error), failed=True))
    _require_enough(plan.title, used, left_out)
    fold = folds_of([one.group for one in used], options.seed)
    fit = cross_fit(np.array([one.f1 for one in used]), fold)

    def mean(values: Floats) -> Estimate:
        return bootstrap_mean(values, seed=options.seed, n_resamples=options.n_resamples)

    return Tuning(
        title=plan.title,
        options=options,
        settings=settings,
        recordings=tuple(used),
        left_out=tuple(left_out),
        fit=fit,
        held_out=mean(fit.held_out),
        default=mean(fit.default),
        difference=mean(fit.held_out - fit.default),
    )


def _require_enough(title: str, used: Sequence[Fitted], left_out: Sequence[LeftOut]) -> None:
    people = len({one.group for one in used})
    if people >= FEWEST:
        return
    who = f"{len(used)} recordings can be used"
    who += f", of {people} people" if people < len(used) else ""
    message = f"{title}: {who}: at least {FEWEST} of different people are needed to fit anything"
    reasons = "; ".join(f"{one.name}: {one.because}" for one in left_out)
    raise EmptyDatasetError(f"{message}. Left out: {reasons}" if reasons else message)


def _fitted(
    study: Study,
    settings: Sequence[LegMovementCriteria],
    options: TuneOptions,
    before: Collection[Fitted],
) -> Fitted:
    """Read and filter one recording once, and compare it under every setting."""
    sha256 = sha256_of(study.recording)
    twins = [one.name for one in before if one.sha256 == sha256]
    if twins:
        raise NotScorableError(study.name, (f"is the same file as {twins[0]}",))
    recording = open_study(study, options.channels)
    legs, notes = _legs(study, recording)
    marked = []
    for rater in study.raters:
        marks, why = _marks(read_rater(rater, recording), legs, join_legs=options.join_legs)
        notes += [f"{rater.name}: {text}" for text in why]
        if marks:
            marked.append((rater, marks))
    if not marked:
        raise NotScorableError(study.name, tuple(notes))
    return Fitted(
        name=study.name,
        sha256=sha256,
        group=study.subject or study.name,
        scorers=tuple(_scorer(rater) for rater, _ in marked),
        f1=_f1_of_settings([marks for _, marks in marked], legs, settings, options),
        notes=tuple(notes),
        own=made_by_psgscore(study.recording),
    )


def _scorer(rater: Rater) -> ScorerUsed:
    return ScorerUsed(
        name=rater.name, files=tuple((path.name, sha256_of(path)) for path in rater.files)
    )


def _legs(study: Study, recording: Recording) -> tuple[list[LegResult], list[str]]:
    """Return the legs that can be scored, and why others cannot."""
    derivations = () if recording.channel_map is None else recording.channel_map.legs
    results = score_legs(recording, derivations, DETECTION)
    reasons = [one.not_scored for one in results if one.not_scored is not None]
    notes = [f"{one.what}: {one.reason}" for one in reasons]
    legs = [one for one in results if one.emg is not None]
    if not legs:
        none = "no leg EMG was found among the channels"
        raise NotScorableError(study.name, tuple(notes) or (none,))
    return legs, notes


def _marks(
    scoring: Scoring, legs: Sequence[LegResult], *, join_legs: bool
) -> tuple[dict[str, Events], list[str]]:
    """Return what a scorer marked on each leg that can be compared, and why others cannot."""
    scored = {movement_kind(one.channel.role) for one in legs if one.channel is not None}
    if join_legs:
        scoring, scored = legs_joined(scoring), {ANY_LEG}
    if not scoring.events.counted().is_kind("LM").any():
        return {}, ["marked no leg movement: F1 cannot tell one setting from another"]
    kinds = [kind for kind in (LEFT, RIGHT, ANY_LEG) if kind in scored]
    marks = {kind: events_of(scoring, kind) for kind in kinds if looked_for(scoring, kind)}
    missing = [kind for kind in kinds if kind not in marks]
    why = [f"{kind}: not known to have been looked for" for kind in missing]
    if missing and len(events_of(scoring, ANY_LEG)):
        why.append("marks do not say which leg moved: --join-legs compares either leg")
    if not any(len(events) for events in marks.values()):
        return {}, [*why, "no leg movement marked on a leg that can be scored"]
    return marks, why


def _f1_of_settings(
    marked: Sequence[dict[str, Events]],
    legs: Sequence[LegResult],
    settings: Sequence[LegMovementCriteria],
    options: TuneOptions,
) -> Floats:
    """Return the mean F1 over the scorers under each setting."""
    detect = detect_again(legs)
    f1 = []
    for setting in settings:
        events = detect(thresholds_at_gain_1(setting))
        found = Scoring(hypnogram=None, events=events, covers=covers_of(legs))
        if options.join_legs:
            found = legs_joined(found)
        f1.append(np.mean([_f1(marks, found, options.rule) for marks in marked]))
    return np.array(f1, dtype=np.float64)


def _f1(marks: dict[str, Events], found: Scoring, rule: MatchRule) -> float:
    hits = together(
        compare_events(events, events_of(found, kind), rule=rule).hits
        for kind, events in marks.items()
    )
    # Somebody marked something, so it is known.
    return hits.f1 or 0.0
