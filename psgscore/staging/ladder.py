"""Stages of a night from whatever can be read in each epoch: the ladder of missing channels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from psgscore.errors import NotScorableError
from psgscore.model._arrays import Bools, Floats, Words
from psgscore.model.eeg_criteria import StagingGate
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Stage
from psgscore.model.signal import Signal
from psgscore.model.staging import PROBABILITY_STAGES
from psgscore.staging.features import Columns, channel_features, features
from psgscore.staging.grid import EPOCH_S, GridSignal, on_grid
from psgscore.staging.prepare import prepare
from psgscore.staging.quality import epoch_reasons
from psgscore.staging.resample import MODEL_RATE_HZ, forget_plans
from psgscore.staging.trees import TreeModel, probabilities

Models = Callable[[bool, bool, bool], TreeModel]
"""Gives the model for (with EOG, with chin EMG, with age and sex)."""

_EPOCH_SAMPLES = round(EPOCH_S * MODEL_RATE_HZ)


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingSignals:
    """What a night is staged from, every signal in uV; several EEG are combined."""

    eeg: tuple[Signal, ...]
    eog: Signal | None = None
    chin: Signal | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Staged:
    """Published probabilities, and why an epoch has none.

    Parameters
    ----------
    probabilities : ndarray, shape (n_epochs, 5)
        W, N1, N2, N3, R; NaN where `reasons` says why.
    reasons : ndarray of str, shape (n_epochs,)
    channels : tuple of (str, str)
        Role and label of what was used.
    findings : tuple of Finding
    """

    probabilities: Floats
    reasons: Words
    channels: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Channel:
    """The features of a channel: NaN in every epoch that must not be staged from.

    Its samples are gone by then, so that a night takes the memory of one channel.
    """

    label: str
    features: Columns
    reasons: Words

    @property
    def good(self) -> Bools:
        good: Bools = self.reasons == ""
        return good


@dataclass(frozen=True, slots=True, kw_only=True)
class _Night:
    """What of the night is staged, and what a channel must be like."""

    start_s: float
    n_epochs: int
    gate: StagingGate

    def ready(
        self, signal: Signal, features_of: str, kind: str, among: Bools | None = None
    ) -> _Channel:
        """Compute the features of a channel, in those of the epochs `among` that pass the gate."""
        signal.require_unit("uV")
        grid = on_grid(signal, self.start_s, self.n_epochs)
        reasons = epoch_reasons(grid, kind, self.gate)
        samples = self._prepared(grid, reasons == "")
        if among is not None:
            samples.reshape(self.n_epochs, -1)[~among] = np.nan
        return _Channel(signal.label, channel_features(features_of, samples), reasons)

    def _prepared(self, grid: GridSignal, good: Bools) -> Floats:
        """Return the samples the features are made of, NaN but in the good epochs."""
        found = prepare(grid.without(~good).signal) if good.any() else np.empty(0)
        samples = np.full(self.n_epochs * _EPOCH_SAMPLES, np.nan)
        samples[: found.size] = found[: samples.size]
        samples.reshape(self.n_epochs, -1)[~good] = np.nan
        return samples


def stage_signals(
    signals: StagingSignals,
    *,
    start_s: float,
    n_epochs: int,
    models: Models,
    gate: StagingGate,
    person: tuple[float, bool] | None = None,
) -> Staged:
    """Stage a night.

    Parameters
    ----------
    signals : StagingSignals
        Without an EEG the EOG stands in for it: flagged, and N1 is never given.
    start_s : float
        Start of the first epoch, seconds from the start of the recording.
    n_epochs : int
    models : callable
        The tree models.
    gate : StagingGate
        Limits of the signal gate.
    person : tuple of (float, bool), optional
        Age in years, and whether male.

    Raises
    ------
    UnitError
        A signal is not in uV.
    NotScorableError
        There is neither EEG nor EOG, or no epoch of either can be staged from.
    """
    stand_in = not signals.eeg
    first = signals.eeg or ((signals.eog,) if signals.eog is not None else ())
    if not first:
        reason = "neither EEG nor EOG to stage from: chin EMG alone tells no stages"
        raise NotScorableError("sleep stages", (reason,))

    night = _Night(start_s=start_s, n_epochs=n_epochs, gate=gate)
    eegs = [night.ready(one, "eeg", "EOG" if stand_in else "EEG") for one in first]
    good: Bools = np.logical_or.reduce([one.good for one in eegs])
    reasons = np.where(good, "", eegs[0].reasons)
    if not good.any():
        raise NotScorableError("sleep stages", tuple(_why(one) for one in eegs))
    # What is not staged must not shift the scale of what is, by any channel.
    eog = chin = None
    if not stand_in and signals.eog is not None:
        eog = night.ready(signals.eog, "eog", "EOG", among=good)
    if not stand_in and signals.chin is not None:
        chin = night.ready(signals.chin, "emg", "chin", among=good)
    forget_plans()
    each = [_of_one(one, eog, chin, models, person) for one in eegs if one.good.any()]
    combined = _combined(each)
    if stand_in:
        combined[:, PROBABILITY_STAGES.index(Stage.N1)] = 0.0
        combined /= combined.sum(axis=1, keepdims=True)
    roles = [("EOG for EEG" if stand_in else "EEG", one) for one in eegs]
    roles += [("EOG", eog)] if eog is not None else []
    roles += [("chin", chin)] if chin is not None else []
    return Staged(
        probabilities=combined,
        reasons=reasons,
        channels=tuple((role, one.label) for role, one in roles if one.good.any()),
        findings=tuple(_findings([one for _, one in roles], stand_in=stand_in)),
    )


def _of_one(
    eeg: _Channel,
    eog: _Channel | None,
    chin: _Channel | None,
    models: Models,
    person: tuple[float, bool] | None,
) -> Floats:
    """Return the probabilities by one EEG: in each epoch with the other channels it has."""
    age, male = person or (None, None)
    names, matrix = features(
        eeg.features,
        None if eog is None else eog.features,
        None if chin is None else chin.features,
        age,
        male,
    )
    column = {name: place for place, name in enumerate(names)}
    found = np.full((len(matrix), len(PROBABILITY_STAGES)), np.nan)
    nobody = np.zeros(len(matrix), dtype=np.bool_)
    with_eog = nobody if eog is None else eog.good
    with_chin = nobody if chin is None else chin.good
    for use_eog in (False, True):
        for use_chin in (False, True):
            rows = eeg.good & (with_eog == use_eog) & (with_chin == use_chin)
            if rows.any():
                model = models(use_eog, use_chin, person is not None)
                places = [column[name] for name in model.names]
                found[rows] = probabilities(matrix[np.ix_(rows, places)], model)
    return found


def _combined(each: Sequence[Floats]) -> Floats:
    """Average the log-probabilities of those that have any; NaN where none has."""
    logs = np.log(np.maximum(np.stack(each), np.finfo(np.float64).tiny))
    known = ~np.isnan(logs)
    n = known.sum(axis=0)
    mean = np.where(known, logs, 0.0).sum(axis=0) / np.maximum(n, 1)
    share: Floats = np.where(n > 0, np.exp(mean), np.nan)
    share /= share.sum(axis=1, keepdims=True)
    return share


def _why(channel: _Channel) -> str:
    words, counts = np.unique(channel.reasons, return_counts=True)
    found = [f"{word} in {count} epochs" for word, count in zip(words, counts, strict=True)]
    return f"{channel.label}: {', '.join(found)}"


def _findings(channels: Sequence[_Channel], *, stand_in: bool) -> list[Finding]:
    findings = []
    if stand_in:
        message = "no EEG: staged from the EOG in its place, N1 cannot be told and is never given"
        findings.append(Finding("staging.eog-for-eeg", message, channels[0].label))
    for one in channels:
        if not one.good.all():
            rest = one.reasons[~one.good]
            message = f"not staged from in {rest.size} of {one.reasons.size} epochs: " + ", ".join(
                f"{word} {int((rest == word).sum())}" for word in sorted(set(rest.tolist()))
            )
            findings.append(Finding("staging.bad-epochs", message, one.label))
    return findings
