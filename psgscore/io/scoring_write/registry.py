"""Every format psgscore writes a scoring in."""

from __future__ import annotations

from psgscore.errors import UsageError, did_you_mean
from psgscore.io.scoring_write import edf, json_file, luna, nsrr, parquet, table
from psgscore.io.scoring_write.written import WrittenFormat

WRITTEN: tuple[WrittenFormat, ...] = (
    edf.SIDECAR,
    edf.EMBEDDED,
    nsrr.FORMAT,
    luna.FORMAT,
    table.BIDS,
    table.CSV,
    json_file.FORMAT,
    parquet.FORMAT,
)


def format_for(name: str, to: str | None = None) -> WrittenFormat:
    """Return the format a file is to have.

    Parameters
    ----------
    name : str
        Of the file.
    to : str, optional
        Of the format; without it the ending of the file says which.

    Raises
    ------
    UsageError
        There is no such format, or no format has such an ending.
    """
    known = {one.name: one for one in WRITTEN}
    if to is not None:
        if to not in known:
            raise UsageError(f"no format {to!r} to write:{did_you_mean(to, known)}")
        chosen = known[to]
        if chosen.endings_only and not name.lower().endswith(chosen.endings):
            raise UsageError(
                f"{name}: {chosen.title} are known by the ending {' or '.join(chosen.endings)}: "
                "give the file such a name"
            )
        return chosen
    for one in WRITTEN:
        if name.lower().endswith(one.endings):
            return one
    endings = ", ".join(dict.fromkeys(end for one in WRITTEN for end in one.endings))
    raise UsageError(f"{name}: no format by its ending ({endings}): name one with --to")
