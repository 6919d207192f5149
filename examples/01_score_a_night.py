"""Simulate a night, write it as EDF, score it, print the PLMS index under both standards."""

import tempfile
from pathlib import Path

import psgscore
from psgscore.io.edf_write import write_edf

night = psgscore.simulate_night(seed=1, hours=1.0)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "night.edf"
    write_edf(path, night.signals, start=night.start, hypnogram=night.hypnogram)
    score = psgscore.score_recording(path)
for rules in ("wasm-2016", "aasm-v3"):
    plms = score.rate("plm", rules, "sleep")
    print(f"{rules}: {plms.count} PLMS in {plms.hours:.2f} h = {plms.per_hour:.1f}/h")
