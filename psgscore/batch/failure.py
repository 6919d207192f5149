"""What went wrong with a recording, in words its user can act on."""

from __future__ import annotations

import traceback

from psgscore import errors
from psgscore.batch.task import Failure

AGAIN = "then run the same command again: what is complete is kept"
_REMEDIES: tuple[tuple[type[BaseException], str], ...] = (
    (errors.OutputError, f"make room or give a folder that can be written, {AGAIN}"),
    (errors.InputPathError, f"correct the path, or make the file readable, {AGAIN}"),
    (errors.ConfigError, f"correct the rule set, channel map or table, {AGAIN}"),
    (errors.UsageError, f"correct the option, {AGAIN}"),
    (
        errors.NotScorableError,
        "look at what psgscore check says of the recording; a channel map may help",
    ),
    (errors.ScoringFileError, f"look at the scoring file or its description, {AGAIN}"),
    (errors.PsgscoreError, "look at what psgscore check says of the recording"),
    (MemoryError, f"give each worker more memory (fewer --workers), {AGAIN}"),
    (OSError, f"look at the disk and the network, {AGAIN}"),
)
_OURS = "a fault of psgscore: please report it with the trace in the record of this recording"
KILLED = "WorkerKilled"


def failure_of(error: Exception, where: str) -> Failure:
    """Return an error as a record."""
    known = next((text for kind, text in _REMEDIES if isinstance(error, kind)), None)
    what = " ".join(str(error).split()) or type(error).__name__
    return Failure(
        kind=type(error).__name__,
        where=where,
        what=what,
        remedy=known or _OURS,
        trace="" if known else "".join(traceback.format_exception(error)),
    )


def killed(detail: str = "") -> Failure:
    """Return the record of a recording whose worker died, alone as well."""
    return Failure(
        kind=KILLED,
        where="the worker",
        what=f"the worker was killed, probably for want of memory{detail}",
        remedy="run psgscore score on this recording on a machine with more memory; if it "
        "is killed there too, please report it",
    )
