"""The process that runs psgscoring: a request as JSON on stdin, an answer as JSON on stdout.

Started by `psgscore.io.psgscoring_arousals`, never imported by it.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from psgscore.errors import NotScorableError, PsgscoreError, UsageError
from psgscore.io.edf import open_edf
from psgscore.model._arrays import Floats
from psgscore.model.signal import Signal

ROLES = ("eeg", "eog", "chin")
SLEEP_BEFORE_S = 10.0
_REMEDY = 'pip install "psgscore[psgscoring]"'


def main() -> None:
    """Answer the one request on stdin."""
    request = json.load(sys.stdin)
    # mne and onnxruntime may print; stdout is for the answer alone.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            answer = answer_to(request)
        except NotScorableError as error:
            answer = {"error": "NotScorableError", "what": error.what, "message": error.reasons[0]}
        except PsgscoreError as error:
            answer = {"error": type(error).__name__, "message": str(error)}
    sys.stdout.write(json.dumps(answer) + "\n")


def answer_to(request: Mapping[str, Any]) -> dict[str, Any]:
    """Read the signals and have them scored."""
    version, network = _network(request["weight"])
    recording = open_edf(Path(request["path"]))
    signals = recording.signals([request["channels"][role] for role in ROLES])
    for signal in signals:
        signal.require_unit("uV")
    filled = [without_gaps(signal, recording.duration_s) for signal in signals]
    eeg, eog, chin = filled
    rates = [signal.rate_hz for signal in signals]
    found = network.detect_arousals_unet(
        eeg, rates[0], eog, rates[1], chin, rates[2], request["stages"],
        weight=request["weight"], min_interval_s=SLEEP_BEFORE_S,
    )  # fmt: skip
    if not found["success"]:
        raise NotScorableError("arousals by psgscoring", (str(found["error"]),))
    gaps = [(gap.start_s, gap.stop_s) for gap in recording.gaps]
    rows = [
        {
            "start_s": float(event["onset_s"]),
            "stop_s": float(event["onset_s"] + event["duration_s"]),
            "confidence": float(event["confidence"]),
        }
        for event in found["events"]
    ]
    kept = [row for row in rows if is_clear(row["start_s"], row["stop_s"], gaps)]
    return {"events": kept, "channel": signals[0].label, "version": version}


def without_gaps(signal: Signal, duration_s: float) -> Floats:
    """Return the samples at their true places from second 0, gaps filled with the mean."""
    samples = np.full(round(duration_s * signal.rate_hz), float(np.mean(signal.samples)))
    for piece in signal.pieces():
        first = round(piece.start_s * signal.rate_hz)
        space = samples[first : first + piece.samples.size]
        space[:] = piece.samples[: space.size]
    return samples


def is_clear(start_s: float, stop_s: float, gaps: Sequence[tuple[float, float]]) -> bool:
    """Say whether an arousal and the sleep before it lie outside all gaps."""
    return all(stop_s <= first or start_s - SLEEP_BEFORE_S >= last for first, last in gaps)


def _network(weight: str) -> tuple[str, Any]:
    """Return the version of psgscoring and its network module.

    Raises
    ------
    UsageError
        It cannot be used here; the message says what to do.
    """
    try:
        version = str(import_module("psgscoring").__version__)
        network = import_module("psgscoring.arousal_unet")
    except ImportError as error:
        raise UsageError(f"psgscoring cannot be imported ({error}): {_REMEDY}") from None
    usable, why = network.available(weight)
    if not usable:
        raise UsageError(f"psgscoring cannot use {weight!r} ({why}): {_REMEDY}")
    return version, network


if __name__ == "__main__":
    main()
