"""The movements of sleep beside leg movements: what was found, left out, and not scored."""

import tempfile
from collections import Counter
from pathlib import Path

import psgscore
from psgscore.io.edf_write import write_edf
from psgscore.simulate import FamilySettings

legs_and_head = ("C4-M1", "Chin", "Left Leg", "Right Leg")
family = FamilySettings(fragmentary=("sparse",))
night = psgscore.simulate_night(seed=3, hours=1.0, family=family, channels=legs_and_head)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "night.edf"
    write_edf(path, night.signals, start=night.start, hypnogram=night.hypnogram)
    score = psgscore.score_recording(path)

for kind, count in sorted(Counter(score.events.counted().kind.tolist()).items()):
    print(f"{kind}: {count}")
left_out = [row for row in score.events if row.texts.get("excluded_by")]
reasons = Counter((row.kind.split(":")[0], row.texts["excluded_by"]) for row in left_out)
for (kind, reason), count in sorted(reasons.items()):
    print(f"left out, {kind}: {count}, {reason}")
for rate in score.rates:
    if rate.name == "fragmentary_potential":
        value = "unknown" if rate.per_hour is None else f"{rate.per_hour:.1f}/h"
        print(f"{rate.name} in {rate.scope}: {value} ({rate.count} in {rate.hours:.2f} h)")
for missing in score.not_scored:
    print(f"not scored: {missing.what}: {missing.reason}")
