"""Disturb a batch in every way that may happen, and show that nothing is lost or half-written.

Short nights are simulated, 5 % of the files are damaged, and the batch is run twice: undisturbed
into one folder, and into another one while

1. the disk fills up (where a tmpfs can be mounted; else a limit on file sizes stands in),
2. the parent is killed with SIGKILL at a random moment, several times,
3. a worker is killed with SIGKILL at random,
4. and then resumed until it ends by itself.

After every kill no file of a recording with a ``done.json`` may differ from what its record says,
and no file with a final name may be cut short. At the end every good recording was scored, every
damaged one has a record of its reason, no scratch is left, and the files of both folders and
their collected tables are the same to the byte.

    python scripts/batch_faults.py [--nights 200] [--hours 0.25] [--seed 1] [--workers 2]
                                   [--kills 3]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

COMMAND = (sys.executable, "-m", "psgscore")
LAB = ("arousal", "apnea", "hypopnea", "lights_off", "lights_on")
BAD_SHARE = 0.05
OF_THE_RUN = ("batch.json",)
"""The one file with times in it."""
SMALL_DISK = "3m"
DONE, FAILED = ".done.json", ".failed.json"


def make_nights(root: Path, n_nights: int, hours: float) -> None:
    """Write nights into three folders, with stages and events inside; names repeat on purpose."""
    from psgscore.io.edf_write import write_edf  # noqa: PLC0415
    from psgscore.simulate import simulate_night  # noqa: PLC0415

    for number in range(n_nights):
        folder = root / f"lab{number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        night = simulate_night(number + 1, hours=hours)
        write_edf(
            folder / f"night{number // 3:04}.edf",
            night.signals,
            start=night.start,
            events=night.events.of_kind(*LAB),
            hypnogram=night.hypnogram,
        )


def damage(root: Path, chance: random.Random) -> set[str]:
    """Damage some recordings beyond reading and return their keys."""
    paths = sorted(root.rglob("*.edf"))
    chosen = chance.sample(paths, max(round(BAD_SHARE * len(paths)), 1))
    for number, path in enumerate(chosen):
        data = path.read_bytes()
        path.write_bytes((data[:100], b"", os.urandom(4096))[number % 3])
    return {key_of(path, root) for path in chosen}


def key_of(path: Path, root: Path) -> str:
    return path.relative_to(root).with_suffix("").as_posix()


def command(source: Path, out: Path, workers: int) -> list[str]:
    return [*COMMAND, "batch", str(source), "-o", str(out), "--workers", str(workers)]


def run(source: Path, out: Path, workers: int) -> dict[str, int]:
    """Run a batch to its end and return its counts."""
    done = subprocess.run(
        [*command(source, out, workers), "--json"], capture_output=True, text=True, check=False
    )
    require(done.returncode in (0, 1), f"exit code {done.returncode}: {done.stderr}")
    report = json.loads(done.stdout)
    return {name: report[name] for name in ("done", "skipped", "failed", "not_run")}


def kill_parent(source: Path, out: Path, workers: int, n_records: int) -> None:
    """Kill the parent of a batch outright once so many are complete; wait for its workers' end."""
    with started(source, out, workers) as process:
        until(lambda: n_done(out) >= n_records, "the batch does not go on")
        workers_of = children(process.pid)
        require(len(workers_of) > 0, "there was nothing left to disturb")
        process.send_signal(signal.SIGKILL)
    until(lambda: not any(map(is_alive, workers_of)), "workers outlive their parent")


def kill_worker(source: Path, out: Path, workers: int, n_records: int) -> int:
    """Kill one worker of a batch once so many are complete; return the exit code of the batch."""
    with started(source, out, workers) as process:
        until(lambda: n_done(out) >= n_records, "the batch does not go on")
        chosen = children(process.pid)
        require(len(chosen) > 0, "there was nothing left to disturb")
        os.kill(chosen[-1], signal.SIGKILL)
        return process.wait()


def started(source: Path, out: Path, workers: int) -> subprocess.Popen[bytes]:
    """Start a batch."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command(source, out, workers), stdout=quiet, stderr=quiet)


def n_done(out: Path) -> int:
    return len(list(out.glob(f"*/*{DONE}")))


def children(parent: int) -> list[int]:
    """Return the worker processes of a process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            fields = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
            command_line = (folder / "cmdline").read_bytes()
            if int(fields[1]) == parent and b"spawn_main" in command_line:
                found.append(int(folder.name))
    return sorted(found)


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def until(holds: Callable[[], bool], message: str, limit_s: float = 600.0) -> None:
    end_s = time.monotonic() + limit_s
    while not holds():
        require(time.monotonic() < end_s, message)
        time.sleep(0.02)


