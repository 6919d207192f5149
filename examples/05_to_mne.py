"""Lead a simulated night to MNE and back (needs the mne extra)."""

import tempfile
from pathlib import Path

import psgscore
from psgscore.io.edf_write import write_edf

night = psgscore.simulate_night(seed=1, hours=0.5)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "night.edf"
    write_edf(path, night.signals, start=night.start, hypnogram=night.hypnogram)
    for raw in psgscore.open_recording(path).to_mne():
        print(f"{raw.info['sfreq']:g} Hz:", ", ".join(raw.ch_names))
        if "Left Leg" in raw.ch_names:
            emg = psgscore.from_mne(raw).signal("Left Leg")
print(len(psgscore.detect_leg_movements(emg)), "movements of the left leg")
