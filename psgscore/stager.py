"""Automatic staging of a recording: channels chosen, gated, staged, and put up for review."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from psgscore.errors import NotScorableError, PsgscoreError, UsageError
from psgscore.io.channels import derive_all
from psgscore.io.recording import Recording
from psgscore.io.stage_models import load_stage_model, stage_model_name
from psgscore.io.staging_channels import choose_staging_channels
from psgscore.model._arrays import Floats, Words
from psgscore.model.eeg_criteria import STAGING_GATE
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.model.staging import PROBABILITY_STAGES, StagingResult
from psgscore.opening import opened
from psgscore.progress import Progress, silent
from psgscore.staging.grid import EPOCH_S
from psgscore.staging.ladder import Staged, StagingSignals, stage_signals
from psgscore.staging.review import review_list
from psgscore.staging.trees import TreeModel, deweight

Backend = Callable[[Recording], Hypnogram]
"""A stager of the user's: a recording in, epochs of 30 s from its start out."""

AUTO = "auto"
OUTSIDE = "outside lights off to lights on"
NOT_STAGED = "not staged by the backend"
_SEXES = {"M": True, "F": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Age in years and sex, ``"M"`` or ``"F"``, where known; the models want both."""

    age: float | None = None
    sex: str | None = None

    def known(self) -> tuple[float, bool] | None:
        """Return age and whether male, None unless both are known.

        Raises
        ------
        UsageError
            A sex the models do not know, or an age nobody has.
        """
        if self.sex is not None and self.sex not in _SEXES:
            raise UsageError(
                f'the models know the sexes "M" and "F", not {self.sex!r}: leave it out'
            )
        if self.age is not None and not 0 <= self.age <= 120:
            raise UsageError(f"nobody has an age of {self.age:g} years")
        if self.age is None or self.sex is None:
            return None
        return self.age, _SEXES[self.sex]


def stage(
    recording: str | os.PathLike[str] | Recording,
    *,
    backend: str | Backend = AUTO,
    lights: tuple[float | None, float | None] | None = None,
    age: float | None = None,
    sex: str | None = None,
    progress: Progress = silent,
) -> StagingResult:
    """Stage a recording automatically.

    Parameters
    ----------
    recording : path-like or Recording
        With at least one EEG, or an EOG to stand in for it.
    backend : "auto", "rsn:FILE" or callable
        Ours (the classifiers of Vallat & Walker 2021), RobustSleepNet from an ONNX file of
        yours (see `psgscore.io.rsn_backend`), or a function that takes the
        Recording and returns a Hypnogram of 30-s epochs from its start. What it stages in
        epochs that the signal gate refuses is not taken.
    lights : tuple of float or None, optional
        Lights off and on, seconds from the start; epochs that do not lie between are not
        staged. None for either is the start or end of the recording.
    age, sex : float and "M" or "F", optional
        Used when both are known.
    progress : callable
        Told each step as it begins, and the share of the work that is done.

    Returns
    -------
    StagingResult
        Stages, probabilities, confidence, review list: automatic, unreviewed.

    Raises
    ------
    NotScorableError
        Nothing in the recording can be staged from; the message says why.
    PsgscoreError
        The recording cannot be read, an argument makes no sense.

    References
    ----------
    Vallat & Walker 2021, eLife 10:e70092.
    """
    other = _backend(backend)
    source = opened(recording)
    try:
        return _staged(source, other, lights, Person(age=age, sex=sex), progress)
    except NotScorableError as error:
        raise NotScorableError(f"{source.name}: sleep stages", error.reasons) from None


def _staged(
    source: Recording,
    other: Backend | None,
    lights: tuple[float | None, float | None] | None,
    who: Person,
    progress: Progress,
) -> StagingResult:
    person = who.known()
    first, last = _epochs(source, lights)
    progress("reading the EEG", 0.0)
    signals, findings = read_staging_signals(source)
    progress("staging", 0.1)
    staged = stage_signals(
        signals,
        start_s=first * EPOCH_S,
        n_epochs=last - first,
        models=stage_model,
        gate=STAGING_GATE,
        person=person,
    )
    ours = _placed(staged, first, last, int(source.duration_s // EPOCH_S))
    findings = (*findings, *_length_findings(last - first), *_person_findings(who))
    if other is not None:
        progress("staging with the backend given", 0.7)
        return _by_backend(other, source, ours, findings)
    name = "psgscore " + "+".join(dict.fromkeys(role for role, _ in staged.channels))
    return _result(ours, name, (*staged.findings, *findings))


def _backend(backend: str | Backend) -> Backend | None:
    """Return the backend to run besides ours, None for ours alone."""
    if callable(backend):
        return backend
    kind, _, file = backend.partition(":")
    if kind == "rsn" and file:
        from psgscore.io.rsn_backend import RobustSleepNet  # noqa: PLC0415 - optional

        return RobustSleepNet(file)
    if backend != AUTO:
        raise UsageError(
            f'no staging backend {backend!r}: there are "auto" and "rsn:FILE", or pass a function'
        )
    return None


def stage_model(eog: bool, emg: bool, demo: bool) -> TreeModel:
    """Return the tree model for one EEG and what else there is."""
    return load_stage_model(stage_model_name(eog=eog, emg=emg, demo=demo))


def _epochs(source: Recording, lights: tuple[float | None, float | None] | None) -> tuple[int, int]:
    """Return the first epoch to stage and the one after the last, of the recording's grid."""
    off_s, on_s = lights or (None, None)
    off_s = 0.0 if off_s is None else max(off_s, 0.0)
    on_s = source.duration_s if on_s is None else min(on_s, source.duration_s)
    first, last = int(np.ceil(off_s / EPOCH_S)), int(on_s // EPOCH_S)
    if last <= first:
        reason = f"no whole epoch of {EPOCH_S:g} s between lights off and lights on"
        raise NotScorableError("sleep stages", (reason,))
    return first, last


def read_staging_signals(source: Recording) -> tuple[StagingSignals, tuple[Finding, ...]]:
    """Read what the night is staged from; what cannot be read is left out and said."""
    chosen = choose_staging_channels(source, STAGING_GATE.min_rate_hz)
    wanted = [*chosen.eeg, *(one for one in (chosen.eog, chosen.chin) if one is not None)]
    read: dict[str, Signal] = {}
    findings = []
    for derivation, signal in zip(wanted, derive_all(source, wanted), strict=True):
        if isinstance(signal, PsgscoreError):
            findings.append(Finding("staging.unreadable", str(signal), derivation.name))
        elif signal.unit != "uV":
            message = f"is in {signal.unit!r}, not in a voltage: not staged from"
            findings.append(Finding("staging.unreadable", message, derivation.name))
        else:
            read[derivation.name] = signal
    signals = StagingSignals(
        eeg=tuple(read[one.name] for one in chosen.eeg if one.name in read),
        eog=read.get(chosen.eog.name) if chosen.eog else None,
        chin=read.get(chosen.chin.name) if chosen.chin else None,
    )
    slow = [
        f"{one.label} has {one.rate_hz:g} Hz, staging needs {STAGING_GATE.min_rate_hz:g} Hz"
        for one in source.channels
        if one.role in ("EEG", "EOG") and one.rate_hz < STAGING_GATE.min_rate_hz
    ]
    reasons = (*(f"{one.where} {one.message}" for one in findings), *slow)
    if not signals.eeg and signals.eog is None and reasons:
        raise NotScorableError("sleep stages", reasons)
    return signals, tuple(findings)


def _placed(staged: Staged, first: int, last: int, n_epochs: int) -> Staged:
    """Put the staged stretch on the grid of the whole recording."""
    probabilities = np.full((n_epochs, len(PROBABILITY_STAGES)), np.nan)
    probabilities[first:last] = staged.probabilities
    reasons: Words = np.full(n_epochs, OUTSIDE, dtype="<U40")
    reasons[first:last] = staged.reasons
    return Staged(
        probabilities=probabilities,
        reasons=reasons,
        channels=staged.channels,
        findings=staged.findings,
    )


def _result(ours: Staged, name: str, findings: tuple[Finding, ...]) -> StagingResult:
    """Take the likeliest stages as published, and say how likely they really are."""
    stages = np.full(len(ours.reasons), int(Stage.UNSCORED), dtype=np.int8)
    good = ours.reasons == ""
    stages[good] = ours.probabilities[good].argmax(axis=1)
    probabilities = deweight(ours.probabilities)
    hypnogram = Hypnogram(stages, EPOCH_S, 0.0, probabilities)
    return StagingResult(
        hypnogram=hypnogram,
        confidence=_confidence(hypnogram, probabilities),
        reasons=ours.reasons,
        backend=name,
        channels=ours.channels,
        review=review_list(hypnogram, probabilities, ours.reasons),
        findings=findings,
    )


def _by_backend(
    backend: Backend, source: Recording, ours: Staged, findings: tuple[Finding, ...]
) -> StagingResult:
    """Take a user's stages where the gate lets them; ours become the second opinion."""
    second = _result(ours, "", ())
    theirs = backend(source)
    if not isinstance(theirs, Hypnogram) or theirs.epoch_s != EPOCH_S or theirs.start_s != 0:
        raise UsageError("a staging backend must return a Hypnogram of 30-s epochs from second 0")
    n_epochs = len(ours.reasons)
    stages = theirs.at(np.arange(n_epochs) * EPOCH_S)
    stages[ours.reasons != ""] = int(Stage.UNSCORED)
    missing = (stages == Stage.UNSCORED) & (ours.reasons == "")
    reasons = np.where(missing, NOT_STAGED, ours.reasons)
    probabilities = np.full((n_epochs, len(PROBABILITY_STAGES)), np.nan)
    if theirs.probabilities is not None:
        n = min(n_epochs, len(theirs.probabilities))
        probabilities[:n] = theirs.probabilities[:n]
    hypnogram = Hypnogram(stages, EPOCH_S, 0.0, probabilities)
    return StagingResult(
        hypnogram=hypnogram,
        confidence=_confidence(hypnogram, probabilities),
        reasons=reasons,
        backend=f"user: {getattr(backend, '__name__', type(backend).__name__)}",
        channels=(),
        review=review_list(hypnogram, probabilities, reasons, other=second.hypnogram),
        findings=findings,
    )


def _confidence(hypnogram: Hypnogram, probabilities: Floats) -> Floats:
    confidence: Floats = np.full(len(hypnogram), np.nan)
    staged = np.flatnonzero(hypnogram.stages >= 0)
    confidence[staged] = probabilities[staged, hypnogram.stages[staged]]
    return confidence


def _length_findings(n_epochs: int) -> list[Finding]:
    hours = n_epochs * EPOCH_S / 3600.0
    if hours < STAGING_GATE.very_short_h:
        message = (
            f"only {60 * hours:.0f} min were staged: the stager compares each epoch with a whole "
            "night, its stages of so short a recording mean little"
        )
        return [Finding("staging.very-short", message)]
    if hours < STAGING_GATE.short_h:
        message = f"only {hours:.1f} h were staged: the stager compares each epoch with a night"
        return [Finding("staging.short", message)]
    return []


def _person_findings(who: Person) -> list[Finding]:
    if (who.age is None) == (who.sex is None):
        return []
    message = "age and sex are used together only: the one given is not used"
    return [Finding("staging.person", message, severity="note")]
