"""When sleep began within the epoch, from the EEG of a recording."""

from __future__ import annotations

from collections.abc import Sequence

from psgscore.io.channels import Derivation, derive_all
from psgscore.io.recording import Recording
from psgscore.io.staging_channels import choose_staging_channels
from psgscore.model.eeg_criteria import STAGING_GATE
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.signal import Signal
from psgscore.model.staging import MOST_TRACES, OnsetTrace, SleepOnset


def onsets_of(
    recording: Recording, hypnogram: Hypnogram | None
) -> tuple[tuple[SleepOnset, ...], tuple[OnsetTrace, ...]]:
    """Find every transition from wake to sleep, and what the EEG shows around it.

    The latter of the first `MOST_TRACES` only. Both are empty without stages or without a
    readable EEG.
    """
    if hypnogram is None:
        return (), ()
    chosen = choose_staging_channels(recording, STAGING_GATE.min_rate_hz)
    eeg = _readable(recording, chosen.onset_eeg)
    if not eeg:
        return (), ()
    from psgscore.staging.onset import sleep_onsets  # noqa: PLC0415 - start-up time
    from psgscore.staging.onset_trace import onset_trace  # noqa: PLC0415

    onsets = sleep_onsets(hypnogram, eeg, _readable(recording, chosen.eyes))
    by_label = {one.label: one for one in reversed(eeg)}
    traces = [
        onset_trace(onset, hypnogram, by_label.get(next(iter(onset.channels), ""), eeg[0]))
        for onset in onsets[:MOST_TRACES]
    ]
    return onsets, tuple(traces)


def _readable(recording: Recording, wanted: Sequence[Derivation]) -> list[Signal]:
    read = derive_all(recording, wanted)
    return [one for one in read if isinstance(one, Signal) and one.unit == "uV"]
