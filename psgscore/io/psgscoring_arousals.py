"""Arousals by the network of the psgscoring package, which runs in a process of its own.

The package is optional: ``pip install "psgscore[psgscoring]"``. Its versions of numpy, mne
and onnxruntime, and the memory that the network takes, never reach this process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import psgscore.errors
from psgscore.errors import NotScorableError, PsgscoreError, UsageError
from psgscore.model.events import Events
from psgscore.model.hypnogram import SLEEP, Hypnogram

EPOCH_S = 30.0
WEIGHTS = ("unet_v1", "unet_v2")

_WORKER = (sys.executable, "-m", "psgscore.io._psgscoring_worker")
_LONGEST_S = 3600.0


@dataclass(frozen=True, slots=True, eq=False)
class PsgscoringRun:
    """What the network found, and who said so.

    Parameters
    ----------
    events : Events
        See `psgscoring_arousals`.
    source : str
        Package, version and weights, for the report: ``"psgscoring 0.37.0, unet_v1"``.
    """

    events: Events
    source: str


def psgscoring_arousals(
    path: str | os.PathLike[str],
    hypnogram: Hypnogram,
    *,
    eeg: str | int,
    eog: str | int,
    chin: str | int,
    weight: str = "unet_v1",
) -> Events:
    """Detect arousals with the network of psgscoring. `run_psgscoring` also names its source.

    Parameters
    ----------
    path : path-like
        EDF, EDF+, BDF or BDF+.
    hypnogram : Hypnogram
        Stages on the clock of the recording.
    eeg, eog, chin : str or int
        Label or index of a channel in uV; the network needs all three.
    weight : str
        ``"unet_v1"`` or ``"unet_v2"``, each at the threshold that psgscoring gives it.

    Returns
    -------
    Events
        Kind ``"arousal"``, those that begin in sleep, on the EEG channel. Measure:
        ``confidence``, the mean output of the network. psgscoring joins arousals less
        than 10 s apart. None is kept that overlaps a gap or begins within 10 s after one.

    Raises
    ------
    UsageError
        No such weight; psgscoring or onnxruntime is not installed.
    RecordingError
        The file or a channel cannot be read; see its subclasses.
    NotScorableError
        psgscoring says that it cannot score these signals.

    References
    ----------
    Ehrlich et al. 2024, Sci Rep 14, for the architecture; psgscoring for the weights.
    """
    chosen = {"eeg": eeg, "eog": eog, "chin": chin}
    return run_psgscoring(path, hypnogram, chosen, weight).events


def run_psgscoring(
    path: str | os.PathLike[str],
    hypnogram: Hypnogram,
    channels: Mapping[str, str | int],
    weight: str = "unet_v1",
) -> PsgscoringRun:
    """Detect arousals with the network of psgscoring. See `psgscoring_arousals`."""
    if weight not in WEIGHTS:
        raise UsageError(f"no weight {weight!r}: there are {', '.join(WEIGHTS)}")
    request = {
        "path": os.path.abspath(path),
        "channels": dict(channels),
        "stages": _stages(hypnogram),
        "weight": weight,
    }
    answer = _answer(request)
    rows = answer["events"]
    events = Events.of(
        "arousal",
        [row["start_s"] for row in rows],
        [row["stop_s"] for row in rows],
        channel=answer["channel"],
        measures={"confidence": [row["confidence"] for row in rows]},
    )
    asleep = np.isin(hypnogram.at(events.start_s), SLEEP)
    return PsgscoringRun(events.where(asleep), f"psgscoring {answer['version']}, {weight}")


def _stages(hypnogram: Hypnogram) -> list[int]:
    """Return the stages of 30-s epochs from second 0, which is all psgscoring knows."""
    n_epochs = int(np.ceil(hypnogram.stop_s / EPOCH_S))
    centres_s = (np.arange(n_epochs) + 0.5) * EPOCH_S
    found: list[int] = hypnogram.at(centres_s).tolist()
    return found


def _answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Ask the worker process; raise what it says went wrong."""
    try:
        done = subprocess.run(
            _WORKER,
            input=json.dumps(request),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PsgscoreError(
            f"psgscoring did not finish within {_LONGEST_S / 60:.0f} min: stopped"
        ) from None
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        raise PsgscoreError(
            f"psgscoring ended without a result (exit code {done.returncode}): {lines[-1]}"
        ) from None
    if "error" in answer:
        raise _error(answer)
    return answer


def _error(answer: Mapping[str, Any]) -> PsgscoreError:
    if answer["error"] == NotScorableError.__name__:
        return NotScorableError(answer["what"], (answer["message"],))
    kind = getattr(psgscore.errors, answer["error"], PsgscoreError)
    error: PsgscoreError = kind(answer["message"])
    return error
