"""What is known of public data sets: layouts, terms, channel maps, from ``configs/datasets``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from psgscore.errors import UsageError, did_you_mean
from psgscore.io.config import parse_toml, require_keys

_KEYS = ("title", "home", "terms", "layout", "formats", "stage_codes", "same_folder", "notes")
_TABLES = ("fields", "recordings", "unreadable", "columns", "scoring", "unread", "channels")
_PART = re.compile(r"\{(\w+)\}|(\*)")
_COLUMNS = {"subject": "{subject}", "night": "{night}", "note": ""}
_ANYTHING = r"[^/]*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """How a file is called: names of folders and file with placeholders.

    Parameters
    ----------
    text : str
        ``"{subject}/{subject}_{scorer}.txt"``; ``*`` is any part of a name.
    regex : re.Pattern
        Of the end of a path, in any case; named groups are the placeholders.
    why : str
        Why files of this name are not read, "" for those that are.
    """

    text: str
    regex: re.Pattern[str]
    why: str = ""

    def fields(self, path: str) -> dict[str, str] | None:
        """Return what the placeholders stand for in a path with ``/``; None for another file."""
        found = self.regex.search(path)
        return None if found is None else found.groupdict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A public data set.

    Parameters
    ----------
    name, title, home, terms, layout : str
        What it is called, where it lives, under what terms, how its folders look.
    formats : tuple of str
        Formats its scorings are in.
    stage_codes : str
        What bare stage numbers mean, "" where it has none.
    same_folder : bool
        A scoring belongs to a recording of the same folder only, because names repeat.
    notes : tuple of str
        Its traps.
    recordings : tuple of Pattern
        Of recordings; the first that fits gives the placeholders.
    unreadable : tuple of Pattern
        Of recordings in formats that are not read.
    scoring : tuple of tuple of Pattern
        Of scoring files; of each inner tuple the first that a recording has is used.
    unread : tuple of Pattern
        Of files of the set that are not read.
    columns : mapping of str to str
        How placeholders make the columns subject, night and note.
    channels : mapping
        Tables of its channel map.
    """

    name: str
    title: str
    home: str
    terms: str
    layout: str
    formats: tuple[str, ...] = ()
    stage_codes: str = ""
    same_folder: bool = False
    notes: tuple[str, ...] = ()
    recordings: tuple[Pattern, ...] = ()
    unreadable: tuple[Pattern, ...] = ()
    scoring: tuple[tuple[Pattern, ...], ...] = ()
    unread: tuple[Pattern, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, Any] = field(default_factory=dict)


def dataset_names() -> list[str]:
    """Return the names of the data sets that are known, in alphabetical order."""
    files = resources.files("psgscore.configs").joinpath("datasets").iterdir()
    return sorted(one.name.removesuffix(".toml") for one in files if one.name.endswith(".toml"))


@cache
def dataset_called(name: str) -> Dataset:
    """Return what is known of a data set.

    Raises
    ------
    UsageError
        No data set of that name is known.
    """
    names, name = dataset_names(), name.casefold()
    if name not in names:
        raise UsageError(f"no data set {name!r}:{did_you_mean(name, names)}")
    file = resources.files("psgscore.configs").joinpath("datasets", f"{name}.toml")
    return dataset_of(name, parse_toml(file.read_text("utf-8"), where=f"{name}.toml"))


def dataset_of(name: str, table: Mapping[str, Any]) -> Dataset:
    """Return the data set that a TOML table describes.

    Raises
    ------
    ConfigError
        It has a key that is not known.
    """
    require_keys(table, (*_KEYS, *_TABLES), where=f"{name}.toml")
    fields = table.get("fields", {})

    def patterns(texts: Sequence[str]) -> tuple[Pattern, ...]:
        return tuple(Pattern(text=text, regex=pattern_regex(text, fields)) for text in texts)

    def reasons(told: Mapping[str, str]) -> tuple[Pattern, ...]:
        return tuple(
            Pattern(text=text, regex=pattern_regex(text, fields), why=why)
            for text, why in told.items()
        )

    return Dataset(
        name=name,
        title=table["title"],
        home=table["home"],
        terms=table["terms"],
        layout=table["layout"],
        formats=tuple(table.get("formats", ())),
        stage_codes=table.get("stage_codes", ""),
        same_folder=table.get("same_folder", False),
        notes=tuple(table.get("notes", ())),
        recordings=patterns(table["recordings"]["patterns"]),
        unreadable=reasons(table.get("unreadable", {})),
        scoring=tuple(patterns(one["patterns"]) for one in table.get("scoring", [])),
        unread=reasons(table.get("unread", {})),
        columns={
            "subject": "{subject}",
            "night": "{night}",
            "note": "",
            **table.get("columns", {}),
        },
        channels=table.get("channels", {}),
    )


def pattern_regex(text: str, fields: Mapping[str, str]) -> re.Pattern[str]:
    r"""Return the regular expression of a pattern.

    A placeholder that comes again stands for the same text.

    Examples
    --------
    >>> regex = pattern_regex("{night}/{night}_{scorer}.txt", {"night": r"\d+", "scorer": r"\d"})
    >>> regex.search("/isruc/2/2_1.TXT").groupdict()
    {'night': '2', 'scorer': '1'}
    """
    parts: list[str] = []
    known: set[str] = set()
    end = 0
    for match in _PART.finditer(text):
        parts.append(re.escape(text[end : match.start()]))
        name = match[1]
        if name is None:
            parts.append(_ANYTHING)
        elif name in known:
            parts.append(f"(?P={name})")
        else:
            parts.append(f"(?P<{name}>{fields[name]})")
            known.add(name)
        end = match.end()
    parts.append(re.escape(text[end:]))
    return re.compile(rf"(?:^|/){''.join(parts)}\Z", re.IGNORECASE)


def channels_toml(dataset: Dataset) -> str:
    """Return the channel map of a data set as a file, "" where it has none."""
    if not dataset.channels:
        return ""
    lines = [f"# {text}" for text in (f"Labels of {dataset.title}.", *dataset.notes)]
    lines.append("optional = true")
    for table in ("roles", "units"):
        rows = dataset.channels.get(table, {})
        if rows:
            lines += ["", f"[{table}]"]
            lines += [f"{json.dumps(label)} = {json.dumps(told)}" for label, told in rows.items()]
    for one in dataset.channels.get("derivations", ()):
        lines += ["", "[[derivations]]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in one.items()]
    return "\n".join(lines) + "\n"