def require(condition: bool, message: str) -> None:
    if not condition:
        raise SystemExit(f"FAILED: {message}")


def check_whole(out: Path, reference: Path) -> tuple[int, int]:
    """Check every file with a final name against the undisturbed run; return done and loose."""
    n_whole = n_loose = 0
    for path in files_of(out):
        name = path.relative_to(out).as_posix()
        if "/" not in name:
            continue
        if name.endswith(FAILED) and not (reference / name).exists():
            json.loads(path.read_text("utf-8"))  # of the full disk: no such record in peace
        else:
            require(digest(path) == digest(reference / name), f"{name} is not whole")
        n_whole += name.endswith(DONE)
        n_loose += 1
    return n_whole, n_loose


def files_of(out: Path) -> list[Path]:
    """Return what a batch left, its hidden scratch and locks left out."""
    return [
        path
        for path in sorted(out.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(out).parts)
    ]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount a small disk; yield whether that was allowed."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={SMALL_DISK}", "psgscore", str(folder)]
    mounted = subprocess.run(["mount", *options], capture_output=True, check=False)
    try:
        yield mounted.returncode == 0
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", str(folder)], check=True)


def full_disk(source: Path, work: Path, reference: Path, bad: set[str], workers: int) -> str:
    """Let the disk fill up, check, move what is there to a large one, and return what happened."""
    out = work / "disturbed"
    with small_disk(work / "small") as allowed:
        if not allowed:
            return "disk full: not tried, no disk may be mounted here"
        target = work / "small" / "out"
        counts = run(source, target, workers)
        n_whole, _ = check_whole(target, reference)
        require(counts["failed"] > len(bad), "the disk was meant to fill up")
        require(counts["done"] == n_whole, "a recording is told done that has no record")
        shutil.copytree(target, out)
    return f"disk full: {counts['done']} complete, {counts['failed']} with a reason, none in half"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nights", type=int, default=200)
    parser.add_argument("--hours", type=float, default=0.25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="psgscore-faults-") as folder:
        disturb(Path(folder), chosen)


def disturb(work: Path, chosen: argparse.Namespace) -> None:
    chance = random.Random(chosen.seed)
    source, calm, out = work / "nights", work / "calm", work / "disturbed"
    make_nights(source, chosen.nights, chosen.hours)
    bad = damage(source, chance)
    counts = run(source, calm, chosen.workers)
    print(f"undisturbed: {counts}")
    require(counts["failed"] == len(bad), "exactly the damaged recordings fail")

    print(full_disk(source, work, calm, bad, chosen.workers))
    for number in range(chosen.kills):
        left = chosen.nights - len(bad) - n_done(out)
        at_once = 2 * chosen.workers
        ahead = chance.randint(1, max((left - at_once) // (chosen.kills - number + 1), 1))
        kill_parent(source, out, chosen.workers, n_done(out) + ahead)
        n_whole, n_files = check_whole(out, calm)
        print(f"parent killed: {n_whole} complete, all {n_files} files whole")
    code = kill_worker(source, out, chosen.workers, n_done(out) + 1)
    n_whole, n_files = check_whole(out, calm)
    print(f"worker killed: exit code {code}, {n_whole} complete, all {n_files} files whole")
    require(n_whole == chosen.nights - len(bad), "the run goes on when a worker is killed")

    again = run(source, out, chosen.workers)
    print(f"resumed: {again}")
    require(again["done"] == 0, "what is complete is not scored again")
    require(again["skipped"] == chosen.nights - len(bad), "every good recording is complete")
    compare(calm, out, bad)
    print("same files and the same tables as undisturbed, to the byte")


def compare(calm: Path, out: Path, bad: set[str]) -> None:
    """Require the same files, tables and reasons in both folders."""
    for folder in (calm, out):
        subprocess.run([*COMMAND, "collect", str(folder)], capture_output=True, check=False)
        scratch = [p.name for p in (folder / ".psgscore-batch").iterdir() if p.is_dir()]
        require(not scratch, f"scratch is left: {scratch}")
    names = [[p.relative_to(f).as_posix() for p in files_of(f)] for f in (calm, out)]
    require(names[0] == names[1], "not the same files")
    for name in names[0]:
        if name not in OF_THE_RUN:
            require(digest(calm / name) == digest(out / name), f"{name} differs")
    failed = {
        name.removesuffix(".failed.json") for name in names[1] if name.endswith("failed.json")
    }
    require(failed == bad, f"records of failures: {failed}, damaged were {bad}")


if __name__ == "__main__":
    main()
