"""One columnar, sorted, read-only table for every kind of event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from psgscore.model._arrays import Bools, Floats, Ints, Spans, Words, frozen, to_microsecond

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

EXCLUDED_BY = "excluded_by"
"""The column of words that says why an event counts for nothing, "" where it counts."""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of an `Events` table.

    Parameters
    ----------
    start_s, stop_s : float
        Half-open, seconds from the start of the recording.
    kind : str
        ``"LM:left"``, ``"arousal"``, ``"apnea:obstructive"``, ...
    channel : str
        Label of the channel it was seen on, "" when that is not known.
    measures : mapping of str to float
        What was measured; NaN where a measure does not apply.
    texts : mapping of str to str
        What is said of it in words (`EXCLUDED_BY`, ...), "" where nothing is.
    """

    start_s: float
    stop_s: float
    kind: str
    channel: str = ""
    measures: Mapping[str, float] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def duration_s(self) -> float:
        """Length in seconds, to 1 us."""
        return float(to_microsecond(self.stop_s - self.start_s))


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Events of any kind, sorted by start, then stop, kind and channel.

    Overlap and simultaneous events are normal. Times are rounded to 1 us on
    entry. The constructor sorts; use `Events.of` to build from scalars.

    Parameters
    ----------
    start_s, stop_s : ndarray of float64, shape (n,)
        Half-open, seconds from the start of the recording.
    kind, channel : ndarray of str, shape (n,)
        See `Event`.
    measures : mapping of str to ndarray of float64, shape (n,)
        Measured columns.
    texts : mapping of str to ndarray of str, shape (n,)
        Columns of words: `EXCLUDED_BY` says why an event counts for nothing, "" if it does.
    """

    start_s: Floats
    stop_s: Floats
    kind: Words
    channel: Words
    measures: Mapping[str, Floats] = field(default_factory=dict)
    texts: Mapping[str, Words] = field(default_factory=dict)

    def __post_init__(self) -> None:
        start, stop = to_microsecond(self.start_s), to_microsecond(self.stop_s)
        kind, channel = np.asarray(self.kind, dtype=np.str_), np.asarray(self.channel, np.str_)
        columns = {name: np.asarray(values, np.float64) for name, values in self.measures.items()}
        texts = {name: np.asarray(words, np.str_) for name, words in self.texts.items()}
        own = {"stop_s": stop, "kind": kind, "channel": channel}
        for name, column in (*own.items(), *columns.items(), *texts.items()):
            if start.ndim != 1 or column.shape != start.shape:
                raise ValueError(f"{name} must have shape {start.shape}, not {column.shape}")
        if not (np.isfinite(start).all() and np.isfinite(stop).all() and (stop >= start).all()):
            raise ValueError("every event needs finite times and must not stop before it starts")
        order = np.lexsort((channel, kind, stop, start))
        self._hold({"start_s": start} | own, columns, texts, order)

    def _hold(
        self,
        own: Mapping[str, NDArray[Any]],
        measures: Mapping[str, Floats],
        texts: Mapping[str, Words],
        rows: Ints | Bools,
    ) -> None:
        """Take rows of columns that were checked as those of this table."""
        put = object.__setattr__
        for name, column in own.items():
            put(self, name, frozen(column[rows]))
        for group, columns in (("measures", measures), ("texts", texts)):
            kept = {name: frozen(column[rows]) for name, column in columns.items()}
            put(self, group, MappingProxyType(kept))

    @classmethod
    def empty(cls) -> Events:
        """Return a table without rows."""
        return cls.of("", [], [])

    @classmethod
    def of(
        cls,
        kind: str | Sequence[str],
        start_s: ArrayLike,
        stop_s: ArrayLike,
        *,
        channel: str | Sequence[str] = "",
        measures: Mapping[str, ArrayLike] | None = None,
        texts: Mapping[str, str | Sequence[str] | Words] | None = None,
    ) -> Events:
        """Build a table; a single `kind`, `channel` or text holds for every row."""
        start = np.asarray(start_s, dtype=np.float64)
        columns = {
            name: np.broadcast_to(np.asarray(values, np.float64), start.shape)
            for name, values in (measures or {}).items()
        }
        return cls(
            start,
            np.asarray(stop_s, dtype=np.float64),
            np.broadcast_to(np.asarray(kind, dtype=np.str_), start.shape),
            np.broadcast_to(np.asarray(channel, dtype=np.str_), start.shape),
            columns,
            {
                name: np.broadcast_to(np.asarray(words, np.str_), start.shape)
                for name, words in (texts or {}).items()
            },
        )

    @classmethod
    def concat(cls, tables: Sequence[Events]) -> Events:
        """Join tables; a measure that one of them lacks is NaN there, a text ""."""
        tables = [table for table in tables if len(table)]
        if not tables:
            return cls.empty()
        names = dict.fromkeys(name for table in tables for name in table.measures)
        columns = {
            name: np.concatenate(
                [table.measures.get(name, np.full(len(table), np.nan)) for table in tables]
            )
            for name in names
        }
        words = dict.fromkeys(name for table in tables for name in table.texts)
        return cls(
            np.concatenate([table.start_s for table in tables]),
            np.concatenate([table.stop_s for table in tables]),
            np.concatenate([table.kind for table in tables]),
            np.concatenate([table.channel for table in tables]),
            columns,
            {name: np.concatenate([table.text(name) for table in tables]) for name in words},
        )

    def __len__(self) -> int:
        return int(self.start_s.size)

    def __iter__(self) -> Iterator[Event]:
        for row in range(len(self)):
            yield Event(
                float(self.start_s[row]),
                float(self.stop_s[row]),
                str(self.kind[row]),
                str(self.channel[row]),
                {name: float(column[row]) for name, column in self.measures.items()},
                {name: str(column[row]) for name, column in self.texts.items()},
            )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Events):
            return NotImplemented
        return (
            np.array_equal(self.start_s, other.start_s)
            and np.array_equal(self.stop_s, other.stop_s)
            and np.array_equal(self.kind, other.kind)
            and np.array_equal(self.channel, other.channel)
            and self.measures.keys() == other.measures.keys()
            and all(
                np.array_equal(column, other.measures[name], equal_nan=True)
                for name, column in self.measures.items()
            )
            and self.texts.keys() == other.texts.keys()
            and all(np.array_equal(self.texts[name], other.texts[name]) for name in self.texts)
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def duration_s(self) -> Floats:
        """Length of each event in seconds, to 1 us."""
        return to_microsecond(self.stop_s - self.start_s)

    @property
    def spans(self) -> Spans:
        """Starts and stops as an (n, 2) array."""
        return np.column_stack([self.start_s, self.stop_s])

    def where(self, mask: Bools) -> Events:
        """Return the rows where `mask` is true."""
        # What is left of a table is checked, rounded and in order as the whole is.
        found = object.__new__(Events)
        own = {name: getattr(self, name) for name in ("start_s", "stop_s", "kind", "channel")}
        found._hold(own, self.measures, self.texts, np.asarray(mask, dtype=np.bool_))
        return found

    def text(self, name: str) -> Words:
        """Return a column of words, "" throughout where the table has no such column."""
        return self.texts.get(name, np.full(len(self), "", dtype=np.str_))

    def with_text(self, name: str, words: Words) -> Events:
        """Return the same events with one column of words put in place."""
        return replace(self, texts={**self.texts, name: words})

    def counted(self) -> Events:
        """Return the events that nothing excludes."""
        return self.where(self.text(EXCLUDED_BY) == "")

    def of_kind(self, *kinds: str) -> Events:
        """Return the rows whose kind is one of `kinds` or a sub-kind (``kind:...``)."""
        return self.where(self.is_kind(*kinds))

    def is_kind(self, *kinds: str) -> Bools:
        """Return which rows are of one of `kinds` or a sub-kind of it."""
        return self._matching(
            lambda word: any(word == kind or word.startswith(f"{kind}:") for kind in kinds)
        )

    def lasting(self, shortest_s: float = 0.0, longest_s: float = np.inf) -> Events:
        """Return the events whose duration lies in [shortest_s, longest_s]."""
        return self.where((self.duration_s >= shortest_s) & (self.duration_s <= longest_s))

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas DataFrame (pandas must be installed)."""
        import pandas as pd  # noqa: PLC0415 - an optional library, only at the edge

        columns: dict[str, Any] = {
            "start_s": self.start_s,
            "stop_s": self.stop_s,
            "kind": self.kind,
            "channel": self.channel,
        }
        return pd.DataFrame(columns | dict(self.measures) | dict(self.texts))

    def _matching(self, test: Callable[[str], bool]) -> Bools:
        kinds: list[str] = self.kind.tolist()
        hits = {kind: test(kind) for kind in set(kinds)}
        return np.fromiter(map(hits.__getitem__, kinds), np.bool_, len(kinds))
