"""Movements as they were recorded: which are drawn, how they were chosen, and what is shown."""

from __future__ import annotations

from psgscore.model.score import Score
from psgscore.model.snapshot import PERIODIC, SNAPSHOT_S, Snapshot
from psgscore.report.parts import Section
from psgscore.report.snapshot_figures import TITLES, snapshot_figure_text
from psgscore.report.texts import short
from psgscore.score.examples import EACH_KIND, MOST_JERKS, OF_SERIES, longest_series

_CHOICE = (
    f"Hypnic jerks: definite before probable before possible, the earliest first, {MOST_JERKS} at "
    f"most. Of every other kind: the middle one of each of {EACH_KIND} equal parts of those "
    f"counted, in time order; of the longest periodic series: of each of {OF_SERIES} parts."
)


def snapshot_section(score: Score) -> Section | None:
    """Return the section of pictures of movements, None where there is none.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    if not score.snapshots:
        return None
    return Section(
        key="snapshots",
        title="Movements, as recorded",
        texts=(_drawn(score), _CHOICE, _shown(score.snapshots)),
        figures=tuple(
            snapshot_figure_text(one, place, start=score.start)
            for place, one in enumerate(score.snapshots)
        ),
    )


def _drawn(score: Score) -> str:
    """Say of each group how many of how many are drawn."""
    groups = [one.group for one in score.snapshots]
    counted = score.events.counted()
    parts = []
    for group in dict.fromkeys(groups):
        name, found = TITLES.get(group, group), len(counted.of_kind(group))
        if group == PERIODIC and score.legs:
            found = longest_series(score.legs[0]).size
            name = f"movement of the longest periodic series ({score.legs[0].criteria.title})"
        parts.append(f"{name} {groups.count(group)} of {found}")
    return f"Drawn: {'; '.join(parts)}. All are in the event table."


def _shown(snapshots: tuple[Snapshot, ...]) -> str:
    """Say what the signals went through, and how to read the pictures."""
    labels: dict[tuple[float, float], dict[str, None]] = {}
    for one in (channel for snapshot in snapshots for channel in snapshot.channels):
        labels.setdefault(one.band_hz, {})[one.label] = None
    bands = [
        f"{short(low)} to {short(high)} Hz ({', '.join(names)})"
        for (low, high), names in labels.items()
    ]
    return (
        f"{short(SNAPSHOT_S)} s of the signals as their detectors looked at them: "
        f"{'; '.join(bands)}. Shaded: the movement, from its onset (line) to its end (dashed); "
        "below: seconds from the onset. Channels of one kind share a scale, three of EMG "
        "are shown at most; where one could not be read nothing is drawn."
    )
