"""Write recordings whose EMG is smaller than what their scorer saw, by a known factor.

Every recording is simulated, with movements on both sides of the threshold. The scorer saw the
EMG as it was simulated and marked every true movement whose planned rise is at least `SEEN_UV`:
where the detector, as shipped, finds about half of them. What is written is the EMG times
`scale`; an amplitude gain of 1 / `scale` undoes it.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from psgscore.io.edf_write import write_edf
from psgscore.simulate import PlanSettings, SimulatedNight, simulate_night

LEGS = {"LM:left": "Left Leg", "LM:right": "Right Leg"}
SEEN_UV = 6.5
WEAK = PlanSettings(amplitude_uv=(3.0, 18.0), periodic_share=0.7, isolated_per_hour=20.0)
STRONG = PlanSettings(amplitude_uv=(40.0, 150.0), periodic_share=0.7, isolated_per_hour=20.0)


def plant(
    root: Path,
    *,
    scale: float,
    n_recordings: int = 5,
    seed: int = 1,
    hours: float = 0.25,
    plan: PlanSettings = WEAK,
) -> Path:
    """Write recordings and scorings into a folder, and return their manifest.

    Parameters
    ----------
    root : Path
        An existing folder.
    scale : float
        What the EMG the scorer saw is multiplied by before it is written.
    n_recordings, seed, hours, plan
        Of the simulation.
    """
    lines = ["recording,scoring,scorer"]
    for number in range(n_recordings):
        night = simulate_night(seed + number, hours=hours, plan=plan, channels=LEGS.values())
        small = [replace(one, samples=one.samples * np.float32(scale)) for one in night.signals]
        stem = f"night{number + 1:02d}"
        write_edf(root / f"{stem}.edf", small, start=night.start)
        (root / f"{stem}.events.tsv").write_text(_marks(night), "utf-8")
        lines.append(f"{stem}.edf,{stem}.events.tsv,A")
    path = root / "nights.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _marks(night: SimulatedNight) -> str:
    seen = night.events.where(night.events.is_kind(*LEGS))
    seen = seen.where(seen.measures["amplitude_uv"] >= SEEN_UV)
    rows = ["onset\tduration\ttrial_type"]
    for kind, start_s, length_s in zip(seen.kind, seen.start_s, seen.duration_s, strict=True):
        rows.append(f"{start_s:.3f}\t{length_s:.3f}\t{kind}")
    return "\n".join(rows) + "\n"


def main() -> int:
    """Write the recordings, and print where the manifest is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("--scale", type=float, default=0.7)
    parser.add_argument("--recordings", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hours", type=float, default=0.5)
    parser.add_argument("--strong", action="store_true", help="movements far over the threshold")
    arguments = parser.parse_args()
    arguments.root.mkdir(parents=True, exist_ok=True)
    path = plant(
        arguments.root,
        scale=arguments.scale,
        n_recordings=arguments.recordings,
        seed=arguments.seed,
        hours=arguments.hours,
        plan=STRONG if arguments.strong else WEAK,
    )
    print(f"{path}: planted gain {1 / arguments.scale:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
