"""How each program is run: its public functions, its own defaults, as its documentation says.

`score` is what is timed: a file in, movements and index (or stages) out. `found` puts what came
out into one form for all, and is not timed. Heavy imports belong to the time of a new process.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib import import_module
from typing import Any, ClassVar

LEGS = {"left": "Left Leg", "right": "Right Leg"}
EEG, EOG, CHIN = "C4-M1", "E1-M2", "Chin"
WASM, AASM = "wasm-2016", "aasm-v3"
LEG_TASK, STAGE_TASK = "legs", "stages"
_STAGE_WORDS = {f"Sleep stage {word}": word for word in ("W", "N1", "N2", "N3", "R")}

Found = dict[str, Any]


class Tool(ABC):
    """One program with one choice of settings.

    `packages` are named with their versions, the first must be there; `rules` is the standard
    its index follows; `settings` says what was chosen, for the reader of the table.
    """

    title: ClassVar[str]
    task: ClassVar[str]
    packages: ClassVar[tuple[str, ...]]
    rules: ClassVar[str]
    settings: ClassVar[str]

    @abstractmethod
    def score(self, path: str) -> Any:
        """Score a file; this is timed."""

    @abstractmethod
    def found(self, path: str, result: Any) -> Found:
        """Return ``legs`` (spans by side, s) and ``plms_per_h``, or ``stages``."""


class OursLegs(Tool):
    """psgscore, leg movements alone."""

    title = "psgscore, leg movements alone"
    task = LEG_TASK
    packages = ("psgscore",)
    rules = WASM
    settings = "`score_recording` with `Options(family=False)`; WASM 2016 index"

    def score(self, path: str) -> Any:
        """Score leg movements and indices of all rule sets."""
        psgscore = import_module("psgscore")
        return psgscore.score_recording(path, psgscore.Options(family=False))

    def found(self, path: str, result: Any) -> Found:
        """Return the movements of each leg."""
        spans = {side: result.events.of_kind(f"LM:{side}").spans.tolist() for side in LEGS}
        rate = result.rate("plm", self.rules, "sleep")
        return {"legs": spans, "plms_per_h": None if rate is None else rate.per_hour}


class OursAll(OursLegs):
    """psgscore as `psgscore score` runs it, without the report."""

    title = "psgscore, every movement"
    settings = "`score_recording` with `Options(sensitivity=True)`, what the command line does"

    def score(self, path: str) -> Any:
        """Score everything."""
        psgscore = import_module("psgscore")
        return psgscore.score_recording(path, psgscore.Options(sensitivity=True))


class Psgscoring(Tool):
    """The leg detector of psgscoring."""

    title = "psgscoring"
    task = LEG_TASK
    packages = ("psgscoring", "mne")
    rules = AASM
    settings = (
        '`analyze_plm`, its defaults, `leg_unit="V"` (MNE\'s unit); file by '
        "`mne.io.read_raw_edf(preload=True)`; its movements per leg are those of a call for each "
        "leg, with `event_list_cap=None`"
    )

    def score(self, path: str) -> Any:
        """Read with MNE as its quick start does, and analyse both legs."""
        return self._analyse(path, tuple(LEGS.values()))

    def found(self, path: str, result: Any) -> Found:
        """Return the movements of each leg: its events of two legs do not say which."""
        spans = {}
        for side, label in LEGS.items():
            alone = self._analyse(path, (label,), event_list_cap=None)
            spans[side] = [
                [float(one["onset_s"]), float(one["onset_s"] + one["duration_s"])]
                for one in alone["events"]
            ]
        return {"legs": spans, "plms_per_h": float(result["summary"]["plm_index"])}

    def _analyse(self, path: str, labels: tuple[str, ...], **options: Any) -> Any:
        mne, psgscoring = import_module("mne"), import_module("psgscoring")
        raw = mne.io.read_raw_edf(path, preload=True, verbose="ERROR")
        stages = [
            _STAGE_WORDS[word] for word in raw.annotations.description if word in _STAGE_WORDS
        ]
        left, right = (*(raw.get_data(label)[0] for label in labels), None)[:2]
        found = psgscoring.analyze_plm(
            left, right, raw.info["sfreq"], stages, leg_unit="V", **options
        )
        if not found["success"]:
            raise RuntimeError(f"analyze_plm: {found['error']}")
        return found


class Luna(Tool):
    """The command LM of Luna, in the band its flag NONSTANDARD_BW asks for."""

    title = "Luna `LM`, 10-100 Hz"
    task = LEG_TASK
    packages = ("lunapi",)
    rules = WASM
    command = "LM sig=Left_Leg,Right_Leg f-lwr=10 f-upr=100 verbose"
    settings = f"`{command}`: without a filter it flags the band as not the recommended one"

    def score(self, path: str) -> Any:
        """Attach the file, with the stages inside, and run the command."""
        lunapi = import_module("lunapi")
        project = lunapi.proj()
        project.silence(True)
        night = project.inst("night")
        night.attach_edf(path)
        return night.silent_proc(self.command)

    def found(self, path: str, result: Any) -> Found:
        """Return the movements of each leg, before legs are put together."""
        rows = result["LM: EVENT_TYPE"]
        rows = rows[rows["TYPE"] == "COMP"]
        spans = {}
        for side, letter in (("left", "L"), ("right", "R")):
            mine = rows[rows["SIDE"] == letter]
            spans[side] = [
                [float(a), float(b)] for a, b in zip(mine["START"], mine["STOP"], strict=True)
            ]
        return {"legs": spans, "plms_per_h": float(result["LM: BL"]["PLMI"].iloc[0])}


class LunaUnfiltered(Luna):
    """The command LM of Luna with nothing set."""

    title = "Luna `LM`, defaults"
    command = "LM sig=Left_Leg,Right_Leg verbose"
    settings = f"`{command}`"


class OursStages(Tool):
    """The stager of psgscore."""

    title = "psgscore"
    task = STAGE_TASK
    packages = ("psgscore",)
    rules = ""
    settings = "`psgscore.stage`"

    def score(self, path: str) -> Any:
        """Stage the file."""
        return import_module("psgscore").stage(path)

    def found(self, path: str, result: Any) -> Found:
        """Return the stages, W = 0 to R = 4."""
        return {"stages": result.hypnogram.stages.tolist()}


class Yasa(Tool):
    """The stager of YASA."""

    title = "YASA"
    task = STAGE_TASK
    packages = ("yasa", "lightgbm", "mne")
    rules = ""
    settings = "`SleepStaging` with EEG, EOG and chin, `predict()`; `read_raw_edf(preload=True)`"

    def score(self, path: str) -> Any:
        """Read with MNE as its example does, and stage."""
        mne, yasa = import_module("mne"), import_module("yasa")
        raw = mne.io.read_raw_edf(path, preload=True, verbose="ERROR")
        return yasa.SleepStaging(raw, eeg_name=EEG, eog_name=EOG, emg_name=CHIN).predict()

    def found(self, path: str, result: Any) -> Found:
        """Return the stages, W = 0 to R = 4."""
        return {"stages": [int(stage) for stage in result.as_int()]}


OURS: tuple[type[Tool], ...] = (OursLegs, OursAll, OursStages)
PEERS: tuple[type[Tool], ...] = (Psgscoring, Luna, LunaUnfiltered, Yasa)
