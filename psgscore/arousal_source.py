"""Automatic arousals, where they are asked for: always apart from those of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from psgscore.errors import PsgscoreError, UsageError
from psgscore.io.channels import derive_all
from psgscore.io.recording import Recording
from psgscore.io.staging_channels import StagingChannels, choose_staging_channels
from psgscore.model.eeg_criteria import AROUSAL_AASM
from psgscore.model.events import Events
from psgscore.model.finding import Finding, NotScored
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.scoring import AUTOMATIC_AROUSAL
from psgscore.model.signal import Signal

GIVEN = "given"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AutomaticArousals:
    """What was found, by whom, and what could not be looked for."""

    events: Events
    source: str = ""
    not_scored: tuple[NotScored, ...] = ()
    findings: tuple[Finding, ...] = ()


def automatic_arousals(
    recording: Recording, hypnogram: Hypnogram | None, how: str
) -> AutomaticArousals:
    """Mark arousals automatically.

    Parameters
    ----------
    recording : Recording
        With a channel map.
    hypnogram : Hypnogram or None
        Arousals are looked for in sleep.
    how : str
        ``"given"`` marks none; otherwise a key of `SOURCES`.

    Raises
    ------
    UsageError
        No such source, or it is not installed.
    """
    if how == GIVEN:
        return AutomaticArousals(events=Events.empty())
    if how not in SOURCES:
        raise UsageError(f"no arousals {how!r}: there are {', '.join((GIVEN, *SOURCES))}")
    if hypnogram is None:
        return _none("there are no sleep stages to look in")
    chosen = choose_staging_channels(recording, AROUSAL_AASM.min_rate_hz)
    try:
        found = SOURCES[how](recording, hypnogram, chosen)
    except UsageError:
        raise
    except PsgscoreError as error:
        return _none(str(error))
    kinds = np.full(len(found.events), AUTOMATIC_AROUSAL[0])
    message = (
        f"{len(found.events)} arousals were marked by {found.source}: far less sure than a "
        "person's, so the numbers with them stand apart"
    )
    finding = Finding("arousals.automatic", message)
    events = replace(found.events, kind=kinds) if len(found.events) else found.events
    return replace(found, events=events, findings=(finding,))


def _none(reason: str) -> AutomaticArousals:
    missing = NotScored("automatic arousals", reason)
    return AutomaticArousals(events=Events.empty(), not_scored=(missing,))


def _by_rule(
    recording: Recording, hypnogram: Hypnogram, chosen: StagingChannels
) -> AutomaticArousals:
    from psgscore.detect.arousals import SOURCE, search_arousals  # noqa: PLC0415 - start-up time

    wanted = [*chosen.eeg, *([] if chosen.chin is None else [chosen.chin])]
    read = dict(zip(wanted, derive_all(recording, wanted), strict=True))
    eeg = [read[one] for one in chosen.eeg]
    usable = [one for one in eeg if isinstance(one, Signal) and one.unit == "uV"]
    chin = None if chosen.chin is None else read[chosen.chin]
    chin = chin if isinstance(chin, Signal) and chin.unit == "uV" else None
    found = search_arousals(usable, hypnogram, chin)
    return AutomaticArousals(events=found.events, source=SOURCE, not_scored=found.not_scored)


def _by_psgscoring(
    recording: Recording, hypnogram: Hypnogram, chosen: StagingChannels
) -> AutomaticArousals:
    from psgscore.io.psgscoring_arousals import run_psgscoring  # noqa: PLC0415 - start-up time

    if recording.path is None:
        return _none("psgscoring reads a file, the recording came from memory")
    if not chosen.eeg or chosen.eog is None or chosen.chin is None:
        return _none("psgscoring needs an EEG, an EOG and a chin EMG")
    used = {"eeg": chosen.eeg[0], "eog": chosen.eog, "chin": chosen.chin}
    made = [one.name for one in used.values() if one.minus]
    if made:
        return _none(
            f"psgscoring reads channels as they are stored, {made[0]} is a difference of channels"
        )
    channels = {name: one.plus for name, one in used.items()}
    run = run_psgscoring(recording.path, hypnogram, channels)
    return AutomaticArousals(events=run.events, source=run.source)


SOURCES: Mapping[str, Callable[[Recording, Hypnogram, StagingChannels], AutomaticArousals]] = {
    "rule": _by_rule,
    "psgscoring": _by_psgscoring,
}
"""Who can mark arousals automatically."""
