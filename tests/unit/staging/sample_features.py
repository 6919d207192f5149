"""The features of channels that are given as samples, each through the preparation."""

from __future__ import annotations

from psgscore.staging import features as made


def features(eeg, eog=None, emg=None, age=None, male=None):
    """Return the names and the matrix of a night."""
    given = {"eeg": eeg, "eog": eog, "emg": emg}
    columns = {
        kind: made.channel_features(kind, samples)
        for kind, samples in given.items()
        if samples is not None
    }
    return made.features(**columns, age=age, male=male)
