"""psgscore: from a polysomnography recording to a scored, reported night.

The names below are the library; everything else may move. Importing psgscore loads
no scientific library: each name brings in what it needs when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from psgscore._version import __version__
from psgscore.errors import NotScorableError, PsgscoreError, UnitError

if TYPE_CHECKING:
    from psgscore.detect.leg_movements import detect_leg_movements
    from psgscore.io.mne_bridge import from_mne
    from psgscore.io.recording import Annotation, Channel, Recording
    from psgscore.io.score_read import read_score
    from psgscore.io.scoring_files import read_scoring
    from psgscore.model.criteria import AASM_V3, DETECTION, WASM_2016, Criteria
    from psgscore.model.events import Event, Events
    from psgscore.model.hypnogram import Hypnogram, Stage
    from psgscore.model.score import Score
    from psgscore.model.signal import Signal
    from psgscore.model.staging import StagingResult
    from psgscore.opening import open_recording
    from psgscore.options import Options
    from psgscore.pipeline import score_recording
    from psgscore.score.night import Context, score_events
    from psgscore.simulate import simulate_night
    from psgscore.stager import stage

_HOMES = {
    "psgscore.detect.leg_movements": ("detect_leg_movements",),
    "psgscore.io.mne_bridge": ("from_mne",),
    "psgscore.io.recording": ("Annotation", "Channel", "Recording"),
    "psgscore.io.score_read": ("read_score",),
    "psgscore.io.scoring_files": ("read_scoring",),
    "psgscore.model.criteria": ("AASM_V3", "DETECTION", "WASM_2016", "Criteria"),
    "psgscore.model.events": ("Event", "Events"),
    "psgscore.model.hypnogram": ("Hypnogram", "Stage"),
    "psgscore.model.score": ("Score",),
    "psgscore.model.signal": ("Signal",),
    "psgscore.model.staging": ("StagingResult",),
    "psgscore.opening": ("open_recording",),
    "psgscore.options": ("Options",),
    "psgscore.pipeline": ("score_recording",),
    "psgscore.score.night": ("Context", "score_events"),
    "psgscore.simulate": ("simulate_night",),
    "psgscore.stager": ("stage",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AASM_V3",
    "Annotation",
    "Channel",
    "Context",
    "Criteria",
    "DETECTION",
    "Event",
    "Events",
    "Hypnogram",
    "NotScorableError",
    "Options",
    "PsgscoreError",
    "Recording",
    "Score",
    "Signal",
    "Stage",
    "StagingResult",
    "UnitError",
    "WASM_2016",
    "__version__",
    "detect_leg_movements",
    "from_mne",
    "open_recording",
    "read_score",
    "read_scoring",
    "score_events",
    "score_recording",
    "simulate_night",
    "stage",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'psgscore' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
