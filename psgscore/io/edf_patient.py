"""What the header of an EDF file says of the person."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from psgscore.io.edf_start import MONTHS

_EDF_PLUS = re.compile(r"(\S+) ([XMFxmf]) (\S+) (\S+)(?: .*)?")
_BORN = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
_SEX_AND_AGE = re.compile(r"(Male|Female)_(\d{1,3})yr")
"""What public sets write where the name would stand."""
_OLDEST_YEARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """The patient field of a recording, which may name the patient.

    Parameters
    ----------
    name, code : str
        "" where the field leaves them out; a field that is not that of EDF+ is free text,
        all of it `name`.
    sex : str
        ``"M"``, ``"F"`` or "".
    born : date or None
        None where it is left out or cannot be read.
    stated_age_years : int or None
        An age the field states itself, as in ``Female_33yr``.
    """

    name: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    sex: str = ""
    born: date | None = field(default=None, repr=False)
    stated_age_years: int | None = None

    def age_years(self, start: datetime | None) -> int | None:
        """Return the age in whole years at the start of a recording, None if it is not known."""
        if self.stated_age_years is not None:
            return self.stated_age_years
        if self.born is None or start is None:
            return None
        before_birthday = (start.month, start.day) < (self.born.month, self.born.day)
        years = start.year - self.born.year - before_birthday
        return years if 0 <= years <= _OLDEST_YEARS else None


NOBODY = Patient()


def read_patient(text: str, plus: str) -> Patient:
    """Read a patient field.

    Parameters
    ----------
    text : str
        The field, padding stripped.
    plus : {"", "+C", "+D"}
        Whether the file calls itself EDF+: only there the field has parts.
    """
    match = _EDF_PLUS.fullmatch(text)
    if match is None or not (plus or _tells_age(match)):
        return Patient(name="" if text.strip("X ") == "" else text)
    code, sex, born, name = (_known(part) for part in match.groups())
    told = _SEX_AND_AGE.fullmatch(name)
    if told:
        name = ""
        sex = sex or told[1][0]
    age = int(told[2]) if told else None
    return Patient(
        name=name.replace("_", " "),
        code=code.replace("_", " "),
        sex=sex.upper(),
        born=_date(born),
        stated_age_years=age if age is None or age <= _OLDEST_YEARS else None,
    )


def _known(part: str) -> str:
    return "" if part.upper() == "X" else part


def _tells_age(match: re.Match[str]) -> bool:
    """Whether the field of a plain file has the parts of EDF+: sex and age stand for the name."""
    return _SEX_AND_AGE.fullmatch(match[4]) is not None


def _date(text: str) -> date | None:
    match = _BORN.fullmatch(text)
    if match is None or match[2].upper() not in MONTHS:
        return None
    try:
        return date(int(match[3]), MONTHS.index(match[2].upper()) + 1, int(match[1]))
    except ValueError:
        return None
