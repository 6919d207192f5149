"""Tasks through an executor: as many at a time as it can hold, and none lost with a worker."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from psgscore.batch.failure import killed
from psgscore.batch.task import Failure, Outcome, Task
from psgscore.batch.work import score_task, tell_failure

Work = Callable[[Task], Outcome]
MakeExecutor = Callable[[int], AbstractContextManager[Executor]]
"""Takes how many recordings are to be worked on at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """How tasks are worked on.

    Parameters
    ----------
    make_executor : callable
        Makes any executor of `concurrent.futures`, fresh workers where it has its own.
    workers : int
        Recordings worked on at once; as many more wait at the executor.
    work : callable
        What is done with a task, in the worker.
    tell : callable
        What is done with the record of a task whose worker was killed.
    """

    make_executor: MakeExecutor
    workers: int
    work: Work = score_task
    tell: Callable[[Task, Failure], None] = tell_failure


def run_tasks(tasks: Iterable[Task], runner: Runner, on_outcome: Callable[[Outcome], None]) -> None:
    """Work on every task and tell each outcome once, in the order they come.

    When a worker is killed, the pool it was in is lost and with it whatever was under way.
    Each of those recordings is then worked on alone; the one whose worker is killed again
    becomes a record, and the rest goes on in a new pool.
    """
    waiting = iter(tasks)
    while True:
        lost = _through(waiting, runner, runner.workers, on_outcome)
        if not lost:
            return
        while lost:
            alone = lost.popleft()
            if _through(iter([alone]), runner, 1, on_outcome):
                failure = killed()
                runner.tell(alone, failure)
                on_outcome(Outcome(key=alone.key, state="failed", failure=failure))


def _through(
    waiting: Iterator[Task],
    runner: Runner,
    workers: int,
    on_outcome: Callable[[Outcome], None],
) -> deque[Task]:
    """Work on tasks until there are none, or a worker is killed; return what was lost by it."""
    lost: deque[Task] = deque()
    under_way: dict[Future[Outcome], Task] = {}
    with runner.make_executor(workers) as pool, _cancelled_on_error(under_way):
        while True:
            # Once one is lost nothing new begins, and what is under way is waited for.
            while not lost and len(under_way) < 2 * workers:
                task = next(waiting, None)
                if task is None:
                    break
                try:
                    under_way[pool.submit(runner.work, task)] = task
                except BrokenExecutor:
                    lost.append(task)
            if not under_way:
                return lost
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                task = under_way.pop(future)
                # Work never raises: an error is one of the executor, which lost its worker.
                if future.cancelled() or future.exception() is not None:
                    lost.append(task)
                else:
                    on_outcome(future.result())


@contextmanager
def _cancelled_on_error(under_way: Mapping[Future[Outcome], Task]) -> Iterator[None]:
    """Let what has not begun be forgotten when the run is interrupted."""
    try:
        yield
    except BaseException:
        for future in under_way:
            future.cancel()
        raise
