"""What was tolerated, and what could not be scored: both reach the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["note", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the input the user should know.

    Parameters
    ----------
    code : str
        Stable, dotted, for programs: ``"edf.truncated"``, ``"leg.one-only"``.
    message : str
        One sentence for people: what was found and what was done about it.
    where : str
        Channel label, file part or "" for the whole recording.
    severity : {"note", "warning", "error"}
        "error" means a part of the recording cannot be used.
    """

    code: str
    message: str
    where: str = ""
    severity: Severity = "warning"


@dataclass(frozen=True, slots=True)
class NotScored:
    """Something that was asked for and has no number, with the reason.

    Parameters
    ----------
    what : str
        What is missing, in the words of the report.
    reason : str
        Why, in one sentence.
    """

    what: str
    reason: str
