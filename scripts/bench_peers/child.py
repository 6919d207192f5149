"""Run one tool on one file in this process, and print what it found, cost and needed, as JSON.

    python -m bench_peers.child MODULE:CLASS FILE CALLS

The first call counts with the start of the interpreter and all imports; the parent takes that
time, by the clock both share. Every further call is timed here.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PREFIX = "result: "


def peak_mib() -> float:
    """Return the most memory this process has had.

    Not `ru_maxrss`, where the kernel says better: a child that was forked begins with the size
    of its parent there.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def versions(packages: tuple[str, ...]) -> dict[str, str]:
    """Return the versions of those packages, "" for what was not installed as one."""
    known = {}
    for package in packages:
        try:
            known[package] = version(package)
        except PackageNotFoundError:
            known[package] = ""
    return known


def main() -> None:
    """Run, time, print."""
    spec, path, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
    module, name = spec.split(":")
    tool = getattr(import_module(module), name)()
    result = tool.score(path)
    finished_at, cpu_s, memory_mib = time.monotonic(), time.process_time(), peak_mib()
    warm_s, warm_cpu_s = [], []
    for _ in range(calls - 1):
        begin, begin_cpu = time.perf_counter(), time.process_time()
        result = tool.score(path)
        warm_s.append(time.perf_counter() - begin)
        warm_cpu_s.append(time.process_time() - begin_cpu)
    measured = {
        "finished_at": finished_at,
        "cpu_s": cpu_s,
        "peak_mib": memory_mib,
        "warm_s": min(warm_s, default=None),
        "warm_cpu_s": min(warm_cpu_s, default=None),
        "versions": versions(tool.packages),
        "found": tool.found(path, result),
    }
    print(f"\n{PREFIX}{json.dumps(measured)}")


if __name__ == "__main__":
    main()
