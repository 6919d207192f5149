"""Whose night it is, as far as it was asked for, and who has looked at its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OLDEST_TOLD_YEARS = 90
"""Stands for every age from there on where the person is not named."""

IMPORTED, MARKED, ADJUDICATED = "imported", "marked in the review", "adjudicated"
"""Where leg movements come from that no detector found, as the setting ``"movements"`` of a score
says it: a scoring has them, or a person marked every one, or decided between those of two scorers.
"""

ReviewState = Literal["automatic", "reviewed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What names the person; in a score only where it was asked for. Texts, "" if unknown."""

    name: str = ""
    code: str = ""
    birth_date: str = ""
    recorded_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose night it is.

    Parameters
    ----------
    study_id : str
        What the report is headed with, "" for the name of the recording.
    age_years : float or None
        At the recording; None when it is not known. Without identity 90 stands for 90 and
        over, since a higher age names a person.
    sex : str
        ``"M"``, ``"F"`` or "".
    identity : Identity or None
        None unless it was asked for.
    """

    study_id: str = ""
    age_years: float | None = None
    sex: str = ""
    identity: Identity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Who has looked at the score.

    Parameters
    ----------
    by, at : str
        Name and time (ISO 8601) of the last signature, "" before any.
    edits : int
        Changes a person made to what the program found.
    """

    by: str = ""
    at: str = ""
    edits: int = 0

    @property
    def state(self) -> ReviewState:
        """``"reviewed"`` once somebody has signed."""
        return "reviewed" if self.by else "automatic"
