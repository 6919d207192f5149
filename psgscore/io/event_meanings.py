"""What the kinds of events mean, for the sidecar of the event table."""

from __future__ import annotations

EVENT_MEANINGS = {
    "LM": "leg movement of one leg",
    "arousal": "arousal",
    "automatic_arousal": "arousal marked by a program, of low trust",
    "apnea": "apnea",
    "hypopnea": "hypopnea",
    "RERA": "respiratory effort-related arousal",
    "respiratory": "respiratory event",
    "lights_off": "lights off: the scored night begins",
    "lights_on": "lights on: the scored night ends",
    "jerk": "hypnic jerk, an operational marker outside the clinical indices",
    "ALMA": "alternating leg muscle activation",
    "HFT": "hypnagogic foot tremor",
    "HFLM": "high-frequency leg movements that are neither ALMA nor HFT",
    "EFM": "run of excessive fragmentary myoclonus",
    "fragmentary_potential": "potential of fragmentary myoclonus",
    "bruxism": "episode of bruxism",
    "RSWA": "muscle activity in REM sleep",
    "RMD": "rhythmic movement, suspected: video is needed",
    "LMM": "large muscle group movement",
    "rhythmic_flag": "review for possible seizure or rhythmic disorder; never a class",
    "ACC": "burst of an accelerometer, apart from the EMG",
    "artifact": "artefact",
    "gap": "the recording was interrupted",
    "unreadable": "no leg channel can be read, gaps included",
    "imported": "mark of the lab, kept apart from the detected movements",
    "PLM": "mark that may be a whole series: series are recomputed from the movements",
    "other": "word without an entry in the label table, kept as it was",
}


def kind_meaning(kind: str) -> str:
    """Say what a kind stands for, its sub-kind behind it in brackets."""
    head, _, rest = kind.partition(":")
    meaning = EVENT_MEANINGS.get(head, "kept as imported, in no number")
    return f"{meaning} ({rest})" if rest else meaning
