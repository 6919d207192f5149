"""Signal quality: every channel the score rests on, and those that were refused."""

from __future__ import annotations

from collections.abc import Iterator

from psgscore.intervals import total_s
from psgscore.model.score import ChannelUsed, Score
from psgscore.report.parts import Cell, Row, Section, Table, cells
from psgscore.report.texts import UNKNOWN, number, short

_REFUSED = "leg.not-scorable"
_MEASURED = (("resting_uv", 1), ("step_uv", 3), ("mains_uv", 1), ("unreadable_min", 1))
_MUSCLES = ("leg", "chin", "arm")
_COLUMNS = (
    "Role", "Rate, Hz", "Unit", "Resting, uV", "Digital step, uV", "Mains, uV",
    "Unreadable, min", "Filter", "Remarks",
)  # fmt: skip
_NOTE = (
    "Resting: RMS in quiet stretches of the raw signal. Unreadable: flat or missing within the "
    "channel. EEG, ECG and accelerometers are filtered by each detector in its own way."
)


def quality_section(score: Score) -> Section:
    """Return the section: one row per channel, or a sentence where no signal was read.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    rows = [*_used(score), *_staged(score), *_others(score), *_refused(score)]
    key, title = "quality", "Signal quality"
    if not rows:
        text = f"{title}: not measured, because no signal was read; the events were imported."
        return Section(key=key, title=title, texts=(text,))
    table = Table(
        key="quality-table",
        title="Channel by channel",
        heads=("Channel",),
        columns=_COLUMNS,
        rows=tuple(rows),
        notes=(_NOTE, *_gaps(score)),
        numeric=False,
    )
    return Section(key=key, title=title, tables=(table,))


def _gaps(score: Score) -> Iterator[str]:
    if len(score.gaps):
        yield f"Gaps in the recording, all channels: {number(total_s(score.gaps) / 60.0)} min."


def _channels(score: Score) -> tuple[ChannelUsed, ...]:
    others = () if score.movements is None else score.movements.channels
    return (*score.provenance.channels, *others)


def _used(score: Score) -> Iterator[Row]:
    for channel in _channels(score):
        yield Row(
            label=channel.name,
            cells=(
                Cell(channel.role.replace(":", ", ")),
                Cell(short(channel.rate_hz)),
                Cell(channel.unit or "none stated"),
                *(Cell(number(channel.measures.get(name), digits)) for name, digits in _MEASURED),
                Cell(_filter(score, channel)),
                Cell(_remarks(score, channel.name)),
            ),
        )


def _filter(score: Score, channel: ChannelUsed) -> str:
    """Return the filter of an EMG; the other channels have none of their own."""
    used = score.provenance.detection
    if used is None or channel.role.split(":")[0] not in _MUSCLES:
        return UNKNOWN
    return f"{short(used.high_pass_hz)} to {short(used.low_pass_hz)} Hz, no notch"


def _remarks(score: Score, name: str) -> str:
    said = [finding.message for finding in score.findings if finding.where == name]
    return "; ".join(dict.fromkeys(said)) or "none"


def _plain(score: Score, name: str, role: str, unit: str = "") -> Row:
    """Return the row of a channel of which only its name is kept."""
    middle = cells(UNKNOWN, unit or UNKNOWN, *[UNKNOWN] * (len(_MEASURED) + 1))
    return Row(label=name, cells=(Cell(role), *middle, Cell(_remarks(score, name))))


def _staged(score: Score) -> Iterator[Row]:
    """Yield the channels the stager read, if they are not told already."""
    told = {channel.name for channel in _channels(score)}
    for role, name in () if score.staging is None else score.staging.channels:
        if name not in told:
            yield _plain(score, name, f"{role}, staging")


def _others(score: Score) -> Iterator[Row]:
    found = score.movements
    if found is None:
        return
    if found.beats is not None:
        measures = found.beats.measures
        row = _plain(score, found.beats.label, "ECG")
        unreadable = Cell(number(measures.get("unreadable_min")))
        yield Row(label=row.label, cells=(*row.cells[:6], unreadable, *row.cells[7:]))
    for one in found.accelerometers:
        if one.not_scored is None:
            yield _plain(score, one.label, "accelerometer", one.unit)


def _refused(score: Score) -> Iterator[Row]:
    for name in dict.fromkeys(one.where for one in score.findings if one.code == _REFUSED):
        yield _plain(score, name, "leg, not used")
