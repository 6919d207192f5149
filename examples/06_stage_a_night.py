"""Stage a night that comes without stages, and print which epochs a person should look at."""

import tempfile
from pathlib import Path

import psgscore
from psgscore.io.edf_write import write_edf

night = psgscore.simulate_night(seed=1, hours=3.0)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "night.edf"
    write_edf(path, night.signals, start=night.start)
    result = psgscore.stage(path)

same = (result.stages == night.hypnogram.stages).mean()
print(f"{result.backend}: {100 * same:.0f} % of the simulated epochs have their stage")
for item in result.review[:5]:
    print(f"epoch {item.epoch + 1}: {item.first.name} or {item.second.name}, {item.reasons[0]}")
