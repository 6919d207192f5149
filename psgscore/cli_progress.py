"""What a person sees: the result on stdout, and of long work a bar on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from psgscore.progress import Progress, silent


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show the running step and a bar on stderr; nothing when that is not a terminal."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console  # noqa: PLC0415 - start-up time
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Bar(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)


def print_result(text: str) -> None:
    """Print a result on stdout, ending in one line feed."""
    print(text.rstrip("\n"))  # noqa: T201 - stdout is the result
