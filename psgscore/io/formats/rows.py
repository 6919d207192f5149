"""Rows of text exports: header names in many languages, cells, durations."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from psgscore.errors import ScoringFileError
from psgscore.io.formats.clock import clock_s

NAMES: Mapping[str, tuple[str, ...]] = {
    "start": (
        *("start time", "start", "starttime", "onset time", "time", "begin", "begin time"),
        *("heure de debut", "heure", "debut", "heure debut", "date/heure de debut"),
        *("startzeit", "startzeitpunkt", "anfang", "anfangszeit", "beginn", "zeit", "uhrzeit"),
        *("hora de inicio", "hora inicio", "inicio", "hora inicial", "hora", "tiempo de inicio"),
        *("tempo de inicio", "hora de comeco", "ora di inizio", "ora inizio", "inizio", "ora"),
        *("orario", "tempo", "ora inizio evento", "orario di inizio"),
        *("starttid", "starttidspunkt", "starttijd", "begintijd", "tijd", "tid", "tidspunkt"),
        *("upphafstimi", "upphaf", "byrjun", "timi", "aloitusaika", "alkamisaika", "aika"),
        *("czas rozpoczecia", "czas", "godzina rozpoczecia", "cas zacatku"),
    ),
    "stop": (
        *("end time", "end", "endtime", "stop time", "stop", "finish time"),
        *("heure de fin", "fin", "heure fin", "date/heure de fin"),
        *("endzeit", "endzeitpunkt", "ende", "stoppzeit"),
        *("hora de finalizacion", "hora de fin", "hora final", "final", "hora fin", "fim"),
        *("hora de termino", "hora do fim", "hora de fim", "termino", "tempo final"),
        *("ora di fine", "ora fine", "fine", "sluttid", "sluttidspunkt", "stopptid", "stoptid"),
        *("eindtijd", "einde", "lokatimi", "lok", "endir", "lopetusaika", "paattymisaika"),
        *("czas zakonczenia", "godzina zakonczenia", "cas konce"),
    ),
    "event": (
        *("event", "events", "event type", "type", "evenement", "evenements", "ereignis"),
        *("ereignistyp", "evento", "eventos", "tipo de evento", "gebeurtenis", "handelse"),
        *("hendelse", "hændelse", "atburður", "atburdur", "viðburður", "tapahtuma"),
        *("zdarzenie", "udalost"),
    ),
    "duration": (
        *("duration", "duration (seconds)", "duration (s)", "length", "duree", "duree (s)"),
        *("dauer", "lange", "duracion", "duracao", "durata", "duur", "varighet", "varighed"),
        *("varaktighet", "langd", "lengd", "timalengd", "kesto", "czas trwania", "trvani"),
    ),
    "channel": (
        *("location", "channel", "signal", "emplacement", "localisation", "canal", "ort"),
        *("lokalisation", "kanal", "ubicacion", "localizacion", "localizacao", "locatie"),
        *("plats", "placering", "sijainti", "localizzazione", "staðsetning"),
    ),
}
"""What columns are called, without accents and units; ``start`` is the clock time."""

NEEDED = ("start", "event")
_SHOWN = 60
_MOST_NAMES = 20
_LONGEST_S = 7 * 86400.0
_UNIT = re.compile(r"\s*[\[(][^\])]*[\])]\s*")
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{0,9})?(?:\s*s(?:ec)?\.?)?", re.ASCII)
_BLANKS = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\ufeff": "", "\u200e": "", "\0": ""}
)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line, and its number."""

    line: int
    cells: Sequence[str]

    def cell(self, place: int | None) -> str:
        """Return a cell, "" where the row or the column has none."""
        return self.cells[place] if place is not None and place < len(self.cells) else ""


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return a header name as it is compared: no accents, unit or quotes, lower case."""
    bare = unicodedata.normalize("NFKD", text.translate(_BLANKS).strip(' "').casefold())
    return " ".join("".join(sign for sign in bare if not unicodedata.combining(sign)).split())


def columns_of(names: Sequence[str]) -> dict[str, int]:
    """Return where the columns of `NAMES` stand in a header; those it has not are left out."""
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        whole = plain(name)
        bare = _UNIT.sub(" ", whole).strip()
        for column, known in NAMES.items():
            if column not in found and (whole in known or bare in known):
                found[column] = place
                break
    return found


def mark_of(line: str) -> str:
    """Return what separates the cells of a header line."""
    return max("\t;,", key=line.count)


def cells(line: str, mark: str) -> list[str]:
    """Return the cells of one line, quoted or not; a quote never reaches the next line."""
    if not line.isascii() or "\0" in line:
        line = line.translate(_BLANKS)
    if '"' in line:
        try:
            line_cells = next(csv.reader([line], delimiter=mark), [])
        except csv.Error:
            line_cells = line.split(mark)
        return [cell.strip() for cell in line_cells]
    return [cell.strip() for cell in line.split(mark)]


def rows(lines: Sequence[str], mark: str, first: int) -> Iterator[Row]:
    """Yield the rows that say something; `first` is the number of the first line."""
    for number, line in enumerate(lines, first):
        found = cells(line, mark)
        if any(found):
            yield Row(number, found)


def length_s(text: str, source: str, line: int) -> float | None:
    """Return a duration, ``30``, ``7,994`` or ``00:00:30``; None where there is none.

    Raises
    ------
    ScoringFileError
        It is no duration, negative, or longer than a week.
    """
    try:
        seconds = _length_s(text)
    except ValueError:
        message = f"{shown(text)} is no duration in seconds (12.5)"
        raise ScoringFileError(f"{source}, line {line}: {message}") from None
    if seconds is not None and not 0 <= seconds <= _LONGEST_S:
        raise ScoringFileError(f"{source}, line {line}: a duration of {seconds:g} s cannot be")
    return seconds


@lru_cache(maxsize=4096)
def _length_s(text: str) -> float | None:
    if text.lower() in ("", "-", "n/a", "na", "nan"):
        return None
    seconds = clock_s(text) if ":" in text else None
    if seconds is None and _NUMBER.fullmatch(text):
        seconds = float(text.rstrip("secSEC. ").replace(",", "."))
    if seconds is None:
        raise ValueError(text)
    return seconds


def shown(text: str) -> str:
    """Return a cell as a message quotes it: its beginning, where it is long."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def named(names: Iterable[str]) -> str:
    """Return names of columns as a message lists them: the first 20 that are not blank."""
    said = [shown(name) for name in names if name]
    more = f" and {len(said) - _MOST_NAMES} more" if len(said) > _MOST_NAMES else ""
    return ", ".join(said[:_MOST_NAMES]) + more
