"""What is to be scored, and what became of it: plain values that go between processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from psgscore.options import Options

State = Literal["done", "skipped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One recording to score.

    Parameters
    ----------
    recording : str
        Path or address of the recording.
    out : str
        Folder or address below which all results are.
    key : str
        Where its results are below `out`, ``/`` between folders, without an ending:
        ``"lab-a/night7"``. No two tasks of a run have the same.
    options : Options
        How to score; scoring files and channel map of this recording included.
    lights : tuple of str or None
        Lights off and on as moments, which only the recording can place.
    kinds : tuple of str
        Which files to write.
    subject, night, scorer : str
        As the manifest has them, "" where it does not say.
    """

    recording: str
    out: str
    key: str
    options: Options = field(default_factory=Options)
    lights: tuple[str | None, str | None] = (None, None)
    kinds: tuple[str, ...] = ()
    subject: str = ""
    night: str = ""
    scorer: str = ""

    @property
    def stem(self) -> str:
        """Beginning of the names of its files."""
        return self.key.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a recording could not be scored.

    Parameters
    ----------
    kind : str
        One word for counting: the name of the error.
    where : str
        The step it happened in.
    what : str
        What was found.
    remedy : str
        What to do.
    trace : str
        The way through the program, for errors that are its own fault.
    """

    kind: str
    where: str
    what: str
    remedy: str
    trace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a task.

    Parameters
    ----------
    key : str
        That of the task.
    state : {"done", "skipped", "failed"}
        Skipped is what was complete before.
    failure : Failure or None
        Of what failed.
    wall_s, cpu_s : float
        Time it took, and processor time of its process.
    peak_mb : float or None
        The most its process has held so far, in MB (10^6 bytes); None where the system
        does not say.
    """

    key: str
    state: State
    failure: Failure | None = None
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float | None = None
