"""Run ours, and the peers if asked, on every night, and return the tables."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench_peers.nights import TIMED, Truth, leg_night, resting, staging_night
from bench_peers.runs import Run, run_tool
from bench_peers.table import Measured, tables
from bench_peers.tools import LEG_TASK, OURS, PEERS, STAGE_TASK, Tool

SEED = 4001
"""No night of this seed was used for anything else."""
TIMED_CALLS = 3


def compare(*, hours: float, peers: bool) -> str:
    """Simulate the nights, run every tool on each, and return the tables as Markdown."""
    begin, load_before = time.monotonic(), os.getloadavg()[0]
    tools = (*OURS, *PEERS) if peers else OURS
    truths: dict[str, Truth] = {}
    legs: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "night.edf"
        for level, settings in resting(hours).items():
            truths[level] = leg_night(path, settings, seed=SEED, hours=hours)
            calls = TIMED_CALLS if level == TIMED else 1
            legs[level] = _all(tools, LEG_TASK, path, calls)
        truth = staging_night(path, seed=SEED, hours=hours)
        staging = _all(tools, STAGE_TASK, path, TIMED_CALLS)
    minutes = (time.monotonic() - begin) / 60
    conditions = (
        f"Nights of {hours:g} h, seed {SEED}; {os.cpu_count()} processors, Python "
        f"{platform.python_version()}; load {load_before:.1f} before the run and "
        f"{os.getloadavg()[0]:.1f} after it, the run took {minutes:.1f} min."
    )
    return tables(
        Measured(
            truths=truths,
            legs=legs,
            staging=staging,
            staging_truth=truth,
            conditions=conditions,
        )
    )


def _all(tools: Sequence[type[Tool]], task: str, path: Path, calls: int) -> list[Run]:
    return [run_tool(tool, path, calls=calls) for tool in tools if tool.task == task]
