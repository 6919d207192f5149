"""What a worker does with one recording; the one place where any error becomes a record."""

from __future__ import annotations

import ctypes
import gc
import math
import mmap
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from psgscore.batch.failure import failure_of
from psgscore.batch.record import DONE, FAILED, asked_for, done_text, failed_text, read_done
from psgscore.batch.task import Failure, Outcome, State, Task
from psgscore.errors import PsgscoreError
from psgscore.io.outputs import write_score
from psgscore.io.store import is_remote, label_of, store_at, write_text
from psgscore.model.score import Score
from psgscore.opening import moment_s, open_recording, sha256_of
from psgscore.options import Options
from psgscore.pipeline import score_recording

_LITTLE_MB = 180.0
"""What a worker holds after a short recording without reports, its libraries included."""
_LARGE_BYTES = 16 << 20
"""A channel of a night is larger, at 256 Hz; what a detector works with for a moment is not."""
_MMAP_THRESHOLD = -3
"""M_MMAP_THRESHOLD of the GNU C library."""
_HYPNOGRAM = "hypnogram"


class _Steps:
    """Which step is being taken, for the record of one that fails."""

    def __init__(self) -> None:
        self.now = "looking at what is there"

    def __call__(self, step: str, _: float = 0.0) -> None:
        self.now = step


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """A task with all its files on this machine."""

    recording: Path
    options: Options

    @property
    def inputs(self) -> tuple[Path, ...]:
        return (self.recording, *(Path(path) for path in self.options.scoring))

    def hashes(self) -> tuple[tuple[str, str], ...]:
        return tuple((path.name, sha256_of(path)) for path in self.inputs)


def score_task(task: Task) -> Outcome:
    """Score one recording and write its files, unless that is done already.

    Never raises: whatever goes wrong with a recording is in its outcome, and where it can
    be written beside its results as ``STEM.failed.json``.
    """
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    _keep_large_apart()
    steps = _Steps()
    failure: Failure | None = None
    state: State = "failed"
    try:
        state = _done(task, steps)
    except Exception as error:  # noqa: BLE001 - one recording must not end a run of thousands
        failure = failure_of(error, steps.now)
        tell_failure(task, failure)
    peak_mb = _peak_mb()
    _give_back()
    return Outcome(
        key=task.key,
        state=state,
        failure=failure,
        wall_s=time.perf_counter() - wall_s,
        cpu_s=time.process_time() - cpu_s,
        peak_mb=peak_mb,
    )


def tell_failure(task: Task, failure: Failure) -> None:
    """Write the record of a failure; a store that cannot be written is told in the outcome.

    A record of former completeness stays: where a recording cannot be read just now, it says
    what is right once it can be.
    """
    with suppress(PsgscoreError, OSError):
        store = store_at(task.out)
        with store.scratch(label_of(task.key)) as folder:
            file = write_text(folder / f"{task.stem}{FAILED}", failed_text(task, failure))
            store.deliver([file], task.key.rpartition("/")[0])


def _done(task: Task, steps: _Steps) -> State:
    store = store_at(task.out)
    asked = asked_for(task)
    former = read_done(store, task.key)
    hopeful = former is not None and former.answers(task, asked)
    hopeful = former is not None and hopeful and former.is_intact(store, task.key)
    steps("fetching the recording")
    with _fetched(task) as given:
        if former is not None and hopeful and former.inputs == given.hashes():
            store.remove(f"{task.key}{FAILED}")
            return "skipped"
        # What is there was made of something else, and is about to be replaced.
        store.remove(f"{task.key}{DONE}")
        with store.scratch(label_of(task.key)) as folder:
            score, files = _scored(task, given, folder, steps)
            steps("delivering the results")
            told = done_text(task, asked, _inputs_of(score), files)
            record = write_text(folder / f"{task.stem}{DONE}", told)
            # The record that all are complete comes last.
            store.deliver([*files, record], task.key.rpartition("/")[0])
    store.remove(f"{task.key}{FAILED}")
    return "done"


def _scored(
    task: Task, given: _Given, folder: Path, steps: _Steps
) -> tuple[Score, tuple[Path, ...]]:
    steps("opening the recording")
    recording = open_recording(given.recording, given.options.channels)
    off, on = (moment_s(text, recording) for text in task.lights)
    # The channel map is the recording's by now.
    options = replace(given.options, channels=None, lights=(off, on))
    score = score_recording(recording, options, progress=steps)
    steps("writing the results")
    kinds = [kind for kind in task.kinds if kind != _HYPNOGRAM or score.staging is not None]
    files = write_score(
        score, folder, task.stem, kinds=kinds, recording=recording, report=task.look
    )
    return score, files


def _inputs_of(score: Score) -> tuple[tuple[str, str], ...]:
    used = score.provenance
    return ((used.input_name, used.input_sha256), *used.scoring_inputs)


@contextmanager
def _fetched(task: Task) -> Iterator[_Given]:
    """Yield the task with addresses fetched to this machine, under their own names."""
    paths = [task.recording, *map(str, task.options.scoring)]
    if not any(map(is_remote, paths)):
        yield _Given(recording=Path(task.recording), options=task.options)
        return
    from psgscore.io.remote import fetch  # noqa: PLC0415 - an extra

    with ExitStack() as stack:
        local = []
        for path in paths:
            if is_remote(path):
                # One folder each: files of two folders may have one name.
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="psgscore-"))
                local.append(fetch(path, Path(folder)))
            else:
                local.append(Path(path))
        yield _Given(recording=local[0], options=replace(task.options, scoring=tuple(local[1:])))


def _keep_large_apart() -> None:
    """Keep large arrays out of the heap, so that the room of each goes back when it is freed.

    Left alone, the C library moves its limit up to the size of a channel, which then leaves a
    hole that nothing else fits: 100 MB of them in the second night.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # not every C library has it
            ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)


def _give_back() -> None:
    """Give free memory back, so that a night does not begin on top of what is left of the last.

    It takes as long as a short recording: a worker that holds little is let be.
    """
    if (_held_mb() or math.inf) < _LITTLE_MB:
        return
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # not every C library has it
            ctypes.CDLL(None).malloc_trim(0)


def _held_mb() -> float | None:
    """Return the memory this process holds now, None where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * mmap.PAGESIZE / 1e6
    return None


def _peak_mb() -> float | None:
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - not on Windows

    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / 1e6 if sys.platform == "darwin" else held * 1024 / 1e6
