"""What every column of the event and movement tables means (BIDS sidecars)."""

from __future__ import annotations

_FLAG = {"0": "no", "1": "yes", "n/a": "the recording has no such scoring"}

EVENT_SIDECAR = {
    "onset": {"Description": "Start, from the start of the recording", "Units": "s"},
    "duration": {"Description": "Length", "Units": "s"},
    "trial_type": {
        "Description": "Kind of event: LM:left and LM:right are detected single-leg movements, "
        "imported:... what the lab marked, other:... words not in the label table"
    },
    "channel": {"Description": "Channel or derivation the event was seen on"},
    "peak_uv": {"Description": "Largest amplitude (RMS envelope times gain)", "Units": "uV"},
    "area_uv_s": {"Description": "Amplitude over the resting level, summed", "Units": "uV s"},
    "resting_uv": {"Description": "Resting level at the onset", "Units": "uV"},
    "onset_margin_uv": {
        "Description": "How far the peak lies over the onset threshold",
        "Units": "uV",
    },
    "offset_margin_uv": {
        "Description": "How far the quiet after the end stays under the offset threshold",
        "Units": "uV",
    },
}

MOVEMENT_SIDECAR = {
    "rules": {"Description": "Rule set the row was scored under"},
    "onset": {"Description": "Start, from the start of the recording", "Units": "s"},
    "duration": {"Description": "Length, both legs joined", "Units": "s"},
    "side": {"Levels": {"left": "", "right": "", "bilateral": "", "n/a": "leg not known"}},
    "components": {"Description": "Single-leg movements joined in it"},
    "candidate": {
        "Description": "May belong to a series (WASM: CLM; AASM: LM)",
        "Levels": _FLAG,
    },
    "series": {"Description": "Number of its periodic series within the night, 0 for none"},
    "plm": {"Description": "Periodic: member of a series", "Levels": _FLAG},
    "stage": {"Description": "Sleep stage of the epoch that holds the onset"},
    "arousal": {"Description": "Goes with an arousal", "Levels": _FLAG},
    "respiratory": {
        "Description": "Lies in the rule set's window around a respiratory event",
        "Levels": _FLAG,
    },
    "plm_without_respiratory": {
        "Description": "Periodic after respiratory-related movements were taken out",
        "Levels": _FLAG,
    },
    "excluded_by": {"Description": "Why it cannot belong to a series, n/a if nothing does"},
}
