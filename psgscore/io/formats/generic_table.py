"""How a table is laid out, as the user described it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "blank": " "}
TIMES = ("seconds", "milliseconds", "samples", "epoch", "clock")
COLUMNS = ("onset", "duration", "stop", "word", "channel", "stage", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDescription:
    """How a table is laid out.

    Parameters
    ----------
    columns : mapping of str to str or int
        Name or number, from 1, of each column that is used.
    separator : str
        Between cells; ``"blank"`` is any number of blanks and tabs.
    encoding : str or None
        Of the file; None tries UTF-8, UTF-16 with its mark, then Latin-1.
    skip : int
        Lines before the header, or before the first row.
    comment : str or None
        Lines that begin so are left out.
    header : bool
        The first line names the columns.
    time : str
        What onset, duration and stop are; with ``"clock"`` a duration is in seconds or
        hh:mm:ss, with ``"epoch"`` in epochs.
    format, date_format : str or None
        How a clock time and a date are written (`datetime.strptime`), where not as usual.
    rate_hz : float or None
        Samples per second, for ``"samples"``.
    decimal_comma : bool
        Numbers have a comma.
    epoch_s : float
        Length of an epoch.
    first_epoch : int
        Number of the first epoch, 1 or 0.
    """

    columns: Mapping[str, str | int]
    separator: str = "tab"
    encoding: str | None = None
    skip: int = 0
    comment: str | None = None
    header: bool = True
    time: str = "seconds"
    format: str | None = None
    date_format: str | None = None
    rate_hz: float | None = None
    decimal_comma: bool = False
    epoch_s: float = 30.0
    first_epoch: int = 1
    per_second: float = field(init=False, default=1.0)

    def __post_init__(self) -> None:
        units = {"milliseconds": 1000.0, "samples": self.rate_hz or 1.0, "epoch": 1 / self.epoch_s}
        object.__setattr__(self, "per_second", units.get(self.time, 1.0))
