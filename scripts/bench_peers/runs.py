"""Start each tool in a process of its own and gather what it says; a failure is a result too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench_peers.child import PREFIX
from bench_peers.tools import Tool

SCRIPTS = Path(__file__).parents[1]
TIMEOUT_S = 300.0
_MISSING = "ModuleNotFoundError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One tool on one night.

    Parameters
    ----------
    tool : type of Tool
        What ran.
    error : str
        Why there is no result, "" where there is one.
    cold_s, cpu_s : float or None
        From the start of the process to the result: by the clock, and of all its threads.
    warm_s, warm_cpu_s : float or None
        The same of further calls in one process, the least.
    peak_mib : float or None
        Most memory of the process, up to the first result.
    versions : dict
        Of the tool's packages.
    found : dict
        See `Tool.found`.
    """

    tool: type[Tool]
    error: str = ""
    cold_s: float | None = None
    cpu_s: float | None = None
    warm_s: float | None = None
    warm_cpu_s: float | None = None
    peak_mib: float | None = None
    versions: dict[str, str] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)


def environment(*folders: Path) -> dict[str, str]:
    """Return this process's environment, in which a child finds these scripts and folders too."""
    known = [str(SCRIPTS), *map(str, folders), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, known))}


def run_tool(tool: type[Tool], path: Path, *, calls: int, folder: Path = SCRIPTS) -> Run:
    """Run a tool on a file in a new process; `folder` is where its module is found."""
    spec = f"{tool.__module__}:{tool.__qualname__}"
    command = [sys.executable, "-m", "bench_peers.child", spec, str(path), str(calls)]
    begin = time.monotonic()
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
            env=environment(folder),
        )
    except subprocess.TimeoutExpired:
        return Run(tool=tool, error=f"not finished after {TIMEOUT_S:.0f} s")
    lines = [line for line in done.stdout.splitlines() if line.startswith(PREFIX)]
    if done.returncode or not lines:
        return Run(tool=tool, error=_reason(tool, done.stderr, done.returncode))
    said = json.loads(lines[-1].removeprefix(PREFIX))
    said["cold_s"] = said.pop("finished_at") - begin
    return Run(tool=tool, **said)


def _reason(tool: type[Tool], stderr: str, code: int) -> str:
    last = (stderr.strip().splitlines() or [f"ended with code {code} and no word"])[-1]
    if last.startswith(_MISSING) and f"'{tool.packages[0]}'" in last:
        return "not installed"
    return f"failed: {last}"
