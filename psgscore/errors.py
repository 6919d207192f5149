"""Every error psgscore raises on purpose.

::

    PsgscoreError                       exit code
    |-- UsageError                      2   an option or argument makes no sense
    |   |-- InputPathError              2   the path is missing, a directory, or not a kind we read
    |   |-- ConfigError                 2   a rule set or channel map is wrong
    |   `-- OutputError                 2   the output folder cannot be written
    |-- RecordingError                  1   the file is there, but is not a readable recording
    |   |-- ChannelError                1   no such channel, or the label is not unique
    |   |-- CalibrationError            1   the header does not say what a sample is worth
    |   `-- UnitError                   3   the unit is not one this step can use
    |-- ScoringFileError                1   a hypnogram or event file cannot be understood
    |-- EditError                       1   an edit of a review makes no sense where it stands
    |-- JournalError                    1   a journal of edits is damaged, or another recording's
    |   `-- JournalBusyError            1   another process writes it
    |-- ScoreFileError                  1   a score.json cannot be read back
    |-- EmptyDatasetError               3   no recording of the data set is in the folder
    `-- NotScorableError                3   the signal is readable, but scoring it would mislead

A message says where, what was found and what to do. The exit code is the one
the command line returns when the error ends the run.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class PsgscoreError(Exception):
    """Root of every error raised on purpose."""

    exit_code = 1


class UsageError(PsgscoreError):
    """An option or argument makes no sense."""

    exit_code = 2


class InputPathError(UsageError):
    """The path is missing, a directory, or not a kind of file psgscore reads."""


class ConfigError(UsageError):
    """A rule set, channel map or label table is wrong."""


class OutputError(UsageError):
    """The output cannot be written where it was asked for."""


class RecordingError(PsgscoreError):
    """The file exists but is not a readable recording."""


class ChannelError(RecordingError):
    """No such channel, or the label names more than one."""


class CalibrationError(RecordingError):
    """The header does not say what a sample is worth."""


class UnitError(RecordingError):
    """The unit of a channel is not one this step can use."""

    exit_code = 3


class ScoringFileError(PsgscoreError):
    """A hypnogram or event file cannot be understood."""


class ScoreFileError(PsgscoreError):
    """A score.json is damaged, or was written by another version."""


class EditError(PsgscoreError):
    """An edit of a review makes no sense where it stands."""


class JournalError(PsgscoreError):
    """A journal of edits is damaged, or belongs to another recording."""


class JournalBusyError(JournalError):
    """Another process writes the journal."""


class EmptyDatasetError(PsgscoreError):
    """No recording of the data set is in the folder, or too few can be used."""

    exit_code = 3


class NotScorableError(PsgscoreError):
    """The signal is readable, but a number computed from it would mislead.

    Parameters
    ----------
    what : str
        What cannot be scored, for example a channel label.
    reasons : tuple of str
        Why, one sentence each.
    """

    exit_code = 3

    def __init__(self, what: str, reasons: tuple[str, ...]) -> None:
        super().__init__(f"{what}: not scorable: " + "; ".join(reasons))
        self.what = what
        self.reasons = reasons


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return ``" did you mean 'x'?"``, or the choices when none is near `word`."""
    known = list(dict.fromkeys(choices))
    folded = {choice.casefold(): choice for choice in reversed(known)}
    near = difflib.get_close_matches(word.casefold(), folded, n=1)
    if near:
        return f" did you mean {folded[near[0]]!r}?"
    return f" known are {', '.join(map(repr, known))}" if known else " none is known"
